"""What a key of a file of plain settings may be: a number, a day, a code, a condition, a list.

Which keys a file has is declared in `settings_files.py` and `settings_planning.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tangga.rules.entries import NOTHING
from tangga.rules.parse_values import FINEST, LARGEST
from tangga.rules.section import Section, shown, told_apart

NEEDED: Any = object()
MOST = 10_000


@dataclass(frozen=True)
class Kind:
    """What a key may be: how it is read, and what it is when left out (NEEDED: a mistake)."""

    read: Callable[[Section, str], Any]
    default: Any = NEEDED
    also: Callable[[Section, str], Iterable[str]] = lambda section, key: (key,)


def whole(low: int = 0, default: Any = NEEDED) -> Kind:
    """A whole number from `low` to MOST: of days, months, years or things."""
    return Kind(lambda s, key: s.whole_number(key, low=low, high=MOST), default)


def percent(default: Any = NEEDED) -> Kind:
    """A whole number from 0 to 100: so many of a hundred."""
    return Kind(lambda s, key: s.whole_number(key, low=0, high=100), default)


def number(low: int = 0, default: Any = NEEDED) -> Kind:
    """A Decimal of at least `low`; written 1.2 or "1.2" or 2."""
    return Kind(lambda s, key: _number(s, key, low), default)


def flag(default: Any = NEEDED) -> Kind:
    """True or false."""
    return Kind(lambda s, key: s.flag(key), default)


def day(default: Any = NEEDED) -> Kind:
    """A day."""
    return Kind(lambda s, key: s.take(key, date, date.min), default)


def text(default: Any = NEEDED) -> Kind:
    """Words in no particular language: a name, a pattern."""
    return Kind(lambda s, key: s.text(key), default)


def one_of(*choices: str, default: Any = NEEDED) -> Kind:
    """One of these words."""
    return Kind(lambda s, key: s.choice(key, choices), default)


def several_of(*choices: str, default: Any = NEEDED) -> Kind:
    """A list of these words, each at most once."""
    return Kind(lambda s, key: s.several(key, choices), default)


def code(code_list: str, default: Any = NEEDED) -> Kind:
    """A code of a list of the pack."""
    return Kind(lambda s, key: s.code(key, code_list), default)


def codes(code_list: str, default: Any = NEEDED) -> Kind:
    """A list of codes of a list of the pack, each at most once."""
    return Kind(lambda s, key: s.several(key, s.codes(code_list)), default)


def wholes(low: int = 0, default: Any = NEEDED) -> Kind:
    """A list of whole numbers of at least `low`."""
    return Kind(lambda s, key: _wholes(s, key, low), default)


def words(default: Any = NEEDED) -> Kind:
    """KEY_id, KEY_en ...: words in every language of the pack (language -> words)."""
    return Kind(
        lambda s, key: s.translated(key),
        default,
        lambda s, key: [f"{key}_{language}" for language in s.words.languages],
    )


def condition(subject: str, default: Any = NEEDED) -> Kind:
    """A condition on a `person` or `family`."""
    return Kind(lambda s, key: s.condition(key, subject) or NOTHING, default)


def listed(keys: Mapping[str, Kind], default: Any = NEEDED) -> Kind:
    """`[[version.KEY]]`: id, labels and these keys each; read as a tuple of dicts.

    `labels` in each: language -> words.
    """
    return Kind(lambda s, key: _listed(s, key, keys), default)


def bands(default: Any = NEEDED) -> Kind:
    """`[[version.KEY]]`: id, labels, `from` and `below` each (Decimal; `below` None: no bound).

    Each begins where the one before ends, the first at 0, and the last has no end.
    """
    return Kind(lambda s, key: _bands(s, key), default)


def read_values(section: Section, keys: Mapping[str, Kind]) -> dict[str, Any]:
    """Every key's value; mistakes are noted."""
    values = {}
    for key, kind in keys.items():
        if any(one in section.data for one in kind.also(section, key)):
            values[key] = kind.read(section, key)
        elif kind.default is NEEDED:
            section.spot.wrong(f"{section.called}lacks {key}")
        else:
            values[key] = kind.default
    return values


def written(section: Section, keys: Mapping[str, Kind]) -> set[str]:
    """Every key that these kinds may be written as."""
    return {one for key, kind in keys.items() for one in kind.also(section, key)}


def _number(section: Section, key: str, low: int) -> Decimal:
    value = section.data[key]
    if isinstance(value, str):
        try:
            value = Decimal(value)
        except ArithmeticError:
            value = None
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        section.wrong(key, f"{key} must be a number, not {shown(section.data[key])}")
        return Decimal(low)
    exact = Decimal(value)
    if not exact.is_finite() or not low <= exact <= LARGEST or round(exact, FINEST) != exact:
        what = f"from {low} to {LARGEST}, with at most {FINEST} decimals"
        section.wrong(key, f"{key} must be {what}, not {value}")
    return exact


def _wholes(section: Section, key: str, low: int) -> tuple[int, ...]:
    values = section.take(key, list, [])
    wrong = [v for v in values if isinstance(v, bool) or not isinstance(v, int) or v < low]
    for value in wrong:
        section.wrong(key, f"{key} holds {shown(value)}, which is no whole number from {low}")
    return tuple(value for value in values if value not in wrong)


def _listed(section: Section, key: str, keys: Mapping[str, Kind]) -> tuple[dict[str, Any], ...]:
    found = []
    tables = section.tables(key)
    for one in tables:
        one.check_keys({"id"}, one.label_keys, written(one, keys))
        found.append({"id": one.name("id"), "labels": one.labels(), **read_values(one, keys)})
    told_apart(tables, [one["id"] for one in found])
    return tuple(found)


def _bands(section: Section, key: str) -> tuple[dict[str, Any], ...]:
    found = _listed(section, key, {"from": number(), "below": number(default=None)})
    ends = [Decimal(0), *(one.get("below") for one in found)]
    starts = [*(one.get("from") for one in found), None]
    if ends != starts:
        section.wrong(key, f"{key} must follow one another, from 0 on; the last has no `below`")
    return found
