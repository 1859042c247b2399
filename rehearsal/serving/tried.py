"""What every model promises whose new versions are tried beside the one that serves."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from rehearsal.arrows import StoryBroke
from rehearsal.asking import ANSWERED, MODEL_ERROR, Answer, Asking
from rehearsal.executions import HOUR, none_runs
from rehearsal.passing import let_pass_until
from rehearsal.serving.customers import TOLERANCE
from rehearsal.serving.model import ON_TRIAL, Model
from rehearsal.serving.released import only
from rehearsal.serving.versions import DOES_NOT_START

MINUTE, MINUTES = 60.0, 40
"""For so many minutes of a trial's hour the requests are spread."""

MEANWHILE, ENDS_WITHIN = 20, 4 * HOUR
FAILED = "failed"
"""Who is said to have answered a request that failed."""


@dataclass
class Trial:
    """The trial of one version, and what its customers see of it.

    Attributes:
        model: Whose version.
        package: The version.
        serving: The one beside which it is tried.
        may: Who may answer: numbers of versions, and FAILED.
        counts: How many requests each answered.
    """

    model: Model
    package: str
    serving: str
    may: set[str]
    counts: Counter[str] = field(default_factory=Counter)

    def ask(self, count: int) -> None:
        """So many requests.

        Raises:
            StoryBroke: One was lost, or a version answered that may not have.
        """
        answers = Asking(self.model.world, self.model.endpoint).ask(["0"] * count)
        found = Counter(map(self._who, answers))
        if wrong := sorted(set(found) - self.may):
            raise StoryBroke(
                f"{self.model.endpoint} was answered by {wrong} while {sorted(self.may)} might"
            )
        self.counts += found

    def ask_all(self, requests: int) -> float:
        """Spread requests over most of the trial's hour; the part that the challenger saw."""
        began = self.model.world.time.now()
        for minute in range(1, MINUTES + 1):
            self.ask(requests // MINUTES)
            let_pass_until(self.model.world.time, began + minute * MINUTE)
        return _invocations(self.model, "Challenger", began) / self.counts.total()

    def ask_until(self, over: Callable[[], bool], what: str) -> None:
        """Ask once a minute until it is over.

        Raises:
            StoryBroke: It is not over after hours.
        """
        time = self.model.world.time
        end = time.now() + ENDS_WITHIN
        while not over():
            if time.now() > end:
                raise StoryBroke(f"{what} of {self.package} did not come: {self._stamp()!r}")
            self.ask(MEANWHILE)
            let_pass_until(self.model.world.time, time.now() + MINUTE)

    def ends(self, word: str) -> None:
        """Ask until the stamp says so, and until no promotion is at work any more."""
        self.ask_until(lambda: self._stamp().startswith(f"{word} "), f"the stamp {word!r}")
        self.ask_until(lambda: none_runs(self.model.world, self.model.machine), "the end")

    def _stamp(self) -> str:
        return self.model.stamp(self.package)

    def _who(self, answer: Answer) -> str:
        if answer.status == MODEL_ERROR:
            return FAILED
        if answer.status != ANSWERED:
            lost = f"{answer.status} {answer.body}"
            raise StoryBroke(f"a request to {self.model.endpoint} was lost: {lost}")
        return answer.body.strip()


def play(model: Model, *, requests: int, sees: float, answers: float, bad: Sequence[str]) -> None:
    """Version 1 serves, 2 is tried and promoted, and none of the bad ones is.

    Args:
        model: Whose.
        requests: How many there are while version 2 is tried, at least.
        sees: The part of the requests that a challenger gets, or gets a copy of.
        answers: The part that it answers; 0 if nobody hears it.
        bad: Scripts of versions that start, and are dropped.
    """
    model.promote(model.register(), ends="released")
    with tried(model, answers=answers) as trial:
        seen = trial.ask_all(requests)
        asked, answered = trial.counts.total(), trial.counts[model.number(trial.package)]
        _shared(trial, seen, sees)
        _shared(trial, answered / asked, answers)
        trial.may.add(model.number(trial.package))
        trial.ends("released")
    only(model, trial.package)
    model.timeline.record(
        "traveller", "requests went on", requests=trial.counts.total(), lost=0,
        while_tried=asked, challenger_saw=f"{seen:.1%}", it_answered=f"{answered / asked:.1%}",
    )  # fmt: skip
    for script in bad:
        dropped(model, script, answers=answers)
    never_tried(model)


@contextmanager
def tried(model: Model, script: str = "", *, answers: float) -> Iterator[Trial]:
    """A version on trial.

    Args:
        model: Whose.
        script: What it does; by default it answers with its number.
        answers: The part of the requests that it answers.
    """
    serving = model.slot()
    package = model.register(script) if script else model.register()
    model.promote(package, ends=ON_TRIAL)
    heard = {FAILED if script else model.number(package)} if answers else set()
    yield Trial(model, package, serving, {model.number(serving), *heard})


def dropped(model: Model, script: str, *, answers: float) -> None:
    """A bad version is tried and goes; the one that serves has served all the time."""
    with tried(model, script, answers=answers) as trial:
        trial.ask_all(2 * MINUTES * MEANWHILE)
        trial.ends("rolled back")
    only(model, trial.serving)
    model.timeline.record(
        "traveller", "a bad version was tried and dropped", requests=trial.counts.total(),
        failed=trial.counts[FAILED],
    )  # fmt: skip


def never_tried(model: Model) -> None:
    """A version that does not start is never beside the one that serves."""
    serving, package = model.slot(), model.register(DOES_NOT_START)
    trial = Trial(model, package, serving, {model.number(serving)})
    model.promote(
        package,
        ends="rolled back",
        asking=lambda over: trial.ask_until(over, "the end"),
    )
    only(model, serving)


def _shared(trial: Trial, part: float, expected: float) -> None:
    if abs(part - expected) > (TOLERANCE if expected else 0):
        raise StoryBroke(f"{trial.package} had {part:.1%} of the requests, not {expected:.0%}")


def _invocations(model: Model, variant: str, since: float) -> int:
    """How many requests CloudWatch has of a variant since then."""
    found = model.world.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/SageMaker",
        MetricName="Invocations",
        Dimensions=[
            {"Name": "EndpointName", "Value": model.endpoint},
            {"Name": "VariantName", "Value": variant},
        ],
        StartTime=datetime.fromtimestamp(since - MINUTE, UTC),
        EndTime=datetime.fromtimestamp(model.world.time.now() + MINUTE, UTC),
        Period=int(MINUTE),
        Statistics=["Sum"],
    )
    return int(sum(point["Sum"] for point in found["Datapoints"]))
