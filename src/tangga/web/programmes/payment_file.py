"""The payment file of a signed round: one line a row to pay, by the pack's layout.

Its lines are those of the list as it was signed, so it is the same file whenever it is made, and
its sum is the list's to the rupiah.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator

from tangga.web.audit.actions import record
from tangga.web.pack import area_name
from tangga.web.policy.book import book
from tangga.web.privacy.taken import keep_taken
from tangga.web.programmes.layout import layout
from tangga.web.programmes.models import Round, Row
from tangga.web.programmes.refusals import NotNow
from tangga.web.programmes.who import Who, who
from tangga.web.sheets.book import ACTIVE
from tangga.web.viewer import Viewer

AFTER_SIGNING = ("signed", "sent", "settled", "settled_open")


def payment_file(of: Round, *, by: Viewer) -> bytes:
    """The file; noted in the trail. NotNow before the list is signed, and for goods."""
    if of.goods or of.frozen_at is None or of.state not in AFTER_SIGNING:
        raise NotNow(number=of.item.number)
    content = "".join(_lines(of)).encode()
    about = {"round": of.item.number, "rows": of.payees, "total": int(of.total)}
    about["sha256"] = hashlib.sha256(content).hexdigest()
    record("payment_file", by=by, area=of.area, about=about)
    keep_taken(
        "payment_file",
        by=by,
        area=of.area,
        list_="payment_file",
        families=Row.objects.filter(round=of, state=Row.PAY).values_list("family_id", flat=True),
        case=False,
    )
    return content


def _lines(of: Round) -> Iterator[str]:
    yield _line([one.name for one in layout().out])
    label = book().label(of.programme, "id")
    rows = Row.objects.filter(round=of, state=Row.PAY).order_by("n")
    for row in rows.iterator(chunk_size=2000):
        values = _values(of, row, who(row), label)
        yield _line([values[one.holds] for one in layout().out])


def _values(of: Round, row: Row, named: Who, label: str) -> dict[str, str]:
    return {
        "code": row.code,
        "programme": label,
        "programme_code": of.programme,
        "round": of.called,
        "period_start": row.for_start.isoformat(),
        "period_end": row.for_end.isoformat(),
        "village": row.area,
        "village_name": area_name(row.area, "id"),
        "head": named.head,
        "kk": named.kk,
        "payee": named.payee,
        "nik": named.nik,
        "address": named.address,
        "sort": row.sort,
        "amount": str(row.amount),
    }


def _line(values: list[str]) -> str:
    """As CSV; nothing in it is a formula for who opens it in a spreadsheet."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(
        f"'{one}" if one.startswith(ACTIVE) else one for one in values
    )
    return out.getvalue()
