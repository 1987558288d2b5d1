"""A decision of the ladder is whole or not at all, and can be undone as if it had never been."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from climbing import Climb, graduable, plain_rules
from test_climb_pages import client, text, version

from tangga.web.today import pretend

DAY = date(2026, 3, 2)
EFFECT = DAY + timedelta(days=14)


@pytest.fixture(scope="module")
def climb(web: Any, workspace: Any) -> Any:
    yield from plain_rules(web, workspace)


def graduated(climb: Climb, **more: Any) -> tuple[dict[str, Any], Any]:
    """A family with support whose graduation took effect."""
    from tangga.web.work import clock_job

    family = graduable(climb, support=True, **more)
    with pretend(DAY):
        item = climb.decided(family)
    with pretend(EFFECT):
        clock_job.overdue()
    item.refresh_from_db()
    assert item.state == "graduated"
    return family, item


def all_of(climb: Climb, family: dict[str, Any], item: Any) -> dict[str, Any]:
    """All that a decision writes: the matter, the rung, spells, credit, budget, the group."""
    tables = {
        "item": "SELECT state, version, due, closed_on FROM work_item WHERE id = %s",
        "steps": "SELECT n, step, to_state FROM work_taken WHERE item_id = %s ORDER BY n",
        "step": "SELECT effect_on, told_on, checked FROM climb_step WHERE item_id = %s",
        "freed": "SELECT programme, component, freed FROM climb_effect WHERE item_id = %s",
        "events": "SELECT event, rung, worker FROM overlay_event WHERE item_id = %s",
        "spells": "SELECT programme, change FROM overlay_spell WHERE item_id = %s",
    }
    found: dict[str, Any] = {name: climb.ask(sql, item.pk) for name, sql in tables.items()}
    found["member"] = climb.ask(
        "SELECT left_on, why FROM climb_member WHERE family_id = %s", family["family_id"]
    )
    found["trail"] = climb.ask(
        "SELECT about FROM audit_events WHERE about ->> 'item' = %s ORDER BY id", item.number
    )
    return found


FAILS = """
CREATE FUNCTION probe_fails() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the disk is full' USING ERRCODE = 'disk_full'; END $$
"""


LATER = ("overlay_event", "overlay_spell", "climb_member")
"""Other tables at which it can fail: budget first, the rest where there is more time."""


@pytest.mark.parametrize(
    "table", ["climb_effect", *(pytest.param(one, marks=pytest.mark.slow) for one in LATER)]
)
def test_what_fails_in_the_middle_leaves_all_as_it_was(climb: Climb, table: str) -> None:
    from django.db import OperationalError

    from tangga.web.programmes import spells
    from tangga.web.work import clock_job

    family = graduable(climb, support=True)
    id_, area = family["family_id"], family["area"]
    with pretend(DAY):
        item = climb.decided(family)
        with climb.acting("pendamping_pkh", area[:6], worker="PDP-UJI") as by:
            member_of_a_group(climb, family, by)
    with climb.acting("kepala_dinas", area[:4]):
        ran = spells.running(family_id=id_, on=EFFECT)
    before = all_of(climb, family, item)
    climb.change(FAILS)
    climb.change(
        f"CREATE TRIGGER probe_fails BEFORE INSERT OR UPDATE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION probe_fails()"
    )
    try:
        with pretend(EFFECT), pytest.raises(OperationalError, match="disk is full"):
            clock_job.overdue()
    finally:
        climb.change(f"DROP TRIGGER probe_fails ON {table}")
        climb.change("DROP FUNCTION probe_fails()")
    assert all_of(climb, family, item) == before
    with climb.acting("kepala_dinas", area[:4]):
        assert spells.running(family_id=id_, on=EFFECT) == ran
    # The next round of the clock does the whole of it.
    with pretend(EFFECT):
        clock_job.overdue()
    after = all_of(climb, family, item)
    assert after["item"][0]["state"] == "graduated"
    assert after["events"] and after["spells"] and after["freed"]
    assert after["member"][0]["why"] == "graduated"


def member_of_a_group(climb: Climb, family: dict[str, Any], by: Any) -> Any:
    """A group of which the family's head is a member."""
    from tangga.web.journeys.climb import kube
    from tangga.web.journeys.climb.models import Member

    item = kube.gather(name=f"KUBE {family['family_id']}", area=family["area"][:6], by=by)
    (head,) = climb.ask(
        "SELECT head_person_id AS id FROM families WHERE family_id = %s", family["family_id"]
    )
    return Member.objects.create(
        area=family["area"],
        group_id=item.pk,
        family_id=family["family_id"],
        person_id=head["id"],
        joined_on=DAY,
        counts=True,
    )


