"""Four of the stories that prove the system, as far as the rules tell them.

Bu Sari, Mbah Karto, a death in Kota Bengkulu, and the family that slips down from decile 6.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest

from tangga.rules.answer import NOT_KNOWN, YES
from tangga.rules.clock import Grant, Stay, collected
from tangga.rules.clock_settings import Clock
from tangga.rules.components import components_of
from tangga.rules.days import month_of
from tangga.rules.effect import Objection, State, Stop, arrears, takes_effect
from tangga.rules.exits import Lasted, Spell, counts, due_ends, ended_by_cap, kind_of_end, lasted
from tangga.rules.facts_reading import reading
from tangga.rules.ladder import next_move, next_of_person
from tangga.rules.money import for_months, in_parts
from tangga.rules.names import Facts
from tangga.rules.payee import AfterDeath, Payment, after_death, proposed_payee, why_change
from tangga.rules.programmes import verdict
from test_village_years import component_answers, due, ends, step
from village import PAYEES, QUARTERS
from village_reading import facts, family_history, person_history, today
from village_years import (
    CAST,
    LAST,
    acts,
    enrolments,
    family_row,
    home,
    living,
    person_row,
    running,
)


def entitlement(family: str, on: date) -> Counter[str]:
    """Programme -> whole rupiah a year of what runs for a family on a day."""
    found: Counter[str] = Counter()
    for programme in {spell.programme for spell in running(family, on)}:
        benefit = today(on).programmes[programme][1].says.benefit
        own = components_of(benefit, facts(family, on), on)
        found[programme] = sum(a.amount for a in own if a.counted) or benefit.amount_year
    return found


def payment_round(on: date) -> int:
    """What the next round pays to the village: the first part of each year's amount."""
    total = 0
    for family in {home(CAST[spell.person]) for spell in enrolments(on) if spell.until is None}:
        for programme, year in entitlement(family, on).items():
            parts = today(on).programmes[programme][1].says.benefit.payments
            total += in_parts(year, parts)[0]
    return total


# --- Bu Sari ------------------------------------------------------------------------------------


def test_bu_sari_takes_her_months_along() -> None:
    # 41 months in Kota Bengkulu: on her parents' card, then on her own, then in Mesuji
    on = date(2026, 1, 31)
    clock = Clock.of(today(on).clock.says)
    stays = [
        Stay("sari", "jumadi", None, date(2025, 2, 10)),
        Stay("sari", "sari", date(2025, 2, 10)),
        Stay("jumadi", "jumadi"),
    ]
    spell = Grant("sari", "sari", "sembako", date(2022, 9, 1), None, "active")
    assert len(collected([spell], stays, clock, on)["sari"]) == 41
    assert facts("sari", on).get("months_protected") == 41


def test_bu_sari_climbs() -> None:
    assert due(step("sari", date(2026, 8, 31))) == "plan_empowerment"  # month 48
    at_cap = step("sari", date(2027, 8, 31))
    assert due(at_cap) == "decide_at_cap"  # month 60, no place: a decision, support goes on
    assert running("sari", date(2027, 8, 31))
    assert at_cap.due is not None
    assert {reason.answer for reason in at_cap.due.reasons} == {YES}
    # extended by a named official, for six months: nothing is due but to look for a place
    assert due(step("sari", date(2027, 10, 31))) is None
    # a place in a KUBE at month 64
    moved = step("sari", date(2027, 12, 31))
    assert (due(moved), moved.due and moved.due.move.to) == ("move_at_cap", "empowerment")


def test_bu_sari_is_moved_only_after_notice() -> None:
    days = today(LAST).notice.says["days"]
    notice = date(2028, 1, 3)
    (moved,) = (a.on for a in acts(LAST, "rung", "sari") if a.on.year == 2028)
    before = takes_effect(notice + timedelta(days - 1), notice, days)
    assert before.state is State.NOTIFIED
    assert takes_effect(moved, notice, days).state is State.IN_EFFECT
    objection = Objection(date(2028, 1, 10))
    assert takes_effect(moved, notice, days, [objection]).state is State.SUSPENDED


def test_the_next_round_is_exactly_her_entitlement_lower() -> None:
    before, after = date(2028, 1, 31), date(2028, 2, 1)
    sembako = today(before).programmes["sembako"][1].says.benefit
    assert entitlement("sari", before) == {"sembako": sembako.amount_year}
    own = in_parts(sembako.amount_year, sembako.payments)[0]
    assert payment_round(before) - payment_round(after) == own > 0
    # one spell ended, moved to empowerment, which counts toward no target
    (ended,) = set(running("sari", before)) - set(running("sari", after))
    (closed,) = (e for e in enrolments(after) if e.id == ended.id)
    spell = Spell(closed.programme, closed.since, closed.until, exit=closed.exit)
    exits = today(after).setting("exits")
    assert kind_of_end(exits, spell, True) == "to_empowerment"
    assert not counts(exits, "to_empowerment")


