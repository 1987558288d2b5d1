"""What happened since the release changes the next round, by exactly that and nothing else."""

from __future__ import annotations

from datetime import date

import pytest
from at_programmes import (
    HEAD,
    OPERATOR,
    Q1,
    Q2,
    VERIFIER,
    a_matter,
    acting,
    prepared,
    rows_of,
    signed,
    step,
)

from tangga.web.today import pretend

DAY = date(2026, 2, 20)
LATER = date(2026, 5, 20)


@pytest.fixture(autouse=True)
def today():
    with pretend(DAY):
        yield


def died(viewer, row, person, on):
    """A death that was accepted."""
    from tangga.web.overlay import write

    item = a_matter(viewer, row.family_id, row.area)
    return write.event(
        item=item,
        event="death",
        on_date=on,
        by=viewer,
        family_id=row.family_id,
        area=row.area,
        person_id=person,
    )


def with_parts(rows, at_least):
    """A row of which several persons have a part, the payee none of them."""
    return next(
        row
        for row in rows
        if len(row.parts) >= at_least
        and row.payee_person_id not in {part["person"] for part in row.parts}
    )


def test_a_death_takes_that_persons_part_and_nothing_else(fresh_web):
    web = fresh_web
    first = signed(web, "pkh", Q1)
    row = with_parts(rows_of(web, first, "pay"), 2)
    lost = row.parts[0]
    with acting(web, *OPERATOR) as viewer:
        died(viewer, row, lost["person"], date(2026, 3, 5))
    with pretend(LATER):
        second = prepared(web, "pkh", Q2)
    (now,) = [one for one in rows_of(web, second, "pay") if one.family_id == row.family_id]
    assert now.amount == row.amount - lost["amount"]
    others = {one.family_id: one.amount for one in rows_of(web, first, "pay")}
    theirs = {one.family_id: one.amount for one in rows_of(web, second, "pay")}
    same = set(others) & set(theirs) - {row.family_id}
    assert len(same) > 3
    assert {family: theirs[family] for family in same} == {
        family: others[family] for family in same
    }
    assert all(row.sort == "regular" for row in rows_of(web, second, "pay"))


def test_a_dead_payee_holds_the_row_until_another_receives_and_nothing_is_lost(fresh_web):
    from tangga.web.programmes import spells

    web = fresh_web
    with acting(web, *OPERATOR):
        from tangga.web.database.rows import rows

        adult = rows(
            "SELECT s.family_id, s.payee_person_id, min(p.person_id) AS other FROM spells AS s "
            "JOIN persons AS p ON p.family_id = s.family_id AND p.person_id <> s.payee_person_id "
            "AND p.status = 'active' AND p.birth_year < 2000 "
            "WHERE s.programme = 'sembako' AND s.open AND s.area LIKE '1811%%' "
            "GROUP BY 1, 2 ORDER BY 1 LIMIT 1"
        )[0]
    first = prepared(web, "sembako", Q1)
    row = next(r for r in rows_of(web, first, "pay") if r.family_id == adult["family_id"])
    with acting(web, *OPERATOR) as viewer:
        died(viewer, row, row.payee_person_id, date(2026, 2, 10))
    step(web, first.item, "recount", OPERATOR)
    (held,) = [r for r in rows_of(web, first, "held") if r.family_id == row.family_id]
    assert (held.why, held.amount) == ("payee_dead", row.amount)
    for name, who in (("ask", OPERATOR), ("check", VERIFIER), ("sign", HEAD)):
        step(web, first.item, name, who)
    with acting(web, *OPERATOR) as viewer:
        spells.change_payee(
            item=a_matter(viewer, row.family_id, row.area),
            by=viewer,
            family_id=row.family_id,
            area=row.area,
            payee=adult["other"],
            on=date(2026, 2, 15),
        )
    with pretend(LATER):
        second = signed(web, "sembako", Q2)
    mine = [r for r in rows_of(web, second, "pay") if r.family_id == row.family_id]
    assert sorted((r.sort, r.amount) for r in mine) == [
        ("arrears", row.amount),
        ("regular", row.amount),
    ]
    assert {r.payee_person_id for r in mine} == {adult["other"]}


def test_wrongly_stopped_and_restored_brings_arrears_to_the_rupiah(fresh_web):
    """A namesake was taken for dead: stopped in one round, restored, paid back in the next."""
    from tangga.web.programmes import spells

    web = fresh_web
    row = rows_of(web, prepared(web, "pkh", Q1), "pay")[3]

    def act(what, **more):
        with acting(web, *OPERATOR) as viewer:
            shared = {"family_id": row.family_id, "area": row.area, "by": viewer}
            shared |= {"programme": "pkh", "item": a_matter(viewer, row.family_id, row.area)}
            return what(**shared, **more)

    act(spells.close, on=date(2026, 1, 1), exit="not_eligible")
    with acting(web, *OPERATOR):
        from tangga.web.programmes.models import Round

        first = Round.objects.get()
    for name, who in (
        ("recount", OPERATOR),
        ("ask", OPERATOR),
        ("check", VERIFIER),
        ("sign", HEAD),
    ):
        step(web, first.item, name, who)
    assert row.family_id not in {one.family_id for one in rows_of(web, first, "pay", "held")}
    act(spells.resume, on=date(2026, 1, 1))
    with pretend(LATER):
        second = signed(web, "pkh", Q2)
    mine = [one for one in rows_of(web, second, "pay") if one.family_id == row.family_id]
    assert [(one.sort, one.amount) for one in mine if one.sort == "arrears"] == [
        ("arrears", row.amount)
    ]
    with pretend(date(2026, 8, 20)):
        third = prepared(web, "pkh", (date(2026, 7, 1), date(2026, 9, 30)))
    assert not [one for one in rows_of(web, third, "pay", "held") if one.sort == "arrears"]


