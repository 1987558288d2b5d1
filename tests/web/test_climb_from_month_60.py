"""The third story from month 60 on: extended by name, moved with a place in a group, graduated on
two observations by two people, hit by a flood, looked at again."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from climbing import Climb, plain_rules
from test_climb_cap import at_cap
from test_climb_kube import fitting
from test_climb_pages import client, text, version
from visiting import client_of, opened, send

from tangga.web.today import pretend

pytestmark = pytest.mark.slow

MONTH_60 = date(2026, 3, 2)


@pytest.fixture(scope="module")
def climb(web: Any, workspace: Any) -> Any:
    yield from plain_rules(web, workspace)


def step(acting: Any, where: str, name: str, **more: str) -> None:
    """One step as its form sends it."""
    answer = acting.post(
        where, {"langkah": name, "versi": version(text(acting.get(where))), **more}
    )
    assert answer.status_code == 302


def year_of(worker: Any) -> int:
    """How many graduations the worker's own page of the year counts."""
    html = text(worker.get("/kunjungan/tahun/"))
    row = html.partition("Graduasi mandiri")[2][:600]
    found = re.search(r"<strong>(\d+)", row) or re.search(r">(\d+)<", row)
    return int(found[1]) if found else 0


def test_bu_sari_from_month_60_on(climb: Climb) -> None:
    from tangga.web.journeys.climb import clock, lists
    from tangga.web.journeys.climb.models import Effect, Group
    from tangga.web.journeys.climb.reading import read_family
    from tangga.web.overlay.models import Event
    from tangga.web.programmes import spells
    from tangga.web.work import clock_job
    from tangga.web.work.models import Item

    family = mother(climb)
    id_, area = family["family_id"], family["area"]
    regency, district = area[:4], area[:6]
    sari = client_of("pendamping_pkh", district, "pendamping-sari", "PDP-0001")
    other = client_of("tksk", district, "tksk-sari", "TKSK-01")
    office = client(climb, "operator_kabkota", regency)
    checks = client(climb, "verifikator_kabkota", regency)
    boss = client(climb, "kepala_dinas", regency)

    # Month 60, no place: extended by name, with reason and end; support runs on.
    with pretend(MONTH_60):
        office.post(f"/tangga/keluarga/{id_}/cap_decision/")
        item = Item.objects.get(family_id=id_, kind="cap_decision")
        where = f"/tangga/langkah/{item.pk}/"
        step(office, where, "propose_extension", alasan="belum ada tempat", sampai="2026-07-01")
        step(checks, where, "check")
        step(boss, where, "decide_extension", alasan="KUBE dibentuk bulan Juni")
        item.refresh_from_db()
        assert item.state == "extended"
        assert "diperpanjang sampai 1 Juli 2026" in text(boss.get("/tangga/batas/"))

    # Month 64: a place in a group; moved, and exactly what the clock counts ends.
    with pretend(date(2026, 7, 2)):
        others = fitting(climb, district, 4)
        sari.post("/tangga/potensi/", _potential(district))
        sari.post("/tangga/kelompok/baru/", {"name": "KUBE Harapan", "area": district})
        group = Group.objects.get(name="KUBE Harapan")
        at = f"/tangga/kelompok/{group.pk}/"
        everybody = [id_, *(one["family_id"] for one in others)]
        roles = ("chair", "secretary", "treasurer", "member", "member")
        for who, role in zip(everybody, roles, strict=True):
            v = version(text(sari.get(at)))
            sari.post(f"{at}anggota/", {"family_id": who, "role": role, "versi": v})
        v = version(text(sari.get(at)))
        sari.post(f"/tugas/{group.pk}/langkah/", {"langkah": "form", "versi": v})
        group.refresh_from_db()
        assert group.formed_on is not None
        office.post(f"/tangga/keluarga/{id_}/cap_decision/")
        item = Item.objects.get(family_id=id_, kind="cap_decision", closed_on=None)
        where = f"/tangga/langkah/{item.pk}/"
        step(office, where, "propose_move", alasan="ada tempat di KUBE Harapan")
        step(checks, where, "check")
        step(boss, where, "decide_move")
        with climb.acting("kepala_dinas", regency):
            before = {one.kind for one in spells.running(family_id=id_)}
    with pretend(date(2026, 7, 16)):
        clock_job.overdue()
        item.refresh_from_db()
        assert item.state == "moved"
        with climb.acting("kepala_dinas", regency):
            after = {one.kind for one in spells.running(family_id=id_)}
        ended = Effect.objects.filter(item=item, ends=True)
        gone = {(k.programme, k.component, k.person_id) for k in before - after}
        assert {(e.programme, e.component, e.person_id) for e in ended} == gone != set()

    # Two observations seven months apart, by two people; the first worker proposes.
    seen = {"income_month": "90000000", "income_since": "2026-07-20", "purpose": "graduation"}
    for day, worker, more in (
        (date(2026, 8, 3), sari, {}),
        (date(2027, 3, 8), other, {"statement": "yes", "document": "BA/3/2027"}),
    ):
        with pretend(day):
            answer = send(worker, id_, opened(worker, id_) | seen | more)
            assert answer.status_code == 302, answer.content.decode()[-1500:]
    with pretend(date(2027, 3, 10)):
        counted = year_of(sari)
        sari.post(f"/tangga/keluarga/{id_}/graduation/", {"alasan": "usaha berjalan"})
        item = Item.objects.get(family_id=id_, kind="graduation")
        where = f"/tangga/langkah/{item.pk}/"
        step(checks, where, "check")
        step(boss, where, "decide")
    graduated = date(2027, 3, 24)
    with pretend(graduated):
        clock_job.overdue()
        item.refresh_from_db()
        assert item.state == "graduated"
        moved = Event.objects.get(item=item, event="rung_move")
        assert (moved.rung, moved.exit, moved.worker) == ("graduated", "independent", "PDP-0001")
        assert year_of(sari) == counted + 1
        # She leaves the group, and what it owns stays with it.
        assert not group.members.filter(family_id=id_, left_on=None).exists()

    # A flood recorded by Tagana: review, re-entry, and *bertahan* falls.
    with pretend(graduated + timedelta(days=60)):
        with climb.acting("kepala_dinas", regency):
            pair = lists.pair()
        with climb.acting("tagana", regency) as by:
            climb.shock(family, by)
        assert clock.reviews() >= 1
        review = Item.objects.get(family_id=id_, kind="fall_review")
    with pretend(graduated + timedelta(days=63)):
        lost = {"income_month": "100000", "purpose": "disaster"}
        assert send(sari, id_, opened(sari, id_) | lost).status_code == 302
        where = f"/tangga/langkah/{review.pk}/"
        step(sari, where, "propose_protection", alasan="rumah dan gerobak hanyut")
        step(checks, where, "protect")
        with climb.acting("kepala_dinas", regency):
            read = read_family(id_)
            assert read is not None and read.rung == "protection"
            now = lists.pair()
        assert (now["fell"], now["too_early"]) == (pair["fell"] + 1, pair["too_early"] - 1)


def mother(climb: Climb) -> dict[str, Any]:
    """A family at the cap whose head is of working age."""
    for _ in range(40):
        family = at_cap(climb)
        (head,) = climb.ask(
            "SELECT p.person_id, p.birth_date FROM families AS f JOIN persons AS p "
            "ON p.person_id = f.head_person_id WHERE f.family_id = %s",
            family["family_id"],
        )
        born = head["birth_date"]
        if born is not None and date(1975, 1, 1) < born < date(1995, 1, 1):
            climb.change(
                "UPDATE persons SET marital_status = 'widowed', state_employment = 'none',"
                " worked_last_week = false WHERE person_id = %s",
                head["person_id"],
            )
            return family
    raise AssertionError("nobody at the cap is of working age")


def _potential(area: str) -> dict[str, str]:
    said = {"kind": "buyer", "name": "Pasar Simpang Pematang", "area": area}
    return {**said, "source": "Dinas Perdagangan", "on_date": "2026-06-01"}
