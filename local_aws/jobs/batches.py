"""Records of an object as requests, and the answers as an object again."""

import json
import uuid
from collections.abc import Iterator, Sequence

from local_aws.jobs.job import JobFailed
from local_aws.jobs.transform_work import CSV, MEGABYTE, TransformWork


def requests(work: TransformWork, content: bytes) -> Iterator[bytes]:
    """The bodies of the requests that an object becomes, in its order.

    Raises:
        JobFailed: A record is larger than a request may be.
    """
    records = [line for line in content.splitlines() if line] if work.lines else [content]
    batch: list[bytes] = []
    size = 0
    for record in records:
        if len(record) > work.most_bytes:
            raise JobFailed(
                f"ClientError: A record of {len(record)} bytes is larger than MaxPayloadInMB"
                f" ({work.most_bytes // MEGABYTE})."
            )
        if batch and (work.single or size + 1 + len(record) > work.most_bytes):
            yield b"\n".join(batch)
            batch, size = [], 0
        size += len(record) + bool(batch)
        batch.append(record)
    if batch:
        yield b"\n".join(batch)


def assembled(work: TransformWork, answers: Sequence[bytes]) -> bytes:
    """All answers of an object as one, each ended by a newline if the job asks for that."""
    if not work.assembled:
        return b"".join(answers)
    return b"".join(answer if answer.endswith(b"\n") else answer + b"\n" for answer in answers)


def identified(answer: bytes, accept: str, *, moment: str) -> bytes:
    """The answer with an inference id and the time beside each of its records.

    https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-batch.html

    Raises:
        JobFailed: It is no JSON, though it should be.
    """
    lines = [line for line in answer.decode(errors="replace").splitlines() if line.strip()]
    beside = _beside_csv if accept == CSV else _beside_json
    return "".join(f"{beside(line, str(uuid.uuid4()), moment)}\n" for line in lines).encode()


def _beside_csv(line: str, identity: str, moment: str) -> str:
    return f"{line},{identity},{moment}"


def _beside_json(line: str, identity: str, moment: str) -> str:
    try:
        document = json.loads(line)
    except ValueError as error:
        raise JobFailed(f"ClientError: An answer is not JSON: {line[:200]!r}.") from error
    whole = document if isinstance(document, dict) else {"output": document}
    return json.dumps({**whole, "SageMakerInferenceId": identity, "SageMakerInferenceTime": moment})