def test_bu_sari_graduates_on_two_observations_and_falls() -> None:
    before = step("sari", date(2029, 3, 31))
    (graduate,) = (s for s in before.standings if s.move.id == "graduate")
    lacking = {reason.requirement.id for reason in graduate.reasons if reason.answer is not YES}
    assert lacking == {"observations", "other_observer", "statement", "minutes"}
    assert due(step("sari", date(2029, 4, 30))) == "graduate"
    (act,) = (a for a in acts(LAST, "rung", "sari") if a.said["rung"] == "graduated")
    assert counts(today(LAST).setting("exits"), act.said["exit"])  # her pendamping's target +1
    # a flood: review, re-entry, and the graduation did not last
    assert due(step("sari", date(2029, 11, 30))) == "review_fall"
    assert due(step("sari", date(2029, 12, 31))) == "return_to_protection"
    back = [a.on for a in acts(LAST, "rung", "sari") if a.said["rung"] == "protection"]
    assert lasted(act.on, [], date(2030, 5, 10)) is Lasted.STANDS
    assert lasted(act.on, back, date(2030, 5, 10)) is Lasted.FELL


def test_only_her_brother_is_held() -> None:
    on = date(2026, 9, 30)
    anton, sari = facts("jumadi", on), facts("sari", on)
    held = [str(m.get("person_id")) for m in anton.members if m.get("held_by_rehabilitation")]
    assert held == ["anton"]
    assert not any(m.get("held_by_rehabilitation") for m in sari.members)
    assert next_move(today(on), sari).rung == "protection"  # her protection is not closed by it


# --- Mbah Karto ---------------------------------------------------------------------------------

KARTO = date(2027, 7, 31)


def karto(on: date, **changed: object) -> Facts:
    """The family's facts, with something of Mbah Karto's register row changed."""
    people = living("karto", on)
    rows = [person_row(who, on) | (changed if who.key == "karto" else {}) for who in people]
    past = family_history("karto", on, today(on))
    pasts = [person_history(who.key, on) for who in people]
    return reading(today(on).facts, on).family(family_row("karto", on), rows, past, pasts)


def test_the_school_component_ends_and_his_own_goes_on() -> None:
    assert ends("karto", date(2027, 6, 30)) == []
    assert ends("karto", KARTO) == [("rizky-school", "natural")]
    assert not counts(today(KARTO).setting("exits"), "natural")  # the target does not move
    after = {spell.id for spell in running("karto", date(2027, 8, 31))}
    assert after == {"karto", "karto-elderly"}
    (old,) = (
        a for a in components_of(pkh(KARTO).benefit, facts("karto", KARTO), KARTO) if a.counted
    )
    assert (old.component, old.amount) == ("elderly", 2_400_000)


def pkh(on: date):  # type: ignore[no-untyped-def]
    """The PKH rule of a day."""
    return today(on).programmes["pkh"][1].says


def test_his_birth_date_erased_ends_nothing_and_asks_one_thing() -> None:
    blurred = karto(KARTO, birth_date=None)
    (component,) = (c for c in pkh(KARTO).benefit.components if c.id == "elderly")
    spell = Spell("pkh", date(2026, 2, 1), None, "elderly", "karto")
    answers = component_answers("karto", KARTO) | {("pkh", "elderly", "karto"): NOT_KNOWN}
    assert due_ends([spell], KARTO, answers, living=3) == []
    allotments = components_of(pkh(KARTO).benefit, blurred, KARTO)
    (own,) = (a for a in allotments if blurred.members[a.member].get("person_id") == "karto")
    assert not own.known
    asked = verdict(replace(pkh(KARTO)), blurred, KARTO).asks()
    assert {ask.fact for ask in asked} <= {"born"}
    assert component.ends_by_clock is False


def test_the_mixed_family_keeps_his_component_after_the_cap() -> None:
    on = date(2031, 8, 31)
    assert due(step("karto", on)) == "decide_at_cap"  # the able son's sixty months
    spells = [
        Spell(e.programme, e.since, e.until, e.component, e.person) for e in running("karto", on)
    ]
    spells.append(Spell("permakanan", date(2026, 2, 1), person_id="karto"))
    kept = frozenset(
        (programme, component.id)
        for programme, (_, rule) in today(on).programmes.items()
        for component in rule.says.benefit.components
        if not component.ends_by_clock
    )
    assert ("pkh", "elderly") in kept and ("pkh", "upper_secondary") not in kept
    counted = frozenset(today(on).clock.says["programmes"])
    ending = ended_by_cap(spells, on, counted, kept)
    assert [(spell.programme, spell.component) for spell in ending] == [("pkh", "")]
    assert [e.id for e in running("karto", LAST)] == ["karto-elderly"]


# --- A death in Kota Bengkulu -------------------------------------------------------------------

