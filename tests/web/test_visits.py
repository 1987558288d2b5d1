"""A worker's families in visit order, the form, and the visit where it is seen again."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from visiting import TODAY, busiest, cards, client_of, opened, send, visits

from tangga.web.journeys.visits.wanted import BANDS
from tangga.web.today import pretend


@pytest.fixture(autouse=True)
def day() -> Iterator[None]:
    with pretend(TODAY):
        yield


@pytest.fixture(scope="module")
def worker(web: Any) -> tuple[str, str]:
    return busiest(web)


@pytest.fixture(scope="module")
def companion(web: Any, worker: tuple[str, str]) -> Any:
    return client_of("pendamping_pkh", worker[1], "rina-pendamping", worker[0])


@pytest.fixture(scope="module")
def families(companion: Any) -> list[str]:
    """Those of the companion's first page; each test takes one of its own."""
    return [family for _, family in cards(companion)]


def test_families_stand_in_the_order_of_their_visits(companion: Any, web: Any) -> None:
    places = [BANDS.index(band) for band, _ in cards(companion)]
    assert len(places) > 5 and places == sorted(places)
    text = companion.get("/kunjungan/").content.decode()
    bands = re.findall(r'<li><a class="at-(\w+)" href="\?bagian=\w+"[^>]*>[^<]*<strong>(\d+)', text)
    for band, many in bands:
        shown = companion.get(f"/kunjungan/?bagian={band}").content.decode()
        assert shown.count('<li class="card visit-card') == min(int(many), 20)
    asked = text.partition("Tanyakan dulu")[2].partition("</ul>")[0]
    assert "?" in asked


def test_a_saved_visit_is_seen_and_is_one_however_often_it_is_sent(
    web: Any, companion: Any, families: list[str]
) -> None:
    family = families[0]
    sent = opened(companion, family)
    assert sent["on_date"] == TODAY.isoformat() and sent["purpose"] == "routine"
    sent |= {"income_month": "Rp 1.500.000", "note": "Atap <script>bocor"}
    saved = send(companion, family, sent)
    assert saved.status_code == 302, saved.content.decode()[:2000]
    again = send(companion, family, sent)
    assert again.status_code == 302 and again["Location"] == saved["Location"]
    assert visits(web, family, "on_date, result, version") == [(TODAY, "complete", 1)]
    page = companion.get(f"/keluarga/{family}/").content.decode()
    seen = page.partition('class="seen-since"')[2].partition("</details>")[0]
    assert "Rp1.500.000" in seen and "&lt;script&gt;bocor" in seen and "<script>bocor" not in page


def test_what_was_seen_is_sealed(web: Any, companion: Any, families: list[str]) -> None:
    family = families[1]
    send(companion, family, opened(companion, family) | {"note": "Rahasia keluarga ini"})
    facts = bytes(visits(web, family, "facts")[0][0])
    assert b"Rahasia" not in facts and b"note" not in facts
    with web.owner() as con:
        trail = con.execute("SELECT about::text FROM audit_events WHERE what = 'visit_saved'")
        assert all("Rahasia" not in row[0] for row in trail.fetchall())


def test_a_second_form_with_other_contents_overwrites_nothing(
    web: Any, companion: Any, families: list[str]
) -> None:
    family = families[2]
    sent = opened(companion, family)
    send(companion, family, sent | {"members_seen": "3"})
    other = send(companion, family, sent | {"members_seen": "5"})
    assert other.status_code == 409
    assert "Lihat kunjungan yang tersimpan" in other.content.decode()
    number, *_ = visits(web, family, "id")[0]
    page = companion.get(f"/kunjungan/{number}/").content.decode()
    assert "<dd>3</dd>" in page and "<dd>5</dd>" not in page


def test_going_back_and_saving_the_same_again_is_the_same_visit(
    web: Any, companion: Any, families: list[str]
) -> None:
    family = families[10]
    first = send(companion, family, opened(companion, family) | {"members_seen": "3"})
    again = send(companion, family, opened(companion, family) | {"members_seen": "3"})
    assert again["Location"] == first["Location"] and len(visits(web, family)) == 1
    sent = opened(companion, family) | {"members_seen": "4"}
    other = send(companion, family, sent)
    assert other.status_code == 409 and "kunjungan kedua" in other.content.decode()
    assert len(visits(web, family)) == 1
    assert send(companion, family, sent | {"kedua": "1"}).status_code == 302
    assert len(visits(web, family)) == 2


