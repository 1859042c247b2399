"""AWS::Scheduler::Schedule and ::ScheduleGroup for CloudFormation."""

from local_aws.core.cloudformation import ResourceType, register
from local_aws.core.operations import dispatch
from local_aws.scheduling.groups import SERVICE

register(
    ResourceType(
        name="AWS::Scheduler::Schedule",
        service=SERVICE,
        identifier=("Name",),
        scope=("GroupName",),
        create="CreateSchedule",
        update="UpdateSchedule",
        delete="DeleteSchedule",
        read=lambda names: dispatch(SERVICE, "GetSchedule", names),
    )
)
register(
    ResourceType(
        name="AWS::Scheduler::ScheduleGroup",
        service=SERVICE,
        identifier=("Name",),
        create="CreateScheduleGroup",
        delete="DeleteScheduleGroup",
        read=lambda names: dispatch(SERVICE, "GetScheduleGroup", names),
    )
)
