"""Reads TOML that anybody may have written: what Python's own reader stumbles over is refused.

`tomllib` takes minutes and gigabytes for a key of sixty thousand parts, gives up on deep nesting
with RecursionError, and on long numbers with a ValueError of its own. Nobody means any of these.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from decimal import Decimal
from typing import Any

DEEPEST = 60
"""Lists and tables in each other, the file itself among them; the pack's deepest file has 15."""
MOST_POINTS = 1000
"""In one line: a sentence has a few, a key of so many parts is none."""
WHOLE = 2**63
FARTHEST = 300
"""Digits before or behind the point."""


def parse_toml(text: str, *, parse_float: Callable[[str], Any] = float) -> dict[str, Any]:
    """What `tomllib.loads` gives; TOMLDecodeError in words for what it cannot or must not read."""
    points = next(
        (n for n, one in enumerate(text.split("\n"), 1) if one.count(".") > MOST_POINTS), 0
    )
    if points:
        raise tomllib.TOMLDecodeError(f"more than {MOST_POINTS} points (at line {points})")
    try:
        data = tomllib.loads(text, parse_float=parse_float)
    except tomllib.TOMLDecodeError:
        raise
    except RecursionError:
        raise tomllib.TOMLDecodeError(_TOO_DEEP) from None
    except (ValueError, ArithmeticError):
        raise tomllib.TOMLDecodeError(_TOO_LONG) from None
    _check(data)
    return data


_TOO_DEEP = f"lists or tables more than {DEEPEST} deep in each other"
_TOO_LONG = "a number with more digits than any that is meant"


def _check(data: dict[str, Any]) -> None:
    """Depth and numbers; level by level, since a function that calls itself would give up too."""
    level: list[Any] = [data]
    for _depth in range(DEEPEST):
        below: list[Any] = []
        for one in level:
            for value in one.values() if isinstance(one, dict) else one:
                if isinstance(value, (dict, list)):
                    below.append(value)
                elif _is_beyond(value):
                    raise tomllib.TOMLDecodeError(_TOO_LONG)
        if not below:
            return
        level = below
    raise tomllib.TOMLDecodeError(_TOO_DEEP)


def _is_beyond(value: Any) -> bool:
    if isinstance(value, int):
        return not -WHOLE <= value < WHOLE
    return isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) > FARTHEST
