"""Privacy: a purpose a role, all that is held of a person, who saw it, and what an account saw."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.utils import timezone
from lists_read import workbook

from tangga.errors import BadPack
from tangga.registry.load import pack_dir
from tangga.web.access import access
from tangga.web.papers.models import Paper
from tangga.web.privacy import names
from tangga.web.privacy.models import Taken
from tangga.web.privacy.policy import kept, read_purposes, read_rules, rules
from tangga.web.privacy.tables import tables, unnamed
from tangga.web.secrets import unseal

REGENCY, OTHER = "1811", "1771"
PROOF = {"proof": "ktp", "asked_on": "2026-01-31"}
TOTAL = re.compile(r'data-total="(\d+)"')


def person_of(web: Any, area: str, where: str = "true") -> tuple[str, str, str, str]:
    """person_id, family_id, name and NIK of somebody with a NIK in an area."""
    with psycopg.connect(web.superuser_url) as con:
        found = con.execute(
            "SELECT person_id, family_id, name, nik FROM r_1.persons AS p WHERE area LIKE %s"
            f" AND nik IS NOT NULL AND name IS NOT NULL AND family_id IS NOT NULL AND {where}"
            " ORDER BY person_id LIMIT 1",
            [f"{area}%"],
        ).fetchone()
    assert found
    return (*found[:3], unseal(found[3]))


def test_every_table_about_somebody_is_named(web: Any) -> None:
    """A table added to the release or the service must be handed over, or be said why not."""
    with psycopg.connect(web.url) as con:
        con.execute("SELECT 1")
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL search_path = r_1, public")
        assert unnamed() == []


def test_every_column_handed_over_has_a_name(web: Any) -> None:
    with psycopg.connect(web.url) as con:
        rows = con.execute(
            "SELECT c.relname, a.attname FROM pg_attribute AS a JOIN pg_class AS c"
            " ON c.oid = a.attrelid WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind = 'r'"
            " AND c.relnamespace IN ('public'::regnamespace, 'r_1'::regnamespace)"
        ).fetchall()
    wrong = [
        (table, column)
        for table, column in rows
        if table in tables()
        and column not in tables()[table].leave
        and not column.endswith(("_index", "by_id"))
        and not names.known(table, column)
    ]
    assert wrong == []


def test_every_role_has_a_purpose_and_every_rule_holds() -> None:
    folder = pack_dir("indonesia")
    assert set(read_purposes(folder, frozenset(access().roles))) == set(access().roles)
    assert len(read_rules(folder)) > 10


def test_every_table_of_people_has_a_rule_or_a_reason(web: Any) -> None:
    """A table that is added must say how long it is kept, or why it stays."""
    with psycopg.connect(web.url) as con:
        there = {
            row[0]
            for row in con.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        }
    ruled = {rule.table for rule in rules().values()}
    told = ruled | {one.table for one in kept()}
    assert sorted(set(tables()) & there - told) == []
    assert sorted(told - there) == [], "tables that there are not"


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ('table = "public_code"', 'table = "audit_events"'),
        ('table = "public_code"', 'table = "papers_paper"'),
        ('do = "remove"', 'do = "burn"'),
        ("keep = { days = 7 }", "keep = { days = 0 }"),
        ("keep = { days = 7 }", "keep = { weeks = 1 }"),
        ('since = "at"', 'since = "at; DROP TABLE x"'),
        ('basis = "UU 27', 'basiss = "UU 27'),
    ],
)
def test_a_rule_that_cannot_be_is_refused(tmp_path: Path, was: str, becomes: str) -> None:
    text = (pack_dir("indonesia") / "privacy/retention.toml").read_text(encoding="utf-8")
    assert was in text
    (tmp_path / "privacy").mkdir()
    (tmp_path / "privacy/retention.toml").write_text(text.replace(was, becomes, 1))
    with pytest.raises(BadPack, match="line"):
        read_rules(tmp_path)


def test_a_role_without_a_purpose_is_refused(tmp_path: Path) -> None:
    text = (pack_dir("indonesia") / "privacy/purposes.toml").read_text(encoding="utf-8")
    (tmp_path / "privacy").mkdir()
    (tmp_path / "privacy/purposes.toml").write_text(text)
    with pytest.raises(BadPack, match="no purpose of the role gubernur"):
        read_purposes(tmp_path, frozenset([*access().roles, "gubernur"]))


def test_the_copy_holds_every_table_with_the_person_in_it(web: Any) -> None:
    """Beside a plain count of every table of the release that names the person."""
    person, family, _, nik = person_of(web, REGENCY)
    client = web.client("verifikator_kabkota", REGENCY)
    said = client.post(f"/data-pribadi/orang/{person}/", {**PROOF, "bentuk": "json"})
    told = json.loads(b"".join(said) if said.streaming else said.content)
    handed = {one["table"]: len(one["rows"]) + one["more"] for one in told["tables"]}
    assert handed == {name: many for name, many in plainly(web, person, family).items() if many}
    [self] = next(one["rows"] for one in told["tables"] if one["table"] == "persons")
    assert self["nik"] == nik and "nik_index" not in self
    assert told["letter"].startswith("400.9/")


def plainly(web: Any, person: str, family: str) -> dict[str, int]:
    """Rows of each table of the release that are theirs, counted past every policy."""
    found = {}
    with psycopg.connect(web.superuser_url) as con:
        for name, table in tables().items():
            columns = {
                row[0]
                for row in con.execute(
                    "SELECT attname FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped"
                    " AND attrelid = to_regclass('r_1.' || %s)",
                    [name],
                )
            }
            parts = []
            if "person" in table.by and "person_id" in columns:
                parts.append(f"person_id = '{person}'")
            if "payee" in table.by and "payee_person_id" in columns:
                parts.append(f"payee_person_id = '{person}'")
            if "family" in table.by and "family_id" in columns:
                alone = " AND person_id IS NULL" if "person_id" in columns else ""
                parts.append(f"(family_id = '{family}'{alone})")
            if parts and not table.case:
                query = f"SELECT count(*) FROM r_1.{name} WHERE {' OR '.join(parts)}"
                found[name] = con.execute(query.encode()).fetchone()[0]
    return found


def test_the_copy_on_paper_and_as_a_workbook_say_the_same(web: Any) -> None:
    person, _, name, nik = person_of(web, REGENCY)
    client = web.client("kepala_dinas", REGENCY)
    page = client.get(f"/data-pribadi/orang/{person}/").content.decode()
    assert name in page and nik not in page, "before proof nothing but how much there is"
    paper = client.post(f"/data-pribadi/orang/{person}/", PROOF).content.decode()
    assert nik in paper and "SALINAN DATA PRIBADI" in paper.upper()
    book = client.post(f"/data-pribadi/orang/{person}/", {**PROOF, "bentuk": "xlsx"})
    sheet = workbook(book, "Bagian")
    values = [str(row[3]) for row in sheet.rows]
    assert nik in values
    assert {row[0] for row in sheet.rows} > {"Diri", "Siapa yang pernah melihat"}
    assert Paper.objects.filter(kind="data_subjek", person_id=person).count() >= 2


def test_the_copy_says_nothing_of_other_members(web: Any) -> None:
    another = "q.family_id = p.family_id AND q.person_id <> p.person_id"
    where = f"EXISTS (SELECT FROM r_1.persons AS q WHERE {another})"
    person, family, name, _ = person_of(web, REGENCY, where)
    with psycopg.connect(web.superuser_url) as con:
        others = [
            unseal(row[0])
            for row in con.execute(
                "SELECT nik FROM r_1.persons WHERE family_id = %s AND person_id <> %s"
                " AND nik IS NOT NULL",
                [family, person],
            )
        ]
    client = web.client("kepala_dinas", REGENCY)
    paper = client.post(f"/data-pribadi/orang/{person}/", PROOF).content.decode()
    assert name in paper and others and not [one for one in others if one in paper]


def test_the_copy_is_for_whoever_may_and_of_their_area(web: Any) -> None:
    person, *_ = person_of(web, REGENCY)
    address = f"/data-pribadi/orang/{person}/"
    assert web.client("operator_desa", "1811012001").get(address).status_code == 403
    assert web.client("operator_kabkota", REGENCY).get(address).status_code == 403
    assert web.client("kepala_dinas", OTHER).get(address).status_code == 404
    client = web.client("kepala_dinas", REGENCY)
    assert client.post(address, {"proof": "ktp", "asked_on": "2999-01-01"}).status_code == 422
    assert client.post(address, {"proof": "x", "asked_on": "2026-01-31"}).status_code == 422


def test_cases_are_handed_over_by_the_case_team_alone(web: Any) -> None:
    with psycopg.connect(web.superuser_url) as con:
        found = con.execute(
            "SELECT c.person_id, c.area FROM r_1.cases AS c JOIN r_1.persons AS p USING (person_id)"
            " ORDER BY 1 LIMIT 1"
        ).fetchone()
    if found is None:
        pytest.skip("the release holds no case")
    person, area = found
    office = web.client("kepala_dinas", area[:4])
    text = office.post(f"/data-pribadi/orang/{person}/", PROOF).content.decode()
    assert "Kasus rehabilitasi" not in text
    assert office.get(f"/data-pribadi/orang/{person}/kasus/").status_code == 403
    team = web.client("pendamping_rehsos", area[:4])
    answer = team.post(f"/data-pribadi/orang/{person}/kasus/", {**PROOF, "bentuk": "json"})
    names = {one["table"] for one in json.loads(answer.content)["tables"]}
    assert "cases" in names and "persons" not in names


def test_who_saw_a_person_is_told_to_them(web: Any) -> None:
    person, family, *_ = person_of(web, OTHER)
    desk = web.client("operator_kabkota", OTHER)
    desk.get(f"/keluarga/{family}/")
    desk.get("/daftar/families/xlsx/")
    client = web.client("kepala_dinas", OTHER)
    answer = client.post(f"/data-pribadi/orang/{person}/", {**PROOF, "bentuk": "json"})
    seen = json.loads(answer.content)["seen"]
    words = {one["what"] for one in seen if one["who"] == "operator-kabkota-1771"}
    assert len(words) == 2, words
    assert all(one["office"] == "Kota Bengkulu" for one in seen if one["who"])


def test_a_file_keeps_whose_data_it_took(web: Any) -> None:
    before = Taken.objects.count()
    client = web.client("operator_kabkota", OTHER)
    sheet = workbook(client.get("/daftar/families/xlsx/"), "No.")
    client.get("/daftar/determined/cetak/")
    new = Taken.objects.order_by("id")[before:]
    assert [one.list for one in new] == ["families", "determined"]
    assert len(new[0].families) == len(sheet.rows)


def asked(web: Any, client: Any, account: str, **more: str) -> str:
    now = timezone.localtime() + timedelta(minutes=1)
    form = {
        "account": account,
        "since": f"{now - timedelta(days=1):%Y-%m-%dT%H:%M}",
        "until": f"{now:%Y-%m-%dT%H:%M}",
        "reason": "Pemeriksaan berkala triwulan pertama",
    }
    return client.post("/data-pribadi/siapa/", {**form, **more}).content.decode()


def test_whose_data_an_account_saw_is_told_exactly(web: Any) -> None:
    """Opened pages and files, beside the rows of the files themselves."""
    from users import make_user

    make_user("operator_kabkota", OTHER, username="yang-diperiksa")
    web.made.pop(("operator_kabkota", OTHER), None)
    web.made["operator_kabkota", OTHER] = make_user(
        "operator_kabkota", OTHER, username="yang-diperiksa"
    )
    client = web.client("operator_kabkota", OTHER)
    auditor = web.client("auditor", OTHER)
    assert 'data-total="0"' in asked(web, auditor, "yang-diperiksa")
    _, family, *_ = person_of(web, OTHER)
    client.get(f"/keluarga/{family}/")
    page = asked(web, auditor, "yang-diperiksa")
    assert TOTAL.findall(page) == ["1"] and family in page
    rows = workbook(client.get("/daftar/families/xlsx/"), "No.").rows
    page = asked(web, auditor, "yang-diperiksa")
    assert TOTAL.findall(page) == [str(len({row[-1] for row in rows}))]
    later = asked(web, auditor, "yang-diperiksa", since="2020-01-01", until="2020-02-01")
    assert TOTAL.findall(later) == ["0"]


def test_an_auditor_of_elsewhere_is_told_nothing(web: Any) -> None:
    _, family, *_ = person_of(web, REGENCY)
    web.client("verifikator_kabkota", REGENCY).get(f"/keluarga/{family}/")
    page = asked(web, web.client("auditor", OTHER), "verifikator-kabkota-1811")
    assert family not in page
    page = asked(web, web.client("auditor", REGENCY), "verifikator-kabkota-1811")
    assert family in page


def test_looking_into_an_account_is_itself_recorded(web: Any) -> None:
    auditor = web.client("auditor", REGENCY)
    assert "Tidak ada akun" in asked(web, auditor, "siapa-ini")
    for wrong in ({"reason": "pendek"}, {"until": "2020-01-01"}, {"since": "2000-01-01"}):
        assert 'data-total="' not in asked(web, auditor, "auditor-1811", **wrong)
    with web.owner() as con:
        many = con.execute(
            "SELECT count(*) FROM audit_events WHERE what = 'account_looked_into'"
            " AND reason LIKE 'Pemeriksaan%' AND post_area = '1811'"
        ).fetchone()
    assert many[0] >= 1
    assert web.client("kepala_dinas", REGENCY).get("/data-pribadi/siapa/").status_code == 403


def test_the_page_of_purposes_and_rules(web: Any) -> None:
    text = web.client("bupati", REGENCY).get("/data-pribadi/").content.decode()
    assert "Menandatangani perbaikan data" in text and "Kode sekali pakai" in text
