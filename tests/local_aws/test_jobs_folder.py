"""A job's own /opt/ml."""

from pathlib import Path

import pytest

from local_aws.jobs.folder import MESSAGE_LENGTH, JobFolder, job_folder


@pytest.fixture
def folder(tmp_path: Path) -> JobFolder:
    return JobFolder(tmp_path / "ml")


@pytest.mark.parametrize(
    "text",
    [
        "/opt/ml",
        "/opt/ml/processing/input",
        "cd /opt/ml/code && ls",
        "--data=/opt/ml/input/data",
        "a:/opt/ml:b",
    ],
)
def test_opt_ml_is_mapped_wherever_it_stands(folder: JobFolder, text: str) -> None:
    assert folder.mapped(text) == text.replace("/opt/ml", str(folder.root))


@pytest.mark.parametrize("text", ["/opt/mlflow", "/usr/opt/ml", "x/opt/ml/y", "s3://b/opt/ml/y"])
def test_what_only_looks_like_opt_ml_is_left_alone(folder: JobFolder, text: str) -> None:
    assert folder.mapped(text) == text


def test_a_path_is_found_below_the_folder(folder: JobFolder) -> None:
    assert folder.path("/opt/ml/output/failure") == folder.root / "output" / "failure"


@pytest.mark.parametrize("path", ["/opt/ml/../x", "/etc/passwd"])
def test_a_path_that_leads_out_is_refused(folder: JobFolder, path: str) -> None:
    with pytest.raises(ValueError, match="opt/ml"):
        folder.path(path)


def test_the_first_kilobyte_of_an_output_file_is_told(folder: JobFolder) -> None:
    (folder.root / "output" / "message").write_text("x" * 2000)

    assert folder.output_text("message") == "x" * MESSAGE_LENGTH
    assert folder.output_text("failure") is None


def test_the_folder_goes_with_the_job_and_its_log_stays() -> None:
    with job_folder("job") as folder:
        folder.log.write_text("a line")

    assert not folder.root.exists()
    assert folder.log.read_text() == "a line"
    folder.log.unlink()
    folder.log.parent.rmdir()
