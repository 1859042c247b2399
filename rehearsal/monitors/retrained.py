"""Which drift trains the model again, and which does not."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from rehearsal.arrows import StoryBroke
from rehearsal.executions import executions
from rehearsal.names import Names
from rehearsal.timeline import Timeline
from rehearsal.training import await_run, runs
from rehearsal.watching import await_retraining
from rehearsal.world import World


@dataclass(frozen=True)
class Trainings:
    """Those that there were when the rehearsal began to disturb its monitors.

    Attributes:
        retrainings: Executions of the machine that starts runs.
        runs: Of the pipeline.
    """

    retrainings: frozenset[str]
    runs: frozenset[str]

    @classmethod
    def of(cls, world: World, names: Names) -> "Trainings":
        """Those that there are now."""
        return cls(
            frozenset(executions(world, names.retraining)), frozenset(runs(world, names.pipeline))
        )

    def no_more(self, world: World, names: Names) -> None:
        """A monitor that does not retrain has rung, and nothing was asked for.

        Raises:
            StoryBroke: Something was, for drift, or the pipeline runs again.
        """
        asked = executions(world, names.retraining)
        if more := self.more(names.endpoint, asked, runs(world, names.pipeline)):
            raise StoryBroke(f"nobody should train again, but {more} did")

    def more(
        self, endpoint: str, asked: Mapping[str, Mapping[str, Any]], ran: Collection[str]
    ) -> list[str]:
        """What was asked for an endpoint because of drift since then, and what runs since then.

        Args:
            endpoint: The endpoint.
            asked: All executions of the machine, with their input.
            ran: All runs of the pipeline.
        """
        for_drift = [
            arn
            for arn, request in asked.items()
            if arn not in self.retrainings
            and (request["endpoint"], request["trigger"]) == (endpoint, "drift")
        ]
        return [*for_drift, *sorted(set(ran) - self.runs)]

    def one_more(self, world: World, timeline: Timeline, names: Names, *, because: str) -> None:
        """The drift of a monitor that retrains has started a run, and that monitor is its reason.

        Raises:
            ArrowDidNotFire: It has not.
            StoryBroke: Or more than one.
        """
        await_retraining(world, timeline, names, before=set(self.retrainings))
        await_run(world, timeline, names, before=set(self.runs), Reason=because)