def test_a_place_that_falls_free_is_proposed_to_the_next_of_the_queue(fresh_web):
    """Moved to empowerment: the next round is exactly her entitlement lower, one is proposed."""
    from tangga.web.database.rows import rows
    from tangga.web.programmes import figures, spells

    web = fresh_web
    first = signed(web, "sembako", Q1)
    row = rows_of(web, first, "pay")[0]
    with acting(web, *OPERATOR) as viewer:
        spells.close(
            item=a_matter(viewer, row.family_id, row.area),
            by=viewer,
            family_id=row.family_id,
            area=row.area,
            on=date(2026, 4, 1),
            exit="to_empowerment",
        )
    with pretend(LATER):
        second = signed(web, "sembako", Q2)
    assert first.total - second.total == row.amount
    (out,) = [one for one in rows_of(web, second, "out") if one.family_id == row.family_id]
    assert (out.why, out.parts[0]["exit"]) == ("closed", "to_empowerment")
    (instead,) = rows_of(web, second, "instead")
    with acting(web, *OPERATOR):
        (next_,) = rows(
            "SELECT family_id FROM waiting WHERE programme = 'sembako' AND queue = 'ranked' "
            "AND queue_area = '1811' ORDER BY position LIMIT 1"
        )
        (change,) = figures.differences(second, first)
    assert instead.family_id == next_["family_id"]
    assert (change["family_id"], change["now"]) == (row.family_id, None)


def test_where_nobody_remains_support_ends_and_what_was_paid_too_much_is_listed(fresh_web):
    from tangga.web.database.rows import rows

    web = fresh_web
    first = signed(web, "sembako", Q1)
    paid = {row.family_id: row for row in rows_of(web, first, "pay")}
    with acting(web, *OPERATOR) as viewer:
        family, members = next(
            iter(
                rows(
                    "SELECT family_id, array_agg(person_id) AS members FROM persons "
                    "WHERE family_id = ANY(%s) AND status <> 'dead' "
                    "GROUP BY 1 ORDER BY count(*), 1",
                    [list(paid)],
                )
            )
        ).values()
        row = paid[family]
        for person in members:
            died(viewer, row, person, date(2026, 1, 10))
    with pretend(LATER):
        second = prepared(web, "sembako", Q2)
    found = [r for r in rows_of(web, second, "pay", "held", "out") if r.family_id == family]
    assert sorted((one.state, one.why, one.amount) for one in found) == [
        ("out", "all_died", None),
        ("out", "overpaid", 400_000),
    ]
    (over,) = [one for one in found if one.why == "overpaid"]
    assert over.parts == [{"owed": 200_000, "arrived": 600_000, "after_death": "to_recover"}]
    assert len(rows_of(web, second, "instead")) == 1
    text = web.client(*OPERATOR).get(f"/program/tahap/{second.pk}/?lihat=out").content.decode()
    assert "untuk ditagih kembali" in text


def test_a_family_that_moved_stands_on_one_list_only_with_the_same_sum(fresh_web):
    """Bu Sari's move: the origin lets go when the destination accepts, which pays her in full."""
    from tangga.web.database.rows import rows
    from tangga.web.journeys.care import moves
    from tangga.web.programmes.models import Row
    from tangga.web.programmes.rounds import prepare
    from tangga.web.work.actions import take

    web, origin = fresh_web, ("operator_kabkota", "1771")

    def of(area, who):
        with acting(web, *who) as viewer:
            made = prepare(
                programme="pkh", area=area, start=Q2[0], end=Q2[1], called="T", by=viewer
            )
            return {row.family_id: row for row in Row.objects.filter(round=made)}

    with acting(web, *origin) as viewer:
        family = rows(
            "SELECT DISTINCT s.family_id FROM spells AS s JOIN families AS f USING (family_id) "
            "WHERE s.programme = 'pkh' AND s.open AND f.status = 'active' AND f.member_count > 2 "
            "AND NOT EXISTS (SELECT FROM payees AS y WHERE y.family_id = s.family_id) "
            "ORDER BY 1 LIMIT 1"
        )[0]["family_id"]
        with pretend(DAY):
            item = moves.propose(
                family_id=family,
                to_village="1811052010",
                moved_on=DAY,
                consent=moves.Consent(DAY, "Surat persetujuan"),
                words="Ikut pekerjaan",
                document="SKPWNI 123",
                by=viewer,
            )
    with acting(web, *VERIFIER) as viewer, pretend(DAY):
        take(item, "accept", by=viewer, version=item.version, reason="Sudah dilihat")
    with pretend(LATER):
        left, came = of("1771", origin), of("1811", OPERATOR)
    assert (left[family].state, left[family].why) == ("out", "moved")
    from tangga.web.programmes.who import who

    row = came[family]
    assert (row.state, row.area) == ("pay", "1811052010")
    assert row.amount == sum(part["amount"] for part in row.parts) > 0
    assert who(row).head and len(who(row).nik) == 16
