"""Who receives a family's support, who comes next, and payments after a death."""

from __future__ import annotations

from datetime import date

import pytest

from ladder_cases import family, today
from tangga.rules.names import Facts
from tangga.rules.payee import (
    AfterDeath,
    Payment,
    Proposed,
    after_death,
    barred,
    proposed_payee,
    why_change,
)
from tangga.rules.values import Range, Value

AT_HOME: dict[str, Value] = {"adult": True, "carer_of": "nobody", "absence": "present"}


def person(id_: str, sex: str, relation: str, **more: Value) -> dict[str, Value]:
    """An adult at home, if nothing else is said."""
    return AT_HOME | {"person_id": id_, "sex": sex, "relation": relation} | more


MOTHER = person("rosmi", "female", "spouse", born=date(1986, 10, 21))
FATHER = person("herman", "male", "head", born=date(1984, 9, 9))
GRANDMOTHER = person("nenek", "female", "parent", born=date(1950, 1, 1))
AUNT = person("bibi", "female", "other_relative", born=date(1990, 1, 1))
CHILD = person("citra", "female", "child", adult=False, born=date(2019, 12, 12))


def of(*members: dict[str, Value], children: Value = 1) -> Facts:
    return family(members, children=children)


@pytest.mark.parametrize(
    ("facts", "proposed"),
    [
        (of(FATHER, MOTHER, GRANDMOTHER, CHILD), Proposed("rosmi", "mother", False)),
        # she died (no member any more): another adult woman, the eldest
        (of(FATHER, AUNT, GRANDMOTHER, CHILD), Proposed("nenek", "woman", False)),
        # no other woman: another adult
        (of(FATHER, CHILD), Proposed("herman", "adult", False)),
        # no children: nobody cares for any, a woman all the same
        (of(FATHER, MOTHER, children=0), Proposed("rosmi", "woman", False)),
        # the aunt cares for a child under two
        (of(FATHER, AUNT | {"carer_of": "under_two"}), Proposed("bibi", "mother", False)),
        (of(CHILD), Proposed(None, None, False)),
        (of(), Proposed(None, None, False)),
        # work abroad, prison, a home
        (of(FATHER, MOTHER | {"absence": "earner_abroad"}), Proposed("herman", "adult", False)),
        (of(FATHER, MOTHER | {"absence": "prison"}), Proposed("herman", "adult", False)),
        (of(FATHER, MOTHER | {"absence": "institution"}), Proposed("herman", "adult", False)),
        (of(FATHER, MOTHER | {"absence": None}), Proposed("rosmi", "mother", False)),
        # not known whether she is grown up: somebody might come first
        (of(FATHER, MOTHER | {"adult": None}), Proposed("herman", "adult", True)),
        (of(FATHER, MOTHER, children=Range(0, 1)), Proposed("rosmi", "woman", True)),
        (of(CHILD | {"adult": None}), Proposed(None, None, True)),
        # of two, the elder; where a birth date is not known, last
        (of(AUNT, GRANDMOTHER, children=0), Proposed("nenek", "woman", False)),
        (of(AUNT, GRANDMOTHER | {"born": None}, children=0), Proposed("bibi", "woman", False)),
        (
            of(AUNT | {"born": Range(date(1949, 1, 1), None)}, GRANDMOTHER, children=0),
            Proposed("bibi", "woman", False),
        ),
    ],
)
def test_proposed(facts: Facts, proposed: Proposed) -> None:
    assert proposed_payee(today(), facts) == proposed


def test_recorded_violence_bars() -> None:
    facts = of(FATHER, MOTHER, GRANDMOTHER, CHILD)
    assert proposed_payee(today(), facts, ["rosmi"]) == Proposed("nenek", "woman", False)
    # the record names who suffered: nobody else is proposed until somebody says who did it
    ids = ["herman", "rosmi", "nenek", "citra"]
    assert proposed_payee(today(), facts, barred(ids, ["citra"])) == Proposed(None, None, False)
    assert proposed_payee(today(), facts, barred(ids, ["nenek"])).person_id == "nenek"
    assert barred(ids, []) == frozenset()


@pytest.mark.parametrize(
    ("payee", "dead", "why"),
    [
        ("herman", [], None),
        (None, [], "missing"),
        ("rosmi", ["rosmi"], "dead"),
        ("rosmi", [], "left"),  # divorce, marriage, a move: no member any more
        ("citra", [], "adult"),
        ("abroad", [], "at_hand"),
        ("nobody_knows", [], None),  # not known: the payee stays
    ],
)
def test_why_change(payee: str | None, dead: list[str], why: str | None) -> None:
    abroad = person("abroad", "male", "child", absence="earner_abroad")
    unclear = person("nobody_knows", "male", "child", adult=None, absence=None)
    facts = of(FATHER, CHILD, abroad, unclear)
    assert why_change(today(), facts, payee, dead) == why


DIED = date(2025, 11, 3)


@pytest.mark.parametrize(
    ("begins", "status", "anybody_left", "what"),
    [
        (date(2025, 10, 1), "paid", False, None),  # for a time that began while they lived
        (DIED, "paid", False, None),
        (date(2026, 1, 1), "spent", True, AfterDeath.GOOD_FAITH),
        (date(2026, 1, 1), "paid", True, AfterDeath.GOOD_FAITH),
        (date(2026, 1, 1), "spent", False, AfterDeath.TO_RECOVER),
        (date(2026, 1, 1), "paid", False, AfterDeath.TO_RECOVER),
        (date(2026, 1, 1), "to_recover", False, AfterDeath.TO_RECOVER),
        (date(2026, 1, 1), "untouched", False, AfterDeath.UNTOUCHED),
        (date(2026, 1, 1), "returned", True, AfterDeath.UNTOUCHED),
        (date(2026, 1, 1), "failed", True, AfterDeath.UNTOUCHED),
    ],
)
def test_after_a_death(
    begins: date, status: str, anybody_left: bool, what: AfterDeath | None
) -> None:
    assert after_death(DIED, Payment(begins, 600_000, status), anybody_left) is what
