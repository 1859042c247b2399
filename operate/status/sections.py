"""What the screen says about each part of a model."""

import textwrap
from collections.abc import Iterator, Sequence
from datetime import datetime

from operate.served import Served
from operate.status.alarms import Alarm
from operate.status.executions import Execution
from operate.status.look import Look
from operate.status.moments import when
from operate.status.monitors import Monitor
from operate.status.release import Release
from operate.status.runs import Runs
from operate.status.verdicts import LOOKS_BACK
from operate.trial import VARIANTS, Trial
from operate.versions import Version


def sections(look: Look) -> Iterator[tuple[str, list[str], str]]:
    """A label, its texts, and the colour of all of them (ANSI; empty is none)."""
    red, yellow = "31", "33"
    if look.frozen:
        yield "FROZEN", list(_frozen(look)), red
    yield "serves", list(_serves(look)), ""
    if look.trial:
        yield "trial", list(_trial(look.trial, look.at)), yellow if look.trial.asked else ""
    if look.release:
        busy = yellow if look.release.in_progress else ""
        yield "release", list(_release(look.release, look.at)), busy
    yield "monitors", list(_monitors(look)), red if _rings(look) else ""
    if look.runs:
        yield "runs", list(_runs(look.runs, look.at)), ""
    yield "waits", list(_waits(look)) or ["nothing"], yellow if look.waits else ""
    if look.unread:
        yield "unread", look.unread, red


def _frozen(look: Look) -> Iterator[str]:
    for name, why in look.frozen.items():
        of_model = name.endswith(f"/{look.model}/frozen")
        command = f"python -m operate unfreeze --stage {look.stage}"
        if of_model:
            command += f" --model {look.model}"
        yield f"{'the model' if of_model else 'the whole stage'}: {why} [{command}]"


def _serves(look: Look) -> Iterator[str]:
    served = look.served
    if served is None:
        yield "unknown, see below" if look.unread else "nothing here: the model is only trained"
        return
    if not served.status:
        yield f"nothing yet: there is no {served.what}"
    else:
        none = "no version yet" if served.by_request else "a model of no registry"
        yield _version(served.version, look) if served.version else none
        instances = ", ".join(
            f"{v['CurrentInstanceCount']} of {v['DesiredInstanceCount']} instances"
            for v in served.variants
            if "CurrentInstanceCount" in v and "DesiredInstanceCount" in v
        )
        failed = f" ({served.reason})" if served.reason else ""
        told = (f"{served.what} {served.status}{failed}", instances, served.config)
        yield ", ".join(part for part in told if part)
        if served.pipeline:
            yield _last_batch(served, look.at)
    if not served.agrees:
        named = served.slot.rpartition("/")[2]
        yield f"the slot names {'version ' * named.isdigit()}{named} instead"


def _last_batch(served: Served, now: datetime) -> str:
    if served.last_run is None:
        return "last run: none yet"
    status, began = served.last_run
    return f"last run: {status}, started {when(began, now)}"


def _trial(trial: Trial, now: datetime) -> Iterator[str]:
    how = "in the shadow" if trial.kind == "shadow" else "by weight"
    end = f"until {when(trial.until, now)}"
    if trial.asked:
        end = f"was to end {when(trial.until, now)}"
    yield f"version {trial.version.number} {how}, since {when(trial.since, now)}, {end}"
    serving, tried = (trial.requests[name] for name in VARIANTS)
    yield f"{tried:,} requests, and {serving:,} by the version that serves"


def _version(version: Version, look: Look) -> str:
    stamp = version.stamp(look.stage.lower())
    word, _, time = stamp.rpartition(" ")
    stamped = f"{word} {_time_of_stamp(time, look.at)}" if word else ""
    why = f"({version.why})" if version.why else ""
    approval = f"{version.approval} {why}".strip()
    return ", ".join(part for part in (f"version {version.number}", approval, stamped) if part)


def _time_of_stamp(text: str, now: datetime) -> str:
    try:
        return when(datetime.fromisoformat(text.replace("Z", "+00:00")), now)
    except ValueError:
        return text


def _release(release: Release, now: datetime) -> Iterator[str]:
    if release.in_progress:
        since = f" since {when(release.since, now)}" if release.since else ""
        what = f"IN PROGRESS{since}" + f", to {release.to_config}" * bool(release.to_config)
        yield "; ".join((what, *release.variants, f"stack {release.stack_status}"))
    else:
        yield f"none in progress, stack {release.stack_status}"
    told = [f"policy {release.policy}"] if release.policy else []
    if release.alarms:
        told.append(_rollback_alarms(release.alarms))
    if told:
        yield "; ".join(told)
    if release.last:
        yield f"last promotion {_execution(release.last, now)}"


