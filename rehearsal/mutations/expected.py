"""The first table: which arrow of the story each mutation breaks, and in which chapter.

Patterns are of a mutation's name, "construct | kind | part". Where an arrow is caught by a later
one, because the platform goes on without it, that one stands here.
"""

from typing import Final

from rehearsal.mutations.rows import CDK_DEPLOY, Chapter, Noticed

APPROVAL, DRIFT = "approval rule -> Promotion", "drift alarm -> Retraining"
SLOT, ENDPOINT = "Promotion -> slot", "Promotion -> UpdateStack -> endpoint"
MONITORS, END = "Promotion -> UpdateStack -> monitors", "Promotion -> its end"
TRAINS, TOLD = "Retraining -> pipeline", "Retraining -> topic"
TRAINED, REGISTRY = "Retraining -> its end", "pipeline -> registry"
CAPTURE, REPORT = "endpoint -> capture bucket", "schedule -> monitor -> report"
RINGS = "metric -> drift alarm"


def _noticed(chapter: Chapter, arrow: str, construct: str, kind: str, *parts: str) -> list[Noticed]:
    return [Noticed(f"{construct} | {kind} | {part}", arrow, chapter) for part in parts or ("*",)]


def _promotion(arrow: str, *states: str) -> list[Noticed]:
    return _noticed(Chapter.RELEASE, arrow, "Operations/Promotion", "call", *states)


def _retraining(chapter: Chapter, arrow: str, *states: str) -> list[Noticed]:
    return _noticed(chapter, arrow, "Operations/Retraining", "call", *states)


def _run(arrow: str, kind: str, *parts: str) -> list[Noticed]:
    return _noticed(Chapter.RUN, arrow, "Training-*/Pipeline", kind, *parts)


def _rule(arrow: str, kind: str, *parts: str) -> list[Noticed]:
    return _noticed(Chapter.RELEASE, arrow, "Serving-*/ApprovalRule", kind, *parts)


def _monitor(arrow: str, kind: str, *parts: str) -> list[Noticed]:
    return _noticed(Chapter.DAY, arrow, "Monitoring-*/DataQuality/Engine", kind, *parts)


def _drift(arrow: str, construct: str, kind: str, *parts: str) -> list[Noticed]:
    return _noticed(Chapter.DRIFT, arrow, f"Monitoring-*/{construct}", kind, *parts)


NOTICED: Final[list[Noticed]] = [
    *_noticed(Chapter.DEPLOYMENT, CDK_DEPLOY, "Foundation/Slot-*", "slot"),
    *_noticed(Chapter.DEPLOYMENT, CDK_DEPLOY, "Serving-*", "slot"),
    *_noticed(Chapter.DEPLOYMENT, CDK_DEPLOY, "Monitoring-*", "slot"),
    # a person asks for a version
    *_retraining(
        Chapter.RUN, TRAINS, "Write the request down", "See who is at it", "Take the lock",
        "Clear the note", "Look at the request", "Look at the alarms", "Look at the runs",
        "Read the slot", "Start the pipeline",
    ),
    *_retraining(Chapter.RUN, TOLD, "Tell of the start"),
    *_retraining(Chapter.RUN, TRAINED, "Read the note", "Release the lock"),
    *_run(TRAINS, "parameter", "DataVersion", "Reason"),
    *_run("pipeline -> Preprocess", "reads", "Preprocess.*"),
    *_run("pipeline -> Train", "reads", "Train.*"),
    *_run("pipeline -> Evaluate", "reads", "Evaluate.*"),
    *_run("pipeline -> Baseline", "reads", "Baseline.*"),
    *_run("pipeline -> Gate", "reads", "Gate.*"),
    *_run(
        "pipeline -> Baseline", "writes", "Preprocess.train", "Preprocess.validation",
        "Preprocess.test",
    ),
    *_run("pipeline -> Register", "names", "Register.ModelPackageGroupName"),
    *_run(
        REGISTRY, "names", "Register.ModelMetrics.*", "Register.DriftCheckBaselines.*",
        "Register.InferenceSpecification.*", "Register.DataVersion", "Register.Reason",
        "Register.ChampionPackageArn",
    ),
    *_run("pipeline -> Preprocess", "is told", "Preprocess.data-version"),
    # a person approves a version
    *_rule(APPROVAL, "pattern"),
    *_rule(APPROVAL, "state"),
    *_rule(APPROVAL, "target"),
    *_rule(APPROVAL, "input", "stack"),
    *_rule(SLOT, "input", "model", "stage", "group", "endpoint", "slot", "monitoring", "monitors",
          "next", "approval", "hosting"),
    *_promotion(
        SLOT, "Read the stack", "Look for the endpoint", "Read the endpoint", "Read its config",
        "Read its model", "Read the slot", "Find approved versions", "Read the version",
        "Take the lock", "Clear the note", "Put the slot",
    ),
    *_promotion(ENDPOINT, "Update the stack"),
    *_promotion(
        MONITORS, "Find the endpoint's logical id", "Protect the endpoint",
        "Read the released version",
        "Stamp the version as released", "Tell of the release", "List older configs",
        "Read the monitoring stack", "Put a heartbeat", "Update the monitoring stack",
    ),
    *_promotion(
        END, "Count what it answered", "Tell that it is unproven", "Read the note",
        "Release the lock",
    ),
    *_noticed(Chapter.RELEASE, CDK_DEPLOY, "Serving-*/Endpoint/Version", "version"),
    # a person asks for another version
    *_noticed(
        Chapter.AGAIN, REGISTRY, "Training-*/Pipeline", "is told", "Evaluate.champion-package"
    ),
    *_noticed(
        Chapter.AGAIN, TRAINS, "Training-*/Pipeline", "parameter", "ChampionModelUri",
        "ChampionPackageArn",
    ),
    *_retraining(
        Chapter.AGAIN, TRAINS, "Look for the endpoint", "Read the endpoint", "Read its config",
        "Read its model", "Read the champion",
    ),
    # travellers ask for a day
    *_noticed(Chapter.DAY, CAPTURE, "Serving-*/Endpoint/Version/Config", "capture"),
    *_monitor(REPORT, "parameter"),
    *_monitor(REPORT, "reads"),
    *_monitor(REPORT, "writes"),
    *_monitor(REPORT, "is told", "Monitor.capture", "Monitor.window-end"),
    *_noticed(Chapter.DAY, REPORT, "Monitoring-*/DataQuality/Engine/Schedule", "*"),
    # a day of summer
    *_drift(
        RINGS, "DataQuality/Engine", "is told", "Monitor.endpoint", "Monitor.monitor",
        "Monitor.namespace",
    ),
    *_drift(RINGS, "DataQuality/Alarms/Drift", "dimension"),
    *_drift(RINGS, "DataQuality/Alarms/Drift", "metric"),
    *_drift("drift alarm -> topic", "DataQuality/Alarms/Drift", "action"),
    *_drift(DRIFT, "RetrainOnDrift", "pattern"),
    *_drift(DRIFT, "RetrainOnDrift", "state"),
    *_drift(DRIFT, "RetrainOnDrift", "target"),
    *_drift(DRIFT, "RetrainOnDrift", "input", "endpoint", "trigger"),
    *_drift(
        TRAINS, "RetrainOnDrift", "input", "model", "stage", "group", "pipeline", "slot", "alarms",
        "policy", "policy.*", "reason",
    ),
    *_retraining(Chapter.DRIFT, TRAINS, "Look at the newest version"),
]  # fmt: skip