def test_wrong_answers_are_told_and_nothing_typed_is_lost(
    web: Any, companion: Any, families: list[str]
) -> None:
    family = families[3]
    sent = opened(companion, family)
    wrong = {"on_date": "2027-01-01", "result": "", "members_seen": "-4", "note": "Tetap di sini"}
    answer = send(companion, family, sent | wrong)
    text = answer.content.decode()
    assert answer.status_code == 422 and not visits(web, family)
    assert "Tanggal tidak boleh sesudah 2 Maret 2026" in text
    assert "Harus diisi." in text and "Paling sedikit 0." in text and "Tetap di sini" in text


@pytest.mark.parametrize(
    "change",
    [
        {"kunci": ""},
        {"kunci": "WzEsMiwzXQ:1abc:forged"},
        {"p-P000000000000-school_status": "in_school"},
        {"t--is_a_secret": "yes"},  # pragma: allowlist secret
        {"p-x": "1"},
        {"village": "1811012001"},
    ],
)
def test_a_forged_form_is_refused_and_noted(
    web: Any, companion: Any, families: list[str], change: dict[str, str]
) -> None:
    family = families[4]
    answer = send(companion, family, opened(companion, family) | change)
    assert answer.status_code == 400
    assert "Formulir ini tidak dikenali" in answer.content.decode()
    assert not visits(web, family)
    with web.owner() as con:
        last = con.execute("SELECT what FROM audit_events ORDER BY id DESC LIMIT 1").fetchone()
    assert last == ("visit_forged",)


def test_a_form_of_another_family_or_person_is_refused(
    web: Any, companion: Any, worker: Any, families: list[str]
) -> None:
    sent = opened(companion, families[5])
    assert send(companion, families[4], sent).status_code == 400
    other = client_of("pendamping_pkh", worker[1], "sinta-pendamping", worker[0])
    assert send(other, families[5], sent).status_code == 400
    assert not visits(web, families[4]) and not visits(web, families[5])


def test_a_neighbour_sees_and_saves_nothing(web: Any, companion: Any, families: list[str]) -> None:
    family = families[6]
    send(companion, family, opened(companion, family))
    number = visits(web, family, "id")[0][0]
    other = client_of("pendamping_pkh", "181105", "tetangga-pendamping", "PDP-X")
    assert other.get(f"/kunjungan/keluarga/{family}/").status_code == 404
    assert other.get(f"/kunjungan/{number}/").status_code == 404
    assert other.get(f"/kunjungan/{number}/ubah/").status_code == 404
    assert send(other, family, opened(companion, family)).status_code == 400


def test_who_may_not_visit_has_no_form(web: Any, families: list[str]) -> None:
    head = web.client("kepala_dinas", "1811")
    assert head.get("/kunjungan/").status_code == 403
    assert head.get(f"/kunjungan/keluarga/{families[0]}/").status_code == 403


def corrected(client: Any, number: Any, **said: str) -> Any:
    from visiting import fields

    address = f"/kunjungan/{number}/ubah/"
    return client.post(address, fields(client.get(address).content.decode()) | said)


def test_a_correction_keeps_what_stood_before(
    web: Any, companion: Any, families: list[str]
) -> None:
    family = families[7]
    send(companion, family, opened(companion, family) | {"members_seen": "2", "note": "satu"})
    number = visits(web, family, "id")[0][0]
    assert corrected(companion, number, members_seen="4").status_code == 302
    page = companion.get(f"/kunjungan/{number}/").content.decode()
    assert "<dd>4</dd>" in page and "satu" in page and "Pernah diperbaiki 1 kali" in page
    with web.owner() as con:
        former = con.execute(
            "SELECT version FROM visits_former WHERE visit_id = %s", [number]
        ).fetchall()
    assert former == [(1,)] and visits(web, family, "version") == [(2,)]


def test_two_corrections_at_once_do_not_overwrite_each_other(
    web: Any, companion: Any, families: list[str]
) -> None:
    from visiting import fields

    family = families[8]
    send(companion, family, opened(companion, family) | {"members_seen": "2"})
    number = visits(web, family, "id")[0][0]
    address = f"/kunjungan/{number}/ubah/"
    first = fields(companion.get(address).content.decode())
    assert companion.post(address, first | {"members_seen": "3"}).status_code == 302
    late = companion.post(address, first | {"members_seen": "9"})
    assert late.status_code == 409 and "sudah diubah" in late.content.decode()
    assert "<dd>3</dd>" in companion.get(f"/kunjungan/{number}/").content.decode()


