"""Twenty-five changes of the sample app, each a patch, and what the page must say of it.

The first ten are those that reviewers miss. By day are played the dangers that must stand on one
screen, and what no template made by hand tells: a synth and its review cost two seconds.
"""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from review import Assembly, Review, compare, page
from review.page import FIRST_LINES
from tests.conftest import ROOT
from tests.project import EXAMPLE, copy_app
from tests.synths import Synths

PATCHES = Path(__file__).parent / "golden"


@dataclass(frozen=True)
class Said:
    """What a page must say.

    Attributes:
        headline: Its first line, but for `### Review: `.
        first: What must stand in its first lines.
        anywhere: What must stand somewhere before everything is listed.
    """

    headline: str
    first: tuple[str, ...] = ()
    anywhere: tuple[str, ...] = ()


BY_DAY: Mapping[str, Said] = {
    "01-lowered-gate": Said(
        "1 guard weakened (gate), 1 pipeline",
        ("asks for less", "`gate.auc ≥ MinimumAuc (0.65)` → `gate.auc ≥ MinimumAuc (0.6)`"),
    ),
    "02-disabled-monitor": Said(
        "1 guard weakened (monitor), 1 setting (schedule), scheduled hours 46 → 15",
        ("**Monitor**", "is disabled: `ENABLED` → `DISABLED`"),
    ),
    "03-widened-policy": Said(
        "1 permission gained (1 for everything)",
        ("Role `Pipeline/JobRole` may `s3:GetObject` on **`*`**",),
    ),
    "09-image-version": Said(
        "1 pipeline, 2 images",
        anywhere=("scikit-learn:1.9-0-cpu-py3`", "scikit-learn:1.4-2-cpu-py3`"),
    ),
}
AT_NIGHT: Mapping[str, Said] = {
    "04-dropped-alarm": Said(
        "2 guards weakened (rollback, alarm), 2 settings (alarm, release)",
        (
            "is rolled back for fewer alarms",
            "Alarm `Endpoint/RollbackAlarms/latency` in Prod-Serving-flight-delay is removed",
        ),
    ),
    "05-shorter-bake": Said("1 guard weakened (bake), 1 setting (release)", ("`600 s` → `240 s`",)),
    "06-capture-of-one-percent": Said(
        "1 replaced (endpoint config), 1 guard weakened (capture), 1 setting (capture)",
        (
            "captures fewer requests: `100 %` → `1 %`",
            "Endpoint `prod-flight-delay` moves to it, by a release",
        ),
    ),
    "07-tag-on-a-job-definition": Said(
        "1 replaced (job definition)",
        ("**is replaced**: `Tags` can't be changed in place",),
    ),
    "08-retention": Said(
        "1 guard weakened (retention), 1 setting (retention)",
        ("Bucket `Storage/Capture` in Prod-Foundation keeps objects", "`90 days` → `14 days`"),
    ),
    "10-script": Said(
        "1 pipeline, 1 file (figures.py)",
        anywhere=(
            "used by `Preprocess`, `Train`, `Evaluate`",
            "\n-    improvement = auc - (",
            "\n+    improvement = abs(auc - (",
        ),
    ),
    "11-endpoint-renamed": Said(
        "8 replaced (endpoint, alarm, scalable target), 4 permissions gained, 6 permissions lost,"
        " 6 settings (alarm, capacity)",
        (
            "Endpoint `prod-flight-delay` in Prod-Serving-flight-delay **is replaced**:"
            " `EndpointName` can't be changed in place",
        ),
    ),
    "12-larger-instances": Said(
        "1 replaced (endpoint config), 1 setting (capacity)",
        ("`ml.m5.large` → `ml.m5.4xlarge`", "replaced too: 2 alarms"),
        ("| ml.m5.4xlarge | 0 | 1,460 |",),
    ),
    "13-all-at-once": Said(
        "1 guard weakened (traffic), 3 settings (release)", ("`CANARY` → `ALL_AT_ONCE`",)
    ),
    "14-alarm-rings-later": Said(
        "2 guards weakened (alarm), 4 settings (alarm)",
        ("rings later: `after 50 hours` → `after 146 hours`",),
    ),
    "15-monitor-twice-a-day": Said(
        "6 settings (alarm, schedule), 1 pipeline, scheduled hours 46 → 91",
        anywhere=("ContainerArguments[--every-hours]`: `24` → `12`",),
    ),
    "16-scheduled-retraining": Said(
        "3 permissions gained, 2 settings (alarm, schedule), scheduled hours 46 → 63",
        anywhere=("`rate(7 days)`",),
    ),
    "17-on-new-data": Said(
        "3 permissions gained, 2 settings (alarm, schedule)",
        ("`events.amazonaws.com` may `sts:AssumeRole`, says role `NewData/Role`",),
    ),
    "18-wider-autoscaling": Said("1 setting (capacity)", ("`MaxCapacity` | `4` | `8` |",)),
    "19-stage-dropped": Said(
        "4 left behind (stack), 3 guards weakened (monitor, alarm, rule), 1 permission lost,"
        " 2 settings (rule, schedule), always-on hours 2,190 → 730, scheduled hours 46 → 30",
        ("Stack `Prod-Foundation` **is left behind**", "Stack `Prod-Monitoring-flight-delay` is"),
    ),
    "20-hyperparameter": Said("1 pipeline", ("`HyperParameters.eta`: `0.1` → `0.3`",)),
    "21-bucket-renamed": Said(
        "10 replaced (bucket, endpoint config, job definition, alias), 22 permissions gained,"
        " 22 permissions lost, 2 settings (capture), 2 pipelines",
        ("Bucket `Storage/Artifacts` in Dev-Foundation **is replaced**", "with all that is in it"),
    ),
    "22-slot-moved": Said(
        "4 removed (slot, policy)",
        ("Slot `Slot-flight-delay` in Dev-Foundation **is removed**",),
    ),
    "23-buckets-not-kept": Said(
        "5 guards weakened (retention)",
        ("is deleted when it leaves its stack and when it is replaced",),
    ),
    "24-group-described": Said(
        "1 replaced (group)",
        ("`ModelPackageGroupDescription` can't be changed in place", "the deployment fails"),
    ),
}
NOTHING = "25-comment"


