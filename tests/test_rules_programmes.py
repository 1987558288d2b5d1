"""Verdict, components and amounts of one family; groups; verdict and determination apart."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest

from tangga.registry import load_pack
from tangga.rules.answer import NO, NOT_KNOWN, YES
from tangga.rules.components import Allotment, components_of, total
from tangga.rules.conditions import (
    Ago,
    AnyOf,
    AtLeast,
    AtMost,
    Condition,
    Count,
    Is,
    MoreThan,
    Not,
    Of,
)
from tangga.rules.load import load_policy
from tangga.rules.money import in_parts
from tangga.rules.names import Facts
from tangga.rules.on_date import OnDate
from tangga.rules.policy import (
    Benefit,
    Component,
    Dated,
    GroupRule,
    Period,
    Programme,
    ProgrammeRule,
    Requirement,
    Rule,
)
from tangga.rules.programmes import (
    Ask,
    Standing,
    amount_of,
    group_fits,
    verdict,
)
from tangga.rules.programmes_sql import benefits_sql, components_sql
from tangga.rules.values import Range, Value

ON = date(2025, 11, 1)
POLICY = load_policy(load_pack("indonesia"))
PKH = POLICY.on(ON).programmes["pkh"][1].says


def _asked(**conditions: Condition) -> ProgrammeRule:
    return ProgrammeRule(tuple(Requirement(id_, {}, one) for id_, one in conditions.items()))


def _family(*members: dict[str, Value], **own: Value) -> Facts:
    return Facts(own, None, tuple(Facts(member, own) for member in members))


# Everything a member of the PKH rule is asked, and no component fits.
NOTHING: dict[str, Value] = {
    "born": date(1985, 1, 1),
    "pupil_primary": False,
    "pupil_lower_secondary": False,
    "pupil_upper_secondary": False,
    "severely_disabled": False,
    "pregnant_or_delivered": False,
    "human_rights_victim": False,
}


def _pkh(*members: dict[str, Value], decile: int | None = 2) -> Facts:
    return _family(*({**NOTHING, **member} for member in members), decile=decile)


def _pupil(level: str, born: date = date(2014, 1, 1)) -> dict[str, Value]:
    return {"born": born, f"pupil_{level}": True, "in_school_register": True}


def _amounts(family: Facts) -> list[tuple[int, str | None, int, bool]]:
    rows = components_of(PKH.benefit, family, ON)
    return [(row.member, row.component, row.amount, row.counted) for row in rows]


# --- verdicts -----------------------------------------------------------------------------------


def test_one_requirement_that_fails_decides_whatever_is_not_known() -> None:
    rule = _asked(decile=AtMost("decile", 4), roof=Is("roof", "thatch"), poor=Is("poor", True))
    found = verdict(rule, _family(decile=6, poor=True), ON)
    assert found.answer is NO
    assert found.word == "does_not_fit"
    assert [reason.requirement.id for reason in found.reasons()] == ["decile"]
    assert found.asks() == ()
    assert found.answers == {"decile": NO, "roof": NOT_KNOWN, "poor": YES}


def test_who_meets_everything_fits_for_all_the_reasons() -> None:
    rule = _asked(decile=AtMost("decile", 4), poor=Is("poor", True))
    found = verdict(rule, _family(decile=3, poor=True), ON)
    assert found.word == "fits"
    assert [reason.answer for reason in found.reasons()] == [YES, YES]
    assert [because.fact for because in found.reasons()[0].because()] == ["decile"]


def test_what_is_not_known_is_asked_once_and_of_whom() -> None:
    rule = _asked(
        decile=AtMost("decile", 4),
        again=AtMost("decile", 5),
        child=Count(MoreThan("born", Ago(years=6)), low=1),
    )
    found = verdict(rule, _family({"born": None}, {"born": date(1980, 1, 1)}), ON)
    assert found.word == "not_known"
    assert found.asks() == (Ask("decile"), Ask("born", 0))


def test_of_two_facts_compared_the_one_that_is_missing_is_asked() -> None:
    rule = _asked(enough=AtLeast("income", Of("line")))
    assert verdict(rule, _family(income=5, line=None), ON).asks() == (Ask("line"),)
    assert verdict(rule, _family(income=None, line=5), ON).asks() == (Ask("income"),)
    assert verdict(rule, _family(), ON).asks() == (Ask("line"), Ask("income"))
    within = _family(income=Range(1, 9), line=5)
    assert verdict(rule, within, ON).asks() == (Ask("income"),)


def test_a_not_over_what_is_not_known_is_asked_too() -> None:
    rule = _asked(none=Not(AnyOf((Is("kur", True), Is("umi", True)))))
    found = verdict(rule, _family(kur=False), ON)
    assert found.asks() == (Ask("umi"),)


def test_verdict_and_determination_stand_side_by_side() -> None:
    rule = _asked(decile=AtMost("decile", 4))
    no, yes = (verdict(rule, _family(decile=n), ON) for n in (6, 2))
    running = Standing(no, "determined", "SK 12/2024", date(2024, 1, 2))
    assert (running.verdict.word, running.determination) == ("does_not_fit", "determined")
    assert Standing(yes, "waiting").document is None
    assert Standing(no).determination is None
    with pytest.raises(ValueError, match="does not wait"):
        Standing(no, "waiting")
    with pytest.raises(ValueError, match="not known"):
        Standing(yes, "maybe")
    with pytest.raises(ValueError, match="without a determination"):
        Standing(yes, "waiting", "SK 12/2024")


# --- components ---------------------------------------------------------------------------------


def test_a_family_without_members_has_no_component() -> None:
    family = _pkh()
    assert components_of(PKH.benefit, family, ON) == ()
    assert amount_of(PKH, family, ON) == 0
    assert verdict(PKH, family, ON).answers["component"] is NO


def test_of_four_children_three_are_counted() -> None:
    family = _pkh(*(_pupil("lower_secondary", date(2012, month, 1)) for month in (4, 3, 2, 1)))
    assert [counted for *_, counted in _amounts(family)] == [False, True, True, True]
    assert amount_of(PKH, family, ON) == 3 * 1_500_000


def test_of_five_members_four_are_counted_in_the_order_of_the_rule() -> None:
    family = _pkh(
        {"born": date(1950, 1, 1)},
        {"severely_disabled": True},
        {"born": date(2022, 1, 1)},
        _pupil("primary"),
        _pupil("upper_secondary"),
    )
    counted = {component: counted for _, component, _, counted in _amounts(family)}
    assert [one for one, so in counted.items() if not so] == ["elderly"]
    assert amount_of(PKH, family, ON) == 2_400_000 + 3_000_000 + 900_000 + 2_000_000


def test_who_fits_several_takes_the_highest_once() -> None:
    elder = {"born": date(1950, 1, 1), "severely_disabled": True}
    assert _amounts(_pkh(elder)) == [(0, "disability", 2_400_000, True)]
    child = {**_pupil("primary"), "severely_disabled": True}
    assert _amounts(_pkh(child)) == [(0, "disability", 2_400_000, True)]


def test_two_under_six_and_two_pregnancies_at_most() -> None:
    toddlers = [{"born": date(2021, month, 1)} for month in (1, 2, 3)]
    assert [so for *_, so in _amounts(_pkh(*toddlers))] == [True, True, False]
    third = {"pregnant_or_delivered": True, "pregnancy_number": 3}
    assert _amounts(_pkh(third)) == []
    unknown = {"pregnant_or_delivered": True, "pregnancy_number": None}
    (row,) = components_of(PKH.benefit, _pkh(unknown), ON)
    assert row == Allotment(0, None, 0, False, False, ("pregnant",))


def test_a_pupil_outside_dapodik_is_not_counted() -> None:
    assert _amounts(_pkh({**_pupil("primary"), "in_school_register": False})) == []


def test_who_may_fit_more_keeps_at_least_what_is_sure() -> None:
    child = {**_pupil("primary"), "severely_disabled": None}
    (row,) = components_of(PKH.benefit, _pkh(child), ON)
    assert row == Allotment(0, "primary", 900_000, True, False, ("disability",))


def test_who_may_fit_keeps_a_place_from_those_who_come_later() -> None:
    """Four are sure and one of them is last in the order: a fifth, unknown, may come before."""
    sure = [{"born": date(1950, 1, 1)}, *(_pupil(level) for level in ("primary", "primary"))]
    sure.append({"severely_disabled": True})
    family = _pkh(*sure, {"severely_disabled": None})
    rows = components_of(PKH.benefit, family, ON)
    assert [(row.component, row.counted) for row in rows] == [
        ("elderly", False),
        ("primary", True),
        ("primary", True),
        ("disability", True),
        (None, False),
    ]
    settled = _pkh(*sure, {"severely_disabled": False})
    assert total(components_of(PKH.benefit, settled, ON)) == total(rows) + 2_400_000


def test_who_is_not_known_is_counted_only_with_room_for_all() -> None:
    children = [{**_pupil("primary"), "severely_disabled": None} for _ in range(4)]
    assert total(components_of(PKH.benefit, _pkh(*children), ON)) == 0
    assert total(components_of(PKH.benefit, _pkh(*children[:3]), ON)) == 3 * 900_000


def test_the_eldest_comes_first_and_who_has_no_birth_date_last() -> None:
    benefit = Benefit(
        components=(Component("basic", {}, 5, Is("fits", True), 0, most=2),), ties="born"
    )
    born: list[Value] = [None, Range(date(2000, 1, 1), None), date(2001, 1, 1), date(2000, 1, 1)]
    family = _family(*({"fits": True, "born": one} for one in born))
    rows = components_of(benefit, family, ON)
    assert [row.member for row in rows if row.counted] == [1, 3]


def test_by_amount_the_dearest_come_first() -> None:
    components = (
        Component("basic", {}, 5, Is("small", True), 0),
        Component("elderly", {}, 9, Is("large", True), 1),
    )
    benefit = Benefit(components=components, most_members=1, choose="amount")
    family = _family({"small": True, "large": False}, {"small": True, "large": True})
    assert [row.member for row in components_of(benefit, family, ON) if row.counted] == [1]


def test_a_year_of_upper_secondary_paid_in_parts_sums_to_the_rupiah() -> None:
    family = _pkh(_pupil("upper_secondary"))
    amount = amount_of(PKH, family, ON)
    assert amount == 2_000_000
    for parts in (PKH.benefit.payments, 6, 12):
        assert sum(in_parts(amount, parts)) == amount


def test_one_amount_for_all_and_none_in_kind() -> None:
    programmes = POLICY.on(ON).programmes
    assert amount_of(programmes["sembako"][1].says, _family(decile=1), ON) == 2_400_000
    assert amount_of(programmes["rst"][1].says, _family(decile=1), ON) == 0


# --- groups -------------------------------------------------------------------------------------

KUBE = GroupRule(5, 20, "district")


def test_five_heads_of_one_district_make_a_group() -> None:
    found = group_fits(KUBE, ["181105"] * 5, [YES] * 5)
    assert found.answer is YES
    assert group_fits(KUBE, ["181105"] * 20, [YES] * 20).answer is YES


def test_four_or_twenty_one_do_not() -> None:
    for size in (4, 21):
        found = group_fits(KUBE, ["181105"] * size, [YES] * size)
        assert (found.size, found.answer) == (NO, NO)


def test_two_districts_are_not_one() -> None:
    found = group_fits(KUBE, ["181105"] * 5 + ["181104", None], [YES] * 7)
    assert (found.one_area, found.answer) == (NO, NO)


def test_a_group_whose_members_are_not_all_known_is_not_known() -> None:
    assert group_fits(KUBE, ["181105"] * 4 + [None], [YES] * 5).one_area is NOT_KNOWN
    assert group_fits(KUBE, ["181105"] * 5, [YES] * 4 + [NOT_KNOWN]).answer is NOT_KNOWN
    assert group_fits(KUBE, ["181105"] * 5, [NOT_KNOWN] * 4 + [NO]).members is NO


def test_every_member_has_an_area_and_a_verdict() -> None:
    with pytest.raises(ValueError, match="5 areas for 4 members"):
        group_fits(KUBE, ["181105"] * 5, [YES] * 4)


# --- SQL of a day with few programmes -----------------------------------------------------------


def _day(*found: tuple[str, str, Benefit]) -> OnDate:
    """A day with these programmes: id, unit and benefit, all of them asking for `able`."""
    programmes = {}
    for id_, unit, benefit in found:
        fact = "able" if unit == "person" else "no_able_adult"
        rule = ProgrammeRule((Requirement("asked", {}, Is(fact, True)),), benefit)
        version = Dated(Period("1", date(2020, 1, 1), "a law", "a paper"), rule)
        programme = Programme(id_, {}, unit, "protection", "other", Rule(id_, {}, (version,)))
        programmes[id_] = (programme, version)
    return OnDate(ON, POLICY.facts, programmes, (), (), (), {}, ())


def _values(rows: str, columns: str) -> str:
    return f"(SELECT * FROM (VALUES {rows}) t({columns}))"


def test_a_day_without_components_has_no_rows() -> None:
    today = _day(("sembako", "family", Benefit(amount_year=5)))
    assert duckdb.sql(components_sql(today, "nowhere", "nowhere")).fetchall() == []


def test_flat_amounts_are_for_all_of_whom_the_answer_is_not_no() -> None:
    today = _day(
        ("sembako", "family", Benefit(amount_year=5)), ("yapi", "person", Benefit(amount_year=7))
    )
    components = f"({components_sql(today, 'nowhere', 'nowhere')})"
    families = _values("('a', true), ('b', false), ('c', NULL)", "family_id, sembako__asked")
    persons = _values("('a', 'p', NULL), ('b', 'q', false)", "family_id, person_id, yapi__asked")
    benefits = benefits_sql(today, components, families, persons)
    rows = duckdb.sql(f"SELECT * FROM ({benefits}) ORDER BY family_id, person_id").fetchall()
    assert rows == [
        ("a", "p", "yapi", 7),
        ("a", None, "sembako", 5),
        ("c", None, "sembako", 5),
    ]


def test_components_may_rest_on_the_family_and_need_no_limit() -> None:
    benefit = Benefit(components=(Component("basic", {}, 5, Is("family.protected", True), 0),))
    today = _day(("local_aid", "family", benefit))
    persons = _values("('a', 'p'), ('b', 'q'), ('c', 'r')", "family_id, person_id")
    facts = _values("('a', true), ('b', false), ('c', NULL)", "family_id, protected")
    rows = duckdb.sql(components_sql(today, persons, facts)).fetchall()
    assert rows == [
        ("a", "p", "local_aid", "basic", 5, True, True),
        ("c", "r", "local_aid", None, 0, False, False),
    ]
