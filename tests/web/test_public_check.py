"""Am I registered? The answer to oneself, and to everybody else always the same."""

from __future__ import annotations

import re
import time
from datetime import date
from typing import Any

import pytest
from public_people import Somebody, forget_tries, of_programme, people

UNKNOWN_NIK = "1811015708650099"


@pytest.fixture(autouse=True)
def _nobody_has_asked_and_nobody_waits(
    web: Any, monkeypatch: Any, request: pytest.FixtureRequest
) -> None:
    from tangga.web.public import pace

    forget_tries(web)
    if "even" not in request.node.name:
        monkeypatch.setattr(pace, "wait", lambda began: None)


@pytest.fixture
def somebody(web: Any) -> Somebody:
    return of_programme(web, "pkh")[0]


def ask(web: Any, form: dict[str, str]) -> Any:
    return web.client().post("/cek/", form)


def plain(answer: Any) -> str:
    """The page without what differs each time."""
    text = answer.content.decode()
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", text)


def test_who_is_registered_sees_their_programmes(web: Any, somebody: Somebody) -> None:
    answer = ask(web, somebody.form)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "Anda terdaftar" in text
    assert "Program Keluarga Harapan" in text


def test_no_more_than_status_and_what_to_do(web: Any, somebody: Somebody) -> None:
    text = ask(web, somebody.form).content.decode()
    for secret in (somebody.nik, somebody.name, somebody.family_id, somebody.person_id, "Rp"):
        assert secret not in text
    assert not re.search(r"[Dd]esil \d", text)


def test_wrong_and_unknown_are_one_answer(web: Any, somebody: Somebody) -> None:
    other = people(web, most=9)[-1]
    wrong = [
        {**somebody.form, "nama": "Bukan Namanya"},
        {**somebody.form, "lahir": "01-01-1931"},
        {**somebody.form, "nama": other.name + " X"},
        {**somebody.form, "nik": UNKNOWN_NIK},
        {**somebody.form, "nik": UNKNOWN_NIK, "nama": "Bukan Namanya"},
    ]
    answers = [ask(web, form) for form in wrong]
    assert {one.status_code for one in answers} == {200}
    assert len({plain(one) for one in answers}) == 1
    assert "Tidak ada data yang cocok" in plain(answers[0])


def test_the_trail_tells_of_a_person_only_when_it_was_they(web: Any, somebody: Somebody) -> None:
    ask(web, {**somebody.form, "nama": "Bukan Namanya"})
    ask(web, somebody.form)
    with web.owner() as con:
        rows = con.execute(
            "SELECT person_id, about::text FROM audit_events WHERE what = 'public_checked' "
            "ORDER BY id DESC LIMIT 2"
        ).fetchall()
    assert [row[0] for row in rows] == [somebody.person_id, None]
    assert all(somebody.nik not in row[1] for row in rows)


def test_what_cannot_be_read_is_said_before_anything_is_asked(web: Any) -> None:
    answer = ask(web, {"nik": "123", "lahir": "31-02-1980", "nama": "..."})
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "16 angka" in text
    assert "17-08-1965" in text
    with web.owner() as con:
        assert con.execute("SELECT count(*) FROM public_tries").fetchone()[0] == 0


def test_the_dead_are_sent_to_the_counter(web: Any) -> None:
    """Somebody who is wrongly recorded as dead must not be told to register."""
    gone = people(web, "p.status = 'dead'", 1)
    if not gone:
        pytest.skip("nobody of this release died")
    text = ask(web, gone[0].form).content.decode()
    assert "perlu diperiksa" in text
    assert "meninggal" not in text.lower()


def test_rehabilitation_is_never_there(web: Any) -> None:
    """Nor anything by which one could tell that somebody has a case."""
    with web.owner() as con:
        number = con.execute("SELECT number FROM register_current").fetchone()[0]
        con.execute(f"SET search_path = r_{number}, public")
        ids = [row[0] for row in con.execute("SELECT DISTINCT person_id FROM cases").fetchall()]
    for one in people(web, f"p.person_id = ANY (ARRAY{ids}::text[])", 5):
        forget_tries(web)
        text = ask(web, one.form).content.decode().lower()
        assert "anda terdaftar" in text
        for word in ("rehab", "atensi", "kasus", "asesmen", "sentra"):
            assert word not in text


