"""Which stage follows which."""

from collections import Counter
from collections.abc import Iterator, Sequence

from config.schema import StageConfig
from mlops_constructs.problems import refuse

WHERE = "(config/stages.py)"


def in_order(*stages: StageConfig) -> tuple[StageConfig, ...]:
    """The ``stages``, each told which one it follows and which one follows it.

    Raises:
        InvalidProps: They can't follow each other so; one sentence for each problem.
    """
    refuse(_problems(stages))
    named = {stage.name: stage for stage in stages}
    followers = {stage.follows: stage.name for stage in stages}
    return tuple(
        stage.between(
            followed=named[stage.follows] if stage.follows else None,
            next_stage=followers.get(stage.name, ""),
        )
        for stage in stages
    )


def _problems(stages: Sequence[StageConfig]) -> Iterator[str]:
    for prefix, count in Counter(stage.resource_prefix for stage in stages).items():
        if count > 1:
            yield (
                f"{count} stages begin the names of their resources with {prefix!r}; names of"
                " stages must differ, also in lower case; change name= of one of them in"
                " config/stages.py"
            )
    named = {stage.name: stage for stage in stages}
    for stage in stages:
        if stage.follows is not None:
            yield from _following(stage, named)
    for name, count in Counter(stage.follows for stage in stages if stage.follows).items():
        if count > 1:
            both = " and ".join(repr(stage.name) for stage in stages if stage.follows == name)
            yield (
                f"{both} follow {name!r}, but a version's life cycle names one stage at a time; let"
                f" one stage follow it {WHERE}"
            )


def _following(stage: StageConfig, named: dict[str, StageConfig]) -> Iterator[str]:
    follows = f"stage {stage.name!r} follows {stage.follows!r}"
    followed = named.get(stage.follows or "")
    if followed is None:
        yield f"{follows}, which is no stage; the stages are {', '.join(named)} {WHERE}"
    elif followed is stage:
        yield f"stage {stage.name!r} follows itself; name the stage that trains for it {WHERE}"
    elif _in_a_circle(stage, named):
        yield f"{follows} in a circle; one stage has to follow none, and train {WHERE}"
    elif followed.follows is not None:
        yield (
            f"{follows}, which follows {followed.follows!r} itself, but a version's life cycle"
            f" names one stage at a time; follow the stage that trains {WHERE}"
        )
    else:
        yield from _apart(stage, followed)


def _apart(stage: StageConfig, followed: StageConfig) -> Iterator[str]:
    follows = f"stage {stage.name!r} follows {followed.name!r}"
    if (stage.account, stage.region) != (followed.account, followed.region):
        yield (
            f"{follows} in another account or region ({_place(stage)} and {_place(followed)}),"
            f" which is not there yet; give both the same {WHERE}"
        )
    names = [model.name for model in followed.models]
    for model in stage.models:
        if model.name not in names:
            yield (
                f"{follows} and serves the model {model.name!r}, which that one does not train; it"
                f" trains {', '.join(names) or 'none'} {WHERE}"
            )


def _place(stage: StageConfig) -> str:
    return f"{stage.account or 'any account'}, {stage.region or 'any region'}"


def _in_a_circle(stage: StageConfig, named: dict[str, StageConfig]) -> bool:
    seen, at = set[str](), stage
    while at.follows in named and at.name not in seen:
        seen.add(at.name)
        at = named[at.follows]
    return at is stage
