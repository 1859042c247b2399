"""What the platform's state machines have in common: states, the lock, reads, and the machine."""

from mlops_constructs.state_machines.machine import ReconcilingMachine, machine_problems
from mlops_constructs.state_machines.schedules import DailyRecheck

__all__ = ["DailyRecheck", "ReconcilingMachine", "machine_problems"]