def test_a_graduation_is_undone_with_arrears(climb: Climb) -> None:
    from tangga.web.journeys.climb import lists
    from tangga.web.journeys.climb.models import Step
    from tangga.web.journeys.climb.reading import read_family
    from tangga.web.overlay.models import Event
    from tangga.web.overlay.read import open_rows
    from tangga.web.papers.models import Paper
    from tangga.web.programmes import spells
    from tangga.web.work.models import Item

    family, item = graduated(climb)
    id_, area = family["family_id"], family["area"]
    where = f"/tangga/langkah/{item.pk}/"
    worker = client(climb, "pendamping_pkh", area[:6], worker="PDP-UJI")
    boss = client(climb, "kepala_dinas", area[:4])
    with climb.acting("kepala_dinas", area[:4]):
        before = {one.kind for one in spells.running(family_id=id_, on=DAY)}
        pair = lists.pair()
    later = date(2026, 6, 10)
    with pretend(later):
        assert "Pulihkan (batalkan keputusan ini)" in text(worker.get(where))
        answer = worker.post(f"{where}pulihkan/", {"alasan": "pendapatannya salah catat"})
        again = Item.objects.get(kind="restoration", family_id=id_)
        at = f"/tangga/langkah/{again.pk}/"
        assert answer["Location"] == at and again.state == "proposed"
        # Once is enough, and whoever proposed does not decide.
        worker.post(f"{where}pulihkan/", {"alasan": "sekali lagi"})
        assert Item.objects.filter(kind="restoration", family_id=id_).count() == 1
        assert "Pulihkan, dengan rapel" not in text(worker.get(at))
        shown = text(boss.get(at))
        said = {"versi": version(shown), "alasan": "keliru", "dokumen": "SK/9/2026"}
        boss.post(at, {"langkah": "decide", **said})
        again.refresh_from_db()
        assert again.state == "restored"
        with climb.acting("kepala_dinas", area[:4]):
            assert {one.kind for one in spells.running(family_id=id_)} == before
            read = read_family(id_)
            assert read is not None and read.rung == "empowerment"
            now = lists.pair()
        # It counts for nobody: neither as a graduation nor as one that fell.
        assert now["all"] == pair["all"] - 1 and now["fell"] == pair["fell"]
        assert not open_rows(Event).filter(item=item).exists()
        owed = Step.objects.get(pk=again.pk).owed
        assert {month for one in owed for month in one["months"]} >= {"2026-04", "2026-05"}
        assert all(one["amount"] for one in owed)
        letter = Paper.objects.get(item=again, kind="pemulihan")
        done = text(boss.get(at))
        assert letter.number in done and "Rapel" in done
        assert "Pulihkan (batalkan" not in text(worker.get(where))
    # Undone once is undone: nobody can do so again.
    with pretend(later):
        worker.post(f"{where}pulihkan/", {"alasan": "lagi"})
        assert Item.objects.filter(kind="restoration", family_id=id_).count() == 1


@pytest.mark.slow
def test_an_objection_at_the_counter_holds_a_graduation_and_undoes_it(climb: Climb) -> None:
    from tangga.web.programmes import spells
    from tangga.web.work import clock_job
    from tangga.web.work.models import Item

    held = graduable(climb, support=True, area="1811")
    with pretend(DAY):
        decided = climb.decided(held)
        lodge(climb, held, decided.number)
        decided.refresh_from_db()
        assert decided.state == "suspended"
    with pretend(EFFECT):
        clock_job.overdue()
        decided.refresh_from_db()
        assert decided.state == "suspended"
        # Nobody answered in time: with the province, and support runs on until it does.
        answer(climb, held, ("dinas_provinsi", "uphold_by_province"))
        decided.refresh_from_db()
        assert decided.state == "upheld"
    family, item = graduated(climb, area="1811")
    with climb.acting("kepala_dinas", "1811"):
        ran = {one.kind for one in spells.running(family_id=family["family_id"], on=DAY)}
    with pretend(EFFECT + timedelta(days=40)):
        lodge(climb, family, item.number)
        answer(climb, family, *HERE)
        undone = Item.objects.get(kind="restoration", family_id=family["family_id"])
        assert (undone.state, undone.parent_id) == ("restored", item.pk)
        with climb.acting("kepala_dinas", "1811"):
            assert {one.kind for one in spells.running(family_id=family["family_id"])} == ran


@pytest.mark.slow
def test_an_objection_about_something_else_undoes_nothing(climb: Climb) -> None:
    from tangga.web.work.models import Item

    family, item = graduated(climb, area="1811")
    with pretend(EFFECT + timedelta(days=10)):
        lodge(climb, family, "")
        answer(climb, family, *HERE)
    item.refresh_from_db()
    assert item.state == "graduated"
    assert not Item.objects.filter(kind="restoration", family_id=family["family_id"]).exists()


