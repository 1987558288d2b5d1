"""The search: numbers exactly, names tolerantly, in the viewer's own area, and no trace of what was
typed."""

from __future__ import annotations

import logging
import re
from html import unescape
from typing import Any

import psycopg
import pytest

from tangga.web.secrets import unseal

REGENCY, OTHER, ROLE = "1811", "1771", "operator_kabkota"
NAMES = re.compile(r'data-label="Nama"[^>]*><a href="([^"]+)">([^<]+)</a>')


@pytest.fixture(scope="module")
def officer(web: Any) -> Any:
    return web.client(ROLE, REGENCY)


def person(web: Any, area: str, more: str = "") -> dict[str, Any]:
    """Somebody with a number of their own, alive, in an area."""
    with web.owner() as con:
        row = con.execute(
            "SELECT p.nik, p.kk, p.name, p.birth_year, p.family_id, p.area FROM r_1.persons AS p"
            " JOIN r_1.family_index AS f USING (family_id)"
            " WHERE p.nik IS NOT NULL AND p.kk IS NOT NULL AND p.area LIKE %s"
            " AND (SELECT count(DISTINCT q.family_id) FROM r_1.persons AS q"
            "      WHERE q.nik_index = p.nik_index) = 1"
            " AND (SELECT count(DISTINCT q.family_id) FROM r_1.persons AS q"
            "      WHERE q.kk_index = p.kk_index) = 1"
            f" AND p.status = 'active' AND length(p.name) > 8 {more} ORDER BY p.person_id LIMIT 1",
            [f"{area}%"],
        ).fetchone()
    keys = ("nik", "kk", "name", "year", "family", "area")
    found = dict(zip(keys, row, strict=True))
    return found | {"nik": unseal(found["nik"]), "kk": unseal(found["kk"])}


def ask(client: Any, typed: str, **more: str) -> Any:
    return client.post("/cari/", {"q": typed, **more})


def found(response: Any) -> list[str]:
    assert response.status_code == 200
    return [unescape(name) for _, name in NAMES.findall(response.content.decode())]


def test_a_number_leads_straight_to_its_family(officer: Any, web: Any) -> None:
    one = person(web, REGENCY)
    for number in (one["nik"], one["kk"]):
        dotted = f"{number[:6]}.{number[6:12]} {number[12:]}"
        for typed in (number, dotted, f"  {number}\t"):
            response = ask(officer, typed)
            assert response.status_code == 302
            assert response["Location"] == f"/keluarga/{one['family']}/"


def test_a_number_elsewhere_and_one_that_nobody_has_answer_alike(officer: Any, web: Any) -> None:
    elsewhere = ask(officer, person(web, OTHER)["nik"])
    nobody = ask(officer, "9999999999999999")
    assert elsewhere.status_code == nobody.status_code == 200
    assert _plain(elsewhere) == _plain(nobody)
    assert "Tidak ditemukan di wilayah Anda" in _plain(nobody)


def _plain(response: Any) -> str:
    text = response.content.decode()
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)


@pytest.mark.parametrize("typed", ["12345678", "18110516121400012", "1811 0516 1214"])
def test_a_number_of_the_wrong_length_is_explained(officer: Any, typed: str) -> None:
    response = ask(officer, typed)
    assert response.status_code == 422
    assert "tepat 16 angka" in response.content.decode()


def test_a_name_is_found_with_a_wrong_letter(officer: Any, web: Any) -> None:
    one = person(web, REGENCY, "AND p.name LIKE '%% %%'")
    name = one["name"]
    at = next(n for n in range(2, len(name)) if name[n].isalpha())
    for typed in (name, name.lower(), name[:at] + name[at + 1 :], name[:at] + "x" + name[at + 1 :]):
        assert name in found(ask(officer, typed)), typed
    assert name in found(ask(officer, name, tahun=str(one["year"] + 1)))
    assert name not in found(ask(officer, name, tahun=str(one["year"] + 40)))


def test_a_name_is_looked_for_in_the_chosen_area_alone(officer: Any, web: Any) -> None:
    one = person(web, REGENCY)
    there = found(ask(officer, one["name"], wilayah=one["area"]))
    assert one["name"] in there
    with web.owner() as con:
        others = con.execute(
            "SELECT DISTINCT area FROM r_1.person_index WHERE area LIKE '1811%%' AND area <> %s"
            " AND length(area) = 10 AND NOT area IN"
            " (SELECT area FROM r_1.person_index WHERE name = %s)",
            [one["area"], one["name"]],
        ).fetchall()
    for (area,) in others[:1]:
        assert one["name"] not in found(ask(officer, one["name"], wilayah=area))


