"""The ways to serve a model."""

from typing import Literal, TypeAlias, assert_never

from mlops_constructs.serving.asynchronous import Async
from mlops_constructs.serving.batch import Batch
from mlops_constructs.serving.multi_model import MultiModel
from mlops_constructs.serving.real_time import RealTime
from mlops_constructs.serving.serverless import Serverless

Hosting: TypeAlias = RealTime | Serverless | Batch | MultiModel | Async
"""What `hosting=` takes."""

VersionedHosting: TypeAlias = RealTime | Serverless | Async
"""Endpoints with one version, which a release takes the place of."""

PromotedAs: TypeAlias = Literal["endpoint", "batch", "multi-model"]


def promoted_as(hosting: Hosting) -> PromotedAs:
    """What a promotion has to do to make a version the one that serves."""
    match hosting:
        case RealTime() | Serverless() | Async():
            return "endpoint"
        case Batch():
            return "batch"
        case MultiModel():
            return "multi-model"
    assert_never(hosting)
