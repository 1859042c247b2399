"""Where in indented JSON each line stands."""

import re
from dataclasses import dataclass

_MEMBER = re.compile(r'"((?:[^"\\]|\\.)*)": ')
_NAME = re.compile(r'"(?:Name|Sid|Id)": "([^"]+)",?')


@dataclass
class _Part:
    """A member or an item; `items` counts those that began inside of it, if it is a list."""

    label: str
    is_list: bool
    items: int = 0


def paths(lines: list[str]) -> list[str]:
    """The path of each line, such as `States.Wait.Seconds` or `Statement[0].Action`.

    An item of a list is called by its `Name`, `Sid` or `Id`, if it has one: `Steps[Train].Type`.
    """
    outermost = _Part("", is_list=False)
    inside = [outermost]
    places: list[list[_Part]] = []
    for line in map(str.strip, lines):
        if line[:1] in ("}", "]"):
            places.append(list(inside))
            if len(inside) > 1:
                inside.pop()
            continue
        named = _NAME.fullmatch(line)
        if named and inside[-1].label.startswith("["):
            inside[-1].label = f"[{named[1]}]"
        part = _Part(_label(line, inside[-1]), is_list=line.endswith("["))
        places.append([*inside, part])
        if line.endswith(("{", "[")):
            inside.append(part)
    return [_written(place) for place in places]


def _label(line: str, parent: _Part) -> str:
    member = _MEMBER.match(line)
    if member:
        return member[1]
    if not parent.is_list:
        return ""
    parent.items += 1
    return f"[{parent.items - 1}]"


def _written(place: list[_Part]) -> str:
    return ".".join(part.label for part in place if part.label).replace(".[", "[")
