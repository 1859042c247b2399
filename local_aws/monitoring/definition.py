"""What the jobs of a monitoring schedule need of its job definition."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local_aws.core.errors import NotImplementedHere, ValidationException
from local_aws.jobs.images import image
from local_aws.jobs.limits import only
from local_aws.monitoring.kinds import DATA_QUALITY, Kind

# How EndpointInput's members reach the container. The names are those of the SageMaker SDK
# (sagemaker.core.model_monitor.model_monitoring) and of published jobs; see assumptions.toml.
_ATTRIBUTES = {
    "FeaturesAttribute": "features_attribute",
    "InferenceAttribute": "inference_attribute",
    "ProbabilityAttribute": "probability_attribute",
    "ProbabilityThresholdAttribute": "probability_threshold_attribute",
    "ExcludeFeaturesAttribute": "exclude_features_attribute",
}
# What AWS fills in when a definition has no StoppingCondition.
_DEFAULT_RUNTIME_SECONDS = 3600


@dataclass(frozen=True, kw_only=True)
class Definition:
    """A job definition, taken apart.

    Attributes:
        application: AppSpecification of the analysis job.
        environment: The variables that the definition gives it.
        settings: The variables that follow from other members.
        config_uri: Clarify's analysis configuration.
        baseline: The URIs of the baseline's files, by `constraints` and `statistics`.
        endpoint: The name of the endpoint whose exchanges were captured; None for batch transforms.
        captured: The prefix that batch transforms capture to; None for an endpoint.
        dataset_format: What the container is told of the captured data.
        local_path: Where the data lands in the container.
        start, end: The offsets of the window, as they were given.
        ground_truth: The prefix of the label files.
        output: The S3Output of the reports.
        outputs_key: The key that encrypts the reports.
        job: The members that go on to the jobs as they are.
    """

    kind: Kind
    application: Mapping[str, Any]
    environment: Mapping[str, str]
    settings: Mapping[str, str]
    config_uri: str | None
    baseline: Mapping[str, str]
    endpoint: str | None
    captured: str | None
    dataset_format: str
    local_path: str
    start: str | None
    end: str | None
    ground_truth: str | None
    output: Mapping[str, str]
    outputs_key: str | None
    job: Mapping[str, Any]

    @property
    def namespace(self) -> str:
        """Where its metrics go."""
        return self.kind.namespace(endpoint=self.endpoint is not None)


def read(kind: Kind, given: Mapping[str, Any]) -> Definition:
    """Read the input of Create*JobDefinition.

    Raises:
        NotImplementedHere: No image here stands in for the definition's.
        ValidationException: It has neither or both inputs, or no ground truth where it needs it.
    """
    application, source = given[kind.application], given[kind.input]
    data, outputs = _data(kind, source), given[kind.output]
    return Definition(
        kind=kind,
        application=_application(application),
        environment=dict(application.get("Environment") or {}),
        settings={**_problem_type(application), **_settings(data)},
        config_uri=application.get("ConfigUri"),
        baseline=_baseline(given.get(kind.baseline) or {}),
        endpoint=data.get("EndpointName"),
        captured=_captured(data),
        dataset_format=json.dumps(_dataset_format(kind, data), separators=(",", ":")),
        local_path=data["LocalPath"].rstrip("/"),
        start=data.get("StartTimeOffset"),
        end=data.get("EndTimeOffset"),
        ground_truth=_ground_truth(kind, source),
        output=_output(outputs["MonitoringOutputs"][0]["S3Output"]),
        outputs_key=outputs.get("KmsKeyId"),
        job=_job(given),
    )


def read_inline(given: Mapping[str, Any]) -> Definition:
    """Read the MonitoringJobDefinition of a schedule, which is of data quality."""
    application = {
        name: given["MonitoringAppSpecification"][name]
        for name in ("ImageUri", "ContainerEntrypoint", "ContainerArguments")
        if name in given["MonitoringAppSpecification"]
    }
    return read(
        DATA_QUALITY,
        {
            DATA_QUALITY.application: {**application, "Environment": given.get("Environment")},
            DATA_QUALITY.input: given["MonitoringInputs"][0],
            DATA_QUALITY.baseline: given.get("BaselineConfig"),
            DATA_QUALITY.output: given["MonitoringOutputConfig"],
            "JobResources": given["MonitoringResources"],
            "RoleArn": given["RoleArn"],
            "StoppingCondition": given.get("StoppingCondition"),
            "NetworkConfig": given.get("NetworkConfig"),
        },
    )


def _data(kind: Kind, source: Mapping[str, Any]) -> Any:
    given = [name for name in ("EndpointInput", "BatchTransformInput") if name in source]
    if len(given) != 1:
        raise ValidationException(
            f"{kind.input} must have exactly one of EndpointInput and BatchTransformInput."
        )
    data = source[given[0]]
    only(data, "S3InputMode", "File")
    return data


def _captured(data: Mapping[str, Any]) -> str | None:
    uri: str | None = data.get("DataCapturedDestinationS3Uri")
    return uri.rstrip("/") if uri else None


def _dataset_format(kind: Kind, data: Mapping[str, Any]) -> dict[str, Any]:
    """The variable dataset_format.

    https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-byoc-contract-inputs.html; that
    of merged data is known from a published job only.
    """
    if "DatasetFormat" not in data:
        style = "sagemakerMergeJson" if kind.labelled else "sagemakerCaptureJson"
        return {style: {"captureIndexNames": list(kind.sides)}}
    given = data["DatasetFormat"]
    if kind.labelled:
        return {"sagemakerMergeJson": {"captureIndexNames": ["batchTransformOutput"]}}
    if "Csv" in given:
        return {"csv": {"header": bool(given["Csv"].get("Header", False))}}
    if "Json" in given:
        return {"json": {"line": bool(given["Json"].get("Line", False))}}
    raise ValidationException("DatasetFormat must have one of Csv and Json.")


def _application(given: Mapping[str, Any]) -> dict[str, Any]:
    found = {"ImageUri": given["ImageUri"]}
    known = image(given["ImageUri"], scheduled=True)
    for name in ("ContainerEntrypoint", "ContainerArguments"):
        if given.get(name):
            found[name] = list(given[name])
    if not known.stand_in and "ContainerEntrypoint" not in found:
        raise NotImplementedHere(
            "The local AWS runs a container's ContainerEntrypoint and knows no image's own; give it"
            f" for {given['ImageUri']}."
        )
    return found


def _problem_type(application: Mapping[str, Any]) -> dict[str, str]:
    problem = application.get("ProblemType")
    return {"analysis_type": "MODEL_QUALITY", "problem_type": problem} if problem else {}


def _settings(data: Mapping[str, Any]) -> dict[str, str]:
    given = {variable: data.get(name) for name, variable in _ATTRIBUTES.items()}
    return {variable: str(value) for variable, value in given.items() if value is not None}


def _baseline(given: Mapping[str, Any]) -> dict[str, str]:
    named = {"constraints": "ConstraintsResource", "statistics": "StatisticsResource"}
    found = {name: (given.get(member) or {}).get("S3Uri") for name, member in named.items()}
    return {name: uri for name, uri in found.items() if uri}


def _ground_truth(kind: Kind, source: Mapping[str, Any]) -> str | None:
    if not kind.labelled:
        return None
    uri: str | None = source["GroundTruthS3Input"].get("S3Uri")
    if not uri:
        raise ValidationException(f"{kind.input}.GroundTruthS3Input must have an S3Uri.")
    return uri.rstrip("/")


def _output(given: Mapping[str, Any]) -> dict[str, str]:
    return {
        "S3Uri": given["S3Uri"].rstrip("/"),
        "LocalPath": given["LocalPath"],
        "S3UploadMode": given.get("S3UploadMode") or "Continuous",
    }


def _job(given: Mapping[str, Any]) -> dict[str, Any]:
    cluster = given["JobResources"]["ClusterConfig"]
    only(cluster, "InstanceCount", 1)
    stopping = given.get("StoppingCondition") or {}
    seconds = stopping.get("MaxRuntimeInSeconds") or _DEFAULT_RUNTIME_SECONDS
    network = given.get("NetworkConfig")
    return {
        "ProcessingResources": {"ClusterConfig": plain(cluster)},
        "StoppingCondition": {"MaxRuntimeInSeconds": seconds},
        "RoleArn": given["RoleArn"],
        **({"NetworkConfig": plain(network)} if network else {}),
    }


def plain(value: Any) -> Any:
    """A copy without anything that remembers what was read of it."""
    if isinstance(value, Mapping):
        return {name: plain(item) for name, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value
