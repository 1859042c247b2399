"""The machine that tells Clarify which model to explain.

A configuration of Clarify names the model. The version's own, in its baseline, can't: nobody knows
the name of a model before CloudFormation makes it.
"""

from mlops_constructs.monitoring.monitored_endpoint import monitor_name
from mlops_constructs.monitoring.settings import Attribution
from mlops_constructs.serving.batch_definition import SCORE
from mlops_constructs.state_machines.failures import TOLD, ends, failure
from mlops_constructs.state_machines.notices import notice
from mlops_constructs.state_machines.states import (
    ON_FAILURE,
    State,
    call,
    catch,
    choose,
    finish,
    jsonata,
    or_else,
)

TIMEOUT_SECONDS = 15 * 60


def explained_definition(*, endpoint_name: str, scored_by: str | None = None) -> State:
    """The state machine of one endpoint, with `${TopicArn}` for the topic.

    Its input says where the version's configuration lies (`from`, an S3 URI) and where the whole
    one belongs (`bucket`, `key`).

    Args:
        endpoint_name: Of the endpoint, or of the model that scores batches.
        scored_by: The pipeline that scores them, if there is no endpoint.
    """
    monitor = monitor_name(endpoint_name, Attribution.kind)
    model = _of_endpoint(endpoint_name) if scored_by is None else _of_pipeline(scored_by)
    return {
        "Comment": f"Tells {monitor} which model {endpoint_name} serves",
        "QueryLanguage": "JSONata",
        "StartAt": next(iter(model)),
        "TimeoutSeconds": TIMEOUT_SECONDS,
        "States": model | _configuration() | _end(monitor),
    }


def _of_endpoint(endpoint_name: str) -> dict[str, State]:
    result = "$states.result"
    variant = f"{result}.ProductionVariants[0]"
    return {
        "Read the endpoint": call(
            "sagemaker",
            "describeEndpoint",
            {"EndpointName": endpoint_name},
            assign={
                "told": jsonata("$states.input"),
                "config": jsonata(f"{result}.EndpointConfigName"),
            },
            then="Read its config",
        ),
        "Read its config": call(
            "sagemaker",
            "describeEndpointConfig",
            {"EndpointConfigName": jsonata("$config")},
            assign={
                "model": jsonata(or_else(f"{variant}.ModelName", "''")),
                "instance": jsonata(or_else(f"{variant}.InstanceType", "''")),
            },
            then="Does it name a model on instances?",
        ),
        **_is_named("'config ' & $config"),
    }


def _of_pipeline(pipeline_name: str) -> dict[str, State]:
    """Its step that scores has the arguments of CreateTransformJob."""
    steps = "$parse($states.result.PipelineDefinition).Steps"
    job = f"{steps}.Arguments.IfSteps[Name = '{SCORE}'].Arguments"
    return {
        "Read the pipeline": call(
            "sagemaker",
            "describePipeline",
            {"PipelineName": pipeline_name},
            assign={
                "told": jsonata("$states.input"),
                "model": jsonata(or_else(f"{job}.ModelName", "''")),
                "instance": jsonata(or_else(f"{job}.TransformResources.InstanceType", "''")),
            },
            then="Does it name a model on instances?",
        ),
        **_is_named(f"'pipeline {pipeline_name}'"),
    }


def _is_named(where: str) -> dict[str, State]:
    return {
        "Does it name a model on instances?": choose(
            failure(
                "$model = '' or $instance = ''",
                "Monitor.NoModel",
                f"{where} & ' names no model on instances of a type, so there is nothing"
                " that Clarify could start to explain it'",
            ),
            otherwise="Read the version's configuration",
        ),
    }


def _configuration() -> dict[str, State]:
    path = "$substringAfter($told.from, 's3://')"
    predictor = {
        "model_name": jsonata("$model"),
        "instance_type": jsonata("$instance"),
        "initial_instance_count": 1,
        "content_type": "text/csv",
        "accept_type": "text/csv",
    }
    return {
        "Read the version's configuration": call(
            "s3",
            "getObject",
            {
                "Bucket": jsonata(f"$substringBefore({path}, '/')"),
                "Key": jsonata(f"$substringAfter({path}, '/')"),
            },
            assign={"analysis": jsonata("$parse($states.result.Body)")},
            then="Is it a configuration?",
        ),
        "Is it a configuration?": choose(
            failure(
                "$not($type($analysis.headers) = 'array' and $exists($analysis.methods.shap))",
                "Monitor.BadConfiguration",
                "$told.from & ' has no list of headers, or no method shap'",
            ),
            otherwise="Put the configuration",
        ),
        "Put the configuration": call(
            "s3",
            "putObject",
            {
                "Bucket": jsonata("$told.bucket"),
                "Key": jsonata("$told.key"),
                "ContentType": "application/json",
                # An object is written as JSON; a text would get quotes around it.
                "Body": {
                    "headers": jsonata("$analysis.headers"),
                    "methods": jsonata("$analysis.methods"),
                    "predictor": predictor,
                },
            },
            then="Done",
        ),
        "Done": finish({"outcome": "told", "model": jsonata("$model")}),
    }


def _end(monitor: str) -> dict[str, State]:
    return {
        ON_FAILURE: notice(
            f"'Not told which model serves: {monitor}'",
            "$failure.Error & ': ' & $failure.Cause",
            "'Its next run explains the model it was told of last, or fails; docs/how-to/"
            "monitor.md'",
            then=TOLD,
            on_failure=catch(["States.ALL"], then="Fail"),
        ),
        **ends("Fail"),
    }
