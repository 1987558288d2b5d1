"""A graduation from the proposal to the move: every requirement by the rule, and all at once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from climbing import Climb, fits, graduable, plain_rules

from tangga.web.today import pretend

DAY = date(2026, 3, 2)


@pytest.fixture(scope="module")
def climb(web: Any, workspace: Any) -> Any:
    yield from plain_rules(web, workspace)


@pytest.mark.slow
def test_the_plain_reading_agrees_with_the_engine(climb: Climb) -> None:
    from tangga.rules.ladder import next_move
    from tangga.web.journeys.climb.reading import read_family

    rows = climb.ask(
        "SELECT family_id, min(move) AS move, min(rung) AS rung FROM moves "
        "WHERE person_id IS NULL AND (rung IS NOT NULL OR move IS NOT NULL) GROUP BY family_id"
    )
    assert len(rows) > 50
    as_of = climb.ask("SELECT max(decided_on) AS day FROM moves")[0]["day"]
    found = {}
    for province in ("17", "18"):
        with climb.acting("dinas_provinsi", province), pretend(as_of):
            for row in rows:
                found[row["family_id"]] = found.get(row["family_id"]) or read_family(
                    row["family_id"]
                )
    differing = []
    for row in rows:
        read = found[row["family_id"]]
        assert read is not None
        due = next_move(read.rules, read.facts).due
        if (read.rung, due.move.id if due else None) != (row["rung"], row["move"]):
            differing.append((row, read.rung, due and due.move.id))
    assert not differing


def test_a_graduation_takes_effect_whole(climb: Climb) -> None:
    from tangga.web.journeys.climb.models import Effect, Step
    from tangga.web.overlay.models import Event, Spell
    from tangga.web.overlay.read import rung_of
    from tangga.web.programmes import spells
    from tangga.web.work import clock_job

    family = graduable(climb, support=True)
    with pretend(DAY):
        with climb.acting("pendamping_pkh", family["area"][:6], worker="PDP-UJI") as by:
            item = climb.begin("graduation", family, by)
        with climb.acting("koordinator_pkh", family["area"][:4]) as by:
            item = climb.take(item, "check", by)
        with climb.acting("kepala_dinas", family["area"][:4]) as by:
            before = spells.running(family_id=family["family_id"])
            item = climb.take(item, "decide", by)
        assert item.state == "notified"
        step = Step.objects.get(pk=item.pk)
        assert step.minutes and step.notice
        assert step.effect_on == DAY + timedelta(days=14)
        assert not Event.objects.filter(item=item).exists()
        assert [one["step"] for one in step.checked] == ["begin", "check", "decide"]
    with pretend(DAY + timedelta(days=13)):
        clock_job.overdue()
        item.refresh_from_db()
        assert item.state == "notified"
    effect = DAY + timedelta(days=14)
    with pretend(effect):
        clock_job.overdue()
        item.refresh_from_db()
        assert item.state == "graduated"
        moved = Event.objects.get(item=item)
        assert (moved.rung, moved.exit, moved.worker) == ("graduated", "independent", "PDP-UJI")
        with climb.acting("kepala_dinas", family["area"][:4]):
            assert rung_of(family["family_id"])[0] == "graduated"
            after = spells.running(family_id=family["family_id"])
    counted = {"pkh", "sembako"}
    assert any(one.kind.programme in counted for one in before)
    assert not any(
        one.kind.programme in counted and one.kind.component not in ("elderly", "disability")
        for one in after
    )
    done = Effect.objects.filter(item=item)
    assert {one.programme for one in done if one.ends} <= counted
    assert all(one.freed is not None and one.amount_year for one in done if one.ends)
    assert Spell.objects.filter(item=item, change="close", exit="independent").exists()


def test_three_people_and_every_requirement(climb: Climb) -> None:
    from tangga.web.journeys.climb.refusals import DoesNotFit
    from tangga.web.work.refusals import SameHand, Stale, Twice

    family = graduable(climb)
    area = family["area"]
    with pretend(DAY):
        with climb.acting("pendamping_pkh", area[:6], worker="PDP-UJI") as by:
            item = climb.begin("graduation", family, by)
            with pytest.raises(Twice):
                climb.begin("graduation", family, by)
        with climb.acting("koordinator_pkh", area[:4]) as by, pytest.raises(Stale):
            climb.take(item, "check", by, version=7)
        # A flood between the proposal and the check: no shock may be open.
        with climb.acting("tagana", area[:4]) as by:
            climb.shock(family, by)
        with climb.acting("koordinator_pkh", area[:4]) as by:
            with pytest.raises(DoesNotFit) as refused:
                climb.take(item, "check", by)
            assert "guncangan" in refused.value.words("id")
            item.refresh_from_db()
            assert item.state == "proposed"
            climb.take(item, "send_back", by, reason="banjir; tunggu 12 bulan")
    assert SameHand.key == "hand"


def test_one_observer_is_not_enough(climb: Climb) -> None:
    from tangga.web.journeys.climb.refusals import DoesNotFit

    family = graduable(climb)
    fits(climb, family, observers=1)
    with (
        pretend(DAY),
        climb.acting("pendamping_pkh", family["area"][:6], worker="PDP-UJI") as by,
        pytest.raises(DoesNotFit) as refused,
    ):
        climb.begin("graduation", family, by)
    assert "petugas lain" in refused.value.words("id")


def test_what_changed_meanwhile_stops_the_move(climb: Climb) -> None:
    from tangga.web.overlay.models import Event
    from tangga.web.work import clock_job

    family = graduable(climb)
    area = family["area"]
    with pretend(DAY):
        item = climb.decided(family)
    with pretend(DAY + timedelta(days=5)), climb.acting("tagana", area[:4]) as by:
        climb.shock(family, by)
    with pretend(DAY + timedelta(days=14)):
        clock_job.overdue()
    item.refresh_from_db()
    assert item.state == "returned"
    assert not Event.objects.filter(item=item, event="rung_move").exists()


def test_an_objection_holds_the_move(climb: Climb) -> None:
    from tangga.web.journeys.climb import objections
    from tangga.web.overlay.models import Event
    from tangga.web.work import clock_job

    kept, lost = graduable(climb), graduable(climb)
    items = {}
    with pretend(DAY):
        for family in (kept, lost):
            items[family["family_id"]] = climb.decided(family)
    with pretend(DAY + timedelta(days=3)):
        for family in (kept, lost):
            with climb.acting("operator_kabkota", family["area"][:4]) as by:
                number = f"KBR/{family['family_id']}"
                assert objections.lodged(family["family_id"], by=by, number=number)
                assert not objections.lodged(family["family_id"], by=by, number="KBR/2")
    with pretend(DAY + timedelta(days=20)):
        clock_job.overdue()
        for family, upheld in ((kept, True), (lost, False)):
            item = items[family["family_id"]]
            item.refresh_from_db()
            assert item.state == "suspended"
            with climb.acting("kepala_dinas", family["area"][:4]) as by:
                objections.answered(
                    family["family_id"],
                    upheld=upheld,
                    by=by,
                    number=f"KBR/{family['family_id']}",
                )
    with pretend(DAY + timedelta(days=21)):
        clock_job.overdue()
    states = {}
    for family in (kept, lost):
        item = items[family["family_id"]]
        item.refresh_from_db()
        states[family["family_id"]] = item.state
    assert states == {kept["family_id"]: "upheld", lost["family_id"]: "graduated"}
    assert Event.objects.filter(item=items[lost["family_id"]], event="rung_move").count() == 1


def test_a_fall_that_nobody_settled_comes_before_a_graduation(climb: Climb) -> None:
    """A return that is due, or a review that is open, is told to each hand and stops each."""
    from tangga.web.journeys.climb import shown
    from tangga.web.journeys.climb.reading import read_family
    from tangga.web.journeys.climb.refusals import First

    family = graduable(climb)
    id_, area = family["family_id"], family["area"]
    fell = "UPDATE ranking SET decile_before = %s, decile = %s WHERE family_id = %s"
    was = climb.ask("SELECT * FROM ranking WHERE family_id = %s", id_)[0]
    official = "decile_official" if was["decile_used"] == "official" else "decile"
    with pretend(DAY), climb.acting("pendamping_pkh", area[:6], worker="PDP-UJI") as by:
        item = climb.begin("graduation", family, by)
    climb.change(fell.replace(" decile =", f" {official} ="), 8, 2, id_)
    with pretend(DAY), climb.acting("koordinator_pkh", area[:4]) as by:
        with pytest.raises(First) as refused:
            climb.take(item, "check", by)
        assert "Kembali ke perlindungan" in refused.value.words("id")
        item.refresh_from_db()
        assert item.state == "proposed"
        read = read_family(id_)
        assert read is not None and any(
            "didahulukan" in one for one in shown.family(read, by)["first"]
        )
    client = climb.web.client("koordinator_pkh", area[:4])
    with pretend(DAY):
        for address in (f"/tangga/langkah/{item.pk}/", f"/tangga/keluarga/{id_}/"):
            text = client.get(address).content.decode()
            assert "Graduasi belum dapat diproses" in text
    climb.change(
        fell.replace(" decile =", f" {official} ="), was["decile_before"], was[official], id_
    )
    with pretend(DAY), climb.acting("operator_kabkota", area[:4]) as by:
        review = climb.begin("fall_review", family, by)
    with pretend(DAY), climb.acting("koordinator_pkh", area[:4]) as by:
        with pytest.raises(First) as refused:
            climb.take(item, "check", by)
        assert review.number in refused.value.words("id")
