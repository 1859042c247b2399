"""Events of buckets, as AWS documents them.

MiniStack sends them for every bucket whose notifications are open to EventBridge; what it leaves
out (versions, stacks, the schema's version) or adds is set right here.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
"""

import secrets
from contextvars import ContextVar
from typing import Any

from ministack.services import cloudformation, eventbridge, s3

from local_aws.core.events import emit
from local_aws.ministack.scope import account_id

_fire_s3_event = s3._fire_s3_event
_dispatch_event = eventbridge._dispatch_event
_happened: ContextVar[dict[str, Any] | None] = ContextVar("happened", default=None)

# S3's name of an event -> EventBridge's detail-type and reason.
_CREATED, _DELETED = "Object Created", "Object Deleted"
_KINDS: dict[str, tuple[str, str | None]] = {
    "ObjectCreated:Put": (_CREATED, "PutObject"),
    "ObjectCreated:Post": (_CREATED, "POST Object"),
    "ObjectCreated:Copy": (_CREATED, "CopyObject"),
    "ObjectCreated:CompleteMultipartUpload": (_CREATED, "CompleteMultipartUpload"),
    "ObjectRemoved:Delete": (_DELETED, "DeleteObject"),
    "ObjectRemoved:DeleteMarkerCreated": (_DELETED, "DeleteObject"),
    "ObjectAnnotation:Put": ("Object Annotation Created", "PutObjectAnnotation"),
    "ObjectAnnotation:Delete": ("Object Annotation Removed", "DeleteObjectAnnotation"),
}
# The ETag of nothing, which a delete marker has.
_EMPTY = "d41d8cd98f00b204e9800998ecf8427e"


def install() -> None:
    """Send AWS's event in the place of MiniStack's."""
    s3._fire_s3_event = _fire
    eventbridge._dispatch_event = _dispatch


def _fire(bucket_name: str, key: str, event_name: str, *args: Any, **members: Any) -> None:
    names = ("size", "etag", "deletion_type", "restore_event_data")
    given = {**dict(zip(names, args, strict=False)), **members}
    token = _happened.set({"bucket": bucket_name, "key": key, "event": event_name, **given})
    try:
        _fire_s3_event(bucket_name, key, event_name, *args, **members)
    finally:
        _happened.reset(token)


def _dispatch(event: dict[str, Any], view: Any = None) -> None:
    happened = _happened.get()
    kind = _KINDS.get(happened["event"].removeprefix("s3:")) if happened else None
    if happened is None or kind is None or event["Source"] != "aws.s3":
        _dispatch_event(event, view)
        return
    # What the event leads to may dispatch others.
    token = _happened.set(None)
    try:
        detail = _detail(happened, kind[1])
        emit(kind[0], detail, [f"arn:aws:s3:::{happened['bucket']}"], source="aws.s3")
    finally:
        _happened.reset(token)


def _detail(happened: dict[str, Any], reason: str | None) -> dict[str, Any]:
    removed = happened["event"].startswith("s3:ObjectRemoved:")
    bucket: dict[str, Any] = {"name": happened["bucket"]}
    if tags := _generated_tags(happened["bucket"]):
        bucket["aws-generated-tags"] = tags
    return {
        "version": "0",
        "event-version": "1.1",
        "bucket": bucket,
        "object": _object(happened),
        "request-id": secrets.token_hex(8).upper(),
        "requester": account_id(),
        "source-ip-address": "127.0.0.1",
        "reason": reason,
        "deletion-type": (happened.get("deletion_type") or "Permanently Deleted")
        if removed
        else None,
        "object-annotation": _annotation(happened),
    }


def _object(happened: dict[str, Any]) -> dict[str, Any]:
    """The object: its size when it was created, its ETag unless it is gone for good."""
    event, extra = happened["event"], happened.get("object_extra") or {}
    created = event.startswith("s3:ObjectCreated:")
    etag = {
        "s3:ObjectRemoved:Delete": None,
        "s3:ObjectRemoved:DeleteMarkerCreated": _EMPTY,
    }.get(event, happened.get("etag", "").strip('"'))
    members = {
        "key": happened["key"],
        "size": happened.get("size", 0) if created else None,
        "etag": etag,
        "version-id": happened.get("version_id"),
        "sequencer": happened.get("sequencer"),
        "has-object-annotation": extra.get("hasObjectAnnotation"),
    }
    return {name: value for name, value in members.items() if value is not None}


def _annotation(happened: dict[str, Any]) -> dict[str, Any] | None:
    record = happened.get("record_extra") or {}
    for annotation in record.get("objectAnnotation", ()):
        return {name.lower(): value for name, value in annotation.items()}
    return None


def _generated_tags(bucket: str) -> dict[str, str]:
    """The tags that CloudFormation puts on a bucket it made."""
    for stack in cloudformation._stacks.values():
        for logical_id, resource in stack.get("_resources", {}).items():
            made = resource.get("ResourceType"), resource.get("PhysicalResourceId")
            if made == ("AWS::S3::Bucket", bucket):
                return {
                    "aws:cloudformation:stack-id": stack["StackId"],
                    "aws:cloudformation:logical-id": logical_id,
                    "aws:cloudformation:stack-name": stack["StackName"],
                }
    return {}
