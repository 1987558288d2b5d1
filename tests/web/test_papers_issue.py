"""Papers: numbered without gaps, frozen, closed to who may not see them, revoked once."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import psycopg
import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from tangga.errors import BadPack
from tangga.web.database.scope import APP_ROLE
from tangga.web.papers.content import Content
from tangga.web.papers.issue import issue
from tangga.web.papers.kinds import kinds
from tangga.web.papers.models import Named, Paper
from tangga.web.papers.revoke import NotRevoked, revoke
from tangga.web.today import pretend
from tangga.web.viewer import Viewer, open_for, posts_in_force, viewer_of

REGENCY, OTHER = "1811", "1771"
DAY = date(2026, 3, 2)


def viewer(web: Any, role: str, area: str) -> Viewer:
    """Somebody in a post, and a transaction that sees what they may."""
    user = web.user(role, area)
    found = viewer_of(user, posts_in_force(user.pk)[0])
    open_for(found)
    return found


def as_app() -> None:
    """The role of requests from here on, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {APP_ROLE}")


LETTER = {
    "to": "RSUD Mesuji",
    "name": "Sari <b>Wulan</b>",
    "nik": "1811014203850003",
    "address": "Dusun 2",
    "need": "Kartu jaminan kesehatan",
}


def letter(by: Viewer | None, area: str = REGENCY, **more: Any) -> Paper:
    return issue("rujukan_layanan", by=by, area=area, about={**LETTER, **more})


def test_a_paper_is_numbered_by_office_kind_and_year(web: Any) -> None:
    with transaction.atomic(), pretend(DAY):
        officer = viewer(web, "operator_kabkota", REGENCY)
        first, second = letter(officer), letter(officer)
        other = issue("tanda_terima", by=officer, area=REGENCY, about=receipt())
        elsewhere = letter(viewer(web, "operator_kabkota", OTHER), OTHER)
    assert [one.n for one in (first, second, other, elsewhere)] == [1, 2, 1, 1]
    assert first.number == "400.9/0001/RUJ/DINSOS.1811/III/2026"
    with transaction.atomic(), pretend(date(2027, 1, 1)):
        assert letter(viewer(web, "operator_kabkota", REGENCY)).n == 1


def receipt() -> dict[str, Any]:
    return {
        "name": "Sari",
        "ticket": "KBR/1811/2026/000001",
        "subject": "Keberatan",
        "answer_by": DAY,
        "decides": "Kepala dinas",
    }


def test_what_is_taken_back_leaves_no_gap(web: Any) -> None:
    with transaction.atomic(), pretend(date(2030, 5, 1)):
        officer = viewer(web, "operator_kabkota", REGENCY)
        letter(officer)
        with pytest.raises(RuntimeError), transaction.atomic():
            letter(officer)
            raise RuntimeError
        assert letter(officer).n == 2


