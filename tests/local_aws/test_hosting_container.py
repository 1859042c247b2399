"""A serving container by itself: the process, its /opt/ml and its HTTP contract."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace

import numpy
import psutil
import pytest
import xgboost

from local_aws.hosting import connections
from local_aws.hosting.container import Container, ContainerFailed, Reply, mapped, unpack
from tests.local_aws.model_archives import ECHO, ENVIRONMENT, archive, echo
from tests.local_aws.stacks import eventually


class Rack:
    """Starts containers in one test and stops them after it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.running: list[Container] = []

    def start(self, data: bytes, environment: Mapping[str, str] = ENVIRONMENT) -> Container:
        folder = self._folder / str(len(self.running))
        unpack(data, folder, url="s3://models/model.tar.gz")
        variables = {"PATH": os.environ["PATH"], "SM_MODEL_DIR": "/opt/ml/model", **environment}
        container = Container(folder=folder, environment=mapped(variables, folder), name="Blue")
        self.running.append(container)
        return container


@pytest.fixture
def rack(tmp_path: Path) -> Iterator[Rack]:
    rack = Rack(tmp_path)
    yield rack
    for container in rack.running:
        container.stop()


CSV = {"Content-Type": "text/csv"}


def asked(container: Container, body: bytes, headers: Mapping[str, str]) -> Reply:
    async def reply() -> Reply:
        try:
            return await container.invoke(body, headers)
        finally:
            await connections.close()

    return asyncio.run(reply())


def test_a_container_answers_with_the_users_functions_and_its_environment(rack: Rack) -> None:
    container = rack.start(echo("hello"), {**ENVIRONMENT, "COLOUR": "blue"})
    container.wait_until_healthy(10)
    reply = asked(container, b"1,2", CSV)
    assert (reply.status, reply.body) == (200, b"hello:1,2:blue")
    assert reply.headers["content-type"].startswith("text/csv")


def test_a_transform_fn_replaces_the_three_functions(rack: Rack) -> None:
    script = """
def model_fn(model_dir): return 2
def transform_fn(model, body, content_type, accept): return str(model * int(body)), accept
"""
    container = rack.start(archive({"code/inference.py": script}))
    reply = asked(container, b"21", {**CSV, "Accept": "text/csv"})
    assert (reply.status, reply.body) == (200, b"42")


def test_a_response_of_the_script_keeps_its_status(rack: Rack) -> None:
    script = """
import flask
def model_fn(model_dir): return None
def transform_fn(model, body, content_type, accept): return flask.Response("no", status=422)
"""
    container = rack.start(archive({"code/inference.py": script}))
    assert asked(container, b"1", CSV).status == 422


def test_answers_of_a_real_xgboost_model_equal_its_own_predictions(
    rack: Rack, tmp_path: Path
) -> None:
    generator = numpy.random.default_rng(7)
    rows = generator.normal(size=(50, 3))
    rows[0, 1] = numpy.nan
    labels = (numpy.nan_to_num(rows).sum(axis=1) > 0).astype(float)
    booster = xgboost.train(
        {"objective": "binary:logistic", "nthread": 1}, xgboost.DMatrix(rows, labels), 5
    )
    booster.save_model(tmp_path / "model.ubj")
    script = """
import os, xgboost
def model_fn(model_dir):
    booster = xgboost.Booster()
    booster.load_model(os.path.join(model_dir, "model.ubj"))
    return booster
"""
    container = rack.start(
        archive({"model.ubj": (tmp_path / "model.ubj").read_bytes(), "code/inference.py": script})
    )
    text = "\n".join(
        ",".join("" if numpy.isnan(cell) else repr(float(cell)) for cell in row) for row in rows
    )
    reply = asked(container, text.encode(), {**CSV, "Accept": "text/csv"})
    answers = [float(line) for line in reply.body.decode().splitlines()]
    assert answers == pytest.approx(booster.predict(xgboost.DMatrix(rows)).tolist(), abs=1e-7)


def test_an_exception_in_user_code_is_a_500_and_its_reason_is_in_the_log(rack: Rack) -> None:
    container = rack.start(echo("hello"))
    reply = asked(container, b"{}", {"Content-Type": "application/xml"})
    assert (reply.status, b"Internal Server Error" in reply.body) == (500, True)
    assert "only text/csv is understood, got application/xml" in container.log.read_text()


def test_an_abort_of_the_script_is_a_500_as_in_the_image(rack: Rack) -> None:
    script = """
import flask
def model_fn(model_dir): return None
def input_fn(body, content_type): flask.abort(415)
"""
    container = rack.start(archive({"code/inference.py": script}))
    assert asked(container, b"1", CSV).status == 500


def test_a_content_type_that_the_default_input_fn_does_not_know_is_a_500(rack: Rack) -> None:
    script = "def model_fn(model_dir): return None"
    container = rack.start(archive({"code/inference.py": script}))
    assert asked(container, b"x", {"Content-Type": "image/png"}).status == 500
    assert "Content type image/png is not supported" in container.log.read_text()


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("raise RuntimeError('no such column: tailnum')", "no such column: tailnum"),
        ("", "Please provide a model_fn implementation"),
        (
            "def transform_fn(*_): ...\ndef input_fn(*_): ...",
            "Cannot use transform_fn implementation with input_fn",
        ),
        ("import os; os._exit(3)", "Its log is empty"),
    ],
)
def test_a_script_that_cannot_load_fails_the_health_check(
    rack: Rack, script: str, reason: str
) -> None:
    container = rack.start(archive({"code/inference.py": script}))
    with pytest.raises(ContainerFailed, match=f"did not pass the ping health check.*{reason}"):
        container.wait_until_healthy(10)


