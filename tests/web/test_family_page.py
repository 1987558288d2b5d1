"""The page of a family: what stands, and to whom it is shown."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import psycopg
import pytest
from families import ask, connection, one, page

from tangga.registry import load_pack
from tangga.web import secrets
from tangga.web.family.legal import law
from tangga.web.policy.book import book

PACK = load_pack("indonesia")
SAMPLE = "SELECT family_id, area FROM families WHERE member_count > 0 ORDER BY md5(family_id)"
DUE = """
SELECT m.family_id, m.move, m.reasons, f.area FROM moves AS m JOIN families AS f USING (family_id)
WHERE m.move IS NOT NULL AND m.person_id IS NULL ORDER BY m.family_id LIMIT 1
"""
ILL = """
SELECT p.family_id, p.illness, f.area FROM persons AS p JOIN families AS f USING (family_id)
WHERE p.illness NOT IN ('none') AND p.status = 'active' ORDER BY p.person_id LIMIT 1
"""
DISABLED = """
SELECT p.family_id, f.area FROM persons AS p JOIN families AS f USING (family_id)
WHERE p.disability_grade IS NOT NULL OR p.difficulty_seeing <> 'none' ORDER BY p.person_id LIMIT 1
"""


@pytest.fixture(scope="module")
def any_family(web: Any) -> dict[str, Any]:
    """A family with members."""
    return one(web, SAMPLE)


def test_what_stands_is_on_the_page(web: Any, any_family: dict[str, Any]) -> None:
    """Head, members, rung, rank, programmes."""
    text = unescape(
        page(web.client("operator_kabkota", any_family["area"][:4]), any_family["family_id"])
    )
    rows = ask(
        web, "SELECT name, status FROM persons WHERE family_id = %s", any_family["family_id"]
    )
    assert all(row["name"] in text for row in rows)
    for heading in ("Anggota keluarga", "Anak tangga", "Peringkat", "Program", "Rumah dan harta"):
        assert heading in text


def test_a_due_move_is_told_with_reasons_in_both_languages(web: Any) -> None:
    """The move's own label, each requirement that decided, and its basis."""
    row = one(web, DUE)
    client = web.client("operator_kabkota", row["area"][:4])
    indonesian = unescape(page(client, row["family_id"]))
    english = unescape(page(client, row["family_id"], language="en"))
    move = book().policy.moves[row["move"]]
    assert move.labels["id"] in indonesian and move.labels["en"] in english
    asked = [one.labels for one in move.rule.versions[-1].says.requires]
    named = [labels for labels in asked if labels["id"] in indonesian]
    assert named and all(labels["en"] in english for labels in named)
    assert "Mengapa" in indonesian and "Why" in english


def test_every_family_opens_for_every_role_of_its_area(web: Any) -> None:
    """Nothing that a release holds breaks a page, and no page shows a number in full."""
    numbers = {
        secrets.unseal(bytes(row["nik"]))
        for row in ask(web, "SELECT nik FROM persons WHERE nik IS NOT NULL")
    }
    roles = ("operator_kabkota", "pendamping_rehsos", "disdukcapil", "bps")
    clients = {(role, area): web.client(role, area) for role in roles for area in ("1811", "1771")}
    for place, row in enumerate(ask(web, f"{SAMPLE} LIMIT 24")):
        client = clients[roles[place % len(roles)], row["area"][:4]]
        for part in ("", "riwayat/", "lembar/"):
            text = page(client, row["family_id"], part, ("id", "en")[place % 2])
            assert not numbers.intersection(re.findall(r"\d{16}", text))
            assert "web_family." not in text


def test_sources_show_no_number_in_full(web: Any) -> None:
    """Source records are masked, and a record's number that holds a national one is not shown."""
    for row in ask(web, f"{SAMPLE} LIMIT 6"):
        text = page(web.client("operator_kabkota", row["area"][:4]), row["family_id"], "sumber/")
        assert not re.findall(r"\d{16}", text)
        assert "Catatan sumber" in text and "Mengapa satu orang" in text


