"""The archives of a multi-model variant: each has a container of its own, once it was asked for.

https://docs.aws.amazon.com/sagemaker/latest/dg/multi-model-endpoints.html
On AWS one container loads and unloads them all, and unloads some when its memory is full; here each
runs in a process of its own until its fleet ends.
"""

import asyncio
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from local_aws.clock import clock
from local_aws.core import background
from local_aws.hosting.container import Container, ContainerFailed, Reply
from local_aws.hosting.log_stream import LogStream

Metric = tuple[str, str, float]


class UnknownModel(Exception):
    """There is no archive of that name below the prefix; says which object there is not."""


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """A container that serves one archive.

    Attributes:
        metrics: what its loading took.
    """

    container: Container
    log: LogStream
    metrics: tuple[Metric, ...]

    def stop(self) -> None:
        """End the process, keep its log, and give back its disk."""
        self.container.stop()
        self.log.deliver()
        self.container.remove_files()


# Starts the container of an archive, named relative to the prefix; raises FileNotFoundError or
# ContainerFailed.
Load = Callable[[str], Loaded]


class ModelSet:
    """Containers by archive."""

    def __init__(self, load: Load, *, cached: bool) -> None:
        """None is loaded yet.

        Args:
            load: Starts one; it may wait.
            cached: Whether it stays for the next request (ModelCacheSetting).
        """
        self._load = load
        self._cached = cached
        self._loading: dict[str, asyncio.Task[Loaded]] = {}
        self._loaded: list[Loaded] = []
        self._lock = threading.Lock()

    async def invoke(
        self, target: str, body: bytes, headers: Mapping[str, str]
    ) -> tuple[Reply | None, list[Metric], float]:
        """What the archive's container answers, what loading took, and when it was asked.

        Raises:
            UnknownModel: There is no such archive.
        """
        began, known = clock.now(), self._loading.get(target)
        hit = known is not None and known.done()
        try:
            loaded = await (self._get(target) if self._cached else self._load_beside(target))
        except FileNotFoundError as error:
            raise UnknownModel(str(error)) from error
        except ContainerFailed as error:
            return Reply(status=500, headers={}, body=str(error).encode()), [], clock.now()
        asked = clock.now()
        metrics: list[Metric] = [("ModelCacheHit", "None", int(hit))]
        if not hit:
            waited = round((asked - began) * 1e6)
            metrics.append(("ModelLoadingWaitTime", "Microseconds", waited))
        if known is None:
            metrics += loaded.metrics
        try:
            reply = await loaded.container.invoke(body, headers)
        except TimeoutError:
            return None, metrics, asked
        except ConnectionError as error:
            return Reply(status=500, headers={}, body=str(error).encode()), metrics, asked
        finally:
            self._done(loaded)
        if reply.status >= 400:
            loaded.log.deliver_soon()
        return reply, metrics, asked

    def wait_until_healthy(self, timeout_seconds: float) -> None:
        """Return at once: there is nothing that could fail before a model is asked for."""

    def stop(self) -> None:
        """End all processes."""
        with self._lock:
            loaded, self._loaded = self._loaded, []
        for each in loaded:
            each.stop()

    def remove_files(self) -> None:
        """Nothing: `stop` gave back all disks."""

    async def _get(self, target: str) -> Loaded:
        """The container of an archive, which is loaded by whoever asks for it first."""
        if target not in self._loading:
            self._loading[target] = asyncio.create_task(self._load_beside(target))
        try:
            return await asyncio.shield(self._loading[target])
        except (FileNotFoundError, ContainerFailed):
            self._loading.pop(target, None)
            raise

    async def _load_beside(self, target: str) -> Loaded:
        loaded = await asyncio.to_thread(self._load, target)
        with self._lock:
            self._loaded.append(loaded)
        return loaded

    def _done(self, loaded: Loaded) -> None:
        if self._cached:
            return
        with self._lock:
            self._loaded.remove(loaded)
        background.run(loaded.stop)