def test_support_that_was_closed_here_is_not_told_as_running(web: Any) -> None:
    """What was decided since the release: the answer does not wait for the next one."""
    from acting import acting

    from tangga.web.programmes import spells
    from tangga.web.today import today
    from tangga.web.work.models import Item

    one = of_programme(web, "sembako", most=9)[-1]
    before = ask(web, one.form).content.decode()
    assert "Program Sembako" in before
    with acting(web, "operator_kabkota", one.area[:4]) as viewer:
        item = Item.objects.create(
            number=f"UJI/{one.family_id}",
            kind="objection",
            area=one.area,
            state="upheld",
            opened_on=today(),
        )
        about = {"family_id": one.family_id, "area": one.area, "programme": "sembako"}
        spells.close(item=item, by=viewer, on=today(), **about)
    after = ask(web, one.form).content.decode()
    assert "Anda terdaftar" in after
    assert "Program Sembako" not in after


def test_another_member_is_not_told_of(web: Any) -> None:
    """What one member alone receives, or waits for, is not told to another."""
    with web.owner() as con:
        number = con.execute("SELECT number FROM register_current").fetchone()[0]
        con.execute(f"SET search_path = r_{number}, public")
        rows = con.execute(
            "SELECT d.family_id, d.programme, d.person_id FROM decisions AS d JOIN persons AS p "
            "ON p.family_id = d.family_id AND p.status = 'active' AND p.person_id <> d.person_id "
            "WHERE d.determination IS NOT NULL AND d.programme = 'yapi' LIMIT 20"
        ).fetchall()
    for family_id, programme, has in rows:
        others = people(
            web,
            f"p.family_id = '{family_id}' AND p.person_id <> '{has}' AND p.status = 'active' "
            "AND NOT EXISTS (SELECT FROM decisions AS d WHERE d.person_id = p.person_id "
            f"AND d.programme = '{programme}' AND d.determination IS NOT NULL)",
            1,
        )
        if others:
            text = ask(web, others[0].form).content.decode()
            assert "Anda terdaftar" in text
            assert "YAPI" not in text
            return
    pytest.fail("nobody to ask")


def test_too_many_tries_of_one_number(web: Any, somebody: Somebody) -> None:
    form = {**somebody.form, "nama": "Bukan Namanya"}
    known = [ask(web, form).status_code for _ in range(7)]
    unknown = [ask(web, {**form, "nik": UNKNOWN_NIK}).status_code for _ in range(7)]
    assert known == unknown == [200] * 6 + [429]
    answer = ask(web, somebody.form)
    assert answer.status_code == 429
    assert "Retry-After" in answer


def ask_from(web: Any, place: str, form: dict[str, str]) -> int:
    return int(web.client().post("/cek/", form, REMOTE_ADDR=place).status_code)


def test_nobody_keeps_a_neighbour_out_of_their_own_answer(web: Any, somebody: Somebody) -> None:
    """Whoever tries a number that is not theirs is refused; its owner, elsewhere, is answered."""
    wrong = {**somebody.form, "nama": "Bukan Namanya"}
    tries = [ask_from(web, "203.0.113.7", wrong) for _ in range(29)]
    assert tries == [200] * 6 + [429] * 23
    assert ask_from(web, "203.0.113.8", somebody.form) == 200


def test_a_number_is_not_guessed_from_many_places(web: Any, somebody: Somebody) -> None:
    """Known or not: after sixty tries from anywhere nothing is answered, right or wrong."""
    for form in (somebody.form, {**somebody.form, "nik": UNKNOWN_NIK}):
        wrong = {**form, "nama": "Bukan Namanya"}
        tries = [ask_from(web, f"203.0.113.{n // 6}", wrong) for n in range(60)]
        assert tries == [200] * 60
        assert ask_from(web, "203.0.113.99", wrong) == 429
        assert ask_from(web, "203.0.113.98", form) == 429