def test_many_at_once_are_numbered_without_gap_or_twice(web: Any) -> None:
    """Each thread has its own connection and transaction, as requests have."""
    wrong: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(5):
                with transaction.atomic():
                    as_app()
                    letter(viewer(web, "operator_kabkota", OTHER), OTHER)
        except BaseException as error:
            wrong.append(error)
        finally:
            connection.close()

    web.user("operator_kabkota", OTHER)
    with pretend(date(2031, 1, 1)):
        threads = [threading.Thread(target=work) for _ in range(4)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
    assert not wrong
    found = Paper.objects.filter(year=2031, office=OTHER).values_list("n", flat=True)
    assert sorted(found) == list(range(1, 21))


def test_what_it_says_is_frozen_sealed_and_proven(web: Any) -> None:
    with transaction.atomic():
        paper = letter(viewer(web, "operator_kabkota", REGENCY))
    with web.owner() as con:
        stored = con.execute("SELECT content, digest FROM papers_paper WHERE id = %s", [paper.pk])
        sealed, digest = stored.fetchone()
    assert b"Sari" not in bytes(sealed) and b"1811014203850003" not in bytes(sealed)
    content = Content.opened(sealed)
    assert content.digest == digest
    assert "Sari &lt;b&gt;Wulan" in content.page(), "what people type is escaped"
    assert "1811014203850003" not in content.page() and "0003" in content.page()
    assert "1811014203850003" in content.page(whole=True)


def test_the_annex_is_the_rows_that_were_given(web: Any) -> None:
    rows = [
        {"name": f"Orang {n}", "nik": f"181101420385{n:04}", "family_id": f"F{n}", "what": "x"}
        for n in range(1, 8)
    ]
    about = {"batch": "BDL/1", "recommendation": "", "remark": ""}
    with transaction.atomic():
        paper = issue(
            "sk_perbaikan", by=viewer(web, "bupati", REGENCY), area=REGENCY, about=about, rows=rows
        )
        assert Named.objects.filter(paper=paper, family_id="F3", n=3).exists()
    content = Content.opened(paper.content)
    names = [one.name for one in content.columns]
    told = [dict(zip(names, row, strict=True)) for row in content.rows]
    assert paper.rows == len(rows) == len(told)
    assert [one["nik"] for one in told] == [one["nik"] for one in rows]
    assert "7 perbaikan" in content.page()
    assert content.signs == ("Bupati Mesuji",)


def test_rows_and_words_that_do_not_fit_are_refused(web: Any) -> None:
    with transaction.atomic():
        officer = viewer(web, "operator_kabkota", REGENCY)
        for about in ({}, {**LETTER, "x": 1}, {**LETTER, "need": 3}, {**LETTER, "to": ""}):
            with pytest.raises(BadPack):
                issue("rujukan_layanan", by=officer, area=REGENCY, about=about)
        with pytest.raises(BadPack):
            issue("no_such_paper", by=officer, area=REGENCY, about={})
        about = {"batch": "BDL/1"}
        head = viewer(web, "bupati", REGENCY)
        with pytest.raises(BadPack):
            issue("sk_perbaikan", by=head, area=REGENCY, about=about, rows=[{"salary": 1}])


def test_who_lacks_the_verb_issues_nothing(web: Any) -> None:
    with transaction.atomic(), pytest.raises(PermissionDenied):
        about = {"batch": "BDL/1"}
        by = viewer(web, "operator_kabkota", REGENCY)
        issue("sk_perbaikan", by=by, area=REGENCY, about=about, rows=[])


def test_a_district_issues_as_its_regency_and_the_clock_as_the_office_around(web: Any) -> None:
    with transaction.atomic():
        assert letter(viewer(web, "tksk", "181101"), "1811012001").office == REGENCY
        desk = viewer(web, "operator_desa", "1811012001")
        assert letter(desk, "1811012001").office == "1811012001"
        assert issue("pemberitahuan", by=None, area="1811012001", about=notice()).office == REGENCY


def notice() -> dict[str, Any]:
    return {
        "name": "Sari",
        "address": "Dusun 2",
        "what": "Pindah ke pemberdayaan",
        "takes_effect": DAY,
        "reasons": ["Tempat tersedia"],
        "object_by": DAY,
        "ticket": "T/1",
    }


def test_nobody_sees_a_paper_of_another_area_or_a_case(web: Any) -> None:
    with transaction.atomic():
        paper = letter(viewer(web, "operator_kabkota", REGENCY))
        about = {
            "sentra": "Wyata Guna", "name": "A", "age": "30", "cluster": "B", "service": "C",
            "assessment": "1", "companion": "D", "answer_by": DAY,
        }  # fmt: skip
        case = issue(
            "surat_rujukan_sentra",
            by=viewer(web, "pendamping_rehsos", REGENCY),
            area=REGENCY,
            about=about,
        )
    seen = {}
    who = (
        ("operator_kabkota", REGENCY),
        ("operator_kabkota", OTHER),
        ("pendamping_rehsos", REGENCY),
        ("operator_desa", "1811012001"),
    )
    for role, area in who:
        web.user(role, area)
    for role, area in who:
        with transaction.atomic():
            as_app()
            viewer(web, role, area)
            ids = {paper.pk, case.pk}
            seen[role, area] = set(Paper.objects.filter(pk__in=ids).values_list("pk", flat=True))
    assert list(seen.values()) == [{paper.pk}, set(), {paper.pk, case.pk}, set()]


def test_a_paper_is_never_changed_or_removed_and_revoked_once(web: Any) -> None:
    with transaction.atomic():
        officer = viewer(web, "operator_kabkota", REGENCY)
        paper = letter(officer)
        new = letter(officer)
        with pytest.raises(NotRevoked):
            revoke(paper, by=officer, reason="salah")
        revoke(paper, by=officer, reason="Nama rumah sakit keliru", replaced_by=new)
        with pytest.raises(NotRevoked):
            revoke(paper, by=officer, reason="Nama rumah sakit keliru")
        with pytest.raises(PermissionDenied):
            revoke(new, by=viewer(web, "operator_kabkota", OTHER), reason="Bukan wilayah saya")
    with web.owner() as con:
        for wrong in (
            "UPDATE papers_paper SET number = 'x' WHERE id = %s",
            "UPDATE papers_paper SET revoked_on = NULL WHERE id = %s",
            "DELETE FROM papers_paper WHERE id = %s",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), con.transaction():
                con.execute(wrong, [paper.pk])


def test_every_paper_of_the_pack_can_be_issued(web: Any) -> None:
    """With the least and with all that it asks for; with its annex, and with an empty one."""
    for kind in kinds().values():
        full = {name: sample(one.type) for name, one in kind.asks.items()}
        least = {n: v for n, v in full.items() if not kind.asks[n].optional}
        columns = kind.annex.columns if kind.annex else {}
        row = {name: sample(one.type) for name, one in columns.items()}
        area = {"village": "1811012001", "regency": REGENCY}.get(kind.levels[0], "18")
        with transaction.atomic():
            for about, rows in ((full, [row, {}]), (least, [])):
                given = rows if kind.annex else None
                paper = issue(kind.code, by=None, area=area, about=about, rows=given)
                text = Content.opened(paper.content).page()
                assert "None" not in text and "{{" not in text, kind.code


def sample(kind: str) -> Any:
    known = {"day": DAY, "lines": ["satu", "dua"], "identifier": "1811014203850003"}
    return known.get(kind, 7 if kind in ("whole", "number", "rupiah") else "kata")