def synthesized(
    synths: Synths, alone: Path, folder: Path, patches: list[str]
) -> dict[str, Assembly]:
    """The app as it is, `base`, and with each of the patches."""
    project = copy_app(folder / "project", EXAMPLE)
    copy_of_library = ["cp", "-r", str(ROOT / "constructs"), str(project)]
    subprocess.run(copy_of_library, check=True)
    for name in patches:
        apply(project, name, "--check")
    made = {"base": alone / "cdk.out"}
    for name in patches:
        apply(project, name)
        made[name] = synths.synth(project, folder / name)
        apply(project, name, "--reverse")
    return {name: Assembly(path, name) for name, path in made.items()}


def apply(project: Path, name: str, *how: str) -> None:
    """To the copy; a patch that no longer fits ends it all."""
    command = ["git", "apply", "-C1", *how, str(PATCHES / f"{name}.patch")]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    said = f"{name}.patch no longer fits the sample app: {done.stderr.strip()}"
    assert not done.returncode, said


@pytest.fixture(scope="module")
def by_day(
    synths: Synths, alone: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Assembly]:
    return synthesized(synths, alone, tmp_path_factory.mktemp("by-day"), list(BY_DAY))


@pytest.fixture(scope="module")
def at_night(
    synths: Synths, alone: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Assembly]:
    return synthesized(synths, alone, tmp_path_factory.mktemp("at-night"), [*AT_NIGHT, NOTHING])


def judged(name: str, said: Said, made: Mapping[str, Assembly]) -> Review:
    """Compared, with the page as it must be."""
    review = compare(made["base"], made[name])
    lines = page(review).splitlines()
    assert lines[0] == f"### Review: {said.headline}"
    first = "\n".join(lines[:FIRST_LINES])
    told = "\n".join(lines[: lines.index("#### Everything, complete")])
    for text in said.first:
        assert text in first
    for text in said.anywhere:
        assert text in told
    return review


@pytest.mark.parametrize("name", BY_DAY)
def test_what_reviewers_miss_is_told(name: str, by_day: dict[str, Assembly]):
    judged(name, BY_DAY[name], by_day)


@pytest.mark.nightly
@pytest.mark.parametrize("name", AT_NIGHT)
def test_the_other_changes_are_told(name: str, at_night: dict[str, Assembly]):
    judged(name, AT_NIGHT[name], at_night)


@pytest.mark.nightly
def test_a_comment_changes_nothing(at_night: dict[str, Assembly]):
    assert page(compare(at_night["base"], at_night[NOTHING])) == (
        "Nothing changed between base and 25-comment.\n"
    )


def test_there_are_as_many_patches_as_the_table_has():
    assert sorted(path.stem for path in PATCHES.iterdir()) == sorted({*BY_DAY, *AT_NIGHT, NOTHING})
    assert len({*BY_DAY, *AT_NIGHT, NOTHING}) == 25


def test_all_dangers_at_once_stand_in_the_first_lines(by_day: dict[str, Assembly], tmp_path: Path):
    """A replaced endpoint, a widened policy, a lowered gate and a disabled monitor together."""
    dangerous = ["01-lowered-gate", "02-disabled-monitor", "03-widened-policy"]
    head = tmp_path / "head"
    subprocess.run(["cp", "-r", str(by_day["base"].folder), str(head)], check=True)
    for name in dangerous:
        for file in by_day[name].folder.rglob("*.template.json"):
            place = file.relative_to(by_day[name].folder)
            if file.read_bytes() != (by_day["base"].folder / place).read_bytes():
                merge(head / place, by_day["base"].folder / place, file)
    rename_endpoint(head)
    lines = page(compare(by_day["base"], Assembly(head, "head"))).splitlines()
    first = "\n".join(lines[:FIRST_LINES])
    assert "Endpoint `prod-flight-delay` in Prod-Serving-flight-delay **is replaced**" in first
    for name in dangerous:
        for text in BY_DAY[name].first:
            assert text in first


def merge(into: Path, base: Path, changed: Path) -> None:
    """The resources that another change touched."""
    made, before, after = (json.loads(file.read_text()) for file in (into, base, changed))
    for key, resource in after["Resources"].items():
        if resource != before["Resources"].get(key):
            made["Resources"][key] = resource
    into.write_text(json.dumps(made))


def rename_endpoint(assembly: Path) -> None:
    [file] = (assembly / "assembly-Prod").glob("*Serving*.template.json")
    made: dict[str, Any] = json.loads(file.read_text())
    for resource in made["Resources"].values():
        if resource["Type"] == "AWS::SageMaker::Endpoint":
            resource["Properties"]["EndpointName"] = "another"
    file.write_text(json.dumps(made))


def test_a_patch_that_no_longer_fits_is_named(synths: Synths, alone: Path, tmp_path: Path):
    with pytest.raises(AssertionError, match=r"nothing\.patch no longer fits the sample app"):
        synthesized(synths, alone, tmp_path, ["nothing"])