def test_looks_at_a_ticket_are_counted_by_who_looks(web: Any) -> None:
    said = {"nomor": "KBR/1811/2026/999999", "angka": "123456"}

    def look(place: str) -> int:
        return int(web.client().post("/cek/tiket/", said, REMOTE_ADDR=place).status_code)

    assert [look("203.0.113.7") for _ in range(12)] == [422] * 10 + [429] * 2
    assert look("203.0.113.8") == 422


def test_too_many_from_one_place(web: Any) -> None:
    forms = [
        {"nik": f"18110157086{n:05}", "lahir": "17-08-1965", "nama": "Siapa Saja"}
        for n in range(31)
    ]
    found = [ask(web, form).status_code for form in forms]
    assert found == [200] * 30 + [429]


def test_who_asks_is_kept_by_no_request(web: Any, somebody: Somebody) -> None:
    """The tries are counted behind a function; the table itself is closed to pages."""
    from as_pages import as_pages
    from django.db import DatabaseError, connection, transaction

    from tangga.web.database import scope

    ask(web, somebody.form)
    with as_pages(), transaction.atomic():
        scope.close()
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT * FROM public_tries")


def test_logged_in_officers_keep_their_scope(web: Any, somebody: Somebody) -> None:
    """The narrow opening for one query does not close or widen what the viewer may see."""
    client = web.client("kepala_dinas", "1771")
    assert "Anda terdaftar" in client.post("/cek/", somebody.form).content.decode()
    assert client.get(f"/keluarga/{somebody.family_id}/").status_code == (
        200 if somebody.area.startswith("1771") else 404
    )


def test_known_and_unknown_take_the_same_statements(web: Any, somebody: Somebody) -> None:
    """The same way through the database, statement by statement. What a stopwatch sees is measured
    in `bench/public_timing.py`: no test can tell a slow machine from a slow answer."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    ways = []
    client = web.client()
    client.get("/cek/")
    for form in (
        {**somebody.form, "nik": UNKNOWN_NIK},
        {**somebody.form, "nama": "Bukan Namanya"},
        {**somebody.form, "lahir": "01-01-1931"},
    ):
        forget_tries(web)
        with CaptureQueriesContext(connection) as asked:
            assert client.post("/cek/", form).status_code == 200
        ways.append([re.sub(r"'[^']*'|\d+", "?", one["sql"]) for one in asked.captured_queries])
    assert ways[0] == ways[1] == ways[2]
    assert len(ways[0]) > 5


def test_answers_come_at_even_times(web: Any, somebody: Somebody) -> None:
    from tangga.web.public import pace

    spent = []
    for form in (somebody.form, {**somebody.form, "nik": UNKNOWN_NIK}):
        began = time.perf_counter()
        ask(web, form)
        spent.append(time.perf_counter() - began)
    assert all(one >= pace.STEP for one in spent)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("17-8-1965", date(1965, 8, 17)),
        ("17/08/1965", date(1965, 8, 17)),
        ("17 08 1965", date(1965, 8, 17)),
        ("17081965", date(1965, 8, 17)),
        ("1965-08-17", date(1965, 8, 17)),
        ("17-08-65", None),
        ("31-02-1965", None),
        ("", None),
    ],
)
def test_birth_dates_as_people_write_them(typed: str, day: date | None) -> None:
    from tangga.web.public.asked import read_day

    assert read_day(typed) == day


def test_nobody_waits_for_a_programme_of_which_there_is_no_list(web: Any) -> None:
    """The rule fits; who receives it, and so who waits, is not known."""
    fits = (
        "p.status = 'active' AND EXISTS (SELECT FROM decisions AS d WHERE d.programme = 'pip'"
        " AND d.determination = 'waiting' AND d.person_id = p.person_id)"
    )
    waiting = people(web, fits)
    assert waiting
    text = ask(web, waiting[0].form).content.decode()
    assert "memenuhi syarat; penerimanya belum diketahui" in text
    item = text[text.index("Program Indonesia Pintar") :]
    assert "menunggu kuota" not in item[: item.index("</li>")]
