"""The house rules that no other tool holds: folder names, locks, and what may not be committed."""

import re
import subprocess
from importlib.metadata import requires
from pathlib import Path

import constructs
import pytest

ROOT = Path(__file__).resolve().parent.parent


def tracked() -> list[Path]:
    """Every file that git tracks and that still exists."""
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, text=True, capture_output=True, check=True
    ).stdout.splitlines()
    return [ROOT / name for name in listed if (ROOT / name).is_file()]


def pins(lock: str) -> dict[str, str]:
    """Package to version of one of the two locks."""
    lines = (ROOT / lock).read_text().splitlines()
    return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", "\n".join(lines), flags=re.M))


def test_pypi_constructs_is_the_one_that_is_imported():
    assert "site-packages" in Path(str(constructs.__file__)).parts
    assert not (ROOT / "constructs" / "__init__.py").exists()


def test_no_test_folder_shadows_pypi_constructs():
    assert not [path for path in ROOT.glob("tests/**/constructs") if path.is_dir()]


def test_what_deploying_needs_is_locked_to_the_versions_that_were_tested():
    tested = pins("requirements-dev.txt")
    deployed = pins("requirements.txt")
    assert deployed
    assert {name: tested.get(name) for name in deployed} == deployed


@pytest.mark.parametrize("source", ["requirements.in", "requirements-dev.in"])
def test_every_direct_requirement_is_pinned_and_says_why_it_is_there(source: str):
    lines = (ROOT / source).read_text().splitlines()
    wanted = [line for line in lines if line and not line.startswith(("#", "-r"))]
    unexplained = [
        w for w in wanted if not re.match(r"(-e \./constructs|[\w.-]+==[\w.]+) +# \w", w)
    ]
    assert not unexplained


def test_the_lock_holds_every_direct_requirement():
    for source, lock in (
        ("requirements.in", "requirements.txt"),
        ("requirements-dev.in", "requirements-dev.txt"),
    ):
        direct = dict(re.findall(r"^([\w.-]+)==([\w.]+)", (ROOT / source).read_text(), flags=re.M))
        assert direct.items() <= pins(lock).items()


def test_the_construct_library_asks_for_no_more_than_it_needs():
    asked = requires("mlops-constructs") or []
    needed = {re.split(r"[<>=]", r)[0] for r in asked if "extra ==" not in r}
    assert needed == {"aws-cdk-lib", "constructs", "pydantic"}
    assert [r.partition(";")[2].strip() for r in asked if r.startswith("syrupy")] == [
        "extra == 'testing'"
    ]


def test_no_file_names_a_machine_or_a_package_index():
    hosts = "|".join(
        ["py" + "pi.org", "python" + "hosted", "registry" + r"\.npmjs", "deb" + r"\.debian"]
    )
    pattern = re.compile(rf"(?<![\w.])/(?:home|root|work|Users)/\w|{hosts}")
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()[:80]}"
        for path in tracked()
        if path.suffix not in {".gz", ".png"} and path.name != "test_house.py"
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines()
        if pattern.search(line)
    ]
    assert not found


def test_ci_runs_what_a_developer_runs():
    assert "make check" in (ROOT / ".ci" / "run").read_text()
    makefile = (ROOT / "Makefile").read_text()
    [check] = re.findall(r"^check:.*\n((?:\t.*\n)+)", makefile, flags=re.M)
    assert {"lint", "mypy", "pyright", "synth", "test"} <= set(check.split())
