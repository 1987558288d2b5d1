"""Issuing a paper: numbered without a gap, frozen, and checkable by anybody who holds it.

    paper = issue("sk_perbaikan", by=viewer, area="1811", about={"batch": "..."}, rows=rows,
                  item=item)
    paper.number                        # 400.9/0001/SK/DINSOS.1811/XI/2026
    reverse("paper", args=[paper.pk])   # its page: print, XLSX

In the transaction of the caller: where that is taken back, so is the number.
"""

from __future__ import annotations

import base64
import secrets
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from tangga.errors import BadPack
from tangga.web.access import LEVELS
from tangga.web.database.rows import value
from tangga.web.pack import area_name
from tangga.web.papers.checked import shown_of
from tangga.web.papers.content import Column, Content, total
from tangga.web.papers.kinds import Asked, Kind, kinds
from tangga.web.papers.models import Named, Paper
from tangga.web.papers.offices import Office, around, office_of
from tangga.web.papers.render import Numbers, render
from tangga.web.papers.trail import note
from tangga.web.register.tables import NATION
from tangga.web.today import today

if TYPE_CHECKING:
    from tangga.web.viewer import Viewer
    from tangga.web.work.models import Item

NEXT = "SELECT public.papers_next(%s, %s, %s, %s)"
MONTHS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
FAMILY, PERSON = "family_id", "person_id"
AT_ONCE = 2000
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Sheet:
    """An annex as it is frozen, with whom each row names."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    named: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Annexed:
    """What a template knows of the annex."""

    sheet: Sheet

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return len(self.sheet.rows)

    def total(self, column: str) -> int:
        """The sum of a column."""
        return total(self.sheet.columns, self.sheet.rows, column)


@dataclass(frozen=True)
class Numbered:
    """The day and number of a paper. n: among those of its office, kind, series and year."""

    on: date
    n: int
    number: str


def issue(
    kind: str,
    *,
    by: Viewer | None,
    area: str,
    about: Mapping[str, Any],
    rows: Iterable[Row] | None = None,
    item: Item | None = None,
    family_id: str | None = None,
    person_id: str | None = None,
    columns: Sequence[Column] | None = None,
    series: str = "",
    title: str = "",
    mark: str = "",
    sees: Iterable[str] = (),
    pk: uuid.UUID | None = None,
) -> Paper:
    """A new paper of a kind of the pack.

    area: whom it is about ('' the nation); the office is that of `by`, as far as the kind allows
    its level, else the one around the area. about: what the kind asks for. rows: of the annex, each
    a mapping of its columns; `family_id` and `person_id` besides say whom a row names, and are not
    printed. item: of a step that was taken; who may issue has then been checked by the step.
    columns, series, title, mark, sees: of a list, whose kind leaves them open; mark: how the series
    is called within the number. pk: of the form that asked, so that one sent twice is one paper.

    BadPack for a kind that there is not, or for an `about` or rows that do not fit it.
    PermissionDenied where `by` has no verb for it and no step was taken.
    """
    wanted = _kind(kind)
    if by is not None and item is None and not by.has_one_of(*wanted.verbs):
        raise PermissionDenied(kind)
    _fits(wanted, about)
    sheet, office = _sheet(wanted, columns, rows), _office(wanted, by, area)
    called, given = title or _title(wanted, office), {wanted.sees, *sees}
    with transaction.atomic():
        at, number = _numbered(wanted, office, series, mark), Numbers()
        body = render(wanted, about, _more(wanted, office, area, at, sheet), number)
        content = _content(wanted, office, by, body, number, sheet, title, about)
        whose = {"item": item, "family_id": family_id or "", "person_id": person_id or ""}
        paper = _keep(wanted, office, content, at, series, pk, area=area or NATION, title=called,
                      sees=" ".join(sorted(given)), by_id=_who(by), **whose)  # fmt: skip
        _name(paper, sheet)
        note("paper_issued", paper, by=by)
    return paper


def _who(by: Viewer | None) -> Any:
    return by.user.pk if by is not None and by.user is not None else None


def _numbered(kind: Kind, office: Office, series: str, mark: str) -> Numbered:
    """The next number of an office, kind, series and year, held to the end of the transaction."""
    on = today()
    n = int(value(NEXT, [office.area, kind.code, series, on.year]))
    return Numbered(on, n, _number(kind, office, n, on, mark or series))


def _keep(
    kind: Kind,
    office: Office,
    content: Content,
    at: Numbered,
    series: str,
    pk: uuid.UUID | None,
    **columns: Any,
) -> Paper:
    return Paper.objects.create(
        pk=pk or uuid.uuid4(),
        kind=kind.code,
        office=office.area,
        cased=kind.case,
        series=series,
        about={"list": series} if series else {},
        year=at.on.year,
        n=at.n,
        number=at.number,
        on_day=at.on,
        code=new_code(),
        rows=len(content.rows),
        digest=content.digest,
        content=content.sealed(),
        **columns,
    )


def new_code() -> str:
    """Sixteen signs that nobody guesses: 80 bits."""
    return base64.b32encode(secrets.token_bytes(10)).decode()


def _kind(code: str) -> Kind:
    try:
        return kinds()[code]
    except KeyError:
        raise BadPack(f"the pack has no paper {code!r}", value=code) from None


def _office(kind: Kind, by: Viewer | None, area: str) -> Office:
    """Whose paper it is: of the post of `by`, else of the office above it, else of the one around
    the area."""
    own = by.post.area if by is not None and by.post is not None else None
    for code in (own, area):
        digits = [LEVELS[level] for level in kind.levels if LEVELS[level] <= len(code or "")]
        if code is not None and digits:
            return office_of(code[: max(digits)])
    raise BadPack(f"no office of {area or 'the nation'} issues {kind.code}", value=kind.code)


def _title(kind: Kind, office: Office) -> str:
    """What a paper of this office is called."""
    return office.fill(kind.title) if kind.title else kind.label("id")


def _number(kind: Kind, office: Office, n: int, on: date, series: str) -> str:
    return kind.number.format(
        n=n, office=office.short, month=MONTHS[on.month - 1], year=on.year, series=series
    )


def _more(kind: Kind, office: Office, area: str, at: Numbered, sheet: Sheet) -> dict[str, Any]:
    """What every template knows."""
    return {
        "paper": {"number": at.number, "day": at.on, "title": kind.label("id")},
        "office": office,
        "areas": around(area),
        "place": area_name(area),
        "basis": kind.basis,
        "annex": Annexed(sheet),
    }


def _content(
    kind: Kind,
    office: Office,
    by: Viewer | None,
    body: str,
    numbers: Numbers,
    sheet: Sheet,
    title: str,
    about: Mapping[str, Any],
) -> Content:
    called = () if by is None else (by.user.called, by.role.label("id") if by.role else "")
    return Content(
        title={"id": title or _title(kind, office), "en": kind.label("en")},
        lines=tuple(office.fill(one) for one in kind.head) or office.lines,
        office=office.office,
        city=office.city,
        basis=kind.basis,
        signs=tuple(_sign(one, kind, office, about) for one in kind.signs),
        by=tuple(one for one in called if one),
        body=body,
        numbers=tuple(numbers.each),
        annex=dict(kind.annex.labels) if kind.annex is not None else None,
        columns=sheet.columns,
        rows=sheet.rows,
        salt=secrets.token_hex(16),
        check=() if kind.case else shown_of(kind.asks, about),
    )


def _sign(words: str, kind: Kind, office: Office, about: Mapping[str, Any]) -> str:
    """Who signs; on a second line their name, where the paper asks for it."""
    role, _, name = words.partition("\n")
    said = {one: about.get(one) or "" for one in kind.asks}
    return f"{office.fill(role)}\n{name.format(**said)}" if name else office.fill(role)


def _fits(kind: Kind, about: Mapping[str, Any]) -> None:
    """BadPack unless it is what the kind asks for, no more and no less."""
    unknown = set(about) - set(kind.asks)
    absent = [
        name
        for name, asked in kind.asks.items()
        if not asked.optional and about.get(name) in (None, "", [])
    ]
    wrong = [f"{name} is of the wrong type" for name, one in about.items() if name in kind.asks
             and not _is(kind.asks[name], one)]  # fmt: skip
    said = [f"knows no {name}" for name in sorted(unknown)]
    said += [f"asks for {name}" for name in absent]
    if said or wrong:
        raise BadPack(f"the paper {kind.code}: {'; '.join(said + wrong)}", value=kind.code)


def _is(asked: Asked, said: Any) -> bool:
    if said is None or said == "":
        return asked.optional
    wanted = {"day": date, "lines": list | tuple, "rupiah": int, "number": int, "whole": int}
    return isinstance(said, wanted.get(asked.type, str))


def _sheet(kind: Kind, columns: Sequence[Column] | None, rows: Iterable[Row] | None) -> Sheet:
    """The rows in the order of the columns. BadPack for a row with a column that there is not."""
    if rows is None:
        if kind.annex is not None and columns is None and kind.annex.columns:
            raise BadPack(f"the paper {kind.code} has an annex: its rows are missing")
        return Sheet((), (), ())
    declared = kind.annex.columns.values() if kind.annex is not None else ()
    own = tuple(columns or (Column(one.name, one.labels, one.type, one.sum) for one in declared))
    names = {one.name for one in own}
    values: list[tuple[Any, ...]] = []
    named: list[tuple[str, str]] = []
    for row in rows:
        if unknown := set(row) - names - {FAMILY, PERSON}:
            raise BadPack(f"the annex of {kind.code} knows no {', '.join(sorted(unknown))}")
        values.append(tuple(row.get(one.name) for one in own))
        named.append((row.get(FAMILY) or "", row.get(PERSON) or ""))
    return Sheet(own, tuple(values), tuple(named))


def _name(paper: Paper, sheet: Sheet) -> None:
    """Whom the rows name, apart from what they say: to be found by who is asked about them."""
    each = [
        Named(paper=paper, area=paper.area, cased=paper.cased, n=n, family_id=f, person_id=p)
        for n, (f, p) in enumerate(sheet.named, start=1)
        if f or p
    ]
    Named.objects.bulk_create(each, batch_size=AT_ONCE)