def test_the_village_operator_sees_no_illness(web: Any) -> None:
    """What is sensitive is not in the page, and that something is hidden is said."""
    row = one(web, ILL)
    label = PACK.codes["illness"].codes[row["illness"]].labels["id"]
    officer = page(web.client("operator_kabkota", row["area"][:4]), row["family_id"])
    village = page(web.client("operator_desa", row["area"]), row["family_id"])
    assert label in unescape(officer)
    assert label not in unescape(village)
    assert "tidak ditampilkan untuk peran Anda" in village


def test_reasons_that_rest_on_what_is_hidden_are_not_told(web: Any) -> None:
    """They are counted instead."""
    row = one(web, DISABLED)
    officer = page(web.client("operator_kabkota", row["area"][:4]), row["family_id"])
    village = page(web.client("pendamping_pkh", row["area"][:6]), row["family_id"])
    assert village.count('class="met-') < officer.count('class="met-')
    assert "alasan tidak ditampilkan" in village and "alasan tidak ditampilkan" not in officer


def test_a_record_that_is_not_there_decides_and_is_not_told_as_unknown(web: Any) -> None:
    """Who has no disaster on record does not fit, and reads why: not known would be no no."""
    row = one(
        web,
        "SELECT d.family_id, f.area FROM decisions AS d JOIN families AS f USING (family_id) "
        'WHERE d.verdict = \'does_not_fit\' AND d.reasons LIKE \'%%"fact":"shock","test":'
        '"known","value":null%%\' ORDER BY 1 LIMIT 1',
    )
    client = web.client("operator_kabkota", row["area"][:4])
    text = unescape(page(client, row["family_id"]))
    label = book().words("family", "shock").labels["id"]
    assert f"{label}: tidak ada catatan, padahal syarat ini meminta catatannya" in text
    assert f"{label}: belum diketahui" not in text


def test_who_counts_is_named_with_the_component(web: Any) -> None:
    """Not the whole condition in one line, but the members, and the rule one way a line."""
    row = one(
        web,
        "SELECT d.family_id, p.name, f.area FROM decisions AS d JOIN families AS f USING "
        "(family_id) JOIN persons AS p USING (family_id) WHERE d.programme = 'pkh' AND d.verdict = "
        "'fits' AND p.school_level = 'primary' AND p.school_status = 'attending' AND "
        "p.in_school_register AND p.birth_year BETWEEN 2015 AND 2018 ORDER BY 1, 2 LIMIT 1",
    )
    pupil = next(
        part.labels
        for part in book().policy.programmes["pkh"].rule.versions[-1].says.benefit.components
        if part.id == "primary"
    )
    for role in ("operator_kabkota", "pendamping_pkh"):
        area = row["area"][: 4 if role == "operator_kabkota" else 6]
        text = unescape(page(web.client(role, area), row["family_id"]))
        assert f"{row['name']} ({pupil['id']})" in text
        assert "Aturan lengkap: salah satu dari ini" in text
        assert "Jumlah anggota (" not in text
    english = unescape(
        page(web.client("operator_kabkota", row["area"][:4]), row["family_id"], "", "en")
    )
    assert f"{row['name']} ({pupil['en']})" in english


def test_names_agree_with_the_number_that_was_decided(web: Any) -> None:
    """Where a member is not seen, or the number says otherwise, fewer are named."""
    said = "{} anggota memenuhi"
    rows = ask(
        web,
        "SELECT d.family_id, d.reasons, f.area FROM decisions AS d JOIN families AS f USING "
        "(family_id) WHERE d.programme = 'pkh' AND d.reasons LIKE '%%\"count\"%%' "
        "ORDER BY md5(d.family_id) LIMIT 12",
    )
    clients = {area: web.client("operator_kabkota", area) for area in ("1811", "1771")}
    for row in rows:
        facts = [fact for one_ in json.loads(row["reasons"]) for fact in one_["facts"]]
        value = next(fact["value"] for fact in facts if fact["test"] == "count")
        least = value["low"] if isinstance(value, dict) else value
        text = unescape(page(clients[row["area"][:4]], row["family_id"]))
        if least:
            told = re.search(
                said.format(least) + r": ([^<]*?)\.(?: \d+ anggota lain|<| Belum)", text
            )
            assert told and told[1].count(" (") == least


