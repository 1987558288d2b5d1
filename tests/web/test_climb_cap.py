"""Past the cap: a dated decision by name, never a cliff."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from climbing import Climb, plain_rules

from tangga.web.today import pretend

DAY = date(2026, 3, 2)


@pytest.fixture(scope="module")
def climb(web: Any, workspace: Any) -> Any:
    yield from plain_rules(web, workspace)


def at_cap(climb: Climb) -> dict[str, Any]:
    """A family in the release's queue, whose able adults are known."""
    rows = climb.ask(
        "SELECT q.family_id, f.area FROM cap_queue AS q JOIN families AS f USING (family_id) "
        "JOIN near_cap AS n USING (family_id) WHERE n.must_climb_adults > 0 "
        "AND EXISTS (SELECT 1 FROM spells AS s WHERE s.family_id = q.family_id AND s.open "
        " AND s.programme = 'sembako') "
        "AND NOT EXISTS (SELECT 1 FROM cases AS c WHERE c.family_id = q.family_id) "
        "ORDER BY q.family_id"
    )
    row = next(one for one in rows if one["family_id"] not in climb.used)
    climb.used.add(row["family_id"])
    return row


def queued(climb: Climb, family: dict[str, Any]) -> Any:
    with climb.acting("operator_kabkota", family["area"][:4]) as by:
        return climb.begin("cap_decision", family, by)


def test_an_extension_has_a_name_a_reason_and_an_end(climb: Climb) -> None:
    from tangga.web.journeys.climb.reading import read_family
    from tangga.web.journeys.climb.refusals import Missing, TooLong
    from tangga.web.overlay.models import Event, Spell

    family = at_cap(climb)
    regency = family["area"][:4]
    with pretend(DAY):
        item = queued(climb, family)
        assert item.state == "queued" and item.due
        with climb.acting("operator_kabkota", regency) as by:
            for until, wrong in ((None, Missing), (DAY, Missing), (date(2026, 9, 3), TooLong)):
                with pytest.raises(wrong):
                    climb.take(
                        item, "propose_extension", by, reason="belum ada tempat", until=until
                    )
            item = climb.take(
                item, "propose_extension", by, reason="belum ada tempat", until=date(2026, 9, 2)
            )
        with climb.acting("verifikator_kabkota", regency) as by:
            item = climb.take(item, "check", by)
        with climb.acting("kepala_dinas", regency) as by:
            with pytest.raises(Missing):
                climb.take(item, "decide_move", by)
            item = climb.take(item, "decide_extension", by, reason="menunggu KUBE")
            read = read_family(family["family_id"])
    assert item.state == "extended"
    assert read is not None and read.history.extended_until == date(2026, 9, 2)
    extended = Event.objects.get(item=item)
    assert (extended.event, extended.until) == ("extension", date(2026, 9, 2))
    assert extended.by_called and extended.document
    assert not Spell.objects.filter(item=item).exists()
    # While it is in force nothing is to be decided; after it, the family is asked about again.
    from tangga.web.journeys.climb.refusals import DoesNotFit

    with pretend(date(2026, 8, 1)), pytest.raises(DoesNotFit):
        queued(climb, family)
    with pretend(date(2026, 9, 3)):
        assert queued(climb, family).state == "queued"


def test_nobody_is_moved_without_a_place(climb: Climb) -> None:
    from tangga.web.journeys.climb.refusals import DoesNotFit

    family = at_cap(climb)
    with pretend(DAY):
        item = queued(climb, family)
        with (
            climb.acting("operator_kabkota", family["area"][:4]) as by,
            pytest.raises(DoesNotFit) as refused,
        ):
            climb.take(item, "propose_move", by, reason="60 bulan")
    assert "tempat" in refused.value.words("id")


def test_a_move_with_a_place_ends_exactly_what_the_clock_counts(climb: Climb) -> None:
    from tangga.web.journeys.climb.models import Effect
    from tangga.web.journeys.climb.reading import read_family
    from tangga.web.overlay.models import Event
    from tangga.web.programmes import spells
    from tangga.web.work import clock_job

    family = at_cap(climb)
    regency, id_ = family["area"][:4], family["family_id"]
    with pretend(DAY):
        with climb.acting("kepala_dinas", regency) as by:
            spells.open_spell(
                item=climb.matter(family, by),
                by=by,
                family_id=id_,
                area=family["area"],
                programme="kube",
                on=DAY,
                document="SK/7/2026",
            )
        item = queued(climb, family)
        with climb.acting("operator_kabkota", regency) as by:
            item = climb.take(item, "propose_move", by, reason="ada tempat di KUBE")
        with climb.acting("verifikator_kabkota", regency) as by:
            item = climb.take(item, "check", by)
        with climb.acting("kepala_dinas", regency) as by:
            before = spells.running(family_id=id_)
            item = climb.take(item, "decide_move", by)
        assert item.state == "notified"
        with climb.acting("kepala_dinas", regency):
            assert spells.running(family_id=id_) == before
    with pretend(DAY + timedelta(days=14)):
        clock_job.overdue()
        item.refresh_from_db()
        assert item.state == "moved"
        with climb.acting("kepala_dinas", regency):
            after = spells.running(family_id=id_)
            read = read_family(id_)
    assert read is not None and read.rung == "empowerment"
    ended = {one.kind for one in before} - {one.kind for one in after}
    assert ended and {one.programme for one in ended} <= {"pkh", "sembako"}
    assert {"pbi_jk", "kube"} & {one.kind.programme for one in after}
    assert not {one.component for one in ended} & {"elderly", "disability"}
    moved = Event.objects.get(item=item)
    assert (moved.rung, moved.exit) == ("empowerment", "to_empowerment")
    said = {
        (e.programme, e.component, e.person_id) for e in Effect.objects.filter(item=item, ends=True)
    }
    assert said == {(k.programme, k.component, k.person_id) for k in ended}


