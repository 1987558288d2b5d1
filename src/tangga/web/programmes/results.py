"""Results of payment that came back: each line matched to the list, or said why not.

    kept = take_in(round_, "hasil.csv", content, by=viewer)     # a ResultFile
    kept.amount == kept.matched + kept.unmatched                # in each line, and so in the file

Matched is what arrived: at most what the row is owed, however many lines speak of it. A payment
that failed arrived nowhere, and one on an impossible day (to come, before the list was signed, or
unreadable) is not believed. Nothing of the file is left out: a line that cannot be read is kept.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Sum

from tangga.errors import UserError
from tangga.web.audit.actions import record
from tangga.web.policy.book import book
from tangga.web.programmes.layout import layout
from tangga.web.programmes.models import Result, ResultFile, Round, Row
from tangga.web.programmes.refusals import BadFile, NotNow
from tangga.web.secrets import seal, unseal
from tangga.web.today import today
from tangga.web.viewer import Viewer
from tangga.web.work.models import Taken

MOST_BYTES = 32 * 1024**2
MOST_LINES = 200_000
AT_ONCE = 2000
AMOUNT = re.compile(r"(?:Rp\.? ?)?([0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,15})(?:,00)?")
LARGEST = 10**15

MATCHED, UNDERPAID, OVERPAID, TWICE = "matched", "underpaid", "overpaid", "twice"
UNREADABLE, UNKNOWN, NOT_PAYABLE, NO_STATUS = "unreadable", "unknown", "not_payable", "no_status"
BAD_DAY, TO_COME, TOO_EARLY = "bad_day", "to_come", "too_early"
UNCLEAR = (UNREADABLE, BAD_DAY, TO_COME, TOO_EARLY)
"""States of lines that speak of a row, and say nothing that can be believed."""
DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y")
TAKES = ("signed", "sent", "settled", "settled_open")
"""States in which results are taken in: late ones too, so that what was open can be cleared up."""


@dataclass(frozen=True)
class Said:
    """One line as it was read. amount: None where it cannot be read."""

    line: int
    code: str
    amount: int | None
    status: str
    failure: str
    paid_on: date | None
    raw: dict[str, str]


@transaction.atomic
def take_in(of: Round, name: str, content: bytes, *, by: Viewer) -> ResultFile:
    """Keep a file of results and match it. BadFile; NotNow before anything was sent out."""
    by.require("rounds")
    if of.goods or of.state not in TAKES:
        raise NotNow(number=of.item.number)
    Round.objects.select_for_update().get(pk=of.pk)
    digest = hashlib.sha256(content).hexdigest()
    if ResultFile.objects.filter(round=of, sha256=digest).exists():
        raise BadFile(why="twice")
    read = list(said_in(content))
    by_code = {row.code: row for row in Row.objects.filter(round=of)}
    taken, since = _taken(of), signed_on(of)
    found = [_match(of, one, by_code.get(one.code), taken, since) for one in read]
    kept = ResultFile.objects.create(
        round=of,
        area=of.area,
        name=name[:200],
        sha256=digest,
        lines=len(found),
        amount=sum(one.amount for one in found),
        matched=sum(one.matched for one in found),
        unmatched=sum(one.unmatched for one in found),
        by=by.user,
    )
    for one in found:
        one.file = kept
    Result.objects.bulk_create(found, batch_size=AT_ONCE)
    about = {"round": of.item.number, "lines": kept.lines, "matched": kept.matched}
    record("payment_results", by=by, area=of.area, about={**about, "unmatched": kept.unmatched})
    return kept


def _taken(of: Round) -> dict[str, int]:
    """What earlier files brought to each row, by its code."""
    found = Result.objects.filter(round=of, row__isnull=False, matched__gt=0)
    summed = found.values_list("row__code").annotate(Sum("matched"))
    return dict(summed)


def signed_on(of: Round) -> date | None:
    """The day on which the list was signed: nobody can have been paid by it before."""
    found = Taken.objects.filter(item_id=of.pk, step="sign").order_by("-n").first()
    return None if found is None else found.on_day


def _match(
    of: Round, said: Said, row: Row | None, taken: dict[str, int], since: date | None
) -> Result:
    state, matched = _state(of, said, row, taken, since)
    amount = said.amount or 0
    if row is not None and matched:
        taken[row.code] = taken.get(row.code, 0) + matched
    return Result(
        round=of,
        row=row,
        area=row.area if row is not None else of.area,
        line=said.line,
        said=seal(json.dumps(said.raw, ensure_ascii=False)),
        status=said.status,
        failure=said.failure,
        paid_on=said.paid_on,
        state=state,
        amount=amount,
        matched=matched,
        unmatched=amount - matched,
    )


def _state(
    of: Round, said: Said, row: Row | None, taken: Mapping[str, int], since: date | None
) -> tuple[str, int]:
    """(what became of a line, rupiah of it that arrived)."""
    if said.amount is None:
        return UNREADABLE, 0
    if row is None:
        return UNKNOWN, 0
    if row.state != Row.PAY:
        return NOT_PAYABLE, 0
    if not said.status:
        return NO_STATUS, 0
    if said.status not in book().policy.on(of.period_end).settings["budget"].says["paid"]:
        return said.status, 0
    if wrong := _impossible(said.paid_on, since):
        return wrong, 0
    owed = (row.amount or 0) - taken.get(row.code, 0)
    if owed <= 0:
        return TWICE, 0
    if said.amount > owed:
        return OVERPAID, owed
    return (MATCHED if said.amount == owed else UNDERPAID), said.amount


def _impossible(day: date | None, since: date | None) -> str:
    """Why nobody can have been paid on a day; '' where they can."""
    if day is None:
        return BAD_DAY
    if day > today():
        return TO_COME
    return TOO_EARLY if since is not None and day < since else ""


def said_in(content: bytes) -> Iterator[Said]:
    """The lines of a file. BadFile where it is no such file at all."""
    if len(content) > MOST_BYTES:
        raise BadFile(why="large")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadFile(why="encoding") from None
    if "\0" in text:
        raise BadFile(why="encoding")
    first = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text), delimiter=";" if ";" in first else ",")
    try:
        yield from _read(reader)
    except csv.Error:
        raise BadFile(why="csv") from None


def _read(reader: Any) -> Iterator[Said]:
    wanted = {one.holds: one.name for one in layout().back}
    heading = [one.strip().upper() for one in next(reader, [])]
    at = {holds: heading.index(name) for holds, name in wanted.items() if name in heading}
    if not {"code", "amount", "status"} <= set(at):
        raise BadFile(why="columns")
    for values in reader:
        if not any(one.strip() for one in values):
            continue
        if reader.line_num > MOST_LINES:
            raise BadFile(why="large")
        said = {h: values[i].strip().lstrip("'") if i < len(values) else "" for h, i in at.items()}
        yield _said(reader.line_num, said, dict(zip(heading, values, strict=False)))


def _said(line: int, said: Mapping[str, str], raw: dict[str, str]) -> Said:
    plan = layout()
    status = plan.status.get(said["status"].upper(), "")
    return Said(
        line=line,
        code=said["code"][:60],
        amount=amount_of(said["amount"]),
        status=status,
        failure=plan.failure.get(said.get("failure", "").upper(), ""),
        paid_on=_day(said.get("paid_on", "")),
        raw={key: value[:300] for key, value in raw.items()},
    )


def amount_of(text: str) -> int | None:
    """Whole rupiah of `225000`, `225.000` or `Rp225.000,00`; None for anything else."""
    found = AMOUNT.fullmatch(text.strip())
    amount = int(found[1].replace(".", "")) if found else None
    return amount if amount is not None and amount < LARGEST else None


def _day(text: str) -> date | None:
    """A day as files write it: 2026-03-10, 10/03/2026 or 10-03-2026."""
    for form in DAYS:
        try:
            return datetime.strptime(text.strip()[:10], form).date()
        except ValueError:
            continue
    return None


def as_written(of: Result) -> dict[str, str]:
    """The amount and the day of a line as the file has them."""
    raw = json.loads(unseal(bytes(of.said)))
    names = {one.holds: one.name for one in layout().back}
    return {key: raw.get(names.get(key, ""), "").strip() for key in ("amount", "paid_on")}


def unanswered(of: Round) -> Any:
    """Rows to pay of which no file says anything yet."""
    return Row.objects.filter(round=of, state=Row.PAY, results=None)


def failed(of: Round) -> Any:
    """Rows whose last line says that the money did not arrive, and that no later one mends."""
    says = book().policy.on(of.period_end).settings["budget"].says
    lost = [*says["failed"], *says["returned"]]
    found = Row.objects.filter(round=of, state=Row.PAY, results__state__in=lost)
    return found.exclude(results__matched__gt=0).distinct().order_by("n")


__all__ = ["Said", "UserError", "amount_of", "failed", "said_in", "take_in", "unanswered"]