def test_a_submit_directory_outside_the_archive_fails_with_its_name(rack: Rack) -> None:
    container = rack.start(
        echo("hello"), {**ENVIRONMENT, "SAGEMAKER_SUBMIT_DIRECTORY": "s3://code/sourcedir.tar.gz"}
    )
    with pytest.raises(ContainerFailed, match="must be a folder in the model archive"):
        container.wait_until_healthy(10)


def test_a_model_that_loads_too_slowly_fails_the_health_check(rack: Rack) -> None:
    container = rack.start(archive({"code/inference.py": "import time; time.sleep(60)"}))
    with pytest.raises(ContainerFailed, match="did not pass the ping health check"):
        container.wait_until_healthy(0.2)


def test_an_archive_that_is_no_tar_gz_fails_with_its_url(tmp_path: Path) -> None:
    with pytest.raises(ContainerFailed, match=r'from URL "s3://models/a.tar.gz"'):
        unpack(b"not a tar", tmp_path / "opt", url="s3://models/a.tar.gz")


def test_an_archive_cannot_write_outside_its_folder(tmp_path: Path) -> None:
    with pytest.raises(ContainerFailed, match=r"valid tar\.gz archive"):
        unpack(archive({"../../evil": "x"}), tmp_path / "opt", url="s3://models/a.tar.gz")
    assert not (tmp_path / "evil").exists()


def test_a_stopped_container_leaves_no_process(rack: Rack) -> None:
    container = rack.start(echo("hello"))
    container.wait_until_healthy(10)
    container.stop()
    assert not psutil.pid_exists(container.pid)
    with pytest.raises(ConnectionError):
        asked(container, b"1", CSV)


def test_a_container_sees_the_time_of_its_start_as_the_local_aws_has_it(
    rack: Rack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("local_aws.hosting.servers.clock", SimpleNamespace(offset=30 * 86400.0))
    script = ECHO.replace("{model}", "{__import__('time').time()}")
    container = rack.start(echo("hello", script))
    container.wait_until_healthy(10)
    told = float(asked(container, b"1", CSV).body.decode().partition(":")[0])
    assert told - time.time() == pytest.approx(30 * 86400, abs=60)


def test_a_container_that_does_not_leave_is_killed(
    rack: Rack, monkeypatch: pytest.MonkeyPatch
) -> None:
    container = rack.start(echo("hello"))
    container.wait_until_healthy(10)
    monkeypatch.setattr("local_aws.hosting.container.STOP_TIMEOUT_SECONDS", 0.1)
    os.kill(container.pid, signal.SIGSTOP)
    container.stop()
    assert not psutil.pid_exists(container.pid)


def test_containers_share_neither_variables_nor_modules_nor_chance(rack: Rack) -> None:
    script = """
import os, random, sys
print(sorted(os.environ), "counted" in sys.modules)
sys.modules["counted"] = random
def model_fn(folder): return str(random.random())
def input_fn(body, kind): return body
def predict_fn(data, model): return model
def output_fn(prediction, accept): return prediction, "text/csv"
"""
    one, two = (
        rack.start(archive({"code/inference.py": script}), {**ENVIRONMENT, name: "x"})
        for name in ("ONE", "TWO")
    )
    for container, own, other in ((one, "'ONE'", "'TWO'"), (two, "'TWO'", "'ONE'")):
        container.wait_until_healthy(10)
        said = container.log.read_text()
        assert own in said and other not in said and "PYTHONPATH" not in said
        assert "False" in said
    assert asked(one, b"1", CSV).body != asked(two, b"1", CSV).body


def test_what_user_code_starts_does_not_hold_up_the_end(rack: Rack) -> None:
    script = "import subprocess; subprocess.Popen(['sleep', '60'])\n"
    container = rack.start(archive({"word": "x", "code/inference.py": script + ECHO}))
    container.wait_until_healthy(10)
    [child] = psutil.Process(container.pid).children()
    try:
        container.stop()
        assert not psutil.pid_exists(container.pid)
    finally:
        child.kill()


def test_a_container_ends_with_its_parent_however_that_ends(tmp_path: Path) -> None:
    unpack(echo("hello"), tmp_path / "ml", url="s3://models/model.tar.gz")
    start = f"""
import os, pathlib, time
from local_aws.hosting.container import Container, mapped
folder = pathlib.Path({str(tmp_path / "ml")!r})
variables = {{"PATH": os.environ["PATH"], "SM_MODEL_DIR": "/opt/ml/model", **{ENVIRONMENT!r}}}
container = Container(folder=folder, environment=mapped(variables, folder), name="Blue")
container.wait_until_healthy(10)
print(container.pid, flush=True)
time.sleep(60)
"""
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", start], stdout=subprocess.PIPE, cwd=root, text=True
    ) as parent:
        assert parent.stdout
        container = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    eventually(lambda: not container.is_running())
