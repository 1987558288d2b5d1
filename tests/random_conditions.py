"""Random conditions of the whole vocabulary, and random families to try them on.

Bounds and values come from the same few, so that what lies on a bound is met often.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from hypothesis import strategies as st

from tangga.rules.conditions import (
    FAMILY,
    Ago,
    All,
    AnyOf,
    AtLeast,
    AtMost,
    Condition,
    Count,
    Is,
    Known,
    LessThan,
    MoreThan,
    Not,
    Of,
    OneOf,
    Sum,
)
from tangga.rules.names import Facts, FactType, Names
from tangga.rules.values import Value, ends, ranged

CODES = ("farmer", "fisher", "o'brien")
_SHARED = {
    "decile": FactType("integer"),
    "income": FactType("money"),
    "share": FactType("decimal"),
    "since": FactType("date"),
    "registered": FactType("boolean"),
    "work": FactType("code", codes=frozenset(CODES)),
    "children": FactType("integer", ranged=True),
    "wages": FactType("money", ranged=True),
    "size": FactType("decimal", ranged=True),
    "born": FactType("date", ranged=True),
}
NAMES = Names(person=_SHARED, family=_SHARED)
NUMBERS = ("decile", "income", "share", "children", "wages", "size")
DAYS = ("since", "born")
ON = date(2024, 2, 29)

WHOLE = [0, 1, 2, 3, 1_000_000, 2_400_000, 10**15]
DECIMALS = [Decimal(t) for t in ("0", "0.999", "1.2", "1.5", "2", "2.4", "3")]
# Around 29 February of the years that the tested ages lead to, and around the day itself.
DATES = [date(1964, 2, 28), date(1964, 2, 29), date(1964, 3, 1), date(1963, 2, 28)]
DATES += [date(1963, 3, 1), date(2018, 2, 28), date(2018, 3, 1), date(2023, 8, 29)]
DATES += [date(2024, 2, 28), ON]
OF_TYPE: dict[str, list[Any]] = {
    "integer": [0, 1, 2, 3],
    "money": WHOLE,
    "decimal": DECIMALS,
    "date": DATES,
    "boolean": [False, True],
    "code": list(CODES),
}
AGO = st.builds(
    Ago,
    years=st.sampled_from([0, 0, 1, 6, 60, 61]),
    months=st.sampled_from([0, 0, 6, -1]),
    days=st.sampled_from([0, 0, 1]),
)
TIMES = st.sampled_from([Decimal(t) for t in ("1", "1.2", "0.5", "2", "0.000001")])
ONCE = st.just(Decimal(1))
ORDERS = st.sampled_from([AtLeast, AtMost, MoreThan, LessThan])


def value(kind: FactType, random: Random) -> Value:
    """What a fact of this type can be: often not known, and a range where it may be one."""
    plain = OF_TYPE[kind.type]
    chance = random.random()
    if chance < 0.2:
        return None
    if not kind.ranged or chance < 0.5:
        return random.choice(plain)
    return _range(random.choice([None, *plain]), random.choice([None, *plain]))


def _range(low: Any, high: Any) -> Value:
    if low is not None and high is not None and low > high:
        low, high = high, low
    return ranged(low, high)


def family(random: Random) -> Facts:
    """A family of nobody up to five members."""
    own = _facts(random)
    members = [_facts(random) for _ in range(random.randint(0, 5))]
    return Facts(own, None, tuple(Facts(member, own) for member in members))


def _facts(random: Random) -> dict[str, Value]:
    return {name: value(kind, random) for name, kind in _SHARED.items()}


def leaves(prefixes: tuple[str, ...]) -> st.SearchStrategy[Condition]:
    """One test of one fact; prefixes: "" and, of a member, "family."."""
    return st.sampled_from(prefixes).flatmap(lambda prefix: _leaves(prefix, prefixes))


def _leaves(prefix: str, prefixes: tuple[str, ...]) -> st.SearchStrategy[Condition]:
    facts = st.sampled_from(sorted(_SHARED))
    return st.one_of(
        st.sampled_from(NUMBERS).flatmap(
            lambda n: _ordered(prefix + n, _numbers(n) | _of(NUMBERS, prefix + n, prefixes, TIMES))
        ),
        st.sampled_from(DAYS).flatmap(
            lambda n: _ordered(
                prefix + n,
                st.sampled_from(DATES) | AGO | _of(DAYS, prefix + n, prefixes, st.just(Decimal(1))),
            )
        ),
        facts.flatmap(lambda n: st.builds(Is, st.just(prefix + n), _values(n))),
        facts.flatmap(lambda n: _one_of(prefix + n, _values(n))),
        facts.map(lambda n: Known(prefix + n)),
    )


def _numbers(name: str) -> st.SearchStrategy[Any]:
    return st.sampled_from(WHOLE + DECIMALS if _SHARED[name].type == "decimal" else WHOLE)


def _days() -> st.SearchStrategy[Any]:
    return st.sampled_from(DATES) | AGO


def _values(name: str) -> st.SearchStrategy[Any]:
    return st.sampled_from(OF_TYPE[_SHARED[name].type])


def _ordered(name: str, bounds: st.SearchStrategy[Any]) -> st.SearchStrategy[Condition]:
    return st.builds(lambda kind, bound: kind(name, bound), ORDERS, bounds)


def _of(
    facts: tuple[str, ...], but: str, prefixes: tuple[str, ...], times: st.SearchStrategy[Decimal]
) -> st.SearchStrategy[Of]:
    others = [prefix + name for prefix in prefixes for name in facts if prefix + name != but]
    return st.builds(Of, st.sampled_from(others), times)


def _one_of(name: str, plain: st.SearchStrategy[Any]) -> st.SearchStrategy[Condition]:
    listed = st.lists(plain, min_size=1, max_size=3, unique=True).map(tuple)
    return st.builds(OneOf, st.just(name), listed)


def made_of(parts: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    """All, any and not, of none up to three parts."""
    several = st.lists(parts, max_size=3).map(tuple)
    return st.builds(All, several) | st.builds(AnyOf, several) | st.builds(Not, parts)


def on_members() -> st.SearchStrategy[Condition]:
    """Conditions on a person, those on the family included."""
    return st.recursive(leaves(("", FAMILY)), made_of, max_leaves=4)


def on_families() -> st.SearchStrategy[Condition]:
    """Conditions on a family, counts and sums over members included."""
    return st.recursive(leaves(("",)) | _counts() | _sums(), made_of, max_leaves=5)


def _counts() -> st.SearchStrategy[Condition]:
    ends = st.sampled_from([(1, None), (None, 0), (None, 2), (2, 3), (0, 1), (2, 2)])
    return st.builds(lambda where, end: Count(where, *end), on_members(), ends)


def _sums() -> st.SearchStrategy[Condition]:
    ends = st.sampled_from([(1, None), (2_400_000, None), (None, 3), (1, 4_800_000), (0, 0)])
    facts = st.sampled_from(NUMBERS)
    return st.builds(lambda fact, where, end: Sum(fact, where, *end), facts, on_members(), ends)


def less_known(facts: Facts, random: Random) -> Facts:
    """The same family, of which some facts are no longer known, or known within wider ranges."""
    own = _less(facts.own, random)
    members = tuple(Facts(_less(member.own, random), own) for member in facts.members)
    return Facts(own, None, members)


def _less(own: Mapping[str, Value], random: Random) -> dict[str, Value]:
    return {name: _wider(name, value, random) for name, value in own.items()}


def _wider(name: str, value: Value, random: Random) -> Value:
    chance = random.random()
    if chance < 0.7:
        return value
    if chance < 0.8 or not _SHARED[name].ranged:
        return None
    low, high = ends(value)
    return ranged(low, None) if chance < 0.9 else ranged(None, high)
