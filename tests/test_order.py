"""Which stage follows which, and how a line that can't be is refused."""

from pathlib import Path
from typing import Any

import pytest

from config.order import in_order
from config.schema import StageConfig
from config.stages import STAGES
from mlops_constructs.problems import InvalidProps
from mlops_constructs.serving import RealTime
from pipeline_definitions.spec import ModelSpec

HOSTING = RealTime(instance_type="ml.m5.large", max_instances=2, invocations_per_instance=100)
CHURN, FRAUD = (
    ModelSpec(name=name, folder=Path("somewhere"), step_scripts=("train.py",))
    for name in ("churn", "fraud")
)
ONE_AT_A_TIME = "a version's life cycle names one stage at a time"


def stage(name: str, follows: str | None = None, **changed: Any) -> StageConfig:
    given: dict[str, Any] = {"models": (CHURN,), "hosting": HOSTING}
    return StageConfig(name=name, follows=follows, **(given | changed))


def refused(*stages: StageConfig) -> list[str]:
    with pytest.raises(InvalidProps) as refusal:
        in_order(*stages)
    return list(refusal.value.problems)


def test_a_stage_that_follows_serves_what_the_other_registers():
    lab, shop = in_order(stage("Lab"), stage("Shop", "Lab"))
    assert (lab.trains, lab.next_stage, lab.trained_by) == (True, "Shop", lab)
    assert (shop.trains, shop.next_stage, shop.trained_by.name) == (False, "", "Lab")
    told = shop.promotion_input(CHURN)
    assert (told["group"], told["endpoint"]) == ("lab-churn", "shop-churn")
    assert (told["approval"], told["next"]) == ("Shop", "")
    told = lab.promotion_input(CHURN)
    assert (told["approval"], told["next"]) == ("registry", "Shop")


def test_stages_that_follow_none_stand_side_by_side():
    left, right = in_order(stage("Left"), stage("Right"))
    assert (left.next_stage, right.next_stage) == ("", "")
    assert right.promotion_input(CHURN)["group"] == "right-churn"


def test_what_is_changed_in_a_stage_later_leaves_it_in_its_place():
    lab, shop = in_order(stage("Lab"), stage("Shop", "Lab"))
    assert lab.model_copy(update={"capture_days": 9}).next_stage == "Shop"
    assert shop.model_copy(update={"capture_days": 9}).trained_by.name == "Lab"


def test_the_default_app_has_prod_after_dev():
    assert [(s.name, s.follows, s.next_stage) for s in STAGES] == [
        ("Dev", None, "Prod"),
        ("Prod", "Dev", ""),
    ]


def test_a_stage_that_is_not_there_can_not_be_followed():
    assert refused(stage("Lab"), stage("Shop", "Labb")) == [
        "stage 'Shop' follows 'Labb', which is no stage; the stages are Lab, Shop"
        " (config/stages.py)"
    ]


def test_no_stage_follows_itself():
    assert refused(stage("Lab"), stage("Shop", "Shop")) == [
        "stage 'Shop' follows itself; name the stage that trains for it (config/stages.py)"
    ]


def test_no_stages_follow_each_other_in_a_circle():
    assert refused(stage("A", "C"), stage("B", "A"), stage("C", "B")) == [
        f"stage {one!r} follows {other!r} in a circle; one stage has to follow none, and train"
        " (config/stages.py)"
        for one, other in (("A", "C"), ("B", "A"), ("C", "B"))
    ]


def test_a_stage_can_not_follow_one_that_follows():
    assert refused(stage("Lab"), stage("Shop", "Lab"), stage("Isle", "Shop")) == [
        f"stage 'Isle' follows 'Shop', which follows 'Lab' itself, but {ONE_AT_A_TIME}; follow the"
        " stage that trains (config/stages.py)"
    ]


def test_two_stages_can_not_follow_the_same_one():
    assert refused(stage("Lab"), stage("Shop", "Lab"), stage("Isle", "Lab")) == [
        f"'Shop' and 'Isle' follow 'Lab', but {ONE_AT_A_TIME}; let one stage follow it"
        " (config/stages.py)"
    ]


@pytest.mark.parametrize(
    ("there", "place"),
    [
        ({"account": "1" * 12}, "111111111111, any region"),
        ({"region": "eu-west-1"}, "any account, eu-west-1"),
    ],
)
def test_another_account_or_region_is_refused_since_it_is_not_built(
    there: dict[str, str], place: str
):
    assert refused(stage("Lab"), stage("Shop", "Lab", **there)) == [
        f"stage 'Shop' follows 'Lab' in another account or region ({place} and any account, any"
        " region), which is not there yet; give both the same (config/stages.py)"
    ]


def test_a_model_that_is_not_trained_there_can_not_be_served_here():
    assert refused(stage("Lab"), stage("Shop", "Lab", models=(CHURN, FRAUD))) == [
        "stage 'Shop' follows 'Lab' and serves the model 'fraud', which that one does not train; it"
        " trains churn (config/stages.py)"
    ]


def test_all_problems_are_told_at_once():
    assert len(refused(stage("Lab", "Lab"), stage("Shop", "Labb"))) == 2


def test_a_stage_that_was_not_put_in_order_says_so():
    with pytest.raises(InvalidProps) as refusal:
        stage("Shop", "Lab").promotion_input(CHURN)
    assert refusal.value.problems == (
        "stage 'Shop' follows 'Lab' but was not put in order with it; pass both to in_order"
        " (config/stages.py)",
    )
