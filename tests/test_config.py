"""What a stage can be told, and how it is refused."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from config.order import in_order
from config.organisation import Organisation
from config.refusal import sentences
from config.schema import StageConfig
from config.stages import STAGES
from mlops_constructs.monitoring import (
    Attribution,
    DataQuality,
    ModelMonitorEngine,
    ModelQuality,
    MonitorSettings,
    OpenEngine,
)
from mlops_constructs.network import Network
from mlops_constructs.problems import InvalidProps
from mlops_constructs.serving import (
    UNGUARDED,
    AllAtOnce,
    Async,
    Batch,
    Canary,
    Hosting,
    Linear,
    MultiModel,
    RealTime,
    Release,
    Rolling,
    Serverless,
    Shadow,
    Split,
)
from pipeline_definitions.spec import ModelSpec

HOSTING = RealTime(instance_type="ml.m5.large", max_instances=2, invocations_per_instance=100)
BATCH = Batch(instance_type="ml.m5.large")
MANY = MultiModel(
    instance_type="ml.m5.large", max_instances=1, invocations_per_instance=9, probe="1"
)
WIDE = RealTime(instance_type="ml.m5.xlarge", max_instances=9, invocations_per_instance=100)


UNSEEN = HOSTING.model_copy(update={"capture_percent": 0})


def model(
    name: str,
    *monitors: MonitorSettings,
    hosting: Hosting | None = None,
    release: Release | None = None,
) -> ModelSpec:
    return ModelSpec(
        name=name,
        folder=Path("somewhere"),
        step_scripts=("train.py",),
        monitors=monitors,
        hosting=hosting,
        release=release,
    )


def stage(**changed: Any) -> StageConfig:
    given: dict[str, Any] = {"name": "Test", "models": (model("churn"),), "hosting": HOSTING}
    return StageConfig(**(given | changed))


def refused(**changed: Any) -> list[str]:
    with pytest.raises(ValidationError) as refusal:
        stage(**changed)
    return sentences(refusal.value)


def test_names_come_from_stage_and_model():
    config, churn = stage(), model("churn")
    assert config.resource_name(churn) == "test-churn"
    assert config.slot_name(churn) == "/perennial/test/churn/slot"
    assert config.promotion_name == "test-promotion"
    assert config.retraining_name == "test-retraining"


def test_a_model_is_hosted_as_its_stage_says_unless_it_has_its_own():
    config = stage(models=(model("churn"), model("fraud")), hosting_of={"fraud": WIDE})
    assert config.hosting_for(model("churn")) == HOSTING
    assert config.hosting_for(model("fraud")) == WIDE


def test_a_model_may_say_how_it_is_served_and_a_stage_that_it_is_not_so_there():
    churn = model("churn", hosting=WIDE)
    assert stage(models=(churn,)).hosting_for(churn) == WIDE
    own = HOSTING.model_copy(update={"max_instances": 5})
    assert stage(models=(churn,), hosting_of={"churn": own}).hosting_for(churn) == own


def test_a_model_may_say_how_it_is_released_and_a_stage_that_it_is_not_so_there():
    bold, careful = AllAtOnce(), Canary(percent=25)
    churn = model("churn", hosting=WIDE.model_copy(update={"min_instances": 4}), release=careful)
    assert stage(models=(churn,)).release_for(churn) == careful
    assert stage(models=(churn,), release_of={"churn": bold}).release_for(churn) == bold
    assert stage(release=bold).release_for(model("churn")) == bold


def test_a_stage_s_own_release_is_not_for_a_model_without_traffic():
    config = stage(release=AllAtOnce())
    assert config.release_for(model("churn", hosting=BATCH)) == UNGUARDED


def test_a_retraining_is_told_where_to_look_for_the_champion_only_if_that_is_no_endpoint():
    batch, served = model("churn", hosting=BATCH), model("fraud")
    config = stage(models=(batch, served))
    assert config.retraining_input(batch)["hosting"] == "batch"
    assert "hosting" not in config.retraining_input(served)


@pytest.mark.parametrize("hosting", [HOSTING, BATCH], ids=["endpoint", "batch"])
def test_a_stage_that_only_serves_keeps_data_if_rows_come_to_be_scored(hosting: Hosting):
    config = stage(models=(model("churn", hosting=hosting),), follows="Dev")
    assert config.scores_batches is config.keeps_data is (hosting is BATCH)


def test_a_batch_whose_answers_would_be_scored_again_is_refused():
    nested = Batch(instance_type="ml.m5.large", input_prefix="rows", output_prefix="rows/out")
    [said] = refused(models=(model("churn", hosting=nested),))
    assert said.startswith("the requests of 'test-churn' lie below 'rows' and its answers below")


def batch(**prefixes: str) -> Batch:
    return Batch(instance_type="ml.m5.large", **prefixes)


BELOW = "in the data bucket of stage 'Test'; neither may lie in the other: set"


@pytest.mark.parametrize("prefix", ["churn", "churn/new"])
def test_rows_among_the_model_s_own_training_data_are_refused(prefix: str):
    said = refused(models=(model("churn", hosting=batch(input_prefix=prefix)),))
    assert said == [
        f"training data of model 'churn' lie below 'churn' and rows to score of 'churn' below"
        f" {prefix!r} {BELOW} input_prefix= of the Batch of 'churn' (somewhere/__init__.py)"
    ]


def test_answers_among_another_model_s_training_data_are_refused():
    churn = model("churn", hosting=batch(output_prefix="fraud"))
    said = refused(models=(model("fraud"), churn))
    assert said == [
        "training data of model 'fraud' lie below 'fraud' and answers of 'churn' below 'fraud'"
        f" {BELOW} output_prefix= of the Batch of 'churn' (somewhere/__init__.py)"
    ]


def test_rows_that_two_models_would_score_are_refused_with_where_to_change_either():
    own = {"fraud": batch(input_prefix="rows/fraud")}
    churn = model("churn", hosting=batch(input_prefix="rows"))
    said = refused(models=(churn, model("fraud")), hosting_of=own)
    assert said == [
        "rows to score of model 'churn' lie below 'rows' and rows to score of 'fraud' below"
        f" 'rows/fraud' {BELOW} input_prefix= of the Batch of 'churn' (somewhere/__init__.py) or"
        " input_prefix= of the Batch of 'fraud' (config/stages.py)"
    ]


def test_answers_that_another_model_would_score_are_refused():
    churn = model("churn", hosting=batch(output_prefix="test-fraud-requests"))
    [said] = refused(models=(churn, model("fraud", hosting=BATCH)))
    assert said.startswith("answers of model 'churn' lie below 'test-fraud-requests' and rows to")


def test_rows_among_labels_are_refused():
    labelled = ModelQuality(ground_truth_prefix="labels", problem_type="Regression")
    rows = model("churn", hosting=batch(input_prefix="labels/churn"))
    [said] = refused(models=(model("fraud", labelled), rows))
    assert said.startswith(
        "labels of model 'fraud' lie below 'labels' and rows to score of 'churn'"
    )


def test_labels_among_the_model_s_own_rows_are_refused_once():
    labelled = ModelQuality(
        ground_truth_prefix="rows/true", problem_type="Regression", every_hours=24
    )
    [said] = refused(models=(model("churn", labelled, hosting=batch(input_prefix="rows")),))
    assert said.startswith("monitor 'model-quality' of model 'test-churn' can't have its labels")


def test_prefixes_that_only_begin_alike_lie_apart():
    churn = model("churn", hosting=batch(input_prefix="churn-rows", output_prefix="churn.out"))
    stage(models=(churn, model("fraud", hosting=BATCH), model("test-fraud")))


def test_a_stage_that_trains_nothing_has_no_training_data_to_lie_among():
    stage(models=(model("churn", hosting=batch(input_prefix="churn")),), follows="Dev")


def test_a_model_that_scores_batches_may_have_monitors_if_it_captures():
    assert stage(models=(model("churn", DataQuality(), hosting=BATCH),))
    blind = BATCH.model_copy(update={"capture_percent": 0})
    [said] = refused(models=(model("churn", DataQuality(), hosting=blind),))
    assert said.startswith("monitor 'data-quality' of endpoint 'test-churn' would have nothing to")
    assert "capture_percent is 0" in said


def test_what_monitors_of_batches_can_not_do_is_said_of_the_stage():
    often = model("churn", DataQuality(every_hours=6), hosting=BATCH)
    [said] = refused(models=(often,))
    assert said.startswith("monitor 'data-quality' of model 'test-churn' can't look every 6 hours")


def test_a_model_that_scores_batches_has_no_traffic_to_be_released_by():
    [said] = refused(models=(model("churn", hosting=BATCH, release=Canary(percent=25)),))
    assert said.startswith("model 'test-churn' can't be released by Canary and be served by Batch")


@pytest.mark.parametrize(
    ("hosting", "word"),
    [
        (HOSTING, "endpoint"),
        (Serverless(), "endpoint"),
        (Async(instance_type="ml.m5.large", max_instances=1), "endpoint"),
        (BATCH, "batch"),
        (MANY, "multi-model"),
    ],
    ids=["real-time", "serverless", "async", "batch", "multi-model"],
)
def test_a_promotion_is_told_what_serving_is(hosting: Hosting, word: str):
    config = stage(hosting=hosting, release=UNGUARDED)
    assert config.promotion_input(model("churn"))["hosting"] == word


def test_all_that_can_not_go_together_is_said_at_once_for_each_model():
    network = Network(subnets=("subnet-01234567",), security_groups=("sg-01234567",))
    said = refused(
        models=(
            model("calls", DataQuality(), hosting=Serverless()),
            model("docs", hosting=Async(instance_type="ml.m5.large", max_instances=1)),
        ),
        organisation=Organisation(network=network),
        release=Rolling(percent=25),
    )
    assert [sentence.split(" and be ")[0].split(": ")[0] for sentence in said] == [
        "endpoint 'test-calls' can't be released by Rolling",
        "endpoint 'test-calls' can't have monitors ('data-quality')",
        "endpoint 'test-calls' can't run in a network of yours",
        "endpoint 'test-docs' can't have RollbackAlarms with their default latency_ms",
        "endpoint 'test-docs' needs min_instances of at least 2 to be released by Rolling, got 0",
    ]


def test_the_function_that_asks_archives_needs_a_name_of_its_own():
    name = "c" * 54
    said = refused(models=(model(name, hosting=MANY),))
    assert said == [
        "the name of a multi-model endpoint must have 58 characters at most, since the function "
        f"that asks its archives is called after it, got 'test-{name}' (59 characters)"
    ]
    assert stage(models=(model(name[1:], hosting=MANY),)).names_archives


def test_a_stage_without_such_models_copies_no_archives():
    assert not stage().names_archives


@pytest.mark.parametrize("trial", [Shadow(), Split()], ids=["shadow", "split"])
def test_a_model_whose_versions_are_tried_has_a_second_slot(trial: Release):
    tried, plain = model("churn", release=trial), model("calls")
    config = stage(models=(tried, plain))
    assert (config.trial_of(tried), config.trial_of(plain)) == (trial, None)
    assert config.challenger_slot_name(tried) == "/perennial/test/churn/challenger"
    assert config.challenger_slot_name(plain) is None


def test_a_trial_that_a_stage_asks_for_is_refused_where_there_is_nothing_to_try_at():
    said = refused(models=(model("calls", hosting=Serverless()),), release=Shadow())
    assert [sentence.split(": ")[0] for sentence in said] == [
        "endpoint 'test-calls' can't be released by Shadow and be served by Serverless"
    ]


def test_a_linear_release_that_a_model_asks_for_is_held_against_its_own_width():
    narrow = model("churn", hosting=HOSTING, release=Linear(percent=25))
    [said] = refused(models=(narrow,), hosting=WIDE)
    assert said.startswith("endpoint 'test-churn' needs min_instances of at least 2")


def test_names_that_are_too_long_together_are_refused_each():
    long, longer = "a" * 59, "b" * 60
    assert refused(models=(model(long), model(longer))) == [
        f"the resource name of model {name!r} in stage 'Test' must be 1 to 63 letters, digits and "
        f"inner hyphens, got 'test-{name}' ({len(name) + 5} characters)"
        for name in (long, longer)
    ]


def test_hosting_for_a_model_that_is_not_there_is_refused():
    assert refused(hosting_of={"chrun": WIDE}) == [
        "hosting_of names the model 'chrun', which stage 'Test' does not have; it has churn"
    ]


def test_a_release_for_a_model_that_is_not_there_is_refused():
    assert refused(release_of={"chrun": AllAtOnce()}) == [
        "release_of names the model 'chrun', which stage 'Test' does not have; it has churn"
    ]


def test_a_release_that_does_not_fit_the_hosting_is_refused_for_each_model():
    said = refused(
        models=(model("churn"), model("fraud"), model("wide")),
        release=Canary(percent=25),
        hosting_of={"wide": WIDE.model_copy(update={"min_instances": 2})},
    )
    assert [sentence.split(" needs ")[0] for sentence in said] == [
        "endpoint 'test-churn'",
        "endpoint 'test-fraud'",
    ]


def test_a_stage_names_the_engine_of_its_monitors():
    assert isinstance(stage().monitoring, OpenEngine)
    engine = ModelMonitorEngine(instance_type="ml.c5.xlarge")
    assert stage(monitoring=engine).monitoring is engine
    assert stage().monitoring_stack_name(model("churn")) == "Test-Monitoring-churn"


def test_every_monitor_that_can_not_be_had_is_refused_at_once():
    models = (
        model("unseen", DataQuality()),
        model("twice", DataQuality(), DataQuality(every_hours=1)),
        model("a" * 46, DataQuality()),
        model("long", DataQuality(window_hours=100)),
    )
    assert refused(models=models, hosting_of={"unseen": UNSEEN}, capture_days=4) == [
        "monitor 'data-quality' of endpoint 'test-unseen' would have nothing to read: "
        "capture_percent is 0; set it to 1 to 100, or take the monitor away",
        *_looks_back("unseen", 168, 7),
        "endpoint 'test-twice' has 2 monitors of kind 'data-quality'; leave one, since their names "
        "and metrics would be the same",
        *_looks_back("twice", 168, 7),
        *_looks_back("twice", 168, 7),
        f"the name of monitor 'data-quality' of endpoint 'test-{'a' * 46}' must be 1 to 63 "
        f"letters, digits and inner hyphens, got 'test-{'a' * 46}-data-quality' (64 characters)",
        *_looks_back("a" * 46, 168, 7),
        *_looks_back("long", 100, 5),
    ]


def _looks_back(name: str, hours: int, days: int) -> list[str]:
    return [
        f"monitor 'data-quality' of model '{name}' looks back {hours} hours, but stage 'Test' "
        f"keeps its capture for 4 days; set capture_days to at least {days}, or "
        "window_hours to less"
    ]


def test_a_record_that_waits_for_its_label_is_kept_so_long():
    patient = ModelQuality(
        ground_truth_prefix="labels", problem_type="Regression", labels_within_hours=24 * 30
    )
    assert stage(models=(model("churn", patient),), capture_days=37)
    assert refused(models=(model("churn", patient),), capture_days=36) == [
        "monitor 'model-quality' of model 'churn' looks back 888 hours, but stage 'Test' keeps its "
        "capture for 36 days; set capture_days to at least 37, or window_hours or "
        "labels_within_hours to less"
    ]


@pytest.mark.parametrize(
    ("monitors", "keeps"),
    [
        ((), False),
        ((DataQuality(), Attribution()), False),
        ((ModelQuality(ground_truth_prefix="labels", problem_type="Regression"),), True),
    ],
    ids=["none", "no labels", "labels"],
)
def test_a_stage_that_only_serves_keeps_data_if_labels_of_what_it_serves_come(
    monitors: tuple[MonitorSettings, ...], keeps: bool
):
    models = (model("churn", *monitors),)
    assert stage(models=models, follows="Dev").keeps_data is keeps
    assert stage(models=models).keeps_data


def test_a_model_without_monitors_needs_no_capture():
    assert stage(hosting=UNSEEN).hosting.capture_percent == 0


@pytest.mark.parametrize("name", ["dev", "Dev_1", "De-v", ""])
def test_a_stage_name_that_is_no_capitalized_word_is_refused(name: str):
    [said] = refused(name=name)
    assert said.startswith("StageConfig.name string should match pattern")
    assert said.endswith(f"got {name!r}")


@pytest.mark.parametrize(
    ("setting", "value"),
    [("account", "12"), ("region", "Ireland"), ("capture_days", 0), ("trains", True)],
)
def test_what_is_out_of_bounds_or_unknown_is_refused(setting: str, value: Any):
    [said] = refused(**{setting: value})
    assert said.startswith(f"StageConfig.{setting} ")
    assert said.endswith(f"got {value!r}")


@pytest.mark.parametrize("other", ["Test", "TEST"])
def test_stages_of_one_name_are_refused_with_the_file_to_change(other: str):
    with pytest.raises(InvalidProps) as refused:
        in_order(stage(), stage(name="Prod"), stage(name=other))
    assert refused.value.problems == (
        "2 stages begin the names of their resources with 'test-'; names of stages must differ, "
        "also in lower case; change name= of one of them in config/stages.py",
    )


def test_a_region_of_every_partition_is_taken():
    for region in ("eu-west-1", "us-gov-west-1", "cn-north-1", "ap-southeast-2"):
        assert stage(region=region).region == region


def test_what_was_decided_stays():
    with pytest.raises(ValidationError, match="frozen"):
        stage().name = "Other"  # type: ignore[misc]


def test_the_stages_go_wherever_the_credentials_point():
    assert {(s.account, s.region) for s in STAGES} == {(None, None)}


def test_alarms_and_stacks_of_monitors_get_their_names_from_stage_and_model():
    watched, quiet = model("churn", DataQuality()), model("quiet", DataQuality(retrains=False))
    config = stage(models=(watched, quiet))
    assert config.drift_alarm_names(watched) == ["test-churn-data-quality-drift"]
    assert config.retraining_input(watched)["alarms"] == ["test-churn-data-quality-drift"]
    assert config.drift_alarm_names(quiet) == []
    told = config.promotion_input(quiet)
    assert told["monitoring"] == "Test-Monitoring-quiet"
    assert told["monitors"] == ["data-quality"]


def test_a_model_without_monitors_has_no_monitoring_stack_to_update():
    told = stage().promotion_input(model("churn"))
    assert (told["monitoring"], told["monitors"]) == ("", [])
