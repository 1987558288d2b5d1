"""What the pilar record besides visits: disasters within 72 hours, tension, findings, goods."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from visiting import TODAY, client_of

from tangga.web.today import pretend


@pytest.fixture(autouse=True)
def day() -> Iterator[None]:
    with pretend(TODAY):
        yield


@pytest.fixture(scope="module")
def village(web: Any) -> str:
    with web.owner() as con:
        return con.execute(
            "SELECT area FROM r_1.family_index WHERE area ~ '^1811[0-9]{6}$'"
            " GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"
        ).fetchone()[0]


@pytest.fixture(scope="module")
def tagana(web: Any, village: str) -> Any:
    return client_of("tagana", "1811", "tagana-mesuji", "TGN-1")


def begun(client: Any, record: str, **said: str) -> str:
    """The address of what was recorded."""
    answer = client.post(f"/kunjungan/kejadian/baru/{record}/", said)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    return str(answer["Location"])


def choices(client: Any, address: str) -> list[str]:
    text = client.get(address).content.decode()
    return re.findall(r'name="pilih" value="(\w+)"', text)


def flood(client: Any, village: str, day: str = "2026-03-01") -> str:
    return begun(client, "disaster", area=village, happened_on=day, shock="flood")


def test_a_disaster_and_its_families_become_events_of_the_overlay(
    web: Any, tagana: Any, village: str
) -> None:
    address = flood(tagana, village)
    ids = choices(tagana, address)[:3]
    sent = {"peristiwa": "shock", "pilih": ids, "hari": "2026-03-01"}
    tagana.post(f"{address}tambah/", sent)
    tagana.post(f"{address}tambah/", sent)
    with web.owner() as con:
        found = con.execute(
            "SELECT family_id, shock, incident, worker, on_date, recorded_on FROM overlay_event"
            " WHERE family_id = ANY(%s) ORDER BY family_id",
            [ids],
        ).fetchall()
    assert sorted(row[0] for row in found) == sorted(ids)
    assert {row[1:4] for row in found} == {("flood", found[0][2], "TGN-1")}
    assert found[0][2].startswith("KJD/1811/2026/")
    text = tagana.get(address).content.decode()
    assert "3 dari 3 dicatat dalam 72 jam" in text
    assert not set(ids) & set(choices(tagana, address))


def test_what_is_recorded_after_72_hours_is_late_and_still_recorded(
    web: Any, tagana: Any, village: str
) -> None:
    from tangga.web.work.clock_job import overdue

    address = flood(tagana, village, "2026-02-27")
    with pretend(date(2026, 3, 6)):
        overdue(date(2026, 3, 6))
        chosen = choices(tagana, address)[:2]
        tagana.post(
            f"{address}tambah/", {"peristiwa": "shock", "pilih": chosen, "hari": "2026-02-27"}
        )
        text = tagana.get(address).content.decode()
    assert "0 dari 2 dicatat dalam 72 jam" in text and "terlambat" in text
    assert "Lewat 72 jam" in text


def test_the_year_of_tagana_counts_in_time_and_late(web: Any, tagana: Any) -> None:
    with pretend(date(2026, 3, 7)):
        text = tagana.get("/kunjungan/tahun/").content.decode()
    part = text.partition("Bencana dicatat dalam 72 jam")[2].partition("</section>")[0]
    assert part.partition("Sejak rilis</dt><dd>")[2].startswith("3 dari 5")
    part = text.partition("Keluarga terdampak dicatat")[2].partition("</section>")[0]
    assert part.partition("Sejak rilis</dt><dd>")[2].startswith("+5")


def test_goods_go_to_struck_families_once_a_receipt(web: Any, tagana: Any, village: str) -> None:
    address = flood(tagana, village)
    one, other = choices(tagana, address)[:2]
    tagana.post(f"{address}tambah/", {"peristiwa": "shock", "pilih": [one], "hari": "2026-03-01"})
    said = {
        "keluarga": one,
        "goods": "Beras",
        "amount": "12,5",
        "unit": "kg",
        "receipt": "TT-1",
        "on_date": "2026-03-02",
        "kunci": str(uuid.uuid4()),
    }
    tagana.post(f"{address}barang/", said)
    tagana.post(f"{address}barang/", said)
    tagana.post(f"{address}barang/", said | {"kunci": str(uuid.uuid4())})
    tagana.post(
        f"{address}barang/",
        said | {"kunci": str(uuid.uuid4()), "receipt": "TT-2", "keluarga": other},
    )
    with web.owner() as con:
        found = con.execute(
            "SELECT family_id, amount FROM visits_handed WHERE receipt LIKE 'TT-%'"
        ).fetchall()
    assert [(row[0], float(row[1])) for row in found] == [(one, 12.5)]
    assert "tanda terima TT-1" in tagana.get(address).content.decode()


def test_nobody_outside_of_the_area_is_struck(web: Any, tagana: Any, village: str) -> None:
    address = flood(tagana, village)
    with web.owner() as con:
        far = con.execute(
            "SELECT family_id FROM r_1.family_index WHERE area LIKE '1771%' LIMIT 1"
        ).fetchone()[0]
    tagana.post(f"{address}tambah/", {"peristiwa": "shock", "pilih": [far], "hari": "2026-03-01"})
    with web.owner() as con:
        query = "SELECT count(*) FROM overlay_event WHERE family_id = %s"
        assert con.execute(query, [far]).fetchone() == (0,)
    away = client_of("tagana", "1771", "tagana-kota", "TGN-2")
    assert away.get(address).status_code == 404
    wrong = away.post(
        "/kunjungan/kejadian/baru/disaster/",
        {"area": village, "happened_on": "2026-03-01", "shock": "flood"},
    )
    assert wrong.status_code == 422


def test_each_pilar_records_its_own_and_nothing_else(web: Any, village: str, tagana: Any) -> None:
    peace = client_of("pelopor_perdamaian", "1811", "pelopor-mesuji", "PLP-1")
    assert peace.get("/kunjungan/kejadian/baru/disaster/").status_code == 404
    assert tagana.get("/kunjungan/kejadian/baru/tension/").status_code == 404
    address = begun(peace, "tension", area=village, happened_on="2026-03-01", shock="conflict")
    chosen = choices(peace, address)[:1]
    peace.post(
        f"{address}tambah/", {"peristiwa": "displaced", "pilih": chosen, "hari": "2026-03-01"}
    )
    with web.owner() as con:
        found = con.execute(
            "SELECT event, shock, worker FROM overlay_event WHERE family_id = %s AND worker = %s",
            [chosen[0], "PLP-1"],
        ).fetchall()
    assert found == [("displaced", "", "PLP-1")]


def test_a_finding_waits_for_the_office_and_comes_back(web: Any, village: str) -> None:
    tksk = client_of("tksk", village[:6], "tksk-temuan", "TKSK-9")
    address = begun(
        tksk,
        "finding",
        area=village,
        happened_on="2026-03-01",
        topic="distribution",
        words="Kartu tidak dapat dipakai di agen",
    )
    office = client_of("operator_kabkota", "1811", "operator-temuan")
    assert address.split("/")[-2] in office.get("/tugas/").content.decode()
    text = office.get(address).content.decode()
    assert "Kartu tidak dapat dipakai" in text
    version = re.search(r'name="versi" value="(\d+)"', text)[1]
    number = address.split("/")[-2]
    office.post(
        f"/tugas/{number}/langkah/",
        {"versi": version, "langkah": "answer", "alasan": "Agen sudah ditegur"},
    )
    assert "Dijawab, menunggu dipastikan petugas" in tksk.get(address).content.decode()
    with web.owner() as con:
        note = con.execute("SELECT note FROM visits_field WHERE topic = 'distribution'").fetchone()
    assert b"Kartu" not in bytes(note[0])
