"""After a release, what neither serves nor was the last to serve goes; nothing else does."""

from tests.promotion.names import ENDPOINT, arn_of
from tests.promotion.promote import promote, released
from tests.promotion.world import World


def served_config(world: World) -> str:
    assert world.endpoint is not None
    return world.endpoint["config"]


def test_the_config_and_the_model_before_the_previous_ones_are_deleted():
    world = released(1, 2)
    oldest, previous = sorted(world.configs)
    world.register(3)
    promote(world)
    assert oldest not in world.configs
    assert world.configs.keys() == {previous, served_config(world)}
    assert set(world.models.values()) == {arn_of(2), arn_of(3)}


def test_a_first_release_sweeps_nothing():
    world = World()
    foreign = world.config(arn_of(9), endpoint="another")
    world.register(1)
    promote(world)
    assert foreign in world.configs
    assert "listEndpointConfigs" not in world.actions()


def test_configs_of_other_endpoints_stay():
    world = released(1)
    foreign = world.config(arn_of(9), endpoint="dev-flight-delay-2")
    for version in (2, 3):
        world.register(version)
        promote(world)
    assert foreign in world.configs


def test_a_model_that_a_kept_config_uses_stays():
    world = released(1)
    # A deploy changed the instance type: another config of the same model.
    world.endpoint = {"status": "InService", "config": world.config(arn_of(1), model="model-1")}
    world.stack_config = served_config(world)
    world.register(2)
    promote(world)
    assert "config-1" not in world.configs
    assert "model-1" in world.models


def test_a_model_that_several_old_configs_use_is_deleted_once():
    world = released(1)
    world.config(arn_of(1), model="model-1")
    world.config(arn_of(1), model="model-1")
    for version in (2, 3):
        world.register(version)
        promote(world)
    assert "model-1" not in world.models
    assert len(world.configs) == 2


def test_what_a_deploy_makes_meanwhile_is_newer_and_stays():
    world = released(1, 2)
    world.register(3)
    list_tags = world._listTags

    def deploy_and_list(**arguments: str) -> object:
        if not any(config["model"] == "of-a-deploy" for config in world.configs.values()):
            world.config(arn_of(3), model="of-a-deploy")
        return list_tags(**arguments)

    world._listTags = deploy_and_list  # type: ignore[method-assign]
    promote(world)
    assert "of-a-deploy" in world.models


def test_a_rolled_back_release_sweeps_nothing():
    world = released(1, 2)
    before = dict(world.configs)
    world.register(3)
    world.broken.add(3)
    promote(world)
    assert world.configs == before


def test_more_configs_than_a_page_are_swept():
    world = released(1)
    for _ in range(130):
        world.config(arn_of(1))
    world.register(2)
    promote(world)
    assert world.configs.keys() == {"config-1", served_config(world)}
    assert len(world.models) == 2


def test_our_old_configs_are_found_behind_a_page_of_others_and_a_model_goes_once():
    world = released(1)
    world.config(arn_of(1), model="shared")
    for _ in range(120):
        world.config(arn_of(9), endpoint="another")
    world.config(arn_of(1), model="shared")
    world.register(2)
    promote(world)
    ours = {name for name, config in world.configs.items() if config["endpoint"] == ENDPOINT}
    assert ours == {"config-1", served_config(world)}
    assert "shared" not in world.models


def test_a_sweep_looks_at_a_thousand_configs_at_most():
    world = released(1)
    for _ in range(1150):
        world.config(arn_of(9), endpoint="another", model="another")
    world.register(2)
    assert promote(world).status == "SUCCEEDED"
    assert world.actions().count("listTags") == 1000
