"""A probe for each assumption that the story can show: it reads, and says what it saw.

Those that are not here are about what the story never does: errors and their wording, bad
data, composite alarms, schedules that change, a version that does not start.
"""

from rehearsal.on_aws.probes import clocks, endpoints, lists, machines, registry, stacks

PROBES = {
    "created-package-event-names-approval": registry.creation_names_approval,
    "life-cycle-is-replaced-as-a-whole": registry.life_cycle_in_summaries,
    "package-versions-have-no-name": registry.versions_have_no_name,
    "alarm-rollback-fails-the-stack": stacks.rollback_fails_the_stack,
    "rollback-reapplies-the-failed-resource": stacks.rollback_reapplies,
    "monitoring-is-open-to-this-account": stacks.model_monitor_is_open,
    "sdk-integration-error-names": machines.error_names,
    "sdk-integration-error-cause": machines.error_cause,
    "endpoint-config-name-changes-at-the-end": endpoints.old_name_until_the_end,
    "rollback-shows-as-rolling-back": endpoints.rolling_back,
    "rollback-failure-reason": endpoints.failure_reason,
    "deleting-shows-at-the-fleet-that-ends": endpoints.deleting,
    "capture-leaves-out-failed-invocations": endpoints.captured_failures,
    "unknown-target-variant": endpoints.unknown_variant,
    "pipelines-are-listed-newest-first": lists.newest_first,
    "reason-of-missing-data": clocks.reason_of_missing_data,
    "scheduler-rate-counts-from-the-last-update": clocks.rate_fires_at_once,
}
