"""The comparison as one page: no script, nothing from elsewhere, light and dark."""

from html import escape

import comparison_pictures as pictures
import numpy as np
from answers import Pairs
from decision import (
    BETTER,
    NO_WORSE,
    NOT_ENOUGH,
    UNDECIDED,
    WORSE,
    Comparison,
    between,
    bound,
    level,
    wanted,
)
from effects import AGREEMENT, ERRORS, LATENCY, Effect
from minutes import Minutes
from page import titled

TONES = {
    BETTER: "quiet", NO_WORSE: "quiet", WORSE: "drift", UNDECIDED: "too-few-records",
    NOT_ENOUGH: "too-few-records",
}  # fmt: skip
NAMES = {
    ERRORS: "Requests that fail", LATENCY: "Mean latency", AGREEMENT: "Answers that are the same",
}  # fmt: skip
KEY = (
    '<small><span class="key now"></span>challenger <span class="key then"></span>champion</small>'
)


def html(found: Comparison) -> str:
    """The page."""
    title = f"{found.endpoint}: challenger and champion, {found.window.end:%Y-%m-%d %H:%M} UTC"
    return titled(
        title,
        f"{_head(found)}{_effects(found)}{_over_time(found)}{_sides(found)}{_reading(found)}",
    )


def _head(found: Comparison) -> str:
    window = found.window
    numbers = {name: escape(arn.rpartition("/")[2]) for name, arn in found.versions.items()}
    facts = [
        f"<b>{escape(found.endpoint)}</b>",
        f"version {numbers['challenger']} as {found.settings.release} beside version "
        f"{numbers['champion']}",
        f"{window.start:%d %B %Y, %H:%M} to {window.end:%d %B %Y, %H:%M} UTC",
    ]  # fmt: skip
    return (
        f'<header class="{TONES[found.verdict]}"><span class="badge">'
        f"{found.verdict.capitalize()}</span><h1>{escape(found.why)}</h1>"
        f'<p class="facts">{" · ".join(facts)}</p></header>'
    )


def _effects(found: Comparison) -> str:
    if not found.effects:
        return ""
    rows = "".join(map(_effect, found.effects))
    return f'<section><h2>Differences</h2><div class="features">{rows}</div></section>'


def _effect(effect: Effect) -> str:
    sure = between(effect, effect.low, effect.high)
    return (
        f'<article class="{"over" if effect.too_bad else "fine"}">'
        f"<div><h3>{NAMES[effect.name]}</h3>"
        f'<p class="{"since" if effect.too_bad else "dim"}">{_state(effect)}</p></div>'
        f"<div>{pictures.difference(effect, bound(effect))}</div>"
        f"<div><p class=big>{level(effect, effect.estimate)} <small>({sure})</small></p>"
        f"<p class=dim>{wanted(effect)}</p>"
        f"<p class=dim>{effect.method[:1].upper()}{effect.method[1:]}.</p></div></article>"
    )


def _state(effect: Effect) -> str:
    if effect.too_bad:
        return "surely too bad"
    if not effect.within:
        return "can't be told"
    return "surely better" if effect.better else "not too bad"


def _over_time(found: Comparison) -> str:
    def of(minutes: Minutes) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        return {
            "Mean latency, ms": (minutes.latency / 1000, minutes.timed),
            "Requests that fail, %": (100 * minutes.errors, minutes.requests),
            "Requests a minute": (minutes.requests, np.ones(len(minutes.requests))),
        }

    champion, challenger = of(found.champion), of(found.challenger)
    drawn = {
        name: pictures.over_time(champion[name], challenger[name], found.window, name)
        for name in champion
    }
    return "".join(
        f'<section><h2>{name} {KEY}</h2><div class="wide">{picture}</div></section>'
        for name, picture in drawn.items()
    )


def _sides(found: Comparison) -> str:
    champion, challenger = _figures(found.champion), _figures(found.challenger)
    rows = "".join(
        f"<tr><td>{name}</td><td class=num>{champion[name]}</td>"
        f"<td class=num>{challenger[name]}</td></tr>"
        for name in champion
    )
    return (
        '<section class="two"><div><h2>What was counted</h2><table class=figures>'
        "<tr><th></th><th class=num>champion</th><th class=num>challenger</th></tr>"
        f"{rows}</table></div><div>{_pairs(found.pairs)}</div></section>"
    )


def _figures(side: Minutes) -> dict[str, str]:
    requests, errors = float(side.requests.sum()), float(side.errors.sum())
    latency = side.mean_latency
    return {
        "requests": f"{requests:,.0f}",
        "answered with 4xx": f"{side.refused.sum():,.0f}",
        "answered with 5xx": f"{side.failed.sum():,.0f}",
        "share that fails": f"{errors / requests:.2%}" if requests else "none",
        "mean latency": f"{latency:,.1f} ms" if np.isfinite(latency) else "none",
    }


def _pairs(pairs: Pairs | None) -> str:
    if pairs is None:
        return (
            "<h2>Answers</h2><p>Each request is answered by one of the two, so answers can't be "
            "compared.</p>"
        )
    rows = {
        "captured of both, and compared": int(pairs.pairs.sum()),
        "of these the same": int(pairs.agreeing.sum()),
        "captured of the champion alone": pairs.alone["champion"],
        "captured of the challenger alone": pairs.alone["challenger"],
        "ids of several requests, not compared": pairs.repeated,
        **{f"not readable: {kind}": count for kind, count in sorted(pairs.unreadable.items())},
    }
    shown = "".join(
        f"<tr><td>{escape(name)}</td><td class=num>{count:,}</td></tr>"
        for name, count in rows.items()
    )
    return f"<h2>Answers</h2><table>{shown}</table>"


def _reading(found: Comparison) -> str:
    also = ", agreement" if found.settings.shadow else ""
    return (
        "<section class=reading><h2>How to read this</h2>"
        "<p><b>Thick bars</b> are intervals with 95 % confidence; for <i>no worse</i> none may "
        "reach beyond its bound. <b>Thin bars</b> hold for all differences together with 95 %: "
        "<i>worse</i> is said when one lies wholly beyond its bound, <i>better</i> when besides "
        "one lies wholly on the good side. Of two that do not differ, one is called better or "
        "worse in at most 5 of 100 trials.</p>"
        f"<p><b>Bounds</b> of errors, latency{also} and the least number of requests, "
        f"{found.settings.minimum_requests:,} for each, stand in the model's "
        f"<code>release=</code>. Failures are answers with 4xx and 5xx, since a model that refuses "
        "what the other takes fails too.</p></section>"
    )
