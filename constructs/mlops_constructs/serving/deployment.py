"""A release policy in the words of an endpoint's DeploymentConfig."""

from collections.abc import Sequence

from aws_cdk import aws_sagemaker as sagemaker

from mlops_constructs.serving.release import AllAtOnce, Canary, Linear, ReleasePolicy
from mlops_constructs.serving.rolling import Rolling

_Endpoint = sagemaker.CfnEndpoint


def deployment_config(
    release: ReleasePolicy, *, alarm_names: Sequence[str]
) -> sagemaker.CfnEndpoint.DeploymentConfigProperty:
    """How traffic is shifted, and the alarms that shift it back.

    It has no effect on the creation of an endpoint, and a full one on each later update.
    """
    rollback = _Endpoint.AutoRollbackConfigProperty(
        alarms=[_Endpoint.AlarmProperty(alarm_name=name) for name in alarm_names]
    )
    return _Endpoint.DeploymentConfigProperty(
        auto_rollback_configuration=rollback if alarm_names else None,
        rolling_update_policy=_rolling(release) if isinstance(release, Rolling) else None,
        blue_green_update_policy=None if isinstance(release, Rolling) else _blue_green(release),
    )


def _blue_green(
    release: AllAtOnce | Canary | Linear,
) -> sagemaker.CfnEndpoint.BlueGreenUpdatePolicyProperty:
    return _Endpoint.BlueGreenUpdatePolicyProperty(
        traffic_routing_configuration=_routing(release),
        termination_wait_in_seconds=release.termination_wait_seconds,
        maximum_execution_timeout_in_seconds=release.timeout_seconds,
    )


def _rolling(release: Rolling) -> sagemaker.CfnEndpoint.RollingUpdatePolicyProperty:
    back = release.rollback_percent
    return _Endpoint.RollingUpdatePolicyProperty(
        maximum_batch_size=_size(release),
        rollback_maximum_batch_size=None if back is None else _percent(back),
        wait_interval_in_seconds=release.wait_seconds,
        maximum_execution_timeout_in_seconds=release.timeout_seconds,
    )


def _routing(
    release: AllAtOnce | Canary | Linear,
) -> sagemaker.CfnEndpoint.TrafficRoutingConfigProperty:
    # The API asks for a wait in any case, though CloudFormation's schema does not.
    if isinstance(release, AllAtOnce):
        return _Endpoint.TrafficRoutingConfigProperty(type=release.type, wait_interval_in_seconds=0)
    step = {"canary_size" if isinstance(release, Canary) else "linear_step_size": _size(release)}
    return _Endpoint.TrafficRoutingConfigProperty(
        type=release.type, wait_interval_in_seconds=release.bake_seconds, **step
    )


def _size(release: Canary | Linear | Rolling) -> sagemaker.CfnEndpoint.CapacitySizeProperty:
    if release.percent is not None:
        return _percent(release.percent)
    assert release.instances is not None  # a policy has one or the other
    return _Endpoint.CapacitySizeProperty(type="INSTANCE_COUNT", value=release.instances)


def _percent(share: int) -> sagemaker.CfnEndpoint.CapacitySizeProperty:
    return _Endpoint.CapacitySizeProperty(type="CAPACITY_PERCENT", value=share)