def of_many_words(web: Any) -> tuple[str, str]:
    """A long name, and a word of it that no name is and no name begins with."""
    with web.owner() as con:
        row = con.execute(
            "SELECT p.name, w.word FROM r_1.person_index AS p,"
            " unnest(string_to_array(p.search_name, ' ')) AS w (word)"
            " WHERE p.area LIKE %s AND length(p.name) > 14 AND w.word ~ '^[a-z]{6,}$'"
            " AND NOT EXISTS (SELECT FROM r_1.person_index AS q"
            "                 WHERE starts_with(q.search_name, w.word))"
            " AND similarity(p.search_name, w.word) < 0.45 ORDER BY p.person_id LIMIT 1",
            [f"{REGENCY}%"],
        ).fetchone()
    assert row is not None
    return row


def search_persons(web: Any, name: str, low: str, high: str, area: str | None) -> list[Any]:
    """The function itself, as a request of an area asks it; None: no area is set."""
    with web.owner() as con, con.transaction():
        if area is not None:
            con.execute(
                "SELECT set_config('app.area_from', %s, true), set_config('app.area_to', %s, true)",
                [area, f"{area}~"],
            )
        con.execute("SET LOCAL search_path = r_1, public")
        asked = "SELECT found_name, way, area FROM search_persons(%s, NULL, %s, %s, 200)"
        return con.execute(asked, [name, low, high]).fetchall()


def test_one_word_finds_people_of_long_names(officer: Any, web: Any) -> None:
    name, word = of_many_words(web)
    assert name in found(ask(officer, word))
    assert name in found(ask(officer, word.upper()))
    ways = {way for found_name, way, _ in search_persons(web, word, "", "", REGENCY)
            if found_name == name}  # fmt: skip
    assert ways == {"word"}


def test_one_word_with_a_wrong_letter_finds_them_too(officer: Any, web: Any) -> None:
    name, word = of_many_words(web)
    for typed in (word[:-1] + "x", word[:3] + word[3] + word[3:], word[:-1]):
        names = [row[0] for row in search_persons(web, typed, "", "", REGENCY)]
        assert name in names, typed


def test_whole_words_come_before_parts_of_words(officer: Any, web: Any) -> None:
    name, word = of_many_words(web)
    names = [row[0] for row in search_persons(web, word[:5], "", "", REGENCY)]
    assert name in names
    ways = ["same", "begins", "word", "like"]
    assert {way for _, way, _ in search_persons(web, word, "", "", REGENCY)} <= set(ways)


def test_a_word_is_looked_for_in_the_sessions_area_alone(web: Any) -> None:
    _, word = of_many_words(web)
    assert search_persons(web, word, "", "", None) == []
    assert search_persons(web, word, "!", "~", None) == []
    assert not any(word in row[0].lower() for row in search_persons(web, word, "", "", "9"))
    for _, _, area in search_persons(web, word, "!", "~", REGENCY):
        assert area.startswith(REGENCY)


@pytest.mark.parametrize(
    "typed", ["100%abc", "abc_", "a\\bc\\def", "%%%", "___", "---", "ab", "'abc"]
)
def test_signs_of_a_pattern_are_signs_of_a_name(web: Any, typed: str) -> None:
    whole = search_persons(web, typed, "", "", REGENCY)
    assert len(whole) <= 200
    assert not [name for name, way, _ in whole if way in ("same", "begins")]


def test_nobody_of_another_area_is_found(officer: Any, web: Any) -> None:
    one = person(
        web,
        OTHER,
        "AND NOT p.name IN (SELECT name FROM r_1.person_index WHERE area LIKE '1811%%')",
    )
    assert one["name"] in found(ask(web.client(ROLE, OTHER), one["name"]))
    assert one["name"] not in found(ask(officer, one["name"]))
    assert one["name"] not in found(ask(officer, one["name"], wilayah=OTHER))


@pytest.mark.parametrize(
    "typed",
    [
        "A" * 10_000,
        "a",
        "Siti",
        "Ma'ruf",
        "100%",
        "_ % \\",
        "a%",
        "\u202eitis",
        "名前",
        "<script>alert(1)</script>",
        "'; DROP TABLE persons; --",
        "é" * 300,
    ],
)
def test_any_name_gets_a_page(officer: Any, typed: str) -> None:
    response = ask(officer, typed)
    assert response.status_code in (200, 422)
    assert "<script>alert" not in response.content.decode()


def test_a_name_with_a_sign_that_no_text_has_is_refused(officer: Any) -> None:
    response = ask(officer, "x\x00y")
    assert response.status_code == 400
    assert "tidak dapat dibaca" in response.content.decode()


@pytest.mark.parametrize(
    "more",
    [
        {"tahun": "19"},
        {"tahun": "abcd"},
        {"wilayah": "xx"},
        {"halaman": "-3"},
        {"halaman": "9" * 50},
    ],
)
def test_other_fields_that_cannot_be_read_are_no_error(officer: Any, more: dict[str, str]) -> None:
    assert ask(officer, "Siti", **more).status_code in (200, 422)


