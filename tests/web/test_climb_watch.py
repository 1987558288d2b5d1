"""The slipping middle, a fall after graduation, and the plan from month 48 on."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from climbing import Climb, graduable, plain_rules

from tangga.web.today import pretend

DAY = date(2026, 3, 2)


@pytest.fixture(scope="module")
def climb(web: Any, workspace: Any) -> Any:
    yield from plain_rules(web, workspace)


def just_above(climb: Climb) -> dict[str, Any]:
    """A family of decile 5 or 6 without support, hit by nothing yet."""
    rows = climb.ask(
        "SELECT f.family_id, f.area FROM families AS f JOIN ranking AS r USING (family_id) "
        "WHERE r.decile_official IN (5, 6) AND r.decile_used = 'official' "
        "AND NOT EXISTS (SELECT 1 FROM spells AS s WHERE s.family_id = f.family_id "
        " AND s.programme IN ('pkh', 'sembako')) "
        "AND NOT EXISTS (SELECT 1 FROM moves AS m WHERE m.family_id = f.family_id "
        " AND (m.rung IS NOT NULL OR m.move IS NOT NULL)) ORDER BY f.family_id"
    )
    row = next(one for one in rows if one["family_id"] not in climb.used)
    climb.used.add(row["family_id"])
    return row


def test_decile_six_loses_work_and_is_followed_a_year(climb: Climb) -> None:
    from tangga.web.journeys.climb import actions
    from tangga.web.journeys.climb.models import Line
    from tangga.web.journeys.climb.reading import read_family
    from tangga.web.journeys.climb.refusals import DoesNotFit
    from tangga.web.overlay.models import Event, Spell
    from tangga.web.work import clock_job

    family = just_above(climb)
    regency = family["area"][:4]
    with pretend(DAY):
        with climb.acting("operator_kabkota", regency) as by:
            with pytest.raises(DoesNotFit):
                climb.begin("prevention", family, by)
            climb.shock(family, by, "job_loss")
            item = climb.begin("prevention", family, by)
        with climb.acting("verifikator_kabkota", regency) as by:
            item = climb.take(item, "open", by)
        with climb.acting("operator_kabkota", regency) as by:
            read = read_family(family["family_id"])
            assert read is not None
            assert (read.rung, read.history.months_protected) == ("watch", 0)
            who = read.people[0]["person_id"]
            actions.line(
                item,
                by=by,
                version=item.version,
                programme="training",
                person_id=who,
                state="offered",
            )
            item.refresh_from_db()
            actions.line(
                item,
                by=by,
                version=item.version,
                programme="training",
                person_id=who,
                state="placed",
            )
            item.refresh_from_db()
    assert Line.objects.get(item=item).state == "placed"
    moved = Event.objects.get(item=item)
    assert (moved.rung, moved.exit) == ("watch", "")
    assert not Spell.objects.filter(item=item).exists()
    with pretend(DAY + timedelta(days=366)):
        clock_job.overdue()
        item.refresh_from_db()
        assert item.state == "reviewed"
        with climb.acting("verifikator_kabkota", regency) as by:
            item = climb.take(item, "close", by, reason="pencari nafkah bekerja lagi")
            read = read_family(family["family_id"])
            assert read is not None and read.rung is None
    assert item.state == "kept"


def test_a_flood_after_graduation_reopens_and_lowers_bertahan(climb: Climb) -> None:
    from tangga.web.journeys.climb import clock, lists
    from tangga.web.journeys.climb.reading import read_family
    from tangga.web.journeys.climb.refusals import DoesNotFit
    from tangga.web.work import clock_job
    from tangga.web.work.models import Item

    family = graduable(climb)
    id_, area = family["family_id"], family["area"]
    with pretend(DAY):
        item = climb.decided(family)
    done = DAY + timedelta(days=14)
    with pretend(done):
        clock_job.overdue()
    with pretend(done + timedelta(days=30)):
        with climb.acting("tagana", area[:4]) as by:
            climb.shock(family, by)
        assert clock.reviews() == 1 and clock.reviews() == 0
        review = Item.objects.get(kind="fall_review", family_id=id_)
        assert (review.state, review.by) == ("open", None)
        with climb.acting("kepala_dinas", area[:4]):
            before = lists.pair()
        with climb.acting("operator_kabkota", area[:4]) as by, pytest.raises(DoesNotFit):
            climb.take(review, "propose_protection", by, reason="banjir")
    seen = done + timedelta(days=35)
    with pretend(seen):
        climb.change(
            "INSERT INTO visits (source, source_id, family_id, area, worker, on_date, result,"
            " income_month) VALUES ('uji', %s, %s, %s, 'PDP-9', %s, 'complete', 100000)",
            f"UJI-J-{id_}",
            id_,
            area,
            seen,
        )
        climb.change("UPDATE families SET income_month = 100000 WHERE family_id = %s", id_)
        with climb.acting("operator_kabkota", area[:4]) as by:
            review = climb.take(review, "propose_protection", by, reason="rumah terendam")
        with climb.acting("koordinator_pkh", area[:4]) as by:
            review = climb.take(review, "protect", by)
            read = read_family(id_)
        assert review.state == "protected"
        assert read is not None and read.rung == "protection"
        with climb.acting("kepala_dinas", area[:4]):
            after = lists.pair()
    assert after["fell"] == before["fell"] + 1
    assert after["too_early"] == before["too_early"] - 1
    item.refresh_from_db()
    assert item.state == "graduated"


def test_nobody_says_it_stands_before_somebody_was_there(climb: Climb) -> None:
    from tangga.web.journeys.climb.refusals import Missing
    from tangga.web.work import clock_job

    family = graduable(climb)
    area = family["area"]
    with pretend(DAY):
        climb.decided(family)
    with pretend(DAY + timedelta(days=14)):
        clock_job.overdue()
    with pretend(DAY + timedelta(days=40)):
        with climb.acting("tagana", area[:4]) as by:
            climb.shock(family, by)
        with climb.acting("operator_kabkota", area[:4]) as by:
            review = climb.begin("fall_review", family, by)
            with pytest.raises(Missing) as refused:
                climb.take(review, "propose_stands", by, reason="tampak baik")
    assert "kunjungan" in refused.value.words("id")


def test_a_plan_names_who_goes_where_on_what(climb: Climb) -> None:
    from tangga.web.journeys.climb import actions
    from tangga.web.journeys.climb.models import Line, Potential
    from tangga.web.journeys.climb.reading import read_family
    from tangga.web.overlay.models import Event, Spell
    from tangga.web.work.refusals import SameHand, Twice

    (row,) = climb.ask(
        "SELECT m.family_id, f.area FROM moves AS m JOIN families AS f USING (family_id) "
        "WHERE m.move = 'plan_empowerment' ORDER BY 1 LIMIT 1"
    )
    id_, area = row["family_id"], row["area"]
    with pretend(DAY):
        with climb.acting("pendamping_pkh", area[:6], worker="PDP-UJI") as by:
            item = actions.plan(family_id=id_, by=by)
            with pytest.raises(Twice):
                actions.plan(family_id=id_, by=by)
            read = read_family(id_)
            assert read is not None
            potential = Potential.objects.create(
                area=area,
                kind="employer",
                name="Pabrik",
                source="Disnaker",
                on_date=DAY,
                by=by.user,
            )
            actions.line(
                item,
                by=by,
                version=item.version,
                programme="job_placement",
                person_id=read.people[0]["person_id"],
                potential=potential,
                by_when=date(2026, 9, 1),
            )
            item.refresh_from_db()
            item = climb.take(item, "propose", by)
        with climb.acting("koordinator_pkh", area[:4]) as by:
            item = climb.take(item, "agree", by)
    assert item.state == "agreed"
    line = Line.objects.get(item=item)
    assert (line.potential, line.by_when) == (potential, date(2026, 9, 1))
    # A plan moves nobody and ends nothing.
    assert not Event.objects.filter(item=item).exists()
    assert not Spell.objects.filter(item=item).exists()
    assert SameHand.key == "hand"


def test_a_plan_without_a_potential_is_no_plan(climb: Climb) -> None:
    from tangga.web.journeys.climb import actions
    from tangga.web.journeys.climb.reading import read_family
    from tangga.web.journeys.climb.refusals import Missing

    rows = climb.ask(
        "SELECT m.family_id, f.area FROM moves AS m JOIN families AS f USING (family_id) "
        "WHERE m.move = 'plan_empowerment' ORDER BY 1 DESC LIMIT 1"
    )
    id_, area = rows[0]["family_id"], rows[0]["area"]
    with (
        pretend(DAY),
        climb.acting("pendamping_pkh", area[:6], worker="PDP-UJI") as by,
    ):
        item = actions.plan(family_id=id_, by=by)
        with pytest.raises(Missing):
            climb.take(item, "propose", by)
        read = read_family(id_)
        assert read is not None
        actions.line(
            item,
            by=by,
            version=item.version,
            programme="job_placement",
            person_id=read.people[0]["person_id"],
            by_when=date(2026, 9, 1),
        )
        item.refresh_from_db()
        with pytest.raises(Missing) as refused:
            climb.take(item, "propose", by)
        assert "potensi" in refused.value.words("id")


def test_who_graduated_is_visited_again(climb: Climb) -> None:
    from tangga.web.journeys.climb import follow
    from tangga.web.work import clock_job

    family = graduable(climb)
    id_, area = family["family_id"], family["area"]
    with pretend(DAY):
        climb.decided(family)
    done = DAY + timedelta(days=14)
    with pretend(done):
        clock_job.overdue()
        assert follow.next_visit(done, None) == follow.Next(3, date(2026, 6, 16))
        # Seen after two months: the visit of the third; the next is that of the sixth.
        assert follow.next_visit(done, date(2026, 5, 20)) == follow.Next(6, date(2026, 9, 16))
        assert follow.next_visit(done, date(2027, 1, 5)) is None
        with climb.acting("pendamping_pkh", area[:6], worker="PDP-UJI"):
            assert follow.visit_by([id_]) == {}
    with pretend(date(2026, 6, 1)), climb.acting("pendamping_pkh", area[:6], worker="PDP-UJI"):
        assert follow.visit_by([id_, "F0"]) == {id_: date(2026, 6, 16)}
        assert not follow.next_visit(done, None).late  # type: ignore[union-attr]
    with pretend(date(2026, 6, 20)):
        assert follow.next_visit(done, None).late  # type: ignore[union-attr]
