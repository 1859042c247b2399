"""A container's output on its way to CloudWatch Logs, without any CloudWatch Logs."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import pytest

from local_aws.core import background
from local_aws.hosting import log_stream
from local_aws.hosting.log_stream import LogStream


class Logs:
    """Keeps what PutLogEvents was given."""

    class exceptions:
        class ResourceAlreadyExistsException(Exception): ...

    def __init__(self) -> None:
        self.created: list[str] = []
        self.batches: list[list[str]] = []

    def create_log_group(self, **_: str) -> None:
        self.created.append("group")

    def create_log_stream(self, **_: str) -> None:
        self.created.append("stream")

    def put_log_events(self, *, logEvents: list[dict[str, Any]], **_: str) -> None:
        self.batches.append([event["message"] for event in logEvents])


@pytest.fixture
def logs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Logs]:
    kept = Logs()
    monkeypatch.setattr(log_stream, "client", lambda _: kept)
    yield kept


def stream(tmp_path: Path, *lines: str) -> LogStream:
    file = tmp_path / "container.log"
    file.write_text("".join(f"{line}\n" for line in lines))
    return LogStream(group="group", stream="stream", file=file)


def test_what_is_written_is_sent_once_and_its_stream_made_once(logs: Logs, tmp_path: Path) -> None:
    sent = stream(tmp_path, "one", "two")
    sent.deliver()
    with (tmp_path / "container.log").open("a") as log:
        log.write("three\n")
    sent.deliver()
    assert logs.batches == [["one", "two"], ["three"]]
    assert logs.created == ["group", "stream"]


def test_a_request_stays_below_the_limits_that_the_api_model_tells(
    logs: Logs, tmp_path: Path
) -> None:
    model = botocore.session.get_session().get_service_model("logs")
    told = model.operation_model("PutLogEvents").documentation
    assert "1,048,576" in told and "26 bytes" in told and "10,000" in told
    many, long = ["."] * 10_001, ["é" * 5_000] * 300
    stream(tmp_path, *many, *long).deliver()
    sizes = [sum(len(m.encode()) + 26 for m in batch) for batch in logs.batches]
    assert max(sizes) <= 1_048_576 and max(map(len, logs.batches)) <= 10_000
    assert [line for batch in logs.batches for line in batch] == many + long
    assert len(logs.batches) == 4


def test_an_error_is_answered_while_an_earlier_ones_log_is_still_on_its_way(
    logs: Logs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on, later = threading.Event(), threading.Event(), list[object]()

    def slow(**_: object) -> None:
        begun.set()
        assert go_on.wait(10)

    monkeypatch.setattr(logs, "put_log_events", slow)
    monkeypatch.setattr(background, "after", lambda *args, **_: later.append(args))
    sent = stream(tmp_path, "one")
    on_its_way = threading.Thread(target=sent.deliver)
    on_its_way.start()
    assert begun.wait(10)
    asked = threading.Thread(target=sent.deliver_soon, daemon=True)
    asked.start()
    asked.join(10)
    held_up = asked.is_alive()
    go_on.set()
    on_its_way.join(10)
    assert not held_up and len(later) == 1
