"""The statements of all policies in a template, taken apart into what each allows or denies.

The grammar of policies:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import product
from typing import Any, Final

from review.assembly import Asset
from review.findings import Thing
from review.resources import Resource
from review.text import shown

ANYONE: Final = "anyone"
_ATTACHED: Final = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")
_BEARERS: Final = ("Roles", "Users", "Groups")


@dataclass(frozen=True)
class Atom:
    """One action, of one principal, on one resource, as a statement allows or denies it.

    Attributes:
        thing: The role or the resource whose policy says so.
        resource: Empty for the thing itself.
        condition: In words; empty if there is none.
    """

    thing: Thing
    effect: str
    who: str
    action: str
    resource: str
    condition: str

    def covers(self, other: "Atom") -> bool:
        """Whether the other says nothing that this does not."""
        return (
            (self.thing, self.effect, self.who) == (other.thing, other.effect, other.who)
            and self.condition in ("", other.condition)
            and bool(_pattern(self.action.lower()).fullmatch(other.action.lower()))
            and bool(_pattern(self.resource).fullmatch(other.resource))
        )


def atoms(
    resources: Mapping[str, Resource], assets: Mapping[str, Asset] | None = None
) -> Iterator[Atom]:
    """All atoms of one stack's resources.

    Assets are called by their name: another content is no other permission.
    """
    for resource in resources.values():
        for bearer in _bearers(resource, resources):
            for atom in _of_resource(resource, bearer):
                yield _with_names(atom, assets or {})


def _with_names(atom: Atom, assets: Mapping[str, Asset]) -> Atom:
    resource, condition = atom.resource, atom.condition
    for digest, asset in assets.items():
        resource = resource.replace(digest, f"<{asset.name}>")
        condition = condition.replace(digest, f"<{asset.name}>")
    return replace(atom, resource=resource, condition=condition)


def _bearers(resource: Resource, resources: Mapping[str, Resource]) -> Iterator[Thing]:
    """Whose policy it is: the roles that it is attached to, or the resource itself."""
    if resource.type not in _ATTACHED:
        yield Thing.of(resource)
        return
    for kind in _BEARERS:
        for named in resource.properties.get(kind) or ():
            other = (
                resources.get(named["Ref"])
                if isinstance(named, Mapping) and "Ref" in named
                else None
            )
            yield (
                Thing.of(other)
                if other
                else Thing(
                    resource.stack,
                    resource.logical_id,
                    resource.type,
                    kind[:-1].lower(),
                    shown(named),
                )
            )


def _of_resource(resource: Resource, bearer: Thing) -> Iterator[Atom]:
    identity = resource.type.startswith("AWS::IAM::")
    for name, value in sorted(resource.properties.items()):
        for document in _documents(value):
            trust = name == "AssumeRolePolicyDocument"
            who = str(bearer.name) if identity and not trust else None
            for statement in _listed(document["Statement"]):
                if isinstance(statement, Mapping) and "Effect" in statement:
                    yield from _of_statement(statement, bearer, who)
    for managed in resource.properties.get("ManagedPolicyArns") or ():
        told = f"all of {shown(managed)}"
        yield Atom(bearer, "Allow", bearer.name, told, "what that says", "")
    if resource.type == "AWS::Lambda::Permission":
        yield _of_lambda(resource)


def _documents(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        if "Statement" in value:
            yield value
        else:
            for inner in value.values():
                yield from _documents(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _documents(inner)


def _of_statement(statement: Mapping[str, Any], bearer: Thing, who: str | None) -> Iterator[Atom]:
    whos = [who] if who else list(_principals(statement))
    actions = _said(statement, "Action", "NotAction", default="")
    resources = _said(statement, "Resource", "NotResource", default="")
    told = " and ".join(_conditions(statement.get("Condition")))
    for one, action, resource in product(whos, actions, resources):
        yield Atom(bearer, str(statement["Effect"]), one, action, resource, told)


def _said(statement: Mapping[str, Any], key: str, otherwise: str, default: str) -> list[str]:
    if otherwise in statement:
        return ["all but " + ", ".join(sorted(map(shown, _listed(statement[otherwise]))))]
    return [shown(one) for one in _listed(statement.get(key, default))]


def _conditions(condition: Any) -> Iterator[str]:
    """Operator, key and value of each, such as `StringEquals aws:SourceAccount 123456789012`."""
    for operator, keys in sorted((condition or {}).items()):
        for key, value in sorted(keys.items()) if isinstance(keys, Mapping) else ():
            yield f"{operator} {key} {' or '.join(sorted(map(shown, _listed(value))))}"


def _principals(statement: Mapping[str, Any]) -> Iterator[str]:
    key = "NotPrincipal" if "NotPrincipal" in statement else "Principal"
    but = "all but " if key == "NotPrincipal" else ""
    given = statement.get(key, "*")
    groups = given.values() if isinstance(given, Mapping) and not _is_value(given) else [given]
    for group in groups:
        for one in _listed(group):
            yield but + (ANYONE if one == "*" else shown(one))


def _is_value(given: Mapping[str, Any]) -> bool:
    return any(key == "Ref" or key.startswith("Fn::") for key in given)


def _of_lambda(resource: Resource) -> Atom:
    given = resource.properties
    source = given.get("SourceArn")
    condition = f"SourceArn {shown(source)}" if source else ""
    who = shown(given.get("Principal", "*"))
    return Atom(
        Thing.of(resource), "Allow", who, shown(given.get("Action", "")),
        shown(given.get("FunctionName", "")), condition,
    )  # fmt: skip


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@cache
def _pattern(text: str) -> re.Pattern[str]:
    """IAM's wildcards, but for those inside a `${...}`."""
    parts = re.split(r"(\$\{[^}]*\}|[*?])", text)
    wild = {"*": ".*", "?": "."}
    return re.compile("".join(wild.get(part, re.escape(part)) for part in parts), re.DOTALL)
