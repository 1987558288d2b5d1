"""Reads a condition from TOML, and refuses what could not mean what it seems to say.

    { fact = "decile", at_most = 4 }
    { fact = "born", age_at_least = 60 }
    { all = [ { count = { fact = "born", age_under = 6 }, at_least = 1 }, { not = { .. } } ] }

Every mistake is gathered with its file and line, and with the way to it inside the condition. TOML
must be read with `parse_float=Decimal`: no float is taken.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tangga.registry.mistakes import nearest
from tangga.rules.conditions import (
    FAMILY,
    PERSON,
    Ago,
    All,
    AnyOf,
    AtLeast,
    AtMost,
    Bound,
    Condition,
    Count,
    Is,
    Known,
    LessThan,
    MoreThan,
    Not,
    Of,
    Sum,
)
from tangga.rules.names import FAMILY_TABLE, FactType, Names
from tangga.rules.parse_values import (
    MOST_YEARS,
    NUMBERS,
    ORDERED,
    is_whole,
    read_ago,
    read_one_of,
    read_plain,
    read_times,
    shown,
)
from tangga.rules.toml_file import Spot

AGES = ("age_at_least", "age_under")
COMPARISONS: dict[str, type[AtLeast | AtMost | MoreThan | LessThan]] = {
    "at_least": AtLeast,
    "at_most": AtMost,
    "more_than": MoreThan,
    "less_than": LessThan,
}
TESTS = (*COMPARISONS, *AGES, "is", "one_of", "known")
PAIRS = (("at_least", "at_most"), ("age_at_least", "age_under"))


def read_condition(data: object, names: Names, subject: str, spot: Spot) -> Condition | None:
    """The condition that a TOML table says of a `person` or `family`.

    None where it could not be read: then the mistakes of the file have grown.
    """
    return _Reader(names, subject).condition(data, spot)


@dataclass(frozen=True)
class _Reader:
    """Reads conditions on one subject."""

    names: Names
    subject: str

    def condition(self, data: object, spot: Spot) -> Condition | None:
        if not isinstance(data, dict):
            spot.wrong("a condition is a table", todo="Write { fact = ..., at_most = ... }")
            return None
        forms = [key for key in self._forms() if key in data]
        if len(forms) != 1:
            todo = f"Use exactly one of {', '.join(self._forms())}"
            spot.wrong(f"a condition with {_listed(forms)}", todo=todo)
            return None
        return self._forms()[forms[0]](data, spot)

    def _forms(self) -> dict[str, Callable[[dict[str, Any], Spot], Condition | None]]:
        return {
            "fact": self._leaf,
            "all": self._all,
            "any": self._any,
            "not": self._not,
            "count": self._count,
            "sum": self._sum,
        }

    # --- made of others -----------------------------------------------------------------------

    def _all(self, data: dict[str, Any], spot: Spot) -> Condition | None:
        parts = self._parts(data, "all", spot)
        return All(parts) if parts else None

    def _any(self, data: dict[str, Any], spot: Spot) -> Condition | None:
        parts = self._parts(data, "any", spot)
        return AnyOf(parts) if parts else None

    def _parts(self, data: dict[str, Any], key: str, spot: Spot) -> tuple[Condition, ...] | None:
        known = spot.check_keys(data, (key,))
        if not isinstance(data[key], list) or not data[key]:
            spot.at(key).wrong("needs a list of at least one condition")
            return None
        read = [self.condition(one, spot.at(key, n)) for n, one in enumerate(data[key])]
        parts = tuple(part for part in read if part is not None)
        return parts if known and len(parts) == len(read) else None

    def _not(self, data: dict[str, Any], spot: Spot) -> Condition | None:
        known = spot.check_keys(data, ("not",))
        part = self.condition(data["not"], spot.at("not"))
        return Not(part) if known and part is not None else None

    # --- members ------------------------------------------------------------------------------

    def _count(self, data: dict[str, Any], spot: Spot) -> Condition | None:
        if not self._has_members("count", spot):
            return None
        bounds = _member_bounds(data, ("count",), spot)
        part = read_condition(data["count"], self.names, PERSON, spot.at("count"))
        return Count(part, *bounds) if part is not None and bounds is not None else None

    def _sum(self, data: dict[str, Any], spot: Spot) -> Condition | None:
        if not self._has_members("sum", spot):
            return None
        bounds = _member_bounds(data, ("sum", "where"), spot)
        of_member = _Reader(self.names, PERSON)
        kind = of_member._type_of(data["sum"], spot.at("sum"))
        if kind is None:
            return None
        if data["sum"].startswith(FAMILY) or kind.type not in NUMBERS:
            spot.at("sum").wrong(f"{data['sum']!r} is no number of a member", todo="Sum a number")
            return None
        part: Condition | None = All(())
        if "where" in data:
            part = of_member.condition(data["where"], spot.at("where"))
        if part is None or bounds is None:
            return None
        return Sum(data["sum"], part, *bounds)

    def _has_members(self, key: str, spot: Spot) -> bool:
        if self.subject == FAMILY_TABLE:
            return True
        spot.wrong(f"{key} in a condition on a person", todo="Only a family has members")
        return False

    # --- leaves -------------------------------------------------------------------------------

    def _leaf(self, data: dict[str, Any], spot: Spot) -> Condition | None:
        known = spot.check_keys(data, ("fact", *TESTS))
        kind = self._type_of(data["fact"], spot.at("fact"))
        tests = tuple(key for key in TESTS if key in data)
        if len(tests) != 1 and tests not in PAIRS:
            todo = f"Use one of {', '.join(TESTS)}, or at_least with at_most"
            spot.wrong(f"a fact with {_listed(tests)}", todo=todo)
            return None
        if kind is None:
            return None
        read = [self._test(data["fact"], kind, key, data[key], spot.at(key)) for key in tests]
        leaves = tuple(leaf for leaf in read if leaf is not None)
        if not known or len(leaves) != len(tests):
            return None
        return leaves[0] if len(leaves) == 1 else _pair(leaves, spot)

    def _type_of(self, name: object, spot: Spot) -> FactType | None:
        found = self.names.find(name, self.subject) if isinstance(name, str) else None
        if found is None:
            todo = nearest(str(name), self._valid())
            spot.wrong(f"no fact {name!r} of a {self.subject}", todo=todo)
        return found

    def _valid(self) -> list[str]:
        if self.subject == FAMILY_TABLE:
            return list(self.names.family)
        return [*self.names.person, *(FAMILY + name for name in self.names.family)]

    def _test(
        self, fact: str, kind: FactType, key: str, value: object, spot: Spot
    ) -> Condition | None:
        if key in COMPARISONS:
            bound = self._bound(fact, kind, value, spot)
            return None if bound is None else COMPARISONS[key](fact, bound)
        if key in AGES:
            return _age(fact, kind, key, value, spot)
        if key == "known":
            if value is True:
                return Known(fact)
            spot.wrong(
                "known can only be true", todo="Write { not = { fact = ..., known = true } }"
            )
            return None
        if key == "one_of":
            return read_one_of(fact, kind, value, spot)
        plain = read_plain(value, kind, spot)
        return None if plain is None else Is(fact, plain)

    def _bound(self, fact: str, kind: FactType, value: object, spot: Spot) -> Bound | None:
        if kind.type not in ORDERED:
            spot.wrong(f"type {kind.type} has no order", todo="Use is or one_of")
            return None
        if isinstance(value, dict) and "fact" in value:
            return self._of(fact, kind, value, spot)
        if isinstance(value, dict):
            return read_ago(kind, value, spot)
        return read_plain(value, kind, spot)  # type: ignore[return-value]

    def _of(self, fact: str, kind: FactType, value: dict[str, Any], spot: Spot) -> Of | None:
        known = spot.check_keys(value, ("fact", "times"))
        other = self._type_of(value["fact"], spot.at("fact"))
        times = read_times(value.get("times", 1), spot.at("times"))
        if other is None or times is None or not known:
            return None
        if value["fact"] == fact:
            spot.wrong("a fact compared with itself")
        elif (kind.type in NUMBERS) != (other.type in NUMBERS) or other.type not in ORDERED:
            spot.wrong(f"type {kind.type} compared with type {other.type}")
        elif other.type == "date" and times != 1:
            spot.at("times").wrong("a date cannot be taken times a number")
        else:
            return Of(value["fact"], times)
        return None


# --- bounds -----------------------------------------------------------------------------------


def _age(fact: str, kind: FactType, key: str, value: object, spot: Spot) -> Condition | None:
    if kind.type != "date":
        spot.wrong(f"an age of type {kind.type}", todo="Ages are for birth dates")
        return None
    if not is_whole(value) or not 0 <= value <= MOST_YEARS:  # type: ignore[operator]
        spot.wrong(f"{shown(value)} is no age in whole years")
        return None
    ago = Ago(years=value)  # type: ignore[arg-type]
    return AtMost(fact, ago) if key == "age_at_least" else MoreThan(fact, ago)


def _pair(leaves: tuple[Condition, ...], spot: Spot) -> All | None:
    match leaves:
        case (AtLeast(_, low), AtMost(_, high)) if isinstance(low, int | Decimal | date):
            upside_down = isinstance(high, int | Decimal | date) and low > high  # type: ignore[operator]
        case (AtMost(_, Ago(years=least)), MoreThan(_, Ago(years=under))):
            upside_down = least >= under
        case _:
            upside_down = False
    if upside_down:
        spot.wrong("nothing is so much and so little at once", todo="Exchange the two bounds")
        return None
    return All(leaves)


def _member_bounds(
    data: dict[str, Any], keys: tuple[str, ...], spot: Spot
) -> tuple[int | None, int | None] | None:
    known = spot.check_keys(data, (*keys, "at_least", "at_most"))
    given = {key: data[key] for key in ("at_least", "at_most") if key in data}
    wrong = [key for key, value in given.items() if not is_whole(value) or value < 0]
    for key in wrong:
        spot.at(key).wrong(f"{shown(given[key])} is no whole number from 0")
    if not given:
        spot.wrong(f"{keys[0]} without a bound", todo="Add at_least or at_most")
    if wrong or not given or not known:
        return None
    low, high = given.get("at_least"), given.get("at_most")
    if low is not None and high is not None and low > high:
        spot.wrong("nothing is so much and so little at once", todo="Exchange the two bounds")
        return None
    return low, high


def _listed(keys: list[str] | tuple[str, ...]) -> str:
    return " and ".join(keys) if keys else "nothing to say what is asked"
