"""Which fleet an endpoint's requests go to, while they move from one fleet to another."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction

from local_aws.hosting.fleet import Fleet


class Traffic:
    """Requests of one endpoint, shared by the fleet that serves and one that is to replace it.

    Of any n requests in a row the new fleet gets its share to within one: AWS draws by chance, a
    rehearsal must repeat. No change loses a request: who was sent to a fleet is answered by it.
    """

    def __init__(self) -> None:
        """No fleet yet: there is nothing to lease."""
        self._fleet: Fleet | None = None
        self._green: Fleet | None = None
        self._share = Fraction(0)
        self._owed = Fraction(0)
        self._lock = threading.Lock()

    @property
    def fleet(self) -> Fleet | None:
        """The fleet that serves; during a shift the old one."""
        return self._fleet

    @contextmanager
    def lease(self) -> Iterator[Fleet | None]:
        """The fleet for one request, held until its answer is there."""
        with self._lock:
            fleet = self._next()
            if fleet:
                fleet.enter()
        try:
            yield fleet
        finally:
            if fleet:
                fleet.leave()

    def shift(self, green: Fleet, share: Fraction) -> None:
        """Send this share of all new requests, 0 to 1, to a fleet beside the one that serves."""
        with self._lock:
            self._green, self._share, self._owed = green, share, Fraction(0)

    def turn_back(self) -> None:
        """Send all new requests to the fleet that serves."""
        with self._lock:
            self._green = None

    def switch(self, fleet: Fleet | None) -> Fleet | None:
        """Let this fleet serve, and end a shift; returns the one that served."""
        with self._lock:
            before, self._fleet, self._green = self._fleet, fleet, None
            return before

    def _next(self) -> Fleet | None:
        if self._green is None:
            return self._fleet
        self._owed += self._share
        if self._owed < 1:
            return self._fleet
        self._owed -= 1
        return self._green