def test_the_database_itself_refuses_to_lose_a_version(web: Any, families: list[str]) -> None:
    import psycopg

    with web.owner() as con, pytest.raises(psycopg.errors.IntegrityError):
        con.execute("UPDATE visits_visit SET result = 'refused'")


def test_nobody_else_corrects_a_visit(
    web: Any, companion: Any, worker: Any, families: list[str]
) -> None:
    number = visits(web, families[7], "id")[0][0]
    other = client_of("pendamping_pkh", worker[1], "sinta-pendamping", worker[0])
    assert other.get(f"/kunjungan/{number}/ubah/").status_code == 302
    answer = other.post(f"/kunjungan/{number}/ubah/", {"result": "refused"})
    assert answer.status_code == 302 and visits(web, families[7], "result") == [("complete",)]


def planned(client: Any, family: str, day: date, **more: str) -> Any:
    address = f"/kunjungan/keluarga/{family}/rencana/"
    return client.post(address, {"hari": day.isoformat(), **more})


def test_a_plan_is_kept_by_a_visit_and_cannot_be_moved_afterwards(
    web: Any, companion: Any, families: list[str]
) -> None:
    family = families[9]
    planned(companion, family, date(2026, 3, 1))
    assert not visits(web, family)
    planned(companion, family, date(2026, 3, 5))
    planned(companion, family, date(2026, 3, 6))
    assert visits(web, family, "planned_on, version") == [(date(2026, 3, 6), 2)]
    with pretend(date(2026, 3, 8)):
        planned(companion, family, date(2026, 3, 20))
        planned(companion, family, date(2026, 3, 20), batal="1")
        assert visits(web, family, "planned_on") == [(date(2026, 3, 6),)]
        assert (cards(companion, "/kunjungan/?bagian=planned") or [("", "")])[0][1] == family
        send(companion, family, opened(companion, family))
    found = visits(web, family, "planned_on, on_date, result")
    assert found == [(date(2026, 3, 6), date(2026, 3, 8), "complete")]


def test_a_section_that_is_still_the_same_is_seen_again(
    web: Any, companion: Any, families: list[str]
) -> None:
    from tangga.web.journeys.visits.facts import seen_of

    for family in families[11:]:
        text = companion.get(f"/kunjungan/keluarga/{family}/").content.decode()
        if 'name="s-housing"' in text:
            break
    send(companion, family, opened(companion, family) | {"s-housing": "on", "floor_area": "77"})
    seen = seen_of(visits(web, family, "facts")[0][0]).visit
    with web.owner() as con:
        row = con.execute(
            "SELECT floor, wall, roof FROM r_1.families WHERE family_id = %s", [family]
        ).fetchone()
    assert seen["floor_area"] == "77"
    told = {n: v for n, v in zip(("floor", "wall", "roof"), row, strict=True) if v is not None}
    assert told and {name: seen.get(name) for name in told} == told


def test_a_family_that_moved_away_is_no_longer_visited_here(
    web: Any, companion: Any, families: list[str]
) -> None:
    family = families[-1]
    before = opened(companion, family)
    with web.owner() as con:
        area = con.execute(
            "SELECT area FROM r_1.families WHERE family_id = %s", [family]
        ).fetchone()[0]
        user = con.execute("SELECT id FROM accounts_user ORDER BY id LIMIT 1").fetchone()[0]
        item = uuid.uuid4()
        con.execute(
            "INSERT INTO work_item (id, number, kind, area, other_area, state, version, family_id,"
            " person_id, title, by_id, cased, opened_on, at, changed) VALUES (%s, %s, 'x', %s, '',"
            " 'x', 1, %s, '', '', %s, false, %s, now(), now())",
            [item, f"X/{item.hex[:8]}", area, family, user, TODAY],
        )
        con.execute(
            "INSERT INTO overlay_event (id, correction_id, item_id, family_id, area, document,"
            " by_called, recorded_on, at, upward, upward_by, event, person_id, on_date, from_area,"
            " to_area, shock, incident, track, rung, exit, reason, worker, programme, cased)"
            " VALUES (%s, %s, %s, %s, %s, '', '', %s, now(), 'ready', '', 'move_out', '', %s, %s,"
            " '1811012001', '', '', '', '', '', '', '', '', false)",
            [uuid.uuid4(), f"X-{item.hex[:8]}", item, family, area, TODAY, date(2026, 2, 20), area],
        )
    refused = send(companion, family, before | {"note": "Catatan yang tidak boleh hilang"})
    text = refused.content.decode()
    assert refused.status_code == 409 and not visits(web, family)
    assert "pindah ke" in text and "Catatan yang tidak boleh hilang" in text
    assert companion.get(f"/kunjungan/keluarga/{family}/").status_code == 409
    with web.owner() as con:
        last = con.execute(
            "SELECT what FROM audit_events WHERE family_id = %s ORDER BY id DESC LIMIT 1", [family]
        ).fetchone()
    assert last == ("visit_not_here",)
    earlier = send(companion, family, before | {"on_date": "2026-02-10"})
    assert earlier.status_code == 302 and visits(web, family, "on_date") == [(date(2026, 2, 10),)]


