"""From model archives to containers that serve them."""

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local_aws.clock import clock
from local_aws.hosting import objects
from local_aws.hosting.container import Container, ContainerFailed, mapped, unpack
from local_aws.hosting.log_stream import LogStream
from local_aws.hosting.models import Serving
from local_aws.hosting.multi_model import Loaded


def start(url: str, environment: Mapping[str, str], folder: Path, *, name: str) -> Container:
    """A container of an archive, which may not be healthy yet.

    Args:
        url: where the archive is.
        environment: the container's variables, with /opt/ml in them.
        folder: its /opt/ml; it goes if the archive is not there or not to be opened.
        name: what messages call it.

    Raises:
        FileNotFoundError: There is no archive.
        ContainerFailed: It is none.
    """
    try:
        unpack(objects.read(url), folder, url=url)
    except Exception:
        shutil.rmtree(folder)
        raise
    return Container(folder=folder, environment=mapped(environment, folder), name=name)


@dataclass(frozen=True, kw_only=True)
class ArchiveLoader:
    """Starts the containers of a multi-model variant.

    Attributes:
        serving: the model, whose URL is the prefix of the archives.
        environment: the variables of each container.
        folder: all their folders are below it.
        group, stream: where their logs go, one after the other.
        timeout_seconds: how long one may take to be healthy.
    """

    serving: Serving
    environment: Mapping[str, str]
    folder: Path
    group: str
    stream: str
    timeout_seconds: float

    def load(self, target: str) -> Loaded:
        """The healthy container of an archive.

        Raises:
            FileNotFoundError: There is no such archive.
            ContainerFailed: It cannot serve.
        """
        began = clock.now()
        url = f"{self.serving.model_data_url.rstrip('/')}/{target}"
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        container = start(url, self.environment, folder, name=target)
        downloaded = clock.now()
        loaded = Loaded(
            container=container,
            log=self.log_of(folder),
            metrics=(("ModelDownloadingTime", "Microseconds", round((downloaded - began) * 1e6)),),
        )
        try:
            container.wait_until_healthy(self.timeout_seconds)
        except ContainerFailed:
            loaded.stop()
            raise
        took = round((clock.now() - downloaded) * 1e6)
        metrics = (*loaded.metrics, ("ModelLoadingTime", "Microseconds", took))
        return Loaded(container=container, log=loaded.log, metrics=metrics)

    def log_of(self, folder: Path) -> LogStream:
        """Where what a container in this folder writes goes."""
        file = folder / "container.log"
        file.touch()
        return LogStream(group=self.group, stream=self.stream, file=file)
