"""All that is looked at for one model; what can't be read is said, and the rest is shown."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from operate.account import Account
from operate.deployed import Model, Stage
from operate.frozen import parameter, why_frozen
from operate.refused import Refused
from operate.served import Served, read_served
from operate.status import waiting
from operate.status.alarms import alarms_of_stack, read_alarms
from operate.status.monitors import Monitors, read_monitors
from operate.status.release import Release, read_release
from operate.status.runs import Runs, read_runs
from operate.status.waiting import Waiting
from operate.trial import Trial, read_trial

T = TypeVar("T")


@dataclass
class Look:
    """One model at one moment.

    Attributes:
        stage: The stage's name.
        model: The model's name.
        account: The 12-digit account.
        region: The region.
        at: The moment.
        frozen: SSM parameter to what it says, for those that freeze the model.
        served: What serves; None if the model is not served here, or it could not be read.
        trial: The version that is tried beside it; None likewise, or if there is none.
        release: The release; None likewise.
        monitors: The monitors; None likewise, or if it has none.
        runs: The runs; None likewise, or if it is not trained here.
        waits: What waits for whom.
        unread: What could not be read, one sentence each.
    """

    stage: str
    model: str
    account: str
    region: str
    at: datetime
    frozen: dict[str, str] = field(default_factory=dict)
    served: Served | None = None
    trial: Trial | None = None
    release: Release | None = None
    monitors: Monitors | None = None
    runs: Runs | None = None
    waits: list[Waiting] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def read(self, what: Callable[[], T]) -> T | None:
        """What ``what`` finds, or None and a sentence in `unread`."""
        try:
            return what()
        except Refused as refused:
            if str(refused) not in self.unread:
                self.unread.append(str(refused))
            return None

    def wait_for(self, what: Callable[[], Iterable[Waiting]]) -> None:
        """Adds what ``what`` finds to `waits`."""
        self.waits += self.read(lambda: list(what())) or []


def look(account: Account, stage: Stage, model: Model, now: datetime) -> Look:
    """Everything about a model that a person on call wants to know; changes nothing."""
    told = Look(stage.name, model.name, account.identifier, account.region, now)
    names = [parameter(stage, None), parameter(stage, model)]
    told.frozen = told.read(lambda: why_frozen(account, names)) or {}
    if model.serving:
        _look_at_serving(told, account, stage, model)
    if model.training:
        told.runs = told.read(lambda: read_runs(account, stage, model, now))
    told.wait_for(lambda: waiting.stuck(model, told.served))
    if told.runs:
        runs = told.runs
        told.wait_for(lambda: waiting.retraining_waits(runs))
    told.wait_for(lambda: waiting.alarms_ring(list(_other_alarms(told, account, model))))
    return told


def _look_at_serving(told: Look, account: Account, stage: Stage, model: Model) -> None:
    promotion = told.read(lambda: model.promotion)
    if promotion is None:
        return
    told.wait_for(lambda: waiting.approvals(account, promotion))
    served = told.served = told.read(lambda: read_served(account, promotion))
    if served is None:
        return
    trial = told.trial = told.read(lambda: read_trial(account, promotion, served, told.at))
    if trial:
        told.wait_for(lambda: waiting.trial_waits(trial))
    release = told.release = told.read(lambda: read_release(account, stage, model, served))
    if release:
        told.wait_for(lambda: waiting.promotion_waits(promotion, served, release))
    told.wait_for(lambda: waiting.proposal_waits(promotion, served))
    monitors = told.monitors = told.read(lambda: read_monitors(account, model, told.at))
    if monitors:
        told.wait_for(lambda: waiting.monitors_wait(monitors, served))


def _other_alarms(told: Look, account: Account, model: Model) -> Iterator[str]:
    """Names of the stacks' alarms that ring and are shown nowhere else, such as of lost events."""
    shown = {a.name for a in told.release.alarms} if told.release else set()
    for monitor in told.monitors.each if told.monitors else ():
        shown |= {monitor.drift.name, monitor.silence.name, monitor.stale.name}
    for stack in model.stacks:
        names = [name for name in alarms_of_stack(account, stack.name) if name not in shown]
        yield from (alarm.name for alarm in read_alarms(account, names) if alarm.state == "ALARM")