def test_the_sum_of_components_is_not_shown_to_whom_they_are_not(web: Any) -> None:
    """A sum would tell who is disabled or pregnant."""
    row = one(
        web,
        "SELECT d.family_id, f.area FROM decisions AS d JOIN families AS f USING (family_id) "
        "WHERE d.programme = 'pkh' AND d.amount > 0 AND d.verdict = 'fits' ORDER BY 1 LIMIT 1",
    )
    label = book().label("pkh", "id")
    village = page(web.client("operator_desa", row["area"]), row["family_id"])
    told = village.split(f"<strong>{label}</strong>", 1)[1].split("</ul>", 1)[0]
    assert "komponen tidak ditampilkan" in told and "setahun" not in told


def test_no_website_is_told_as_law(web: Any) -> None:
    """Who quoted a law stands with the rules; a law without a sure number is said to be so."""
    assert law("Permen X tentang Y (8/2019 menurut a.com; nomor lain)", "id") == (
        "Permen X tentang Y (nomor belum dipastikan)"
    )
    assert law("Permensos 1/2018 (dikutip b.or.id); Inpres 4/2025 (DTSEN)", "id") == (
        "Permensos 1/2018; Inpres 4/2025 (DTSEN)"
    )
    assert law("PMK 193/PMK.05/2020; menurut c.co.id", "en") == "PMK 193/PMK.05/2020"
    assert law("Strategi X; bawaan paket versi 1", "en") == (
        "Strategi X; the pack's own default, version 1"
    )
    told = {law(row["basis"], "id") for row in ask(web, "SELECT DISTINCT basis FROM decisions")}
    assert told and not [one_ for one_ in told if re.search(r"\w\.(com|id|org|tv)\b", one_)]


def test_months_past_the_cap_are_told_apart(web: Any) -> None:
    """Not "86 of 60"."""
    row = one(
        web,
        "SELECT c.family_id, c.months_protected AS n, f.area FROM family_clock AS c JOIN families "
        "AS f USING (family_id) WHERE c.months_protected > 60 ORDER BY 1 LIMIT 1",
    )
    client = web.client("operator_kabkota", row["area"][:4])
    for part in ("", "lembar/"):
        text = page(client, row["family_id"], part)
        assert f"{row['n']} bulan ({row['n'] - 60} melewati batas 60)" in text
        assert f"{row['n']} dari 60" not in text
    assert "Lahir (umur)" in page(client, row["family_id"], "lembar/")


def test_a_record_that_differs_is_marked(web: Any) -> None:
    """As far as the masks of the release tell."""
    row = one(
        web,
        "SELECT p.family_id, f.area FROM records AS r JOIN persons AS p USING (person_id) JOIN "
        "families AS f ON f.family_id = p.family_id WHERE left(r.name, 1) <> left(p.name, 1) "
        "ORDER BY 1 LIMIT 1",
    )
    text = page(web.client("operator_kabkota", row["area"][:4]), row["family_id"], "sumber/")
    assert ">berbeda</span>" in text and "sudah disamarkan di rilis" in text


def test_disdukcapil_sees_identity_alone(web: Any, any_family: dict[str, Any]) -> None:
    """Names and numbers masked; neither rung, rank nor support."""
    text = page(web.client("disdukcapil", any_family["area"][:4]), any_family["family_id"])
    assert "jati diri saja" in text and "Anggota keluarga" in text
    assert "Peringkat" not in text and "Penyaluran" not in text and 'id="langkah"' not in text


def test_bps_sees_initials(web: Any, any_family: dict[str, Any]) -> None:
    """Who ranks by facts needs no names."""
    text = page(web.client("bps", any_family["area"][:4]), any_family["family_id"])
    name = one(web, "SELECT name FROM persons WHERE family_id = %s", any_family["family_id"])[
        "name"
    ]
    assert name not in text and f"{name[0]}***" in text


def test_a_case_is_told_to_the_case_team_alone(web: Any) -> None:
    """Kind and state of a case; others see neither."""
    row = one(
        web,
        "SELECT c.family_id, c.kind, f.area FROM cases AS c JOIN families AS f USING (family_id) "
        "ORDER BY c.source_id LIMIT 1",
    )
    team = page(web.client("pendamping_rehsos", row["area"][:4]), row["family_id"])
    officer = page(web.client("operator_kabkota", row["area"][:4]), row["family_id"])
    heading = "Kasus dan asesmen"
    assert heading in team and heading not in officer
    assert "/rehabilitate" not in officer and "Rujuk ke rehabilitasi" not in officer


