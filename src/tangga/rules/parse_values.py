"""Reads the values that a condition compares with: literals of a fact's type, days, factors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from tangga.registry.mistakes import nearest
from tangga.rules.conditions import Ago, OneOf
from tangga.rules.names import FactType
from tangga.rules.toml_file import Spot
from tangga.rules.values import Plain

WHOLE = ("integer", "money")
NUMBERS = ("integer", "money", "decimal")
ORDERED = (*NUMBERS, "date")
TEXTS = ("code", "text", "identifier", "area")
LISTED = (*TEXTS, *WHOLE)
UNITS = ("years", "months", "days")
AGO_KEYS = tuple(f"{unit}_{way}" for unit in UNITS for way in ("ago", "ahead"))
MOST_YEARS = 150
MOST_AGO = {"years": MOST_YEARS, "months": MOST_YEARS * 12, "days": MOST_YEARS * 366}
FINEST = 6
"""Decimals that a number of a rule may have, so that every comparison stays exact in SQL."""
LARGEST = 10**15


def read_plain(value: object, kind: FactType, spot: Spot) -> Plain | None:
    """A value that a fact of this type can have; None with a mistake where it cannot."""
    reader = _PLAIN.get(kind.type)
    if reader is None:
        spot.wrong(f"type {kind.type} can only be tested with known")
    elif not reader(value):
        spot.wrong(f"{shown(value)} is no {_NAMES[kind.type]}")
    elif kind.codes is not None and value not in kind.codes:
        todo = nearest(str(value), kind.codes)
        spot.wrong(f"no code {value!r}", todo=todo)
    else:
        return value  # type: ignore[return-value]
    return None


def is_whole(value: object) -> bool:
    """Whether it is a whole number that SQL compares exactly; a boolean is none."""
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST


def _is_number(value: object) -> bool:
    if not isinstance(value, Decimal):
        return is_whole(value)
    return value.is_finite() and _decimals(value) <= FINEST and abs(value) <= LARGEST


def _decimals(value: Decimal) -> int:
    return -int(value.as_tuple().exponent)


def _is_day(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _is_boolean(value: object) -> bool:
    return isinstance(value, bool)


_PLAIN: Mapping[str, Callable[[object], bool]] = {
    **dict.fromkeys(WHOLE, is_whole),
    **dict.fromkeys(TEXTS, _is_text),
    "decimal": _is_number,
    "date": _is_day,
    "boolean": _is_boolean,
}
_NAMES = {
    **dict.fromkeys(WHOLE, f"whole number of at most {LARGEST}"),
    **dict.fromkeys(TEXTS, "text"),
    "decimal": f"exact number of at most {FINEST} decimals",
    "date": "date",
    "boolean": "true or false",
}


def shown(value: object) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, Decimal) else repr(value)


def read_one_of(fact: str, kind: FactType, value: object, spot: Spot) -> OneOf | None:
    """`one_of` with values of the fact's type; None with a mistake."""
    if kind.type not in LISTED:
        spot.wrong(f"one_of on type {kind.type}", todo="Use it on codes, texts and whole numbers")
        return None
    if not isinstance(value, list) or not value:
        spot.wrong("needs a list of at least one value")
        return None
    read = [read_plain(one, kind, spot) for one in value]
    if any(one is None for one in read):
        return None
    if len(set(read)) < len(read):
        spot.wrong("a value stands there twice")
        return None
    return OneOf(fact, tuple(one for one in read if one is not None))


def read_times(value: object, spot: Spot) -> Decimal | None:
    """A positive exact number; TOML may hold it as a text."""
    try:
        times = Decimal(value) if isinstance(value, str | int | Decimal) else None
    except InvalidOperation:
        times = None
    if times is None or isinstance(value, bool) or not _is_number(times) or times <= 0:
        spot.wrong(f"{shown(value)} is no positive exact number of at most {FINEST} decimals")
        return None
    return times


def read_ago(kind: FactType, value: dict[str, Any], spot: Spot) -> Ago | None:
    """`{ years_ago = 1, months_ago = 6 }`; ahead is the other way."""
    if kind.type != "date":
        spot.wrong(f"type {kind.type} compared with a day")
        return None
    if not spot.check_keys(value, AGO_KEYS):
        return None
    total = dict.fromkeys(UNITS, 0)
    for key, number in value.items():
        unit, way = key.split("_")
        if not is_whole(number) or not 0 <= number <= MOST_AGO[unit]:
            spot.at(key).wrong(f"{shown(number)} is no number of {unit}")
            return None
        total[unit] += number if way == "ago" else -number
    if not value:
        spot.wrong("needs a value", todo=f"Use {', '.join(AGO_KEYS)}, or fact")
        return None
    return Ago(**total)
