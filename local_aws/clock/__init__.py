"""Time in the local AWS. Nothing else in this package reads or waits for the machine's clock."""

from local_aws.clock.jumping import Clock
from local_aws.clock.machine import Machine
from local_aws.clock.timers import Timer

__all__ = ["Clock", "Timer", "clock", "machine"]

machine = Machine()
clock = Clock(machine)
