"""The running variants of one endpoint config, and the share of its traffic that each gets."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from local_aws.hosting.async_config import AsyncConfig
from local_aws.hosting.capture import DataCapture
from local_aws.hosting.container import Container
from local_aws.hosting.log_stream import LogStream
from local_aws.hosting.multi_model import ModelSet
from local_aws.hosting.serverless import Concurrency, ServerlessConfig


@dataclass(kw_only=True)
class Variant:
    """One production variant that runs.

    Attributes:
        image: the image that AWS would run.
        weight: its traffic relative to the sum of all weights.
        instance_count: how many instances AWS would run; here they share one process.
        concurrency: the requests that it answers at the moment.
    """

    name: str
    image: str
    weight: float
    instance_count: int
    container: Container | ModelSet
    log: LogStream
    concurrency: Concurrency = field(default_factory=Concurrency)
    credit: float = field(default=0.0, init=False)

    @property
    def serverless(self) -> ServerlessConfig | None:
        """Its ServerlessConfig; None if it runs on instances."""
        return self.concurrency.config

    def stop(self) -> None:
        """End the process, keep its log, and give back its disk."""
        self.container.stop()
        self.log.deliver()
        self.container.remove_files()


class Fleet:
    """Variants that take requests together, and end together when no request is left.

    Attributes:
        shadow: gets copies of requests, and never answers one; None if the config has none.
        capture: records their requests; None if the config captures nothing.
        asynchronous: where their answers go; None if who asks is answered.
    """

    def __init__(
        self,
        *,
        config_name: str,
        variants: Sequence[Variant],
        shadow: Variant | None = None,
        capture: DataCapture | None = None,
        asynchronous: AsyncConfig | None = None,
    ) -> None:
        """Take over containers that already pass their health check."""
        self.config_name = config_name
        self.variants = tuple(variants)
        self.shadow = shadow
        self.capture = capture
        self.asynchronous = asynchronous
        self._owed = Fraction(0)
        self._in_flight = 0
        self._changed = threading.Condition()

    @property
    def all_variants(self) -> Sequence[Variant]:
        """All that run: the production variants, and the shadow after them."""
        return (*self.variants, *((self.shadow,) if self.shadow else ()))

    def variant(self, name: str) -> Variant | None:
        """The production variant of this name, if the fleet has it."""
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

    def shadow_gets_copy(self) -> bool:
        """Whether the next request is one that the shadow sees too.

        It sees the share of them that its weight is of the production variant's, at most all, and
        of any n requests in a row its share to within one.
        """
        with self._changed:
            if not self.shadow:
                return False
            weight, all_requests = (_exact(v.weight) for v in (self.shadow, *self.variants[:1]))
            self._owed += min(weight / all_requests if all_requests else 1, Fraction(1))
            copied = self._owed >= 1
            self._owed -= copied
            return copied

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
        for variant in self.all_variants:
            variant.stop()
        if self.capture:
            self.capture.deliver()


def _exact(weight: float) -> Fraction:
    """A weight as who wrote it meant it: 0.1 is a tenth."""
    return Fraction(str(weight))
