"""The running variants of one endpoint config, and the share of its traffic that each gets."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from local_aws.hosting.capture import DataCapture
from local_aws.hosting.container import Container
from local_aws.hosting.log_stream import LogStream


@dataclass(kw_only=True)
class Variant:
    """One production variant that runs.

    Attributes:
        image: the image that AWS would run.
        weight: its traffic relative to the sum of all weights.
        instance_count: how many instances AWS would run; here they share one process.
    """

    name: str
    image: str
    weight: float
    instance_count: int
    container: Container
    log: LogStream
    credit: float = field(default=0.0, init=False)

    def stop(self) -> None:
        """End the process, keep its log, and give back its disk."""
        self.container.stop()
        self.log.deliver()
        self.container.remove_files()


class Fleet:
    """Variants that take requests together, and end together when no request is left.

    Attributes:
        capture: records their requests; None if the config captures nothing.
    """

    def __init__(
        self,
        *,
        config_name: str,
        variants: Sequence[Variant],
        capture: DataCapture | None = None,
    ) -> None:
        """Take over containers that already pass their health check."""
        self.config_name = config_name
        self.variants = tuple(variants)
        self.capture = capture
        self._in_flight = 0
        self._changed = threading.Condition()

    def variant(self, name: str) -> Variant | None:
        """The variant of this name, if the fleet has it."""
        return next((variant for variant in self.variants if variant.name == name), None)

    def choose(self) -> Variant:
        """The next variant by weight: of any n requests each gets its share to within one.

        AWS draws by chance; a rehearsal must repeat.
        """
        with self._changed:
            for variant in self.variants:
                variant.credit += variant.weight
            chosen = max(self.variants, key=lambda variant: variant.credit)
            chosen.credit -= sum(variant.weight for variant in self.variants)
            return chosen

    def enter(self) -> None:
        """A request begins; it will call `leave`."""
        with self._changed:
            self._in_flight += 1

    def leave(self) -> None:
        """A request has its answer."""
        with self._changed:
            self._in_flight -= 1
            self._changed.notify_all()

    def stop(self) -> None:
        """Wait for the requests in flight, then end the processes and deliver the capture.

        A request is bounded by the container's own timeout, so this wait ends too.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._in_flight == 0)
        for variant in self.variants:
            variant.stop()
        if self.capture:
            self.capture.deliver()
