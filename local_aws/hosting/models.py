"""Models: what a serving container runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local_aws.clock import clock
from local_aws.core.errors import NotImplementedHere, ValidationException
from local_aws.core.listing import select
from local_aws.core.operations import dispatch, operation
from local_aws.core.paging import page
from local_aws.core.request import Request
from local_aws.core.store import Table, arn
from local_aws.core.tags import TAGS
from local_aws.hosting import objects

# The image whose serving code local_aws.hosting.image stands in for.
SERVED_IMAGE = "/sagemaker-xgboost:"


@dataclass(frozen=True, kw_only=True)
class Serving:
    """What a container of the model runs, with a model package already looked up.

    Attributes:
        model_data_url: its archive; of a multi-model container the prefix of its archives.
        multi_model: whether it is a multi-model container.
        cached: whether a multi-model container keeps what it has loaded.
    """

    image: str
    model_data_url: str
    environment: Mapping[str, str]
    multi_model: bool = False
    cached: bool = True


@dataclass(frozen=True, kw_only=True)
class Model:
    """A model; `described` is what DescribeModel answers."""

    described: Mapping[str, Any]
    serving: Serving


MODELS: Table[Model] = Table()


def find_model(name: str) -> Model:
    """The model of this name.

    Raises:
        ValidationException: There is none.
    """
    model = MODELS.get(name)
    if model is None:
        raise ValidationException(f'Could not find model "{arn("model", name)}".')
    return model


@operation("sagemaker", "CreateModel")
def create_model(request: Request) -> dict[str, Any]:
    """Record a model whose archive exists and whose package, if it names one, is approved."""
    name, model_arn = request["ModelName"], arn("model", request["ModelName"])
    serving = _serving(_only_container(request))
    model = Model(
        serving=serving,
        described={
            "ModelName": name,
            "ModelArn": model_arn,
            "CreationTime": clock.now(),
            **{
                member: request[member].plain()
                for member in ("PrimaryContainer", "Containers", "VpcConfig")
                if member in request
            },
            "ExecutionRoleArn": request.get("ExecutionRoleArn"),
            "EnableNetworkIsolation": request.get("EnableNetworkIsolation", False),
        },
    )
    with MODELS.lock:
        if name in MODELS:
            raise ValidationException(f'Cannot create already existing model "{model_arn}".')
        MODELS.put(name, model)
    return {"ModelArn": model_arn}


@operation("sagemaker", "DescribeModel")
def describe_model(request: Request) -> dict[str, Any]:
    """The model as it was created."""
    return dict(find_model(request["ModelName"]).described)


@operation("sagemaker", "ListModels")
def list_models(request: Request) -> dict[str, Any]:
    """The models whose name and age match."""
    members = ("ModelName", "ModelArn", "CreationTime")
    summaries = [{m: model.described[m] for m in members} for model in MODELS.values()]
    return page(select(request, summaries, name="ModelName"), request, "Models")


@operation("sagemaker", "DeleteModel")
def delete_model(request: Request) -> dict[str, Any]:
    """Forget the model; endpoints that serve it go on, as on AWS."""
    find_model(request["ModelName"])
    MODELS.remove(request["ModelName"])
    TAGS.forget(arn("model", request["ModelName"]))
    return {}


def _only_container(request: Request) -> Request:
    containers = list(request.get("Containers", ()))
    if "PrimaryContainer" in request:
        containers.append(request["PrimaryContainer"])
    if not containers:
        raise ValidationException("A model needs PrimaryContainer or Containers, got neither.")
    if len(containers) > 1:
        raise NotImplementedHere(
            f"A model of {len(containers)} containers (an inference pipeline) is not implemented "
            "by the local AWS; give one, in PrimaryContainer or in Containers."
        )
    container: Request = containers[0]
    return container


def _serving(container: Request) -> Serving:
    environment = {name: value for name, value in container.get("Environment", {}).items()}
    multi_model = container.get("Mode", "SingleModel") == "MultiModel"
    caching = container.get("MultiModelConfig", {}).get("ModelCacheSetting", "Enabled")
    package = container.get("ModelPackageName")
    if package and multi_model:
        raise ValidationException(
            "A container of Mode MultiModel takes its archives from the prefix ModelDataUrl, not "
            f"from ModelPackageName ({package})."
        )
    image, url = container.get("Image"), container.get("ModelDataUrl")
    if package:
        if image or url:
            raise ValidationException(
                "A container that names a ModelPackageName takes its Image and ModelDataUrl from "
                f"the package, got both for {package}."
            )
        packaged = _packaged(package)
        image, url = packaged.get("Image"), packaged.get("ModelDataUrl")
        environment = {**packaged.get("Environment", {}), **environment}
    serving = Serving(
        image=image or "",
        model_data_url=url or "",
        environment=environment,
        multi_model=multi_model,
        cached=caching == "Enabled",
    )
    _refuse_what_cannot_be_served(serving)
    return serving


def _packaged(package: str) -> Mapping[str, Any]:
    described = dispatch("sagemaker", "DescribeModelPackage", {"ModelPackageName": package})
    status = described.get("ModelApprovalStatus", "Approved")
    if status != "Approved":
        raise ValidationException(
            f"Model package {described['ModelPackageArn']} must have ModelApprovalStatus Approved "
            f"to be deployed, got {status}."
        )
    containers: list[Mapping[str, Any]] = described["InferenceSpecification"]["Containers"]
    return containers[0]


def _refuse_what_cannot_be_served(serving: Serving) -> None:
    if SERVED_IMAGE not in serving.image:
        raise NotImplementedHere(
            f"The local AWS serves models as the image sagemaker-xgboost does, got Image "
            f"{serving.image!r}; there is no Docker to run another in."
        )
    if "SAGEMAKER_PROGRAM" not in serving.environment:
        raise NotImplementedHere(
            "Without SAGEMAKER_PROGRAM in its Environment the XGBoost image serves in algorithm "
            "mode, which is not implemented by the local AWS; name the script of the archive and "
            "its folder in SAGEMAKER_PROGRAM and SAGEMAKER_SUBMIT_DIRECTORY."
        )
    if serving.multi_model:
        if not serving.model_data_url.startswith("s3://"):
            raise ValidationException(
                "A container of Mode MultiModel needs ModelDataUrl, the prefix of its archives, "
                f"got {serving.model_data_url!r}."
            )
    elif not objects.exists(serving.model_data_url):
        raise ValidationException(f"Could not find model data at {serving.model_data_url}.")
