"""Runs another script, with options put together that came in pieces.

`python3 joined.py bias.py --settings '{"label": "app' --settings 'roved"}' --monitor bias` runs
`bias.py --settings '{"label": "approved"}' --monitor bias`: one argument of a processing job has at
most 256 characters (API reference, AppSpecification: ContainerArguments).
"""

import runpy
import sys
from collections.abc import Sequence


def joined(arguments: Sequence[str]) -> list[str]:
    """Each option once, in the order of their first pieces.

    Args:
        arguments: Names and values by turns.
    """
    options: dict[str, str] = {}
    for name, value in zip(arguments[::2], arguments[1::2], strict=True):
        options[name] = options.get(name, "") + value
    return [part for option in options.items() for part in option]


if __name__ == "__main__":
    script = sys.argv[1]
    sys.argv = [script, *joined(sys.argv[2:])]
    runpy.run_path(script, run_name="__main__")
