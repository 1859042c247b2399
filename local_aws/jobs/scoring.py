"""The requests of a transform job, one after the other."""

import gzip
from collections.abc import Sequence
from typing import Final

import urllib3

from local_aws.clock import clock
from local_aws.core.moments import utc_text
from local_aws.hosting import objects
from local_aws.hosting.container import Container
from local_aws.jobs import batches
from local_aws.jobs.job import JobFailed
from local_aws.jobs.transform_objects import Source
from local_aws.jobs.transform_work import TransformWork

SEE_LOGS: Final = "See job logs for more information"


class Scoring:
    """Asks a container for the answers to all objects, and can be stopped.

    "processes the listed S3 objects and uploads only the output for successfully processed objects"
    (botocore, TransformOutput.S3OutputPath).

    Attributes:
        answered: Each object that was answered whole, with what its `.out` will hold.
        failure: Why one was not.
    """

    def __init__(
        self, work: TransformWork, sources: Sequence[Source], container: Container, said: list[str]
    ) -> None:
        """Ask nothing yet.

        Args:
            work: The job's settings.
            sources: What is to be scored.
            container: Which is asked.
            said: Gets the lines of the job's data log.
        """
        self.answered: list[tuple[Source, bytes]] = []
        self.failure: JobFailed | None = None
        self._work, self._sources, self._container, self._said = work, sources, container, said
        self._stopped = False

    def wait(self) -> int:
        """Score everything; 1 if something could not be."""
        for source in self._sources:
            try:
                self.answered.append((source, self._answer(source)))
            except JobFailed as error:
                self.failure = self.failure or error
            if self._stopped:
                break
        return int(self.failure is not None)

    def stop(self, grace_seconds: float) -> None:
        """End the container, and with it the request that is under way."""
        del grace_seconds
        self._stopped = True
        self._container.stop()

    def _answer(self, source: Source) -> bytes:
        work, content = self._work, objects.read(source.uri)
        raw = _unzipped(content, source) if work.compressed else content
        answers = [self._ask(source, body) for body in batches.requests(work, raw)]
        if work.capture and work.capture.identified:
            moment = utc_text(clock.now())
            accept = str(work.accept)
            answers = [batches.identified(answer, accept, moment=moment) for answer in answers]
        return batches.assembled(work, answers)

    def _ask(self, source: Source, body: bytes) -> bytes:
        """The container's answer, after as many tries as the job allows."""
        status, answer = 0, b""
        for _ in range(1 + self._work.retries):
            if self._stopped:
                break
            status, answer = self._try(body)
            if status < 500:
                break
        if status != 200:
            self._said.append(
                f"[sagemaker logs]: {source.place}: Bad HTTP status received from algorithm: "
                f"{status}\n{answer.decode(errors='replace')}"
            )
            side = "ClientError" if 400 <= status < 500 else "AlgorithmError"
            raise JobFailed(f"{side}: {SEE_LOGS}")
        return answer

    def _try(self, body: bytes) -> tuple[int, bytes]:
        """Status and body; 500 stands for no answer."""
        given = {"Content-Type": self._work.content_type, "Accept": self._work.accept}
        try:
            answer = urllib3.request(
                "POST",
                f"{self._container.url}/invocations",
                body=body,
                headers={name: value for name, value in given.items() if value is not None},
                retries=False,
                timeout=self._work.timeout_seconds,
            )
        except urllib3.exceptions.HTTPError as error:
            return 500, str(error).encode()
        return answer.status, answer.data


def _unzipped(content: bytes, source: Source) -> bytes:
    try:
        return gzip.decompress(content)
    except (OSError, EOFError) as error:
        raise JobFailed(f"ClientError: {source.uri} is not gzipped: {error}.") from error
