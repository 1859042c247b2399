"""How one model is watched, and trained again for what is seen."""

from aws_cdk import CfnOutput, DefaultStackSynthesizer, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from config.schema import StageConfig
from mlops_constructs.monitoring import (
    DegradedAlarm,
    EndpointMonitor,
    LabelledSettings,
    ModelDashboard,
    MonitoredEndpoint,
)
from mlops_constructs.retraining import DriftTrigger
from mlops_constructs.serving import Batch, BatchFiles
from mlops_constructs.slot_content import SlotContent
from pipeline_definitions.images import image_accounts
from pipeline_definitions.spec import ModelSpec
from stacks.foundation import FoundationStack
from stacks.version_files import version_files


class MonitoringStack(Stack):
    """A model's monitors, their alarms, its dashboard and, where it is trained, the rule for that.

    Like the serving stack it has no parameter but the slot, so that promotions can update it with
    its previous template. It stands alone: a monitor that can't be made must not undo a release.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: StageConfig,
        model: ModelSpec,
        foundation: FoundationStack,
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            synthesizer=DefaultStackSynthesizer(generate_bootstrap_version_rule=False),
        )
        name, batches = config.resource_name(model), _batches(self, config, model, foundation)
        slot = SlotContent(self, slot_name=config.slot_name(model))
        endpoint = MonitoredEndpoint(
            name=name,
            capture_percent=config.hosting_for(model).capture_percent,
            storage=batches.storage if batches else foundation.storage.seen_from(self),
            versions=version_files(self, config, model),
            baseline_uri=slot.baseline_uri,
            condition=slot.has_model,
            network=config.organisation.network,
            label_bucket=(
                batches.storage.data if batches else _label_bucket(self, model, foundation)
            ),
            batches=batches,
        )
        monitors = [
            EndpointMonitor(
                self,
                type(monitor).__name__,
                settings=monitor,
                engine=config.monitoring,
                endpoint=endpoint,
                image_accounts=image_accounts(),
                topic=foundation.topic,
            )
            for monitor in model.monitors
        ]
        degraded = DegradedAlarm(
            self,
            "Degraded",
            endpoint_name=name,
            drifts=[monitor.alarms.drift for monitor in monitors],
            condition=endpoint.condition,
        )
        dashboard = ModelDashboard(
            self,
            "Dashboard",
            dashboard_name=name,
            endpoint_name=name,
            pipeline_name=name if config.trains else None,
            monitors=monitors,
            package=slot.package,
            alarm_names=[degraded.alarm_name],
            machines=_machines(config),
            batches_scored_by=endpoint.scored_by,
        )
        if config.trains:
            self._retrain_on_drift(config, model, foundation)
        alarms = [alarm for monitor in monitors for alarm in monitor.alarms.names]
        CfnOutput(self, "ReportPrefix", value=endpoint.report_uri)
        CfnOutput(self, "AlarmNames", value=",".join(alarms))
        CfnOutput(self, "DegradedAlarmName", value=degraded.alarm_name)
        CfnOutput(self, "DashboardName", value=dashboard.dashboard_name)
        package = CfnOutput(self, "MonitoredPackage", value=slot.package)
        package.condition = slot.has_model

    def _retrain_on_drift(
        self, config: StageConfig, model: ModelSpec, foundation: FoundationStack
    ) -> None:
        drifts = [
            cloudwatch.Alarm.from_alarm_name(self, f"Alarm{number}", name)
            for number, name in enumerate(config.drift_alarm_names(model))
        ]
        if drifts:
            DriftTrigger(
                self,
                "RetrainOnDrift",
                alarms=drifts,
                retraining=sfn.StateMachine.from_state_machine_name(
                    self, "Retraining", config.retraining_name
                ),
                retraining_input=config.retraining_input(model),
                topic=foundation.topic,
            )


def _batches(
    scope: Construct, config: StageConfig, model: ModelSpec, foundation: FoundationStack
) -> BatchFiles | None:
    """Where rows and answers of a model lie that scores batches; None if it has an endpoint."""
    hosting = config.hosting_for(model)
    if not isinstance(hosting, Batch):
        return None
    storage = foundation.storage.seen_by_training(scope)
    return BatchFiles(name=config.resource_name(model), hosting=hosting, storage=storage)


def _machines(config: StageConfig) -> dict[str, str]:
    """What acts for all models of the stage, as a dashboard calls it."""
    machines = {"promotions of all models of the stage": config.promotion_name}
    if config.trains:
        machines["retrainings of all models of the stage"] = config.retraining_name
    return machines


def _label_bucket(
    scope: Construct, model: ModelSpec, foundation: FoundationStack
) -> s3.IBucket | None:
    needed = any(isinstance(monitor, LabelledSettings) for monitor in model.monitors)
    return foundation.storage.labels_seen_from(scope) if needed else None