DIED = date(2025, 11, 3)


def test_the_mother_of_three_dies() -> None:
    before, after = date(2025, 10, 31), date(2025, 11, 30)
    one = facts("herman", after)
    assert why_change(today(after), one, "rosmi", ["rosmi"]) == "dead"
    assert proposed_payee(today(after), one).person_id == "herman"
    assert [spell.id for spell in running("herman", after)] == ["rosmi"]  # the spell continues
    assert ends("herman", after) == []
    assert due(next_move_(after)) is None
    # the next payment: less only by her own component, and she had none
    assert entitlement("herman", after) == entitlement("herman", before)


def next_move_(on: date):  # type: ignore[no-untyped-def]
    """The Hermans' step."""
    return next_move(today(on), facts("herman", on))


def test_a_component_of_the_dead_is_all_that_is_lost() -> None:
    on = date(2025, 11, 30)
    people = [person_row(who, on) for who in living("herman", on)]
    mother = person_row(CAST["rosmi"], date(2025, 10, 31)) | {"pregnant": True}
    mother |= {"pregnancy_number": 2}
    pasts = [person_history(str(row["person_id"]), on) for row in (*people, mother)]
    past, read = family_history("herman", on, today(on)), reading(today(on).facts, on)
    with_her, without = (
        read.family(family_row("herman", on), [*people, row], past, pasts)
        for row in (mother, mother | {"status": "dead"})
    )
    amounts = [
        sum(a.amount for a in components_of(pkh(on).benefit, one, on) if a.counted)
        for one in (with_her, without)
    ]
    (own,) = (c for c in pkh(on).benefit.components if c.id == "pregnant")
    limited = components_of(pkh(on).benefit, with_her, on)
    assert sum(a.counted for a in limited) == 4  # three children and she: the most there can be
    assert amounts[0] - amounts[1] == own.amount_year


def test_the_namesake_is_restored_with_arrears_to_the_rupiah() -> None:
    # stopped from August, restored in December: nothing was paid for four months
    owed = arrears(date(2025, 8, 1), date(2025, 12, 1), paid=[])
    assert owed == [month_of(date(2025, n, 1)) for n in (8, 9, 10, 11)]
    sembako = today(date(2025, 12, 1)).programmes["sembako"][1].says.benefit.amount_year
    first, last = owed[0] % 12 + 1, owed[-1] % 12 + 1
    assert for_months(sembako, first, last) == 800_000
    # and a stop would have needed a second person and proof
    with pytest.raises(ValueError, match="needs proof"):
        Stop("Ani", "Budi", date(2025, 8, 1), "died", NOT_KNOWN)


def test_the_lone_elder_stops_and_the_overpayment_is_listed() -> None:
    on = date(2026, 1, 31)
    assert ends("tukinem", on) == [("tukinem", "all_died")]
    died = date(2025, 8, 20)
    assert PAYEES["tukinem"] == "sembako"
    paid = [Payment(date.fromisoformat(first), 600_000, "paid") for first, _, _ in QUARTERS]
    over = [p for p in paid if after_death(died, p, anybody_left=False) is AfterDeath.TO_RECOVER]
    assert [(p.period_start, p.amount) for p in over] == [(date(2025, 10, 1), 600_000)]
    # of the mother of three, the family spent it in good faith
    (later,) = [after_death(DIED, Payment(date(2026, 1, 1), 600_000, "paid"), anybody_left=True)]
    assert later is AfterDeath.GOOD_FAITH


# --- Turun kelas --------------------------------------------------------------------------------


def test_turun_kelas() -> None:
    on = date(2026, 2, 28)
    one = facts("yanto", on)
    assert (one.get("decile"), one.get("shock"), one.get("children_at_risk")) == (6, "job_loss", 1)
    assert due(step("yanto", on)) == "watch"
    # the package of prevention, no PKH
    package = {id_ for id_, (p, _) in today(on).programmes.items() if "watch" in p.packages}
    assert package and "pkh" not in package and "sembako" not in package
    assert verdict(pkh(on), one, on).word == "does_not_fit"
    # followed for twelve months, the clock at zero, no graduation
    reviewed = date(2027, 3, 31)
    assert due(step("yanto", reviewed)) == "review_watch"
    for day in (on, reviewed, LAST):
        assert facts("yanto", day).get("months_protected") == 0
    assert all(a.said["rung"] != "graduated" for a in acts(LAST, "rung", "yanto"))


def test_from_watch_up_without_a_month_of_protection() -> None:
    assert due(step("sudana", date(2027, 5, 31))) == "empower_from_watch"
    on = date(2027, 4, 30)
    artini = [m.get("person_id") for m in facts("sudana", on).members].index("artini")
    found = next_of_person(today(on), facts("sudana", on), artini, "empowerment")
    assert due(found) == "empower_person"
    assert facts("sudana", LAST).get("months_protected") == 0
