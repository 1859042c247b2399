"""Every name of MiniStack that this package uses or replaces, with the parameters it relies on.

MiniStack promises none of them. A test looks each one up in the installed version, so that a new
version that moves or reshapes one is found by name, before anything is deployed.
"""

from typing import NamedTuple


class Seam(NamedTuple):
    """A name in a module of MiniStack; `parameters` is None for what is not a function."""

    module: str
    name: str
    parameters: tuple[str, ...] | None = None


_CLOUDFORMATION = "ministack.services.cloudformation"
_METRICS = "ministack.services.cloudwatch"
_EVENTS = "ministack.services.eventbridge"
_STATES = "ministack.services.stepfunctions"
_STACK_TASK = ("coro", "stack", "stack_id")

SEAMS = (
    Seam("ministack.app", "SERVICE_HANDLERS"),
    Seam("ministack.app", "SERVICE_REGISTRY"),
    Seam("ministack.app", "app", ("scope", "receive", "send")),
    Seam("ministack.core.arn", "parse_arn", ("value",)),
    Seam("ministack.core.concurrency", "run_reentrant", ("fn", "args", "thread_name")),
    Seam("ministack.core.responses", "get_account_id", ()),
    Seam("ministack.core.responses", "get_region", ()),
    Seam("ministack.core.responses", "request_scope", ("account_id", "region")),
    Seam("ministack.core.responses", "set_request_account_id", ("access_key_id",)),
    Seam("ministack.core.responses", "set_request_region", ("region",)),
    Seam("ministack.core.router", "_KNOWN_AWS_SERVICE_NAMES"),
    Seam("ministack.core.router", "_is_aws_service_name", ("scope_name",)),
    Seam("ministack.core.router", "extract_access_key_id", ("headers", "query_params")),
    Seam("ministack.core.router", "extract_region", ("headers", "query_params")),
    Seam("ministack.core.router", "SERVICE_PATTERNS"),
    Seam(_CLOUDFORMATION, "_ACTION_HANDLERS"),
    Seam(_CLOUDFORMATION, "_stacks"),
    Seam(f"{_CLOUDFORMATION}.handlers", "_describe_stacks", ("params",)),
    Seam(f"{_CLOUDFORMATION}.provisioners", "_CUSTOM_NAME_REPLACEMENT"),
    Seam(f"{_CLOUDFORMATION}.provisioners", "_NAME_SEED"),
    Seam(f"{_CLOUDFORMATION}.provisioners", "_REPLACING_PROPERTIES"),
    Seam(f"{_CLOUDFORMATION}.provisioners", "_RESOURCE_HANDLERS"),
    Seam(f"{_CLOUDFORMATION}.provisioners", "_STACK_TAG_PROPERTY"),
    Seam(
        f"{_CLOUDFORMATION}.provisioners",
        "_physical_name",
        ("stack_name", "logical_id", "lowercase", "max_len", "seeded"),
    ),
    Seam(
        f"{_CLOUDFORMATION}.provisioners",
        "_replacing_change",
        ("resource_type", "old_props", "new_props"),
    ),
    Seam(f"{_CLOUDFORMATION}.changesets", "_create_stack_task_in_region", _STACK_TASK),
    Seam(f"{_CLOUDFORMATION}.changesets", "_evaluate_conditions", ("template", "params")),
    Seam(
        f"{_CLOUDFORMATION}.changesets",
        "_resolve_props_for_diff",
        ("template", "params", "stack_name", "stack_id"),
    ),
    Seam(f"{_CLOUDFORMATION}.custom_resource", "threading"),
    Seam(f"{_CLOUDFORMATION}.handlers", "_create_stack_task_in_region", _STACK_TASK),
    Seam(f"{_CLOUDFORMATION}.stacks", "_create_stack_task_in_region", _STACK_TASK),
    Seam(f"{_CLOUDFORMATION}.stacks", "_runs_on_worker_thread", ("resource_type",)),
    Seam(f"{_CLOUDFORMATION}.stacks", "_sends_back_failed_update", ("resource_type",)),
    Seam(f"{_CLOUDFORMATION}.stacks", "_update_keeping_seed", ("args",)),
    Seam(
        f"{_CLOUDFORMATION}.stacks",
        "_validation_errors",
        (
            "resources_defs",
            "ordered",
            "param_values",
            "conditions",
            "mappings",
            "stack_name",
            "stack_id",
            "owned_buckets",
        ),
    ),
    Seam(_METRICS, "_calc_stats", ("points",)),
    Seam(_METRICS, "_dashboards"),
    Seam(_METRICS, "_dims_key", ("dims",)),
    Seam(_METRICS, "_metric_bucket", ("key",)),
    Seam(_METRICS, "_metrics"),
    Seam(_METRICS, "_parse_alarm_rule", ("rule",)),
    Seam(_METRICS, "_point_stats", ("pt",)),
    Seam(_METRICS, "_rule_refs", ("node",)),
    Seam(_METRICS, "_stat_value", ("stats", "stat_name", "points")),
    Seam(_METRICS, "cloudformation_delete_dashboard", ("name",)),
    Seam(_METRICS, "cloudformation_put_dashboard", ("name", "body")),
    Seam(_METRICS, "handle_request", ("method", "path", "headers", "body", "query_params")),
    Seam(
        _METRICS,
        "record_metric",
        ("namespace", "metric_name", "value", "unit", "dimensions"),
    ),
    Seam(_EVENTS, "_cron_next_fire", ("fields", "after_dt")),
    Seam(_EVENTS, "_delete_rule", ("data",)),
    Seam(_EVENTS, "_disable_rule", ("data",)),
    Seam(_EVENTS, "_dispatch_event", ("event", "view")),
    Seam(_EVENTS, "_dispatch_to_stepfunctions", ("arn", "payload")),
    Seam(_EVENTS, "_enable_rule", ("data",)),
    Seam(_EVENTS, "_invoke_target", ("target", "event", "rule", "view")),
    Seam(_EVENTS, "_parse_cron_fields", ("expr",)),
    Seam(_EVENTS, "_parse_rate_seconds", ("expr",)),
    Seam(_EVENTS, "_pattern_event_view", ("event",)),
    Seam(_EVENTS, "_put_events", ("data", "allow_aws_source")),
    Seam(
        "ministack.services.s3",
        "_fire_s3_event",
        (
            "bucket_name",
            "key",
            "event_name",
            "size",
            "etag",
            "deletion_type",
            "restore_event_data",
            "version_id",
            "sequencer",
            "object_extra",
            "record_extra",
        ),
    ),
    Seam(
        "ministack.services.sns",
        "_fanout",
        (
            "topic_arn",
            "msg_id",
            "message",
            "subject",
            "message_structure",
            "message_attributes",
            "message_group_id",
            "message_dedup_id",
        ),
    ),
    Seam(_EVENTS, "_put_rule", ("data",)),
    Seam(_EVENTS, "_rule_last_fired"),
    Seam(_EVENTS, "_rules"),
    Seam(_EVENTS, "_tick_scheduled_rules", ()),
    Seam(_EVENTS, "start_scheduler", ()),
    Seam(_EVENTS, "threading"),
    Seam("ministack.services.cloudwatch_logs", "threading"),
    Seam("ministack.services.lambda_svc", "_poll_loop", ()),
    Seam("ministack.services.lambda_svc", "threading"),
    Seam("ministack.services.s3", "threading"),
    Seam("ministack.services.s3", "time"),
    Seam("ministack.services.scheduler", "start_scheduler", ()),
    Seam("ministack.services.sns", "_threading"),
    Seam("ministack.services.sqs", "_act_send_message", ("data", "qurl")),
    Seam("ministack.services.sqs", "_queue_by_arn", ("arn",)),
    Seam("ministack.services.sqs", "asyncio"),
    Seam(_STATES, "_AWS_SDK_SERVICE_MAP"),
    Seam(_STATES, "ThreadPoolExecutor"),
    Seam(_STATES, "_ExecutionError", ("error", "cause")),
    Seam(
        _STATES,
        "_apply_jsonata_output",
        ("state_def", "raw_input", "ctx", "result", "error_output", "default"),
    ),
    Seam(_STATES, "_apply_output_path", ("state_def", "data", "ctx")),
    Seam(_STATES, "_invoke_aws_sdk_integration", ("resource", "input_data")),
    Seam(_STATES, "_invoke_resource", ("resource", "input_data")),
    Seam(_STATES, "_invoke_resource_with_timeout", ("resource", "input_data", "timeout")),
    Seam(_STATES, "_prefix_sdk_error", ("service_name", "error_code")),
    Seam(_STATES, "_start_execution", ("data",)),
    Seam(_STATES, "_state_query_language", ("state_def", "ctx")),
    Seam(_STATES, "asyncio"),
    Seam(_STATES, "futures_wait"),
    Seam(_STATES, "threading"),
    Seam(_STATES, "time"),
)
