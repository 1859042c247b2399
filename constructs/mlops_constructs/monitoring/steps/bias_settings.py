"""What a bias monitor was told, from the JSON of its settings class."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bias_counts import Rules
from bias_metrics import ALIASES, BY_NAME
from failure import Failure


@dataclass(frozen=True)
class Facet:
    """A column of the requests, and its values in the group that may be disadvantaged."""

    name: str
    values: Sequence[str]

    @property
    def value(self) -> str:
        """In one text, as Clarify's files have it."""
        return ",".join(self.values)

    @property
    def groups(self) -> tuple[str, str]:
        """What people call the others (group a) and the group itself (group d)."""
        return f"{self.name}≠{self.value}", f"{self.name}={self.value}"


@dataclass(frozen=True)
class Settings:
    """What to look at.

    Attributes:
        label: The column of the training tables that says what truly happened.
        rules: How text becomes an outcome.
        facets: The groups.
        thresholds: A person's, by metric.
        group_variable: The column of the requests whose values are compared each by itself.
    """

    label: str
    rules: Rules
    facets: Sequence[Facet]
    thresholds: Mapping[str, float]
    group_variable: str | None

    @property
    def columns(self) -> list[str]:
        """Of a request, those that are needed."""
        stratum = [self.group_variable] if self.group_variable else []
        return list(dict.fromkeys([*(facet.name for facet in self.facets), *stratum]))


def settings_of(said: Mapping[str, Any]) -> Settings:
    """The settings in a JSON object.

    Raises:
        Failure: If something is missing, or a threshold is of a metric that nobody knows.
    """
    try:
        facets = [Facet(str(f["name"]), [str(v) for v in f["values"]]) for f in said["facets"]]
        favourable = [str(value) for value in said["favourable"]]
        rules = Rules(favourable, float(said.get("probability_threshold", 0.5)))
        given = {str(name): float(at) for name, at in said.get("thresholds", {}).items()}
        label, stratum = str(said["label"]), said.get("group_variable")
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Failure(
            f"the settings are none of a bias monitor ({type(error).__name__}: {error}); they need "
            "label, favourable and facets, each facet with a name and values"
        ) from None
    if not facets or not favourable:
        raise Failure("the settings of a bias monitor need at least one facet and one favourable")
    thresholds = {ALIASES.get(name, name): threshold for name, threshold in given.items()}
    if foreign := sorted(set(thresholds) - set(BY_NAME)):
        raise Failure(f"thresholds are for {', '.join(BY_NAME)}; got one for {', '.join(foreign)}")
    return Settings(label, rules, facets, thresholds, str(stratum) if stratum else None)
