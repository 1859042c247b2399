"""What a transform job is asked to do.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTransformJob.html
"""

from collections.abc import Mapping
from dataclasses import dataclass

from local_aws.core.errors import NotImplementedHere, ValidationException
from local_aws.core.request import Request
from local_aws.hosting.models import Serving, find_model
from local_aws.jobs.limits import only, s3_uri

MEGABYTE = 1024 * 1024
# botocore, CreateTransformJobRequest: what they are when left out, and what they may be at most.
_PAYLOAD_MB, _MOST_MB = 6, 100
_TIMEOUT_SECONDS, _RETRIES = 600, 3
# The types whose records can be told apart, so that an inference id can stand beside each.
CSV, JSON_LINES, JSON = "text/csv", "application/jsonlines", "application/json"


@dataclass(frozen=True, kw_only=True)
class Capture:
    """Where a job records which data it read and wrote.

    Attributes:
        identified: Whether each record of the answers gets an inference id and time.
    """

    uri: str
    kms_key_id: str | None
    identified: bool


@dataclass(frozen=True, kw_only=True)
class TransformWork:
    """The input of CreateTransformJob, as the job needs it.

    Attributes:
        uri: A prefix, or, if `manifested`, an object that lists others.
        compressed: Whether objects are gzipped.
        lines: Whether each line is a record; else each object is one.
        single: Whether a request carries one record; else as many as fit into `most_bytes`.
        assembled: Whether a newline ends each answer.
        retries: How often a request that failed is sent again.
    """

    serving: Serving
    role: str
    uri: str
    manifested: bool
    content_type: str | None
    compressed: bool
    lines: bool
    single: bool
    most_bytes: int
    concurrency: int
    timeout_seconds: int
    retries: int
    variables: Mapping[str, str]
    output_uri: str
    accept: str | None
    assembled: bool
    kms_key_id: str | None
    capture: Capture | None


def transform_work(request: Request) -> TransformWork:
    """Read the input.

    Raises:
        NotImplementedHere: It asks for what the local AWS has not.
        ValidationException: There is no such model, or its members contradict each other.
    """
    model, source = find_model(request["ModelName"]), request["TransformInput"]
    output, data = request["TransformOutput"], source["DataSource"]["S3DataSource"]
    client = request.get("ModelClientConfig", {})
    only(data, "S3DataType", "S3Prefix", "ManifestFile")
    only(source, "SplitType", "None", "Line")
    only(output, "AssembleWith", "None", "Line")
    _refuse_filters(request)
    payload, concurrency = _payload(request)
    work = TransformWork(
        serving=model.serving,
        role=model.described.get("ExecutionRoleArn") or "",
        uri=s3_uri(data, "S3Uri"),
        manifested=data["S3DataType"] == "ManifestFile",
        content_type=source.get("ContentType"),
        compressed=source.get("CompressionType", "None") == "Gzip",
        lines=source.get("SplitType", "None") == "Line",
        single=request.get("BatchStrategy", "MultiRecord") == "SingleRecord",
        most_bytes=payload * MEGABYTE,
        concurrency=concurrency,
        timeout_seconds=client.get("InvocationsTimeoutInSeconds", _TIMEOUT_SECONDS),
        retries=client.get("InvocationsMaxRetries", _RETRIES),
        variables=dict(request.get("Environment", {})),
        output_uri=s3_uri(output, "S3OutputPath").rstrip("/"),
        accept=output.get("Accept"),
        assembled=output.get("AssembleWith", "None") == "Line",
        kms_key_id=output.get("KmsKeyId"),
        capture=_capture(request),
    )
    _refuse_what_contradicts(work)
    return work


def _payload(request: Request) -> tuple[int, int]:
    """Megabytes of a request, and requests at once, at most; 0 stands for the default."""
    payload = request.get("MaxPayloadInMB", _PAYLOAD_MB) or _PAYLOAD_MB
    concurrency = request.get("MaxConcurrentTransforms", 1) or 1
    if payload * concurrency > _MOST_MB:
        raise ValidationException(
            f"MaxConcurrentTransforms * MaxPayloadInMB must be at most {_MOST_MB}, got"
            f" {concurrency} * {payload}."
        )
    return payload, concurrency


def _capture(request: Request) -> Capture | None:
    given = request.get("DataCaptureConfig")
    if given is None:
        return None
    return Capture(
        uri=s3_uri(given, "DestinationS3Uri").rstrip("/"),
        kms_key_id=given.get("KmsKeyId"),
        identified=given.get("GenerateInferenceId", False),
    )


def _refuse_filters(request: Request) -> None:
    processing = request.get("DataProcessing")
    if processing is not None:
        only(processing, "InputFilter", "$")
        only(processing, "OutputFilter", "$")
        only(processing, "JoinSource", "None")


def _refuse_what_contradicts(work: TransformWork) -> None:
    if work.single and not work.lines:
        raise ValidationException(
            "BatchStrategy SingleRecord needs a SplitType, which says what a record is."
        )
    if work.capture and work.capture.identified and work.accept not in (CSV, JSON_LINES, JSON):
        raise NotImplementedHere(
            "GenerateInferenceId needs TransformOutput.Accept to be text/csv, application/jsonlines"
            f" or application/json on the local AWS, got {work.accept!r}."
        )