def test_pages_of_results_show_everybody_once(officer: Any, web: Any) -> None:
    with web.owner() as con:
        word = con.execute(
            "SELECT split_part(name, ' ', 1) FROM r_1.person_index WHERE area LIKE '1811%'"
            " GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"
        ).fetchone()[0]
    seen: list[tuple[str, str]] = []
    first = ask(officer, word).content.decode()
    total = int(re.search(r'class="found"[^>]*><strong>([\d.]+)<', first)[1].replace(".", ""))
    for page in range(1, 12):
        here = NAMES.findall(ask(officer, word, halaman=str(page)).content.decode())
        seen += here
        if not here:
            break
    assert len(seen) == total


def test_an_address_never_holds_what_is_looked_for(officer: Any, web: Any) -> None:
    one = person(web, REGENCY)
    text = ask(officer, one["name"]).content.decode()
    assert not re.search(rf'(href|action)="[^"]*{re.escape(one["name"].split()[0])}', text, re.I)
    assert found(officer.get("/cari/", {"q": one["name"]})) == []
    assert 'method="post"' in text


def test_what_was_typed_stands_in_no_log_and_in_no_trail(
    officer: Any, web: Any, caplog: pytest.LogCaptureFixture
) -> None:
    one = person(web, REGENCY)
    with caplog.at_level(logging.DEBUG):
        ask(officer, one["nik"])
        ask(officer, one["name"])
        ask(officer, person(web, OTHER)["nik"])
    with psycopg.connect(web.superuser_url) as con:
        trail = str(con.execute("SELECT * FROM public.audit_events").fetchall())
    assert "searched" in trail
    logged = "\n".join(
        record.getMessage() for record in caplog.records if record.name != "django.db.backends"
    )
    for private in (one["nik"], one["name"]):
        assert private not in logged and private not in trail


def test_the_trail_says_whose_names_were_shown(officer: Any, web: Any) -> None:
    one = person(web, REGENCY)
    ask(officer, one["name"])
    with psycopg.connect(web.superuser_url) as con:
        about = con.execute(
            "SELECT about FROM public.audit_events WHERE what = 'searched' ORDER BY id DESC LIMIT 1"
        ).fetchone()[0]
    assert one["family"] in about["families"] and len(about["families"]) <= 20
    trail = web.client("auditor", REGENCY).get("/audit/", {"family": one["family"]})
    assert "mencari" in trail.content.decode()


def test_who_may_not_search_cannot(web: Any) -> None:
    for role in ("bps", "bupati"):
        client = web.client(role, REGENCY)
        assert client.get("/cari/").status_code == 403
        assert ask(client, "Siti").status_code == 403
    assert web.client().post("/cari/", {"q": "Siti"}).status_code in (302, 403)


def test_who_sees_identity_alone_finds_no_rung(web: Any) -> None:
    one = person(web, REGENCY)
    text = ask(web.client("disdukcapil", REGENCY), one["name"]).content.decode()
    assert one["name"] in unescape(text)
    assert "Desil" not in text and "Tahun lahir</th>" not in text


def test_a_search_takes_few_queries(officer: Any, web: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    one = person(web, REGENCY)
    for typed in (one["nik"], one["name"]):
        with CaptureQueriesContext(connection) as queries:
            ask(officer, typed)
        assert len(queries) <= 12, [q["sql"][:80] for q in queries]


def test_families_are_found_by_how_they_stand(web: Any) -> None:
    """Rung, decile, programme, months left, visit, worker: a form that leads to the list."""
    officer = web.client("operator_kabkota", "1811")
    page = officer.get("/cari/").content.decode()
    form = page.partition('id="saring"')[2].partition("</form>")[0]
    assert 'action="/daftar/families/"' in form
    for name in ("rung", "decile", "program", "sisa", "kunjungan", "petugas"):
        assert f'name="{name}"' in form, name
    found = officer.get("/daftar/families/?rung=protection&decile=&program=pkh&petugas=")
    assert found.status_code == 200
    for role, area in (("disdukcapil", "1811"),):
        assert 'id="saring"' not in web.client(role, area).get("/cari/").content.decode()


def test_every_page_of_results_says_how_the_families_stand(officer: Any, web: Any) -> None:
    with web.owner() as con:
        word = con.execute(
            "SELECT split_part(p.name, ' ', 1) FROM r_1.person_index AS p JOIN r_1.family_index"
            " USING (family_id) WHERE p.area LIKE '1811%'"
            " GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"
        ).fetchone()[0]
    for page in ("1", "2"):
        text = ask(officer, word, halaman=page).content.decode()
        heads = re.findall(r'data-label="Kepala keluarga"[^>]*>([^<]+)<', text)
        assert len(heads) > 3 and set(heads) != {"–"}, page
