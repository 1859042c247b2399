"""A model whose requests name the version is trained again by what its slot says."""

from dataclasses import dataclass
from typing import Any

from tests.retraining.names import package
from tests.retraining.world import World


@dataclass
class Named(World):
    """An AWS whose endpoint is there before any version is, with a model of no package."""

    def _listEndpoints(self, NameContains: str, MaxResults: int) -> Any:
        return {"Endpoints": [{"EndpointName": NameContains}]}

    def _describeEndpoint(self, EndpointName: str) -> Any:
        return {"EndpointStatus": self.status, "EndpointConfigName": "config-1"}

    def _describeModel(self, ModelName: str) -> Any:
        raise AssertionError("the model has no package")


def test_the_champion_is_what_the_slot_names():
    world = Named()
    world.serve(2)
    world.ask("data", hosting="multi-model")
    world.play()
    [run] = world.runs
    assert run.parameters["ChampionPackageArn"] == package(2)


def test_before_the_first_promotion_nobody_is_champion():
    world = Named()
    world.ask("data", hosting="multi-model")
    world.play()
    [run] = world.runs
    assert "ChampionPackageArn" not in run.parameters
