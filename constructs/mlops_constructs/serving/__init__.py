"""A model's serving: the endpoint, how it is released, and the rule that hears of approvals."""

from mlops_constructs.serving.approval_rule import (
    VERDICT,
    VERDICT_AND_LIFE_CYCLE,
    ApprovalRule,
)
from mlops_constructs.serving.archive_probe import ArchiveProbe, probe_problems
from mlops_constructs.serving.async_endpoint import AsyncEndpoint
from mlops_constructs.serving.async_metric import AsyncMetric
from mlops_constructs.serving.asynchronous import Async
from mlops_constructs.serving.batch import Batch
from mlops_constructs.serving.batch_files import BatchFiles
from mlops_constructs.serving.batch_inference import BatchInference, batch_problems
from mlops_constructs.serving.batch_metric import BatchMetric
from mlops_constructs.serving.challenger_rule import ChallengerRule
from mlops_constructs.serving.endpoint_metric import EndpointMetric
from mlops_constructs.serving.hosting import Hosting, PromotedAs, VersionedHosting, promoted_as
from mlops_constructs.serving.model_endpoint import ModelEndpoint
from mlops_constructs.serving.multi_model import MultiModel
from mlops_constructs.serving.multi_model_endpoint import MultiModelEndpoint
from mlops_constructs.serving.real_time import RealTime
from mlops_constructs.serving.release import (
    UNGUARDED,
    AllAtOnce,
    Canary,
    Linear,
    Release,
    ReleasePolicy,
)
from mlops_constructs.serving.release_fit import marketplace_problems, release_problems
from mlops_constructs.serving.rollback_alarm import RollbackAlarm, RollbackAlarms
from mlops_constructs.serving.rolling import Rolling
from mlops_constructs.serving.run_rule import RunRule
from mlops_constructs.serving.serverless import Serverless
from mlops_constructs.serving.serverless_endpoint import ServerlessEndpoint
from mlops_constructs.serving.trial import Shadow, Split, Trial

__all__ = [
    "UNGUARDED",
    "VERDICT",
    "VERDICT_AND_LIFE_CYCLE",
    "AllAtOnce",
    "ApprovalRule",
    "ArchiveProbe",
    "Async",
    "AsyncEndpoint",
    "AsyncMetric",
    "Batch",
    "BatchFiles",
    "BatchInference",
    "BatchMetric",
    "Canary",
    "ChallengerRule",
    "EndpointMetric",
    "Hosting",
    "Linear",
    "ModelEndpoint",
    "MultiModel",
    "MultiModelEndpoint",
    "PromotedAs",
    "RealTime",
    "Release",
    "ReleasePolicy",
    "RollbackAlarm",
    "RollbackAlarms",
    "Rolling",
    "RunRule",
    "Serverless",
    "ServerlessEndpoint",
    "Shadow",
    "Split",
    "Trial",
    "VersionedHosting",
    "batch_problems",
    "marketplace_problems",
    "probe_problems",
    "promoted_as",
    "release_problems",
]