def test_an_end_needs_an_assessment(climb: Climb) -> None:
    from tangga.web.journeys.climb.refusals import Missing

    family = at_cap(climb)
    with pretend(DAY):
        item = queued(climb, family)
        with (
            climb.acting("operator_kabkota", family["area"][:4]) as by,
            pytest.raises(Missing) as refused,
        ):
            climb.take(item, "propose_end", by, reason="mampu")
    assert "asesmen" in refused.value.words("id")


def test_the_clock_puts_who_crossed_into_the_queue(climb: Climb) -> None:
    from tangga.web.journeys.climb import clock
    from tangga.web.work.models import Item

    crossing = climb.ask(
        "SELECT n.family_id, f.area FROM near_cap AS n JOIN families AS f USING (family_id) "
        "WHERE n.months_protected = 59 AND n.must_climb_adults > 0 AND n.extended_until IS NULL"
    )
    with pretend(date(2026, 2, 28)):
        before = Item.objects.filter(kind="cap_decision").count()
        opened = clock.queue()
        assert Item.objects.filter(kind="cap_decision").count() == before + opened
        assert clock.queue() == 0
    for family in crossing:
        item = Item.objects.filter(kind="cap_decision", family_id=family["family_id"]).first()
        if item is not None:
            assert (item.state, item.by, item.opened_on) == ("queued", None, date(2026, 2, 28))


def assessed(climb: Climb, family: dict[str, Any]) -> None:
    """Every grown member, by a social worker this year."""
    for row in climb.ask("SELECT person_id FROM persons WHERE family_id = %s", family["family_id"]):
        climb.change(
            "INSERT INTO assessments (source, source_id, person_id, family_id, area, kind, on_date,"
            " need) VALUES ('uji', %s, %s, %s, %s, 'empowerment', '2026-02-20', 'job')",
            f"UJI-A-{row['person_id']}",
            row["person_id"],
            family["family_id"],
            family["area"],
        )


def test_an_end_after_an_assessment_and_back(climb: Climb) -> None:
    from tangga.web.journeys.climb import lists, undoing
    from tangga.web.journeys.climb.models import Effect, Step
    from tangga.web.overlay.models import Event
    from tangga.web.programmes import spells
    from tangga.web.work import actions, clock_job

    family = at_cap(climb)
    regency, id_ = family["area"][:4], family["family_id"]
    assessed(climb, family)
    with pretend(DAY):
        item = queued(climb, family)
        with climb.acting("operator_kabkota", regency) as by:
            item = climb.take(item, "propose_end", by, reason="pendapatan cukup menurut asesmen")
        with climb.acting("verifikator_kabkota", regency) as by:
            item = climb.take(item, "check", by)
        with climb.acting("kepala_dinas", regency) as by:
            before = {one.kind for one in spells.running(family_id=id_)}
            item = climb.take(item, "decide_end", by, reason="asesmen 20 Februari")
            assert {one.kind for one in spells.running(family_id=id_)} == before
    effect = DAY + timedelta(days=14)
    with pretend(effect):
        with climb.acting("kepala_dinas", regency) as by:
            freed = lists.freed(by)
        clock_job.overdue()
        item.refresh_from_db()
        assert item.state == "ended"
        with climb.acting("kepala_dinas", regency) as by:
            gone = before - {one.kind for one in spells.running(family_id=id_)}
            now = lists.freed(by)
    assert gone and {one.programme for one in gone} <= {"pkh", "sembako"}
    assert not {one.component for one in gone} & {"elderly", "disability"}
    # What it frees of the year is a figure of the office, by programme.
    mine = sum(one.freed or 0 for one in Effect.objects.filter(item=item, ends=True))
    assert freed is not None and now is not None
    assert mine > 0 and now["sum"] - freed["sum"] == mine
    assert now["families"] == freed["families"] + 1
    assert sum(amount for _, amount in now["programmes"]) == now["sum"]
    # It was wrong: as if it had never been, with what was missed; and it frees nothing any more.
    with pretend(date(2026, 6, 3)):
        with climb.acting("operator_kabkota", regency) as by:
            again = undoing.propose(item, by=by, reason="asesmen keliru")
        with climb.acting("kepala_dinas", regency) as by:
            again = actions.take(
                again, "decide", by=by, version=again.version, reason="keliru", document="SK/9"
            )
            assert {one.kind for one in spells.running(family_id=id_)} == before
            assert lists.freed(by) == freed
    assert again.state == "restored"
    assert Step.objects.get(pk=again.pk).owed
    assert not Event.objects.filter(item=item, ended=None).exists()
