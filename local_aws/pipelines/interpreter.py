"""Runs an execution: each step as soon as what it needs is there."""

import logging

from local_aws.core import background
from local_aws.core.errors import ApiError
from local_aws.pipelines.check import needs
from local_aws.pipelines.conditions import Incomparable
from local_aws.pipelines.definition import Step
from local_aws.pipelines.execution import FAILED, Execution, StepRun
from local_aws.pipelines.resolver import Unresolved
from local_aws.pipelines.steps import StepFailed, Stepper

log = logging.getLogger("local_aws")


def start(execution: Execution) -> None:
    """Run the execution in the background."""
    background.run(Interpreter(execution).run)


class Interpreter:
    """Starts steps until none is ready and none runs.

    After a step has failed no other starts, and those that run go on to their end.
    """

    def __init__(self, execution: Execution) -> None:
        """Start nothing yet."""
        self._execution = execution
        self._stepper = Stepper(execution)

    def run(self) -> None:
        """Run to the end, whatever it is."""
        execution = self._execution
        with execution.changed:
            while self._start_ready() or execution.running:
                execution.changed.wait()
            failed = any(run.status == "Failed" for run in execution.runs.values())
        outcome = ("Failed", FAILED) if failed else ("Succeeded", None)
        if not execution.change("Executing", *outcome):
            execution.change("Stopping", "Stopped")

    def _start_ready(self) -> bool:
        """Start what may start, and say whether anything did."""
        execution = self._execution
        bad = any(run.status in ("Failed", "Stopped") for run in execution.runs.values())
        if bad or execution.status != "Executing":
            return False
        ready = [step for step in execution.definition.steps.values() if self._is_ready(step)]
        chosen = ready[: max(0, execution.parallel - len(execution.running))]
        for step in chosen:
            run = execution.runs[step.name] = StepRun(step=step)
            background.run(self._run_step, run)
        return bool(chosen)

    def _is_ready(self, step: Step) -> bool:
        runs = self._execution.runs
        if step.name in runs:
            return False
        if any(name not in runs or runs[name].status != "Succeeded" for name in needs(step)):
            return False
        return step.condition is None or self._stepper.outcomes[step.condition] is step.branch

    def _run_step(self, run: StepRun) -> None:
        execution = self._execution
        execution.change_step(run, "Executing")
        try:
            status, reason = self._stepper.run(run), None
        except StepFailed as error:
            status, reason = "Failed", str(error)
        except (Unresolved, Incomparable) as error:
            status, reason = "Failed", f"ClientError: {error}."
        except ApiError as error:
            status, reason = "Failed", f"ClientError: {error.message}"
        except Exception:
            log.exception("step %s of %s failed", run.step.name, execution.arn)
            status, reason = (
                "Failed",
                "InternalServerError: the local AWS has a fault; see its log.",
            )
        execution.change_step(run, status, reason)