def test_others_learn_that_somebody_is_in_service_and_no_more(web: Any) -> None:
    """Of an open case: neither its kind nor its state."""
    found = one(
        web,
        "SELECT c.family_id, c.source_id, f.area FROM cases AS c JOIN families AS f "
        "USING (family_id) ORDER BY c.source_id LIMIT 1",
    )
    with connection(web) as con:
        con.execute(
            "UPDATE cases SET closed = NULL, state = 'in_service' WHERE source_id = %s",
            [found["source_id"]],
        )
    officer = page(web.client("operator_kabkota", found["area"][:4]), found["family_id"])
    assert "dalam layanan rehabilitasi" in officer
    assert "Kasus dan asesmen" not in officer


def test_another_area_and_an_unknown_id_answer_alike(web: Any, any_family: dict[str, Any]) -> None:
    """Neither says that there is such a family."""
    other = {"1811": "1771", "1771": "1811"}[any_family["area"][:4]]
    client = web.client("operator_kabkota", other)
    for part in ("", "sumber/", "riwayat/", "lembar/"):
        known = client.get(f"/keluarga/{any_family['family_id']}/{part}")
        unknown = client.get(f"/keluarga/F0000000000000/{part}")
        assert known.status_code == unknown.status_code == 404
        strip = re.compile(
            r"csrfmiddlewaretoken\" value=\"[^\"]+\"|/keluarga/\w+/\w*/?|[0-9a-f]{16,}"
        )
        assert strip.sub("", known.content.decode()) == strip.sub("", unknown.content.decode())
    long = client.get(f"/keluarga/{'F' * 300}/")
    assert long.status_code == 404


def test_a_person_leads_to_the_family(web: Any, any_family: dict[str, Any]) -> None:
    """And a person of another area to nobody."""
    person = one(web, "SELECT person_id FROM persons WHERE family_id = %s", any_family["family_id"])
    here, there = any_family["area"][:4], {"1811": "1771", "1771": "1811"}[any_family["area"][:4]]
    found = web.client("operator_kabkota", here).get(f"/orang/{person['person_id']}/")
    assert found.status_code == 302
    assert found.headers["Location"] == f"/keluarga/{any_family['family_id']}/"
    assert (
        web.client("operator_kabkota", there).get(f"/orang/{person['person_id']}/").status_code
        == 404
    )


def test_a_view_is_recorded_and_told_to_the_entitled(web: Any, any_family: dict[str, Any]) -> None:
    """Who looked stands in the family's history, for those who may know."""
    area = any_family["area"][:4]
    page(web.client("verifikator_kabkota", area), any_family["family_id"])
    with psycopg.connect(web.superuser_url) as con:
        seen = con.execute(
            "SELECT what, role, area FROM audit_events WHERE family_id = %s ORDER BY id DESC",
            [any_family["family_id"]],
        ).fetchone()
    assert seen == ("family_seen", "verifikator_kabkota", any_family["area"])
    entitled = page(web.client("kepala_dinas", area), any_family["family_id"], "riwayat/")
    other = page(web.client("operator_kabkota", area), any_family["family_id"], "riwayat/")
    assert "verifikator-kabkota" in entitled and "verifikator-kabkota" not in other


def test_a_page_asks_little_of_the_database(web: Any, any_family: dict[str, Any]) -> None:
    """What the release says comes in one statement, however many members and decisions there are;
    and what is under way, of care, proposals, visits and the ladder, in one each."""
    from django.db import connection as django_connection
    from django.test.utils import CaptureQueriesContext

    client = web.client("operator_kabkota", any_family["area"][:4])
    for part, most in (("", 11), ("sumber/", 9), ("riwayat/", 10), ("lembar/", 9)):
        page(client, any_family["family_id"], part)
        with CaptureQueriesContext(django_connection) as asked:
            page(client, any_family["family_id"], part)
        said = [q["sql"] for q in asked.captured_queries if q["sql"] not in ("BEGIN", "COMMIT")]
        assert len(said) <= most, said