def test_a_visit_counts_in_the_workers_own_year(web: Any, companion: Any) -> None:
    with pretend(date(2026, 3, 9)):
        text = companion.get("/kunjungan/tahun/").content.decode()
    assert "Target saya 2026" in text
    kept = text.partition("Kunjungan terlaksana dari yang direncanakan")[2].partition("</section>")
    since = kept[0].partition("Sejak rilis</dt><dd>")[2].partition("</dd>")[0]
    assert since == "1 dari 1"


def test_no_question_is_lost_where_another_release_no_longer_asks_it(
    web: Any, companion: Any, families: list[str]
) -> None:
    """The form was shown before: its answers to questions are taken although nobody asks now."""
    for family in families[11:]:
        sent = opened(companion, family)
        asked = next((n for n in sent if n.startswith("p-") and n.endswith("work_position")), None)
        if asked:
            break
    sent[asked] = "employee" if asked else ""
    with web.owner() as con:
        code = con.execute(
            "UPDATE r_1.visits_asked SET questions = '[]' WHERE family_id = %s", [family]
        )
    assert code.rowcount == 1
    from tangga.web.journeys.visits.facts import column_of, seen_of

    first = next(iter(column_of("person", "work_position").codes.codes))
    assert send(companion, family, sent | {asked: first}).status_code == 302
    people = seen_of(visits(web, family, "facts")[-1][0]).people
    assert people[asked.split("-")[1]]["work_position"] == first


def test_an_empty_visit_is_no_complete_one(web: Any, companion: Any, families: list[str]) -> None:
    """The number of a paper, a signature and a note are no finding; the words name what is."""
    family = families[11]
    before = len(visits(web, family))
    empty = dict.fromkeys(opened(companion, family), "") | {
        name: value
        for name, value in opened(companion, family).items()
        if name in ("kunci", "on_date", "purpose", "result")
    }
    for papers in ({}, {"document": "BA/7", "statement": "yes", "note": "ya"}):
        answer = send(companion, family, empty | papers)
        text = answer.content.decode()
        assert answer.status_code == 422 and len(visits(web, family)) == before
        assert "bukan hasil kunjungan" in text and "Jumlah anggota" in text
    answer = send(companion, family, empty | {"members_seen": "3", "document": "x"})
    assert answer.status_code == 422 and "BA/12/2026" in answer.content.decode()
    assert send(companion, family, empty | {"result": "not_found", "kedua": "1"}).status_code == 302


def test_a_family_that_fell_is_asked_what_decides(
    web: Any, companion: Any, families: list[str]
) -> None:
    """While a review is open a complete visit says what the family lives on."""
    from tangga.web.journeys.visits.wanted import wanted
    from tangga.web.pack import pack

    family = families[12]
    with web.owner() as con:
        area = con.execute("SELECT area FROM r_1.families WHERE family_id = %s", [family])
        con.execute(
            "INSERT INTO work_item (id, number, kind, area, other_area, state, family_id,"
            " person_id,"
            " title, cased, opened_on,"
            " version, at, changed) VALUES (%s, 'UJI/JATUH', 'fall_review', %s, '', 'open', %s,"
            " '', '', false, %s, 1, now(), now())",
            [uuid.uuid4(), area.fetchone()[0], family, TODAY],
        )
    sent = opened(companion, family)
    assert wanted().whole.decides == ("income_month",) and "income_month" in sent
    answer = send(companion, family, sent | {"income_month": ""})
    label = pack().tables["visit"].columns["income_month"].labels["id"]
    assert answer.status_code == 422 and label in answer.content.decode()
    assert "menentukan keputusan" in answer.content.decode()
    assert send(companion, family, sent | {"kedua": "1"}).status_code == 302
