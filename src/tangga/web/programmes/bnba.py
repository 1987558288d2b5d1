"""Papers of a round: its list by name and address (BNBA), and the report of its reconciliation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tangga.texts import LANGUAGES, long_date, say
from tangga.web.pack import area_name, code_label
from tangga.web.papers.content import Column
from tangga.web.papers.issue import issue
from tangga.web.papers.models import Paper
from tangga.web.policy.book import book
from tangga.web.programmes import figures
from tangga.web.programmes.models import Round, Row
from tangga.web.programmes.refusals import Empty, NotNow
from tangga.web.programmes.who import Who, who
from tangga.web.today import today
from tangga.web.viewer import Viewer

MONEY, GOODS, REPORT = "daftar_bayar", "daftar", "rekonsiliasi"
SERIES = "BNBA"
AT_ONCE = 2000
COLUMNS = (
    ("name", "family", "text"),
    ("nik", "number_of_head", "identifier"),
    ("place", "place", "text"),
    ("quantity", "quantity", "number"),
    ("code", "row", "text"),
)
"""Of a list in kind: column, its text, its type."""


def issue_list(of: Round, by: Viewer | None) -> None:
    """The paper of a signed list: its annex is the list, row by row."""
    of.paper = _issue(of, of.area, by).number
    of.save(update_fields=["paper"])


def issue_village(of: Round, village: str, by: Viewer) -> Paper:
    """The part of a signed list that is one village's, to be hung up there: one paper, however
    often it is asked for. NotNow before the list is signed; Empty where nobody of it is there."""
    if of.frozen_at is None:
        raise NotNow(number=of.item.number)
    if not _rows(of, village).exists():
        raise Empty()
    Round.objects.select_for_update(of=("self",)).get(pk=of.pk)
    kept = Paper.objects.filter(item_id=of.pk, area=village, revoked_on=None)
    return kept.filter(kind=GOODS if of.goods else MONEY).first() or _issue(of, village, by)


def _issue(of: Round, area: str, by: Viewer | None) -> Paper:
    rows = _rows(of, area).order_by("n").iterator(chunk_size=AT_ONCE)
    return _goods(of, area, rows, by) if of.goods else _money(of, area, rows, by)


def _rows(of: Round, area: str) -> Any:
    found = Row.objects.filter(round=of, state=Row.PAY)
    return found if area == of.area else found.filter(area=area)


def _money(of: Round, area: str, rows: Iterator[Row], by: Viewer | None) -> Paper:
    about = {
        "programme": book().label(of.programme, "id"),
        "round": of.called,
        "period_start": of.period_start,
        "period_end": of.period_end,
        "file": f"{file_name(of)} · SHA-256 {of.digest}",
    }
    return issue(MONEY, by=by, area=area, item=of.item, about=about, rows=annex(rows))


def _goods(of: Round, area: str, rows: Iterator[Row], by: Viewer | None) -> Paper:
    label = book().label(of.programme, "id")
    quantity = f"{int(of.each or 0)} {of.unit}"
    about = {
        "what": f"{label}, {of.called}: {of.what} {quantity} per keluarga. SHA-256 {of.digest}",
        "release": of.release,
        "as_of": today(),
    }
    columns = [
        Column(name, _labels(text), kind, sum=name == "quantity") for name, text, kind in COLUMNS
    ]
    return issue(
        GOODS,
        by=by,
        area=area,
        item=of.item,
        about=about,
        columns=columns,
        series=SERIES,
        title=f"BNBA {label}, {of.called}",
        rows=_in_kind(of, rows),
    )


def _labels(text: str) -> dict[str, str]:
    return {language: say(f"web_programmes.{text}", language) for language in LANGUAGES}


def _in_kind(of: Round, rows: Iterator[Row]) -> Iterator[dict[str, Any]]:
    for row in rows:
        named = who(row)
        yield {
            "family_id": row.family_id,
            "person_id": row.person_id,
            "name": named.head,
            "nik": named.nik,
            "place": place(row, named),
            "quantity": int(of.each or 0),
            "code": row.code,
        }


def issue_report(of: Round, by: Viewer | None) -> None:
    """The report of what came back for a round of money that is being closed."""
    found = figures.reconciled(of)
    if of.goods or not found["lines"]:
        return
    label = book().label(of.programme, "id")
    good = sum(row["lines"] for row in found["states"] if row["state"] == "matched")
    rows = [
        {
            "programme": label,
            "state": say(f"web_programmes.result_{row['state']}", "id"),
            "lines": row["lines"],
            "amount": row["amount"],
            "owed": row["matched"],
        }
        for row in found["states"]
    ]
    about = {
        "period_start": of.period_start,
        "period_end": of.period_end,
        "matched": good,
        "unmatched": found["lines"] - good,
    }
    issue(REPORT, by=by, area=of.area, item=of.item, about=about, rows=rows)


def file_name(of: Round) -> str:
    """What the payment file of a round is called."""
    return f"{of.item.number.replace('/', '-')}.csv"


def annex(rows: Iterator[Row]) -> Iterator[dict[str, Any]]:
    """The rows of a list of payments."""
    for row in rows:
        named = who(row)
        yield {
            "family_id": row.family_id,
            "person_id": row.payee_person_id or row.person_id,
            "name": named.head or named.payee,
            "nik": named.nik,
            "payee": named.payee,
            "place": place(row, named),
            "component": components(row),
            "period": f"{long_date(row.for_start, 'id')} – {long_date(row.for_end, 'id')}",
            "amount": row.amount,
        }


def place(row: Row, named: Who) -> str:
    """Village and address in one line."""
    return ", ".join(part for part in (area_name(row.area, "id"), named.address) if part)


def components(row: Row) -> str:
    """The components of a row in words, each once."""
    codes = [part["component"] for part in row.parts if part.get("component")]
    return ", ".join(dict.fromkeys(code_label("component", code, "id") for code in codes))
