"""Deletes endpoint configs and models that neither serve nor were the last to serve.

CloudFormation keeps a replaced config and model, since a rollback, or a batch that is being scored,
may need them; nothing else deletes them. Ours are known by the tag `perennial:endpoint`.
"""

from mlops_constructs.serving.kept import ENDPOINT_TAG
from mlops_constructs.state_machines.freeze import FROZEN
from mlops_constructs.state_machines.served import BATCH
from mlops_constructs.state_machines.states import (
    State,
    call,
    choose,
    for_each,
    jsonata,
    remember,
    when,
)

PAGE = 100
PAGES = 10
"""A sweep looks at a thousand configs at most: eight events of history each."""


_TAGGED = f"Tags[Key = '{ENDPOINT_TAG}' and Value = $target.endpoint]"


def sweep() -> dict[str, State]:
    """From "Is there anything to sweep?" to "Read the stack"."""
    return _ours() | _our_models() | _delete()


def _ours() -> dict[str, State]:
    configs = "$states.result.EndpointConfigs"
    serving = "[$served.config, $previous.config, $endpoint.config]"
    older = f"{configs}[$not(EndpointConfigName in {serving})]"
    page = f"[{older}.{{'name': EndpointConfigName, 'arn': EndpointConfigArn}}]"
    models = "$reduce($states.result, function($all, $some) { $append($all, $some) }, [])"
    kept = "[$served.models, $previous.models, $swept]"
    unused = f"function($model) {{ $not($model in {kept}) }}"
    return {
        "Is there anything to sweep?": choose(
            when(f"$previous.config = 'NONE' or {FROZEN}", "Read the stack"),
            otherwise="Start to sweep",
        ),
        "Start to sweep": remember(
            {"before": jsonata("$served.created"), "pages": 0, "swept": []},
            then="What is swept?",
        ),
        "What is swept?": choose(when(BATCH, "List older models"), otherwise="List older configs"),
        "List older configs": call(
            "sagemaker",
            "listEndpointConfigs",
            {
                "CreationTimeBefore": jsonata("$before"),
                "SortBy": "CreationTime",
                "SortOrder": "Descending",
                "MaxResults": PAGE,
            },
            assign={
                "page": jsonata(page),
                "full": jsonata(f"$count({configs}) = {PAGE}"),
                "before": jsonata(f"$count({configs}) > 0 ? {configs}[-1].CreationTime : $before"),
                "pages": jsonata("$pages + 1"),
            },
            then="Find our configs",
        ),
        "Find our configs": for_each(
            "$page",
            call(
                "sagemaker",
                "listTags",
                {"ResourceArn": jsonata("$states.input.arn")},
            ),
            name="Read its tags",
            output={
                "name": jsonata("$states.input.name"),
                "ours": jsonata(f"$exists($states.result.{_TAGGED})"),
            },
            assign={"ours": jsonata("[$states.result[ours].name]")},
            then="Read their models",
        ),
        "Read their models": for_each(
            "$ours",
            call(
                "sagemaker",
                "describeEndpointConfig",
                {"EndpointConfigName": jsonata("$states.input")},
            ),
            name="Read the old config",
            output=jsonata(
                "[$states.result.ProductionVariants.ModelName,"
                " $states.result.ShadowProductionVariants.ModelName]"
            ),
            assign={
                "models": jsonata(f"[$distinct($filter({models}, {unused}))]"),
            },
            then="Delete the configs",
        ),
    }


def _delete() -> dict[str, State]:
    return {
        "Delete the configs": for_each(
            "$ours",
            call(
                "sagemaker",
                "deleteEndpointConfig",
                {"EndpointConfigName": jsonata("$states.input")},
            ),
            name="Delete the config",
            output={},
            then="Delete the models",
        ),
        "Delete the models": for_each(
            "$models",
            call("sagemaker", "deleteModel", {"ModelName": jsonata("$states.input")}),
            name="Delete the model",
            output={},
            assign={"swept": jsonata("[$swept, $models]")},
            then="Are there more configs?",
        ),
        "Are there more configs?": choose(
            when(f"$full and $pages < {PAGES}", "What is swept?"), otherwise="Read the stack"
        ),
    }


def _our_models() -> dict[str, State]:
    """Of a model that scores batches, which has no configs."""
    models = "$states.result.Models"
    older = f"{models}[$not(ModelName in [$served.config, $previous.config])]"
    return {
        "List older models": call(
            "sagemaker",
            "listModels",
            {
                "CreationTimeBefore": jsonata("$before"),
                "SortBy": "CreationTime",
                "SortOrder": "Descending",
                "MaxResults": PAGE,
            },
            assign={
                "page": jsonata(f"[{older}.{{'name': ModelName, 'arn': ModelArn}}]"),
                "full": jsonata(f"$count({models}) = {PAGE}"),
                "before": jsonata(f"$count({models}) > 0 ? {models}[-1].CreationTime : $before"),
                "pages": jsonata("$pages + 1"),
            },
            then="Find our models",
        ),
        "Find our models": for_each(
            "$page",
            call("sagemaker", "listTags", {"ResourceArn": jsonata("$states.input.arn")}),
            name="Read the model's tags",
            output={
                "name": jsonata("$states.input.name"),
                "ours": jsonata(f"$exists($states.result.{_TAGGED})"),
            },
            assign={"models": jsonata("[$states.result[ours].name]")},
            then="Delete the models",
        ),
    }
