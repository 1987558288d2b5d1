"""The work of each pilar on one list: who was struck, one village, goods, files of a year."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from visiting import TODAY, cards, client_of, opened, send, visits

from tangga.web.journeys.visits import year
from tangga.web.journeys.visits.pilar import settings_of
from tangga.web.journeys.visits.year_cases import CaseDeed
from tangga.web.today import pretend


@pytest.fixture(autouse=True)
def day() -> Iterator[None]:
    with pretend(TODAY):
        yield


@pytest.fixture(scope="module")
def someone(web: Any) -> tuple[str, str, str]:
    """A worker with a family whose visit has no deadline, the family, and its village."""
    with web.owner() as con:
        found = con.execute(
            "SELECT w, family_id, area FROM r_1.family_index, unnest(workers) AS w"
            " WHERE visit_deadline IS NULL AND area ~ '^[0-9]{10}$'"
            " AND w IN (SELECT worker FROM r_1.workers WHERE pilar = 'pkh_companion')"
            " ORDER BY count(*) OVER (PARTITION BY w) DESC, w, family_id LIMIT 1"
        ).fetchone()
    assert found is not None
    return found


@pytest.fixture(scope="module")
def companion(web: Any, someone: tuple[str, str, str]) -> Any:
    worker, _, village = someone
    return client_of("pendamping_pkh", village[:6], "rina-kerja", worker)


@pytest.fixture(scope="module")
def own(someone: tuple[str, str, str]) -> tuple[str, str]:
    return someone[1], someone[2]


@pytest.fixture(scope="module")
def tagana(web: Any, someone: tuple[str, str, str]) -> Any:
    return client_of("tagana", someone[2][:4], "tagana-kerja", "TGN-7")


def struck(client: Any, record: str, village: str, family: str, event: str, **said: str) -> str:
    """Something happened, and struck this family; the address of the record."""
    day = {"area": village, "happened_on": "2026-03-01"}
    address = client.post(f"/kunjungan/kejadian/baru/{record}/", day | said)["Location"]
    client.post(f"{address}tambah/", {"peristiwa": event, "pilih": [family], "hari": "2026-03-01"})
    return str(address)


def band_of(client: Any, family: str) -> str:
    """In which band a family stands in somebody's list; '' where it is not there."""
    for band in ("overdue", "deadline", "struck", "unknown", "decides", "stale", "rest", "done"):
        for page in (1, 2, 3):
            found = cards(client, f"/kunjungan/?bagian={band}&hal={page}")
            if (band, family) in found:
                return band
    return ""


def test_whom_a_flood_struck_waits_for_a_visit_of_both(
    companion: Any, tagana: Any, own: tuple[str, str]
) -> None:
    family, village = own
    empty = tagana.get("/kunjungan/").content.decode()
    assert "menunggu kunjungan Anda" in empty and "Kejadian bencana" in empty
    struck(tagana, "disaster", village, family, "shock", shock="flood")
    assert band_of(companion, family) == band_of(tagana, family) == "struck"
    text = tagana.get("/kunjungan/").content.decode()
    assert "Banjir, 1 Maret 2026: belum dikunjungi sesudahnya." in text
    assert "Yang Anda catat dan belum selesai" in text
    assert send(companion, family, opened(companion, family)).status_code == 302
    assert "struck" not in (band_of(companion, family), band_of(tagana, family))


def test_a_warning_is_followed_up_within_the_days_of_the_pack(web: Any) -> None:
    with web.owner() as con:
        family, village = con.execute(
            "SELECT family_id, area FROM r_1.family_index WHERE area ~ '^1811'"
            " AND visit_deadline IS NULL ORDER BY family_id DESC LIMIT 1"
        ).fetchone()
    peace = client_of("pelopor_perdamaian", "1811", "pelopor-kerja", "PLP-7")
    struck(peace, "tension", village, family, "displaced", shock="conflict")
    assert band_of(peace, family) == "deadline"
    assert "15 Maret 2026" in peace.get("/kunjungan/").content.decode()
    with pretend(date(2026, 3, 16)):
        assert band_of(peace, family) == "overdue"


