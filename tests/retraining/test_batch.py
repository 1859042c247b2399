"""A model that scores batches is trained again like any other: its pipeline has the champion."""

import json
from dataclasses import dataclass
from typing import Any

from mlops_constructs.serving.batch_definition import SCORE
from tests.retraining.names import ENDPOINT, package
from tests.retraining.world import World

SCORES = f"{ENDPOINT}-batch"


@dataclass
class Scoring(World):
    """An AWS without endpoints, whose pipeline scores with the model of a version."""

    def _listPipelines(self, PipelineNamePrefix: str, MaxResults: int) -> Any:
        assert SCORES.startswith(PipelineNamePrefix)
        return {"PipelineSummaries": [{"PipelineName": SCORES}] if self.serves else []}

    def _describePipeline(self, PipelineName: str) -> Any:
        assert PipelineName == SCORES
        score = {"Name": SCORE, "Arguments": {"ModelName": f"model-{self.serves}"}}
        steps = [{"Name": "Gather"}, {"Name": "Any", "Arguments": {"IfSteps": [score]}}]
        return {"PipelineDefinition": json.dumps({"Steps": steps}), "LastModifiedTime": self.time()}

    def _describeModel(self, ModelName: str) -> Any:
        return super()._describeModel(ModelName) | {"CreationTime": self.time()}


def test_the_champion_is_what_the_slot_names_and_the_pipeline_scores_with():
    world = Scoring()
    world.serve(2)
    world.ask("data", hosting="batch")
    world.play()
    [run] = world.runs
    assert run.parameters["ChampionPackageArn"] == package(2)
    assert "listEndpoints" not in world.calls


def test_before_the_first_promotion_nobody_is_champion():
    world = Scoring()
    world.ask("data", hosting="batch")
    world.play()
    [run] = world.runs
    assert "ChampionPackageArn" not in run.parameters
    assert "listEndpoints" not in world.calls
