"""Taking back an objection or a request: a signed letter, told to the family, a second person."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from public_people import Somebody, of_programme
from test_appeals import DAY, lodge, newest, request_for, rows, state_of, step, stop_announced

SAID = "Kata keluarga sudah tidak perlu."


@pytest.fixture(autouse=True)
def _a_day(web: Any) -> Iterator[None]:
    from tangga.web.today import pretend

    with pretend(DAY):
        yield


@pytest.fixture
def suspended(web: Any) -> tuple[Any, dict[str, Any], Somebody]:
    """A stop that an objection holds back, the objection, and whose it is."""
    taken = {one[0] for one in rows(web, "SELECT family_id FROM work_item")}
    found = [p for p in of_programme(web, "pkh", most=40) if p.area.startswith("1811")]
    one = next(p for p in found if p.family_id not in taken)
    stop = stop_announced(web, one)
    return stop, lodge(web, one, subject="notice", notice=stop.number), one


def scan() -> SimpleUploadedFile:
    from PIL import Image

    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(drawn, "JPEG")
    return SimpleUploadedFile("surat.jpg", drawn.getvalue(), "image/jpeg")


def hand_in(web: Any, role: str, area: str, item: dict[str, Any], **more: Any) -> Any:
    said = {"versi": item["version"], "reason": SAID, "letter": scan(), **more}
    return web.client(role, area).post(f"/keberatan/{item['id']}/cabut/", said)


def test_nobody_ends_it_by_a_word(web: Any, suspended: Any) -> None:
    stop, item, one = suspended
    clerk = web.client("operator_desa", one.area)
    page = clerk.get(f"/keberatan/{item['id']}/").content.decode()
    assert f"/keberatan/{item['id']}/cabut/" in page
    assert 'value="withdraw"' not in page
    # The plain form of steps does not take it, and the page of it not without the letter.
    plain = {"langkah": "withdraw", "versi": item["version"], "alasan": SAID, "dokumen": "x"}
    assert clerk.post(f"/tugas/{item['id']}/langkah/", plain).status_code == 404
    for lacking in ({"letter": ""}, {"reason": " "}):
        assert hand_in(web, "operator_desa", one.area, item, **lacking).status_code == 422
    fake = SimpleUploadedFile("surat.pdf", b"%PDF no", "application/pdf")
    assert hand_in(web, "operator_desa", one.area, item, letter=fake).status_code == 422
    assert newest(web, "objection") == item
    assert not rows(web, "SELECT 1 FROM work_evidence WHERE item_id = %s", item["id"])
    assert state_of(web, stop) == "objected"


def test_a_letter_is_told_and_suspends_until_a_second_person_confirms(
    web: Any, suspended: Any, monkeypatch: Any
) -> None:
    from tangga.web.public import tasks

    stop, item, one = suspended
    sent: list[str] = []
    monkeypatch.setattr(tasks, "put", lambda _number, text: sent.append(text))
    telephone = {"person": one.person_id, "telephone": "0812 1111 2222"}
    web.client("operator_kabkota", "1811").post(f"/loket/{one.family_id}/telepon/", telephone)
    with web.owner() as con:
        con.execute(
            "UPDATE work_item SET person_id = %s WHERE id = %s", [one.person_id, item["id"]]
        )
    assert hand_in(web, "operator_desa", one.area, item).status_code == 302
    noted = newest(web, "objection")
    assert (noted["state"], noted["closed_on"], noted["due"]) == ("withdrawal", None, item["due"])
    assert state_of(web, stop) == "objected"
    kept = rows(web, "SELECT suspends FROM appeals_appeal WHERE item_id = %s", item["id"])
    assert kept == [(True,)]
    assert len(rows(web, "SELECT 1 FROM work_evidence WHERE item_id = %s", item["id"])) == 1
    papers = "SELECT kind FROM papers_paper WHERE item_id = %s ORDER BY at"
    assert [kind for (kind,) in rows(web, papers, item["id"])] == ["tanda_terima"] * 2
    assert any("surat pencabutan" in text and item["number"] in text for text in sent)
    # The village confirms nothing, nor does whoever only checks.
    for role, area in (("operator_desa", one.area), ("verifikator_kabkota", "1811")):
        step(web, role, area, noted, "confirm_withdrawal")
        assert newest(web, "objection")["state"] == "withdrawal"
    step(web, "kepala_dinas", "1811", noted, "confirm_withdrawal", alasan="Ditanya di rumahnya.")
    assert newest(web, "objection")["state"] == "withdrawn"
    assert state_of(web, stop) in ("denied", "notified")
    assert [kind for (kind,) in rows(web, papers, item["id"])][-1] == "jawaban"
    hands = "SELECT hand FROM work_taken WHERE item_id = %s AND step LIKE '%%withdraw%%' ORDER BY n"
    assert rows(web, hands, item["id"]) == [("proposer",), ("approver",)]


def test_who_did_not_withdraw_goes_on(web: Any, suspended: Any) -> None:
    stop, item, one = suspended
    hand_in(web, "operator_desa", one.area, item)
    step(web, "kepala_dinas", "1811", newest(web, "objection"), "keep", alasan="Tidak mencabut.")
    assert newest(web, "objection")["state"] == "lodged"
    assert state_of(web, stop) == "objected"


def test_a_withdrawal_that_nobody_confirms_ends_nothing(web: Any, suspended: Any) -> None:
    from tangga.web.today import pretend
    from tangga.web.work.clock_job import overdue

    stop, item, one = suspended
    hand_in(web, "operator_desa", one.area, item)
    with pretend(DAY + timedelta(days=8)):
        overdue()
    assert newest(web, "objection")["state"] == "with_province"
    assert state_of(web, stop) == "objected"


def test_a_request_is_taken_back_likewise(web: Any) -> None:
    one = next(p for p in of_programme(web, "sembako", most=20) if p.area.startswith("1811"))
    item = request_for(web, one, "other")
    assert hand_in(web, "operator_desa", one.area, item).status_code == 302
    noted = newest(web, "request")
    assert (noted["state"], noted["closed_on"]) == ("withdrawal", None)
    step(web, "kepala_dinas", "1811", noted, "confirm_withdrawal")
    assert newest(web, "request")["state"] == "withdrawn"