def test_goods_against_a_receipt_go_back_as_a_delivery(tagana: Any, own: tuple[str, str]) -> None:
    from tangga.web.journeys.visits.export import exported

    family, village = own
    address = struck(tagana, "disaster", village, family, "shock", shock="fire")
    said = {"keluarga": family, "goods": "Tenda", "amount": "1", "unit": "buah"}
    said |= {"receipt": "TT-77", "on_date": "2026-03-02", "kunci": str(uuid.uuid4())}
    tagana.post(f"{address}barang/", said)
    kind, columns, rows = exported()[2]
    row = dict(zip(columns, rows[0], strict=True))
    assert kind == "payments" and len(rows) == 1
    assert (row["family_id"], row["programme"]) == (family, "disaster_aid")
    assert row["status"] == "paid" and row["paid_on"] == date(2026, 3, 2)
    assert row["round"].startswith("KJD/")


def test_one_village_at_a_time_on_screen_and_on_paper(companion: Any) -> None:
    text = companion.get("/kunjungan/").content.decode()
    found = re.findall(r'<option value="(\d{10})">[^<]*\((\d+)\)', text)
    if len(found) < 2:
        assert 'name="desa"' not in text
        return
    village, many = min(found, key=lambda one: int(one[1]))
    shown = companion.get(f"/kunjungan/?desa={village}").content.decode()
    assert f"<strong>{many}</strong>" in shown
    assert shown.count('<li class="card visit-card') == min(int(many), 20)
    paper = companion.get(f"/kunjungan/lembar/cetak/?desa={village}").content.decode()
    assert 0 < paper.count('<article class="visit-sheet"') <= min(int(many), 60)
    assert not cards(companion, "/kunjungan/?desa=9999999999")


def test_none_of_it_is_one_tick(web: Any, companion: Any) -> None:
    from tangga.web.journeys.visits.facts import seen_of

    for page in (1, 2, 3, 4):
        for _, family in cards(companion, f"/kunjungan/?hal={page}"):
            text = companion.get(f"/kunjungan/keluarga/{family}/").content.decode()
            tick = re.search(r'name="(n-(\w+)-\w+)"', text)
            if tick is None:
                continue
            name, person = tick.groups()
            sent = opened(companion, family)
            sent |= {name: "on", f"p-{person}-difficulty_hearing": "some"}
            assert send(companion, family, sent).status_code == 302
            seen = seen_of(visits(web, family, "facts")[-1][0]).people[person]
            assert seen["difficulty_seeing"] == "none" and seen["difficulty_hearing"] == "some"
            return
    pytest.fail("nobody of whom difficulties are asked")


def test_the_pages_of_a_year_stand_apart(companion: Any) -> None:
    text = companion.get("/kunjungan/tahun/").content.decode()
    order = [text.index(f"<h2>{head}</h2>") for head in ("Tugas saya", "Disiplin")]
    order.append(text.index("<h2>Kontribusi graduasi</h2>"))
    assert order == sorted(order)
    assert "bekerja menurut keluarga" in text and "hanya" not in text.partition("<h2>")[0]


def deeds(*cases: CaseDeed) -> year.Deeds:
    return year.Deeds(cases=list(cases))


def test_files_of_rehabilitation_count_in_the_year_of_their_worker() -> None:
    said = settings_of()
    assert said is not None
    by_id = {one["id"]: one for one in said["measure"]}
    opened_on = date(2026, 2, 1)
    in_time = CaseDeed(opened_on, None, "in_service", (opened_on + timedelta(days=14),), True)
    late = CaseDeed(opened_on, None, "in_service", (opened_on + timedelta(days=15),), True)
    ended = CaseDeed(opened_on, date(2026, 3, 1), "finished", (opened_on,), True)
    broken_off = CaseDeed(opened_on, date(2026, 3, 1), "returned", (opened_on,), True)
    has_time = CaseDeed(date(2026, 2, 25), None, "referred", (), True)
    of_another = CaseDeed(opened_on, None, "in_service", (), False)
    done = deeds(in_time, late, ended, broken_off, has_time, of_another)

    def line(measure: str) -> year.Line:
        return year.line(by_id[measure], said, None, done, TODAY, "id")

    assert (line("assessed_in_time").since, line("assessed_in_time").since_of) == (3, 4)
    assert (line("goals_met").since, line("goals_met").since_of) == (1, 2)
    assert line("into_empowerment").since is None