def _rollback_alarms(alarms: Sequence[Alarm]) -> str:
    told = [
        f"{alarm.name} {alarm.state}" for alarm in alarms if alarm.state in ("ALARM", "missing")
    ]
    quiet = len(alarms) - len(told)
    return ", ".join([f"{quiet} rollback alarms are quiet", *told])


def _execution(execution: Execution, now: datetime) -> str:
    started = when(execution.started, now) if execution.started else "unknown"
    ended = execution.status if execution.status != "SUCCEEDED" else ""
    return ": ".join(part for part in (started, ended, _short(execution.outcome)) if part)


def _monitors(look: Look) -> Iterator[str]:
    if look.monitors is None:
        yield "unknown, see below" if look.unread else "none"
        return
    for monitor in look.monitors.each:
        yield f"{monitor.kind}: {_verdict(monitor, look.at)}"
        following = f"; looks next {when(monitor.next, look.at)}" if monitor.next else ""
        alarms = (
            ("drift", monitor.drift),
            ("silence", monitor.silence),
            ("old baseline", monitor.stale),
        )
        yield "; ".join(_alarm(what, alarm, look.at) for what, alarm in alarms) + following
        if monitor.report:
            yield monitor.report


def _verdict(monitor: Monitor, now: datetime) -> str:
    if monitor.judged is None:
        verdict = f"no verdict in {LOOKS_BACK.days} days"
    else:
        found = f"{monitor.violations} violations" if monitor.violations else "no violation"
        records = f"{monitor.records:,} records" if monitor.records is not None else ""
        told = ", ".join(part for part in (records, _figure(monitor)) if part)
        verdict = f"{found} {when(monitor.judged, now)}" + (f" ({told})" if told else "")
    heard = f", heard of {when(monitor.heard, now)}" if monitor.heard else ", never heard of"
    heard = heard if monitor.heard != monitor.judged else ""
    return "".join((verdict, *_of_the_last_window(monitor), heard, _age(monitor)))


def _figure(monitor: Monitor) -> str:
    if monitor.headline is not None and monitor.headline_threshold is not None:
        return f"{monitor.headline:.3g} against a threshold of {monitor.headline_threshold:.3g}"
    return f"{monitor.ratio:.2f} times the threshold" if monitor.ratio is not None else ""


def _of_the_last_window(monitor: Monitor) -> Iterator[str]:
    if monitor.too_few:
        yield ", too few records in the last window"
    if monitor.too_few_labels:
        yield ", too few labels in the last window"
    if monitor.coverage is not None:
        yield f", labels for {monitor.coverage:.0%}"


def _age(monitor: Monitor) -> str:
    days = monitor.baseline_days
    return "" if days is None else f", baseline {days:.0f} days old"


def _alarm(what: str, alarm: Alarm, now: datetime) -> str:
    since = f" since {when(alarm.since, now)}" if alarm.since and alarm.state == "ALARM" else ""
    return f"{what} {alarm.state}{since}"


def _rings(look: Look) -> bool:
    each = look.monitors.each if look.monitors else ()
    return any("ALARM" in (m.drift.state, m.silence.state, m.stale.state) for m in each)


def _runs(runs: Runs, now: datetime) -> Iterator[str]:
    last = runs.last
    if last is None:
        yield "last: none yet"
    else:
        why = f", {last.why}" if last.why else ""
        failure = f" ({_short(last.failure)})" if last.failure else ""
        yield f"last: {last.status}{failure}, started {when(last.started, now)}{why}"
    yield f"next: {_next(runs, now)}"
    if runs.last_retraining:
        yield f"last retraining {_execution(runs.last_retraining, now)}"


def _next(runs: Runs, now: datetime) -> str:
    told = [f"by schedule about {when(runs.scheduled, now)}"] if runs.scheduled else []
    if runs.asked:
        told.insert(0, f"asked for ({runs.asked})")
    if not told:
        told = ["none planned"]
    if runs.recheck:
        told.append(f"re-check about {when(runs.recheck, now)}")
    if runs.not_before:
        told.append(f"not before {when(runs.not_before, now)}")
    return "; ".join(told)


def _waits(look: Look) -> Iterator[str]:
    for waiting in look.waits:
        since = f", since {when(waiting.since, look.at)}" if waiting.since else ""
        todo = f" [{waiting.todo}]" if waiting.todo else ""
        yield f"{waiting.what}, for {waiting.whom}{since}{todo}"


def _short(text: str) -> str:
    return textwrap.shorten(text, 240, placeholder=" …")
