"""The field key is changed as an operator does it, the old one goes, and every page still reads."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from at_programmes import Q1, acting, prepared, rows_of, signed
from django.urls import reverse
from proposing import Office, a_family, evidence_in, version

from tangga.web.secrets import of_the_service
from tangga.web.today import pretend

OLD = base64.b64encode(bytes(range(32))).decode()
NEW = base64.b64encode(bytes([9]) * 32).decode()
SEALED = """
SELECT c.relname::text, a.attname::text FROM pg_class AS c JOIN pg_attribute AS a
ON a.attrelid = c.oid WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
AND a.attnum > 0 AND NOT a.attisdropped AND a.atttypid = 'bytea'::regtype
"""
DIGESTS = {("api_token", "digest"), ("public_tries", "key")}
"""Columns of bytes that are no sealed ones: keyed digests of what comes again from outside."""


@pytest.fixture
def keys() -> Iterator[Any]:
    """Changes the keys of this process; the old one is back afterwards."""

    def change(now: str, *old: str) -> None:
        os.environ["TANGGA_FIELD_KEY"] = now
        os.environ["TANGGA_FIELD_KEYS_OLD"] = ",".join(old)
        of_the_service.cache_clear()

    yield change
    os.environ.pop("TANGGA_FIELD_KEYS_OLD", None)
    change(OLD)
    os.environ.pop("TANGGA_FIELD_KEYS_OLD", None)


def some_work(web: Any) -> list[tuple[str, str, str, str]]:
    """Something of each part that keeps sealed words: (role, area, address, what its page says)."""
    from tangga.web.programmes import complaints
    from tangga.web.programmes.who import who
    from tangga.web.work.models import Item

    family = a_family(web)
    village = family["area"]
    office = Office(web, village)
    item = office.value(family["family_id"], "floor")
    form = {
        "usul": [f"{item}:{version(web, item)}"],
        "basis": "responsibility_letter",
        "held_on": "2026-01-05",
        "why": "Jalan terputus",
    }
    letter = office.client("village_head").post("/usul/musyawarah/", form)["Location"]
    round_ = signed(web, "pkh", Q1)
    named = who(rows_of(web, round_, "pay")[0])
    with acting(web, "operator_kabkota", "1811") as viewer:
        complaint = complaints.lodge(
            programme="pkh", area=village, what="cut", said="Dipotong seratus ribu", by=viewer
        )
    number = Item.objects.get(pk=item).number
    at_round = reverse("programmes_round", args=[round_.pk])
    return [
        ("kepala_desa", village, reverse("proposal", args=[item]), number),
        ("kepala_desa", village, letter, "Jalan terputus"),
        ("operator_kabkota", "1811", at_round, named.head),
        (
            "verifikator_kabkota",
            "1811",
            reverse("programmes_complaint", args=[complaint.pk]),
            "Dipotong seratus ribu",
        ),
        ("operator_kabkota", "1811", f"/keluarga/{family['family_id']}/", family["family_id"]),
    ]


def check(web: Any, pages: list[tuple[str, str, str, str]]) -> None:
    for role, area, address, says in pages:
        answer = web.client(role, area).get(address)
        text = answer.content.decode()
        assert answer.status_code == 200, address
        assert says in text, (address, says)


@pytest.mark.slow
def test_after_a_new_key_every_page_reads_without_the_old_one(
    fresh_web: Any, tmp_path: Path, keys: Any
) -> None:
    from tangga.cli.web_service import migrate
    from tangga.web.register.commands import approve_release, load_release

    web = fresh_web
    migrate()
    with evidence_in(tmp_path):
        pages = some_work(web)
        prepared(web, "sembako", Q1)
        check(web, pages)
        keys(NEW, OLD)
        migrate()
        approve_release(load_release(web.release, by="loader").number, by="approver")
        keys(NEW)
        web.made.clear()  # what a session rests on was sealed anew
        check(web, pages)
        old = of_the_service().now.mark
        with psycopg.connect(web.superuser_url) as con:
            for table, column in con.execute(SEALED).fetchall():
                if (table, column) in DIGESTS:
                    continue
                query = f"SELECT {column} FROM {table} WHERE {column} IS NOT NULL"
                for (value,) in con.execute(query.encode()).fetchall():
                    assert value[:1] == old, (table, column)
                    of_the_service().unseal(value)


@pytest.mark.slow
def test_what_retention_emptied_still_opens(fresh_web: Any, tmp_path: Path) -> None:
    """Twenty years later every matter is closed and emptied, and its page tells what is left."""
    from tangga.web.privacy.retain import retain

    web = fresh_web
    with evidence_in(tmp_path):
        pages = some_work(web)
        with web.owner() as con:
            con.execute("UPDATE work_item SET closed_on = '2026-03-01'")
        with pretend(date(2046, 3, 1)):
            run = retain(dry=False)
        assert not [one.rule for one in run.removed.all() if one.failed]
        emptied = {one.rule for one in run.removed.all() if one.rows}
        assert {"round_names", "proposal_words", "complaints"} <= emptied
        with psycopg.connect(web.superuser_url) as con:
            [[named]] = con.execute("SELECT count(who) FROM programmes_row").fetchall()
        assert named == 0
        check(web, [(role, area, address, "") for role, area, address, _ in pages])
