"""The stages of this platform: the only file with their values."""

from config.order import in_order
from config.schema import StageConfig
from mlops_constructs.monitoring import ModelMonitorEngine, OpenEngine
from mlops_constructs.serving import AllAtOnce, Canary, RealTime
from pipeline_definitions.models import MODELS

DEV = StageConfig(
    name="Dev",
    models=MODELS,
    hosting=RealTime(
        instance_type="ml.m5.large",
        min_instances=1,
        max_instances=2,
        invocations_per_instance=1000,
    ),
    # With one instance to begin with there is no canary: until an alarm rings, a bad version
    # answers every request.
    release=AllAtOnce(),
    monitoring=OpenEngine(instance_type="ml.m5.large"),
)

PROD = StageConfig(
    name="Prod",
    follows="Dev",
    models=MODELS,
    hosting=RealTime(
        instance_type="ml.m5.large",
        min_instances=2,
        max_instances=4,
        invocations_per_instance=1000,
    ),
    # Half of the traffic is the least that AWS lets a canary of two instances have.
    release=Canary(instances=1),
    monitoring=ModelMonitorEngine(instance_type="ml.m5.large"),
)

STAGES = DEV, PROD = in_order(DEV, PROD)
