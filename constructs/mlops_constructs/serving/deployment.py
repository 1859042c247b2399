"""A release policy in the words of an endpoint's DeploymentConfig."""

from collections.abc import Sequence

from aws_cdk import aws_sagemaker as sagemaker

from mlops_constructs.serving.release import AllAtOnce, Canary, Linear, ReleasePolicy

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
        blue_green_update_policy=_Endpoint.BlueGreenUpdatePolicyProperty(
            traffic_routing_configuration=_routing(release),
            termination_wait_in_seconds=release.termination_wait_seconds,
            maximum_execution_timeout_in_seconds=release.timeout_seconds,
        ),
    )


def _routing(release: ReleasePolicy) -> sagemaker.CfnEndpoint.TrafficRoutingConfigProperty:
    # The API asks for a wait in any case, though CloudFormation's schema does not.
    if isinstance(release, AllAtOnce):
        return _Endpoint.TrafficRoutingConfigProperty(type=release.type, wait_interval_in_seconds=0)
    step = {"canary_size" if isinstance(release, Canary) else "linear_step_size": _size(release)}
    return _Endpoint.TrafficRoutingConfigProperty(
        type=release.type, wait_interval_in_seconds=release.bake_seconds, **step
    )


def _size(release: Canary | Linear) -> sagemaker.CfnEndpoint.CapacitySizeProperty:
    if release.percent is not None:
        return _Endpoint.CapacitySizeProperty(type="CAPACITY_PERCENT", value=release.percent)
    assert release.instances is not None  # a policy has one or the other
    return _Endpoint.CapacitySizeProperty(type="INSTANCE_COUNT", value=release.instances)
