"""The acts of the formal channel: issued where no number is given; their annex is what moved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from families import one
from proposing import Office, a_family, evidence_in, fingerprint, photo, problems, state, version

from tangga.web.papers.content import Content
from tangga.web.papers.models import Named, Paper

NUMBERED = (
    "f.floor IS NOT NULL AND EXISTS (SELECT FROM persons AS h"
    " WHERE h.person_id = f.head_person_id AND h.nik IS NOT NULL)"
)
MEETING = {"basis": "village_meeting", "held_on": "2026-01-05"}
SAID = {
    "held_at": "Balai desa",
    "chair": "Suparman",
    "present": "23",
    "attendance": "Suparman, ketua BPD\n\n  Wati,   PKK ",
}


@pytest.fixture
def office(web: Any, tmp_path: Path) -> Any:
    with evidence_in(tmp_path):
        yield Office(web, a_family(web, NUMBERED)["area"])


def content(paper: Paper) -> Content:
    return Content.opened(Paper.objects.get(pk=paper.pk).content)


def ticked(web: Any, *items: str) -> dict[str, Any]:
    return {"usul": [f"{one}:{version(web, one)}" for one in items]}


def two(office: Office) -> tuple[list[str], str]:
    family = a_family(office.web, NUMBERED)["family_id"]
    proposed = [office.value(family, "floor"), office.value(family, "wall")]
    return proposed, family


def test_every_act_lists_exactly_what_took_the_step(web: Any, office: Office) -> None:
    """Minutes of two, a batch of two, a decision of the one that is left in it."""
    items, family = two(office)
    head = office.client("village_head")
    done = head.post("/usul/musyawarah/", {**ticked(web, *items), **MEETING, **SAID})
    assert done.status_code == 302 and "/surat/" in done["Location"], problems(done)
    minutes = Paper.objects.filter(kind="berita_acara_musyawarah").latest("at")
    said = content(minutes)
    tickets = [one(web, "SELECT number FROM work_item WHERE id = %s", i)["number"] for i in items]
    assert [row[0] for row in said.rows] == sorted(tickets) and minutes.rows == 2
    assert "daftar hadir di bawah ini" in said.body and "terlampir" not in said.body
    assert said.signs[1] == f"Pemimpin musyawarah\n{SAID['chair']}"
    assert "Suparman, ketua BPD" in said.body and "Wati, PKK" in said.body
    assert {one.family_id for one in Named.objects.filter(paper=minutes)} == {family}
    proposal = one(web, "SELECT document FROM corrections_proposal WHERE item_id = %s", items[0])
    assert proposal["document"] == minutes.number
    page = head.get(done["Location"]).content.decode()
    assert minutes.number in page and said.rows[0][2] not in page, "numbers are masked"
    for item in items:
        office.step(item, "verify", "verifier")
    answer = office.client("head").post("/usul/bundel/", {**ticked(web, *items), "dokumen": ""})
    batch = answer["Location"].split("/")[3]
    letter = Paper.objects.filter(kind="rekomendasi_dinas").latest("at")
    assert letter.rows == 2 and minutes.number in str(content(letter).rows)
    office.step(items[1], "take_out", "mayor", alasan="Diperiksa lagi di lapangan")
    mayor = office.client("mayor")
    shown = mayor.get(f"/usul/bundel/{batch}/").content.decode()
    sign = {"langkah": "sign", "versi": str(version(web, batch)), "dampak": fingerprint(shown)}
    assert mayor.post(f"/usul/bundel/{batch}/langkah/", sign).status_code == 302
    assert (state(web, items[0]), state(web, items[1])) == ("ready", "verified")
    decision = Paper.objects.filter(kind="sk_perbaikan").latest("at")
    assert [row[0] for row in content(decision).rows] == [tickets[0]]
    page = mayor.get(f"/usul/bundel/{batch}/").content.decode()
    assert decision.number in page and letter.number in page
    assert mayor.get(f"/surat/{decision.pk}/").status_code == 200


def test_a_statement_takes_the_place_of_minutes(web: Any, office: Office) -> None:
    item = office.value(a_family(web, NUMBERED)["family_id"], "roof")
    form = {**ticked(web, item), **MEETING, "basis": "responsibility_letter"}
    client = office.client("village_head")
    lacking = client.post("/usul/musyawarah/", form)
    assert lacking.status_code == 200 and "Diperlukan untuk surat ini" in lacking.content.decode()
    done = client.post("/usul/musyawarah/", {**form, "why": "Banjir memutus jalan ke balai desa"})
    assert done.status_code == 302, problems(done)
    paper = Paper.objects.filter(kind="sptjm").latest("at")
    assert paper.rows == 1 and "Banjir memutus jalan" in content(paper).body


def test_what_is_refused_issues_nothing(web: Any, office: Office) -> None:
    """A proposal that has moved on meanwhile: no act, no number that is spent."""
    item = office.value(a_family(web, NUMBERED)["family_id"], "cooking_fuel", section="housing")
    before = Paper.objects.count()
    form = {**MEETING, **SAID, "usul": [f"{item}:{version(web, item) + 1}"]}
    assert office.client("village_head").post("/usul/musyawarah/", form).status_code == 422
    assert Paper.objects.count() == before and state(web, item) == "proposed"
    assert office.client("village_head").post("/usul/musyawarah/", {**MEETING, **SAID})
    assert Paper.objects.count() == before


def test_a_list_of_who_came_is_spoken_of_only_where_there_is_one(web: Any, office: Office) -> None:
    family = a_family(office.web, NUMBERED)["family_id"]
    client = office.client("village_head")
    alone = {name: text for name, text in SAID.items() if name != "attendance"}
    for column, more, said in (
        ("lighting", {}, ""),
        ("disposal", {"minutes": photo()}, "daftar hadir terlampir: satu berkas"),
    ):
        item = office.value(family, column)
        done = client.post("/usul/musyawarah/", {**ticked(web, item), **MEETING, **alone, **more})
        assert done.status_code == 302, problems(done)
        body = content(Paper.objects.filter(kind="berita_acara_musyawarah").latest("at")).body
        assert said in body if said else "daftar hadir" not in body.lower()


def test_a_batch_whose_last_proposal_was_withdrawn_does_not_wait(web: Any, office: Office) -> None:
    """Also when a village withdraws it, which sees its own proposals and not the batch."""
    item = office.value(a_family(web, NUMBERED)["family_id"], "toilet")
    office.verified(item)
    batch = office.batch(item)
    office.step(item, "withdraw", "operator", alasan="Ternyata sudah benar sejak semula")
    assert (state(web, item), state(web, batch)) == ("withdrawn", "returned")