def test_a_page_is_light(web: Any) -> None:
    """The largest family's page stays far below what a slow line bears."""
    row = one(
        web,
        "SELECT d.family_id, f.area FROM decisions AS d JOIN families AS f USING (family_id) "
        "GROUP BY 1, 2 ORDER BY count(*) DESC LIMIT 1",
    )
    text = page(web.client("operator_kabkota", row["area"][:4]), row["family_id"])
    assert len(text.encode()) < 110_000


def test_unknown_is_said_to_be_unknown(web: Any) -> None:
    """A family without a decile is not called poor or well off."""
    row = one(
        web,
        "SELECT r.family_id, f.area FROM ranking AS r JOIN families AS f USING (family_id) "
        "WHERE r.decile_official IS NULL AND f.member_count > 0 ORDER BY 1 LIMIT 1",
    )
    text = page(web.client("operator_kabkota", row["area"][:4]), row["family_id"])
    assert "tanpa desil" in text
    assert "tidak berarti mampu" in text


def test_who_may_reveal_is_led_to_the_form(web: Any, any_family: dict[str, Any]) -> None:
    """The page itself shows four signs of a number."""
    area = any_family["area"][:4]
    may = page(web.client("operator_kabkota", area), any_family["family_id"])
    may_not = page(web.client("kepala_dinas", area), any_family["family_id"])
    assert "lihat utuh" in may and "lihat utuh" not in may_not
    assert re.search(r"\*{8,}\d{4}", may)


# --- what a release of invented people rarely holds ----------------------------------------------


def test_a_retired_id_leads_to_what_it_became(fresh_web: Any) -> None:
    """With a sentence; to who may not see the new family it is unknown."""
    row = one(fresh_web, SAMPLE)
    with connection(fresh_web) as con:
        con.execute(
            "INSERT INTO lineage (kind, old_id, new_id, entity, run, area) "
            "VALUES ('merge', 'FRETIRED', %s, 'family', '00001', %s)",
            [row["family_id"], row["area"]],
        )
    here, there = row["area"][:4], {"1811": "1771", "1771": "1811"}[row["area"][:4]]
    found = fresh_web.client("operator_kabkota", here).get("/keluarga/FRETIRED/", follow=True)
    assert found.redirect_chain == [(f"/keluarga/{row['family_id']}/", 302)]
    assert "FRETIRED sudah tidak dipakai" in found.content.decode()
    assert fresh_web.client("operator_kabkota", there).get("/keluarga/FRETIRED/").status_code == 404


def test_a_family_without_a_village_and_one_of_twenty(fresh_web: Any) -> None:
    """Both open; the first for the nation alone."""
    lost, large = ask(fresh_web, f"{SAMPLE} LIMIT 2")
    with connection(fresh_web) as con:
        for table in ("families", "persons"):
            con.execute(
                f"UPDATE {table} SET village = NULL, area = '!' WHERE family_id = %s",
                [lost["family_id"]],
            )
        con.execute(
            "INSERT INTO persons SELECT (jsonb_populate_record(NULL::persons, to_jsonb(p) || "
            "jsonb_build_object('person_id', 'PTWENTY' || n))).* FROM (SELECT * FROM persons "
            "WHERE family_id = %s ORDER BY person_id LIMIT 1) AS p, generate_series(1, 20) AS n",
            [large["family_id"]],
        )
    nation = fresh_web.client("kemensos", "")
    assert "desa belum diketahui" in page(nation, lost["family_id"])
    officer = fresh_web.client("operator_kabkota", lost["area"][:4])
    assert officer.get(f"/keluarga/{lost['family_id']}/").status_code == 404
    for part in ("", "riwayat/", "lembar/"):
        assert page(nation, large["family_id"], part)
    assert page(nation, large["family_id"]).count('id="PTWENTY') == 20


def test_what_a_family_does_not_own_is_a_thing_and_no_number() -> None:
    from tangga.web.family.home import _thing

    assert _thing("Jumlah sapi", "id") == "Sapi"
    assert _thing("Number of cattle", "en") == "Cattle"
    assert _thing("Lemari es", "id") == "Lemari es"