def lodge(climb: Climb, family: dict[str, Any], number: str) -> None:
    """As an officer at the counter types it in."""
    said = {"subject": "other", "words": "Kami masih memerlukan.", "notice": number}
    desk = client(climb, "operator_kabkota", family["area"][:4])
    answer = desk.post(f"/keberatan/baru/objection/{family['family_id']}/", said)
    assert answer.status_code == 302, answer.content.decode()[-2000:]


HERE = (("verifikator_kabkota", "check"), ("kepala_dinas", "uphold"))


def answer(climb: Climb, family: dict[str, Any], *steps: tuple[str, str]) -> None:
    """Each step by its role."""
    from tangga.web.work.models import Item

    for role, name in steps:
        found = Item.objects.get(kind="objection", family_id=family["family_id"], closed_on=None)
        place = family["area"][: 2 if role == "dinas_provinsi" else 4]
        client(climb, role, place).post(
            f"/tugas/{found.pk}/langkah/",
            {"langkah": name, "versi": found.version, "alasan": "Sudah diperiksa."},
        )


def moved(climb: Climb, family: dict[str, Any], to_village: str) -> None:
    """To another regency, which accepts."""
    from tangga.web.journeys.care import moves
    from tangga.web.today import today
    from tangga.web.work import actions

    with climb.acting("operator_kabkota", family["area"][:4]) as by:
        item = moves.propose(
            family_id=family["family_id"],
            to_village=to_village,
            moved_on=today(),
            consent=moves.Consent(today(), "Surat persetujuan"),
            words="Ikut pekerjaan",
            document="SKPWNI 123",
            by=by,
        )
    with climb.acting("verifikator_kabkota", to_village[:4]) as by:
        actions.take(item, "accept", by=by, version=item.version, reason="diterima")


@pytest.mark.slow
def test_what_is_decided_goes_along_with_a_family_that_moves(climb: Climb) -> None:
    from tangga.web.journeys.climb.models import Effect, Step
    from tangga.web.journeys.climb.reading import read_family
    from tangga.web.work import clock_job

    family = graduable(climb, support=True, area="1771")
    id_ = family["family_id"]
    (to,) = climb.ask("SELECT area FROM families WHERE area LIKE '1811%%' ORDER BY 1 LIMIT 1")
    with pretend(DAY):
        item = climb.decided(family)
        with climb.acting("pendamping_pkh", family["area"][:6], worker="PDP-UJI") as by:
            member = member_of_a_group(climb, family, by)
    with pretend(DAY + timedelta(days=3)):
        moved(climb, family, to["area"])
    member.refresh_from_db()
    assert (member.why, member.left_on) == ("moved", DAY + timedelta(days=3))
    assert Step.objects.get(pk=item.pk).area == to["area"]
    where = f"/tangga/langkah/{item.pk}/"
    assert client(climb, "kepala_dinas", "1771").get(where).status_code == 404
    with pretend(EFFECT):
        clock_job.overdue()
        item.refresh_from_db()
        assert (item.state, item.area) == ("graduated", to["area"])
        boss = client(climb, "kepala_dinas", "1811")
        assert "Akibat keputusan ini" in text(boss.get(where))
        with climb.acting("kepala_dinas", "1811") as by:
            read = read_family(id_, viewer=by)
            assert read is not None and (read.rung, read.area) == ("graduated", to["area"])
    assert set(Effect.objects.filter(item=item).values_list("area", flat=True)) == {to["area"]}


def test_a_graduation_that_a_release_has_taken_in_is_undone_too(climb: Climb) -> None:
    from tangga.web.journeys.climb import undoing
    from tangga.web.overlay.models import Event
    from tangga.web.work import actions

    _, item = graduated(climb, area="1811")
    event = Event.objects.get(item=item, event="rung_move")
    climb.change(
        "INSERT INTO public.register_consumed (number, correction_id) "
        "SELECT number, %s FROM public.register_current",
        event.correction_id,
    )
    with pretend(EFFECT + timedelta(days=9)):
        with climb.acting("operator_kabkota", "1811") as by:
            again = undoing.propose(item, by=by, reason="keliru")
        with climb.acting("kepala_dinas", "1811") as by:
            again = actions.take(
                again, "decide", by=by, version=again.version, reason="keliru", document="SK/9"
            )
    back = Event.objects.get(item=again, event="rung_move")
    assert (back.rung, back.exit, back.worker) == ("empowerment", "", "")
    event.refresh_from_db()
    assert event.ended == EFFECT + timedelta(days=9)
