"""Conditions on one family in plain Python: answers by table, and the leaves that decide."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, Inexact

import pytest

from tangga.registry import load_pack
from tangga.rules.answer import NO, NOT_KNOWN, YES, Answer, all_of, answered, any_of
from tangga.rules.conditions import (
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
    facts_used,
    parts_of,
)
from tangga.rules.holds import answer_of, counted, holds, summed
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE, Columns, Facts, FactType, Names
from tangga.rules.names import registry_names as names_of_pack
from tangga.rules.to_sql import aggregates, alias, fact_ends, literal, text, to_sql
from tangga.rules.values import Range, Value, ends, ranged

ON = date(2026, 1, 31)
UNDER_SIX = MoreThan("born", Ago(years=6))


def person(**own: Value) -> Facts:
    return Facts(own, {"decile": 2, "needs": Range(1, 3)})


def family(*members: Facts, **own: Value) -> Facts:
    return Facts(own, None, members)


BABY, GRANNY = person(born=date(2024, 5, 1)), person(born=date(1950, 5, 1))
SOMEBODY = person()
OLD_OR_YOUNG = person(born=Range(date(2019, 1, 1), date(2021, 1, 1)))


@pytest.mark.parametrize(
    ("value", "at_least", "at_most", "more_than", "less_than", "equal"),
    [
        (3, NO, YES, NO, YES, NO),
        (4, YES, YES, NO, NO, YES),
        (5, YES, NO, YES, NO, NO),
        (Decimal("4.0"), YES, YES, NO, NO, YES),
        (Decimal("3.999"), NO, YES, NO, YES, NO),
        (None, *[NOT_KNOWN] * 5),
        (Range(4, 6), YES, NOT_KNOWN, NOT_KNOWN, NO, NOT_KNOWN),
        (Range(2, 4), NOT_KNOWN, YES, NO, NOT_KNOWN, NOT_KNOWN),
        (Range(2, 6), *[NOT_KNOWN] * 5),
        (Range(5, 6), YES, NO, YES, NO, NO),
        (Range(1, 3), NO, YES, NO, YES, NO),
        (Range(None, 3), NO, YES, NO, YES, NO),
        (Range(5, None), YES, NO, YES, NO, NO),
        (Range(4, None), YES, NOT_KNOWN, NOT_KNOWN, NO, NOT_KNOWN),
        (Range(4, 4), YES, YES, NO, NO, YES),
    ],
    ids=str,
)
def test_a_value_or_range_against_four(
    value: Value,
    at_least: Answer,
    at_most: Answer,
    more_than: Answer,
    less_than: Answer,
    equal: Answer,
) -> None:
    asked = [kind("n", 4) for kind in (AtLeast, AtMost, MoreThan, LessThan)]
    found = [answer_of(c, Facts({"n": value}), ON) for c in (*asked, Is("n", 4), OneOf("n", (4,)))]
    assert found == [at_least, at_most, more_than, less_than, equal, equal]


@pytest.mark.parametrize(
    ("condition", "facts", "answer"),
    [
        (Is("sex", "female"), {"sex": "female"}, YES),
        (Is("sex", "female"), {"sex": "male"}, NO),
        (Is("sex", "female"), {}, NOT_KNOWN),
        (Is("pregnant", False), {"pregnant": False}, YES),
        (OneOf("level", ("primary", "lower")), {"level": "lower"}, YES),
        (OneOf("level", ("primary", "lower")), {"level": "upper"}, NO),
        (OneOf("level", ("primary", "lower")), {"level": None}, NOT_KNOWN),
        (OneOf("n", (1, 9)), {"n": Range(2, 8)}, NO),
        (OneOf("n", (1, 8)), {"n": Range(2, 8)}, NOT_KNOWN),
        (OneOf("n", (1, 2)), {"n": Range(3, None)}, NO),
        (Known("n"), {"n": 0}, YES),
        (Known("n"), {"n": None}, NO),
        (Known("n"), {"n": Range(0, 1)}, NO),
        (Known("n"), {"n": Range(None, 1)}, NO),
        (Known("n"), {"n": Range(1, 1)}, YES),
        (Known("n"), {}, NO),
        (AtLeast("on", Ago(months=6)), {"on": date(2025, 7, 31)}, YES),
        (AtLeast("on", Ago(months=6)), {"on": date(2025, 7, 30)}, NO),
        (AtLeast("income", Of("line", Decimal("1.2"))), {"income": 120, "line": 100}, YES),
        (AtLeast("income", Of("line", Decimal("1.2"))), {"income": 119, "line": 100}, NO),
        (AtLeast("income", Of("line")), {"income": 119, "line": None}, NOT_KNOWN),
        (AtLeast("n", Of("m")), {"n": Range(3, 5), "m": Range(1, 3)}, YES),
        (MoreThan("n", Of("m", Decimal(2))), {"n": 3, "m": Range(2, None)}, NO),
        (MoreThan("n", Of("m", Decimal(2))), {"n": 5, "m": Range(2, None)}, NOT_KNOWN),
        (AtMost("first", Of("last")), {"first": ON, "last": ON}, YES),
        (Is("family.decile", 2), {}, YES),
    ],
    ids=str,
)
def test_a_leaf(condition: Condition, facts: dict[str, Value], answer: Answer) -> None:
    assert answer_of(condition, person(**facts), ON) is answer


def test_a_person_without_a_family_does_not_know_its_facts() -> None:
    assert answer_of(Is("family.decile", 2), Facts({}), ON) is NOT_KNOWN


YES_LEAF, NO_LEAF, OPEN = Is("yes", True), Is("no", True), Is("open", True)
THREE = Facts({"yes": True, "no": False})


@pytest.mark.parametrize(
    ("parts", "every", "some"),
    [
        ((), YES, NO),
        ((YES_LEAF,), YES, YES),
        ((YES_LEAF, NO_LEAF), NO, YES),
        ((YES_LEAF, OPEN), NOT_KNOWN, YES),
        ((OPEN, NO_LEAF), NO, NOT_KNOWN),
        ((OPEN, OPEN), NOT_KNOWN, NOT_KNOWN),
        ((NO_LEAF, NO_LEAF), NO, NO),
    ],
)
def test_kleene(parts: tuple[Condition, ...], every: Answer, some: Answer) -> None:
    assert answer_of(All(parts), THREE, ON) is every
    assert answer_of(AnyOf(parts), THREE, ON) is some
    assert answer_of(Not(All(parts)), THREE, ON) is every.opposite
    answers = [answer_of(part, THREE, ON) for part in parts]
    assert (all_of(answers), any_of(answers)) == (every, some)


def test_an_answer_is_no_truth_value() -> None:
    with pytest.raises(TypeError, match="three values"):
        bool(NO)
    assert [answered(truth) for truth in (True, False, None)] == [YES, NO, NOT_KNOWN]


@pytest.mark.parametrize(
    ("members", "least", "most", "one", "none", "two"),
    [
        ((), 0, 0, NO, YES, NO),
        ((GRANNY,), 0, 0, NO, YES, NO),
        ((BABY,), 1, 1, YES, NO, NO),
        ((BABY, BABY, GRANNY), 2, 2, YES, NO, YES),
        ((BABY, SOMEBODY), 1, 2, YES, NO, NOT_KNOWN),
        ((SOMEBODY, GRANNY), 0, 1, NOT_KNOWN, NOT_KNOWN, NO),
        ((OLD_OR_YOUNG,), 0, 1, NOT_KNOWN, NOT_KNOWN, NO),
    ],
)
def test_members_are_counted_from_the_family_down(
    members: tuple[Facts, ...], least: int, most: int, one: Answer, none: Answer, two: Answer
) -> None:
    whole = family(*members)
    assert counted(UNDER_SIX, whole, ON) == (least, most)
    assert answer_of(Count(UNDER_SIX, 1), whole, ON) is one
    assert answer_of(Count(UNDER_SIX, high=0), whole, ON) is none
    assert answer_of(Count(UNDER_SIX, 2, 2), whole, ON) is two


@pytest.mark.parametrize(
    ("wages", "least", "most"),
    [
        ([], 0, 0),
        ([(True, 5), (False, 7)], 5, 5),
        ([(True, 5), (None, 7)], 5, 12),
        ([(True, None), (True, 2)], 2, None),
        ([(None, None)], 0, None),
        ([(None, None), (True, 3)], 3, None),
        ([(True, Range(1, 3)), (None, Range(2, 5))], 1, 8),
        (
            [(True, Decimal("0.1")), (True, Decimal("0.2")), (True, 1)],
            Decimal("1.3"),
            Decimal("1.3"),
        ),
        ([(None, -5)], -5, 0),
    ],
)
def test_a_sum_knows_its_least_and_most(
    wages: list[tuple[bool | None, Value]], least: object, most: object
) -> None:
    whole = family(*(person(works=works, wage=wage) for works, wage in wages))
    assert summed("wage", Is("works", True), whole, ON) == (least, most)


def test_a_sum_against_bounds() -> None:
    whole = family(person(wage=500_000), person(wage=None))
    every = All(())
    assert answer_of(Sum("wage", every, 500_000), whole, ON) is YES
    assert answer_of(Sum("wage", every, 500_001), whole, ON) is NOT_KNOWN
    assert answer_of(Sum("wage", every, None, 400_000), whole, ON) is NO
    assert answer_of(Sum("wage", every, None, 600_000), whole, ON) is NOT_KNOWN


def test_nothing_is_rounded() -> None:
    least = Decimal("0.000001")
    facts = Facts({"n": 10**20 + 1, "m": 10**20})
    assert answer_of(MoreThan("n", Of("m", Decimal("1.0"))), facts, ON) is YES
    assert answer_of(AtMost("n", Of("m", 1 + least)), facts, ON) is YES
    with pytest.raises(Inexact):
        answer_of(AtLeast("n", Of("n", Decimal("1." + "1" * 110))), facts, ON)


# --- why --------------------------------------------------------------------------------------

DECILE, SEX = AtMost("decile", 4), Is("sex", "female")


@pytest.mark.parametrize(
    ("condition", "facts", "deciding"),
    [
        (All((DECILE, SEX)), {"decile": 5, "sex": "female"}, ["decile"]),
        (All((DECILE, SEX)), {"decile": 5, "sex": "male"}, ["decile", "sex"]),
        (All((DECILE, SEX)), {"decile": 3, "sex": "female"}, ["decile", "sex"]),
        (All((DECILE, SEX)), {"decile": 3}, ["sex"]),
        (AnyOf((DECILE, SEX)), {"decile": 3, "sex": "male"}, ["decile"]),
        (AnyOf((DECILE, SEX)), {"decile": 5, "sex": "male"}, ["decile", "sex"]),
        (AnyOf((DECILE, SEX)), {"decile": 5}, ["sex"]),
        (Not(All((DECILE, SEX))), {"decile": 5, "sex": "female"}, ["decile"]),
        (All(()), {}, []),
    ],
)
def test_only_what_decided_is_named(
    condition: Condition, facts: dict[str, Value], deciding: list[str]
) -> None:
    assert [because.fact for because in holds(condition, Facts(facts), ON).because()] == deciding


def test_a_reason_is_data() -> None:
    finding = holds(Not(AtMost("born", Ago(years=60))), Facts({"born": date(1968, 3, 1)}), ON)
    (because,) = finding.because()
    assert finding.answer is YES
    assert (because.fact, because.test, because.value) == ("born", "at_most", date(1968, 3, 1))
    assert (because.bound, because.answer, because.negated) == (date(1966, 1, 31), NO, True)
    assert (because.on, because.member) == (ON, None)


@pytest.mark.parametrize(
    ("condition", "test", "bound"),
    [
        (AtLeast("n", Of("m", Decimal(2))), "at_least", 6),
        (LessThan("n", Ago(days=1)), "less_than", date(2026, 1, 30)),
        (MoreThan("n", 1), "more_than", 1),
        (Is("n", 1), "is", 1),
        (OneOf("n", (1, 2)), "one_of", (1, 2)),
        (Known("n"), "known", None),
    ],
)
def test_what_a_leaf_was_compared_with(condition: Condition, test: str, bound: object) -> None:
    (because,) = holds(condition, Facts({"m": 3}), ON).because()
    assert (because.test, because.bound) == (test, bound)


def test_a_count_that_is_not_known_names_the_members_to_ask() -> None:
    whole = family(GRANNY, SOMEBODY, BABY)
    count, member = holds(Count(UNDER_SIX, 2), whole, ON).because()
    assert (count.fact, count.test, count.value, count.bound) == (
        "",
        "count",
        Range(1, 2),
        Range(2, None),
    )
    assert (member.fact, member.member, member.answer) == ("born", 1, NOT_KNOWN)
    assert len(holds(Count(UNDER_SIX, 1), whole, ON).because()) == 1


def test_a_sum_that_is_not_known_names_the_values_to_ask() -> None:
    members = (
        person(works=True),
        person(works=None, wage=2),
        person(works=False),
        person(works=True, wage=1),
    )
    condition = Sum("wage", Is("works", True), 5)
    total, wage, works = holds(condition, family(*members), ON).because()
    assert (total.fact, total.test, total.value) == ("wage", "sum", Range(1, None))
    assert (wage.fact, wage.test, wage.member) == ("wage", "known", 0)
    assert (works.fact, works.member) == ("works", 1)


# --- what cannot be built ---------------------------------------------------------------------


@pytest.mark.parametrize("times", ["0", "-1", "NaN", "Infinity"])
def test_a_factor_is_a_positive_number(times: str) -> None:
    with pytest.raises(ValueError, match="times"):
        Of("line", Decimal(times))


@pytest.mark.parametrize("bounds", [(None, None), (2, 1)])
def test_a_count_asks_something_possible(bounds: tuple[int | None, int | None]) -> None:
    with pytest.raises(ValueError, match=r"bound|at most"):
        Count(UNDER_SIX, *bounds)
    with pytest.raises(ValueError, match=r"bound|at most"):
        Sum("wage", UNDER_SIX, *bounds)


def test_one_of_nothing() -> None:
    with pytest.raises(ValueError, match="no values"):
        OneOf("decile", ())


def test_a_range_has_an_order() -> None:
    with pytest.raises(ValueError, match="empty"):
        Range(3, 1)
    assert ranged(None, None) is None
    assert (ranged(2, 2), ranged(2, None)) == (2, Range(2, None))
    assert (ends(Range(1, 2)), ends(5), ends(None)) == ((1, 2), (5, 5), (None, None))


# --- names and SQL ----------------------------------------------------------------------------

NAMES = Names(
    person={"born": FactType("date", ranged=True), "wage": FactType("money")},
    family={"decile": FactType("integer"), "share": FactType("decimal")},
)
OF_FAMILY = Columns(NAMES, FAMILY_TABLE, own="f", members="n")
OF_PERSON = OF_FAMILY.of_members("m", "f")


def test_the_facts_that_a_condition_reads() -> None:
    where = All((UNDER_SIX, AtLeast("wage", Of("family.line"))))
    condition = AnyOf(
        (Not(Count(where, 1)), Sum("wage", Is("family.decile", 1), 1), Known("share"))
    )
    assert facts_used(condition, FAMILY_TABLE) == {
        *((PERSON_TABLE, name) for name in ("born", "wage")),
        *((FAMILY_TABLE, name) for name in ("line", "decile", "share")),
    }
    kinds = [type(part).__name__ for part in parts_of(condition)]
    assert kinds == ["AnyOf", "Not", "Count", "All", "MoreThan", "AtLeast", "Sum", "Is", "Known"]


def test_names_of_a_pack() -> None:
    names = names_of_pack(load_pack("indonesia"))
    assert names.find("sex", PERSON_TABLE) == FactType("code", codes=frozenset({"male", "female"}))
    assert names.find("family.village", PERSON_TABLE) == names.find("village", FAMILY_TABLE)
    assert names.find("family.village", FAMILY_TABLE) is None
    assert names.find("nothing", PERSON_TABLE) is None


@pytest.mark.parametrize(
    ("condition", "sql"),
    [
        (AtMost("decile", 4), '"f"."decile" <= 4'),
        (Is("share", Decimal("0.05")), '"f"."share" = CAST(\'0.05\' AS DECIMAL(3, 2))'),
        (Known("decile"), 'NOT "f"."decile" IS NULL'),
        (OneOf("decile", (1, 2)), '"f"."decile" IN (1, 2)'),
        (All(()), "TRUE"),
        (AnyOf(()), "FALSE"),
    ],
)
def test_plain_sql_for_plain_conditions(condition: Condition, sql: str) -> None:
    assert text(to_sql(condition, OF_FAMILY, ON)) == sql


def test_a_threshold_of_age_is_a_date_made_in_python() -> None:
    sql = text(to_sql(UNDER_SIX, OF_PERSON, ON))
    assert sql == (
        'CASE WHEN CAST(\'2020-01-31\' AS DATE) >= "m"."born_hi" THEN FALSE '
        'WHEN CAST(\'2020-01-31\' AS DATE) < "m"."born_lo" THEN TRUE END'
    )


def test_counts_that_differ_in_bounds_only_share_their_columns() -> None:
    # These names stand in tables of earlier runs: the same in every process and version.
    counts = [Count(UNDER_SIX, 1), Count(UNDER_SIX, high=3), All((Count(UNDER_SIX, 2),))]
    assert list(aggregates(counts, OF_PERSON, ON)) == ["n_22d34089e4_lo", "n_22d34089e4_hi"]
    assert alias(Count(UNDER_SIX, 1)) != alias(Sum("wage", UNDER_SIX, 1))


@pytest.mark.parametrize("name", ["wealth", "family.decile"])
def test_no_sql_of_a_fact_that_there_is_not(name: str) -> None:
    with pytest.raises(KeyError, match=name):
        fact_ends(name, OF_FAMILY)


def test_a_person_has_no_members() -> None:
    with pytest.raises(KeyError, match="no members"):
        to_sql(Count(UNDER_SIX, 1), OF_PERSON, ON)


@pytest.mark.parametrize(
    ("value", "sql"),
    [
        (True, "TRUE"),
        (-3, "-3"),
        (Decimal("1.20"), "CAST('1.20' AS DECIMAL(3, 2))"),
        (Decimal("1E+3"), "CAST('1000' AS DECIMAL(4, 0))"),
        (Decimal("-0.5"), "CAST('-0.5' AS DECIMAL(2, 1))"),
        (date(2024, 2, 29), "CAST('2024-02-29' AS DATE)"),
        ("o'brien", "'o''brien'"),
    ],
    ids=str,
)
def test_literals(value: object, sql: str) -> None:
    assert text(literal(value)) == sql  # type: ignore[arg-type]
