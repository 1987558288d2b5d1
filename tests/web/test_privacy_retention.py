"""Retention: what is past its time goes, what is in dispute or held waits, the trail stays."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from tangga.web.papers.issue import issue
from tangga.web.papers.models import Paper
from tangga.web.privacy import policy, retain
from tangga.web.privacy.models import Hold, Run
from tangga.web.privacy.policy import Rule
from tangga.web.public.models import Code, Phone
from tangga.web.secrets import seal, unseal
from tangga.web.today import pretend

DAY = date(2026, 3, 1)
AREA = "1811012001"
WRITTEN = (
    *("public_code", "public_phone", "privacy_hold", "privacy_removed", "privacy_run"),
    *("appeals_appeal", "intake_uploadfile", "intake_upload", "work_item"),
)


@pytest.fixture(autouse=True)
def clean(web: Any) -> None:
    """Nothing of an earlier test."""
    with web.owner() as con:
        for table in WRITTEN:
            con.execute(f"DELETE FROM {table}")


def applied(*, dry: bool = False) -> dict[str, tuple[int, int]]:
    """(rows, held) of each rule that did or would do something; none of them failed."""
    with pretend(DAY):
        run = retain.retain(dry=dry)
    found = list(run.removed.all())
    assert not [one.failed for one in found if one.failed]
    assert len(found) == len(policy.rules())
    return {one.rule: (one.rows, one.held) for one in found if one.rows or one.held}


def code(person: str, at: date, family: str = "F-1") -> Code:
    made = Code.objects.create(
        person_id=person, family_id=family, area=AREA, digest="x", until=timezone.now()
    )
    noon = timezone.make_aware(datetime(at.year, at.month, at.day, 12))
    Code.objects.filter(pk=made.pk).update(at=noon)
    return made


def item(web: Any, *, closed: date | None, family: str) -> Any:
    from tangga.web.work.models import Item

    return Item.objects.create(
        number=f"T/{uuid.uuid4()}",
        kind="objection",
        area=AREA,
        state="closed" if closed else "lodged",
        family_id=family,
        opened_on=date(2020, 1, 1),
        closed_on=closed,
    )


def test_every_rule_reaches_a_table_that_is_there(web: Any) -> None:
    applied()
    with pretend(DAY):
        assert retain.retain(dry=True).removed.filter(failed="").count() == len(policy.rules())


def test_what_is_past_its_time_goes_and_a_dry_run_only_counts(web: Any) -> None:
    code("P-1", DAY - timedelta(days=8))
    kept = code("P-2", DAY - timedelta(days=6))
    assert applied(dry=True)["one_time_codes"] == (1, 0)
    assert Code.objects.count() == 2
    assert applied()["one_time_codes"] == (1, 0)
    assert list(Code.objects.all()) == [kept]
    assert "one_time_codes" not in applied()
    assert [one.dry for one in Run.objects.all()] == [False, False, True]


def test_what_is_in_dispute_or_held_waits(web: Any) -> None:
    user = web.user("kepala_dinas", "1811")
    old = DAY - timedelta(days=30)
    for person, family in (("P-1", "F-1"), ("P-2", "F-2"), ("P-3", "F-3")):
        code(person, old, family)
    opened = item(web, closed=None, family="F-1")
    hold = Hold.objects.create(
        area=AREA, person_id="P-2", reason="sengketa", by=user, by_called="Kepala", since=old
    )
    assert applied()["one_time_codes"] == (1, 2)
    assert sorted(Code.objects.values_list("person_id", flat=True)) == ["P-1", "P-2"]
    type(opened).objects.filter(pk=opened.pk).update(closed_on=DAY, state="closed")
    Hold.objects.filter(pk=hold.pk).update(lifted_on=DAY)
    assert applied()["one_time_codes"] == (2, 0)


def test_words_are_emptied_and_the_matter_stays(web: Any) -> None:
    from tangga.web.appeals.models import Appeal

    made = []
    for closed in (date(2023, 1, 1), date(2025, 12, 1), None):
        of = item(web, closed=closed, family=f"F-{closed}")
        made.append(
            Appeal.objects.create(
                item=of, area=AREA, subject="x", said=seal("rumah saya"), answer_by=DAY
            )
        )
    assert applied()["appeal_words"] == (1, 0)
    said = [unseal(bytes(Appeal.objects.get(pk=one.pk).said)) for one in made]
    assert said == ["", "rumah saya", "rumah saya"]
    assert "appeal_words" not in applied(), "what is empty is not emptied again"


def test_a_closed_matter_waits_for_another_that_is_open(web: Any) -> None:
    from tangga.web.appeals.models import Appeal

    of = item(web, closed=date(2020, 1, 1), family="F-9")
    Appeal.objects.create(item=of, area=AREA, subject="x", said=seal("a"), answer_by=DAY)
    item(web, closed=None, family="F-9")
    assert applied()["appeal_words"] == (0, 1)


def test_files_go_and_their_rows_stay(web: Any, tmp_path: Any, monkeypatch: Any) -> None:
    from tangga.web.intake.models import Upload, UploadFile

    monkeypatch.setattr(retain, "uploads", lambda: tmp_path)
    user = web.user("operator_kabkota", "1811")
    (tmp_path / "a.csv").write_text("nama")
    upload = Upload.objects.create(area="1811", by=user)
    Upload.objects.filter(pk=upload.pk).update(changed=timezone.now() - timedelta(days=365 * 5))
    UploadFile.objects.create(
        upload=upload, area="1811", name="a.csv", stored="a.csv", bytes=4, sha256="0" * 64
    )
    assert applied(dry=True)["uploads"] == (1, 0)
    assert (tmp_path / "a.csv").exists()
    assert applied()["uploads"] == (1, 0)
    assert not (tmp_path / "a.csv").exists() and UploadFile.objects.count() == 1


def test_the_trail_and_papers_are_never_touched(web: Any) -> None:
    with transaction.atomic():
        issue("pelimpahan", by=None, area="1811", about=delegation())
    papers = Paper.objects.count()
    counts = (
        "SELECT count(*) FILTER (WHERE what <> 'retention_run'),"
        " count(*) FILTER (WHERE what = 'retention_run') FROM audit_events"
    )
    with web.owner() as con:
        before = con.execute(counts).fetchone()
    with pretend(date(2060, 1, 1)):
        retain.retain(dry=False)
    with web.owner() as con:
        after = con.execute(counts).fetchone()
    assert after == (before[0], before[1] + 1) and Paper.objects.count() == papers


def delegation() -> dict[str, Any]:
    words = ("from_name", "from_role", "to_name", "verb", "reason")
    return {**dict.fromkeys(words, "x"), "valid_from": DAY, "valid_to": DAY}


def test_a_rule_that_fails_leaves_the_others_be(web: Any, monkeypatch: Any) -> None:
    known = dict(policy.rules())
    bad = Rule("bad", {"id": "x", "en": "x"}, "public_phone", "number", (1, "days"), "remove", "x")
    gone = Rule("gone", {"id": "x", "en": "x"}, "no_such", "at", (1, "days"), "remove", "x")
    monkeypatch.setattr(retain, "rules", lambda: {"bad": bad, "gone": gone, **known})
    user = web.user("operator_desa", AREA)
    Phone.objects.create(
        person_id="P-1", family_id="F-1", area=AREA, number=seal("0812"), last="0812", by=user,
        since=date(2020, 1, 1), ended_on=date(2024, 1, 1),
    )  # fmt: skip
    with pretend(DAY):
        run = retain.retain(dry=False)
    done = {one.rule: one for one in run.removed.all()}
    assert done["bad"].failed and "0812" not in done["bad"].failed
    assert done["gone"].failed == "no such table or column"
    assert done["telephones"].rows == 1 and not Phone.objects.exists()


def test_two_runs_at_once_are_one(web: Any) -> None:
    import threading

    held: list[type[BaseException]] = []

    def other() -> None:
        try:
            retain.retain(dry=True)
        except BaseException as wrong:
            held.append(type(wrong))
        finally:
            connection.close()

    with transaction.atomic():
        retain.retain(dry=True)
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert held == [retain.Busy]


def test_a_hold_is_set_and_lifted_on_the_page(web: Any) -> None:
    from test_privacy import person_of

    person, *_ = person_of(web, "1811")
    client = web.client("kepala_dinas", "1811")
    address = f"/data-pribadi/orang/{person}/tahan/"
    client.post(address, {"alasan": "pendek"})
    assert not Hold.objects.exists()
    client.post(address, {"alasan": "Perkara di pengadilan negeri", "dokumen": "1/Pdt/2026"})
    held = Hold.objects.get()
    assert held.person_id == person and held.lifted_on is None
    assert "1/Pdt/2026" in client.get(f"/data-pribadi/orang/{person}/").content.decode()
    client.post(f"{address}{held.pk}/lepas/")
    assert Hold.objects.get().lifted_on is not None


def test_months_and_years_are_counted_as_on_a_calendar() -> None:
    def before(many: int, unit: str, day: date) -> date:
        return Rule("x", {}, "t", "at", (many, unit), "remove", "").before(day)

    assert before(6, "months", date(2026, 8, 31)) == date(2026, 2, 28)
    assert before(2, "years", date(2024, 2, 29)) == date(2022, 2, 28)
    assert before(1, "months", date(2026, 1, 15)) == date(2025, 12, 15)
    assert before(7, "days", date(2026, 3, 1)) == date(2026, 2, 22)


def test_the_command_tells_what_it_did(web: Any, capsys: Any, monkeypatch: Any) -> None:
    from tangga.cli import web as commands

    code("P-1", timezone.localdate() - timedelta(days=30))
    monkeypatch.setattr(commands, "service", _already)
    commands.retain(dry=True)
    said = capsys.readouterr().out
    assert "hanya dihitung" in said and "Kode sekali pakai" in said
    assert settings.ENV.var


def _already() -> Any:
    from contextlib import nullcontext

    return nullcontext()


def test_the_owner_sees_every_table_of_a_rule_and_nothing_points_at_what_goes(web: Any) -> None:
    """A wall that binds the owner too would make a rule remove nothing, and say so of nobody."""
    with web.owner() as con:
        for rule in policy.rules().values():
            walled, open_to_owner = con.execute(
                "SELECT c.relforcerowsecurity, EXISTS (SELECT FROM pg_policy AS p"
                " WHERE p.polrelid = c.oid AND pg_get_expr(p.polqual, p.polrelid) = 'true'"
                " AND (SELECT oid FROM pg_roles WHERE rolname = current_user) = ANY (p.polroles))"
                " FROM pg_class AS c WHERE c.oid = to_regclass(%s)",
                [rule.table],
            ).fetchone()
            assert open_to_owner or not walled, rule.code
            if rule.do == "remove":
                pointing = con.execute(
                    "SELECT conrelid::regclass::text FROM pg_constraint"
                    " WHERE confrelid = to_regclass(%s)",
                    [rule.table],
                ).fetchall()
                assert pointing == [], rule.code
