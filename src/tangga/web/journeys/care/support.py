"""The support that a check is about: what runs, what it ends, what a restoration owes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Any

from psycopg import sql

from tangga.rules.days import Month, first_day, month_of
from tangga.rules.exits import ALL_DIED, BY_REASON
from tangga.rules.payee import AfterDeath, Payment, after_death
from tangga.texts import Language
from tangga.web.database.rows import rows
from tangga.web.pack import code_label
from tangga.web.policy.book import book
from tangga.web.programmes import register, spells
from tangga.web.programmes.local import is_local
from tangga.web.programmes.owed import Deaths, Part, parts_of, rupiah
from tangga.web.programmes.timeline import Piece

PAYMENTS = """
SELECT programme, period_start, period_end, amount, status
FROM {payments} WHERE family_id = %(family)s AND period_start > %(died)s
ORDER BY period_start, programme
"""
YEARLY = """
SELECT amount FROM decisions
WHERE family_id = %(family)s AND programme = %(programme)s AND amount IS NOT NULL LIMIT 1
"""
BETWEEN = "|"
ALIVE = Deaths()


@dataclass(frozen=True)
class Support:
    """One kind of running support, as a choice on a form."""

    programme: str
    component: str
    person_id: str

    @classmethod
    def of(cls, said: Mapping[str, str]) -> Support:
        """From how a check keeps it."""
        return cls(said["programme"], said.get("component", ""), said.get("person_id", ""))

    @classmethod
    def chosen(cls, text: str) -> Support:
        """From the value of a form. ValueError for anything else."""
        programme, component, person_id = text.split(BETWEEN)
        return cls(programme, component, person_id)

    @property
    def choice(self) -> str:
        """The value of a form."""
        return BETWEEN.join((self.programme, self.component, self.person_id))

    @property
    def kept(self) -> dict[str, str]:
        """As a check keeps it."""
        return {
            "programme": self.programme,
            "component": self.component,
            "person_id": self.person_id,
        }

    def label(self, names: Mapping[str, str], language: Language, *, whole: bool = True) -> str:
        """In words. whole: False where the viewer may not read which component it is."""
        said = book().label(self.programme, language)
        if self.component and whole:
            said += f", {code_label('component', self.component, language)}"
        name = names.get(self.person_id)
        return f"{said} ({name})" if name else said


def listed(
    some: Iterable[Support], names: Mapping[str, str], language: Language, *, whole: bool
) -> list[str]:
    """In words, one line a programme and component, with whom of the family it is for."""
    found: dict[str, list[str]] = {}
    for one in some:
        of = found.setdefault(one.label({}, language, whole=whole), [])
        if (name := names.get(one.person_id)) and name not in of:
            of.append(name)
    return [f"{label}: {', '.join(of)}" if of else label for label, of in found.items()]


def running(family_id: str, on: date) -> list[Support]:
    """What runs, or is paused, for a family on a day."""
    found = spells.running(family_id=family_id, on=on)
    kinds = dict.fromkeys(piece.kind for piece in found)
    return [Support(kind.programme, kind.component, kind.person_id) for kind in kinds]


def determined_elsewhere(some: Iterable[Support], language: Language) -> list[str]:
    """Who determines those of the programmes that no local decision opens or closes."""
    known = (book().policy.programmes.get(one.programme) for one in some)
    who = {one.determined_by for one in known if one is not None and not is_local(one)}
    return sorted(code_label("determiner", one, language) for one in who)


def exit_of(reason: str, on: date, *, anybody_left: bool) -> str:
    """Which exit a reason of removal is; '' where it is none, or a death that leaves somebody."""
    exits = book().policy.on(on).setting("exits").says
    kind = next((one for one in BY_REASON if reason in exits[one]), "")
    return "" if kind == ALL_DIED and anybody_left else kind


def is_death(reason: str, on: date) -> bool:
    """Whether a reason says that somebody died."""
    return reason in book().policy.on(on).setting("exits").says[ALL_DIED]


def overpaid(family_id: str, died_on: date, anybody_left: bool) -> list[dict[str, Any]]:
    """Payments for a time after a death, each with what became of it."""
    table = register.table("payments")
    found = (
        rows(sql.SQL(PAYMENTS).format(payments=table), {"family": family_id, "died": died_on})
        if table
        else []
    )
    told = []
    for row in found:
        payment = Payment(row["period_start"], int(row["amount"] or 0), row["status"] or "")
        what = after_death(died_on, payment, anybody_left)
        if what is not None and what is not AfterDeath.GOOD_FAITH:
            told.append(
                {
                    "programme": row["programme"],
                    "period_start": str(row["period_start"]),
                    "period_end": str(row["period_end"] or row["period_start"]),
                    "amount": payment.amount,
                    "what": what.value,
                }
            )
    return told


def missed(
    before: Sequence[Piece],
    after: Sequence[Piece],
    family_id: str,
    since: date,
    on: date,
    died: Deaths = ALIVE,
    dead: Deaths = ALIVE,
) -> list[dict[str, Any]]:
    """What a restoration owes: the months from a stop to before this one in which support runs in
    `after` and did not in `before`, one row a kind of support and unbroken time, in whole rupiah.
    This month is the next round's.

    died, dead: who was taken for dead then, and who is now. amount None: no rule says it.
    """
    first, past = month_of(since), month_of(on)
    told = []
    for programme in dict.fromkeys(piece.kind.programme for piece in after):
        yearly = _yearly(family_id, programme)
        ran = {
            part.kind: set(part.months)
            for part in _parts(before, programme, first, past, yearly, died)
        }
        for part in _parts(after, programme, first, past, yearly, dead):
            months = [one for one in part.months if one not in ran.get(part.kind, set())]
            told += list(_rows(replace(part, months=tuple(months)), first, past, yearly))
    return told


def _rows(part: Part, first: Month, past: Month, yearly: int | None) -> Iterator[dict[str, Any]]:
    for months in _unbroken(part.months):
        amount = rupiah(replace(part, months=tuple(months)), first, past, yearly)
        if amount == 0:
            continue  # given in kind, or paid to somebody else: nothing can be paid later
        yield {
            "programme": part.kind.programme,
            "component": part.kind.component,
            "person_id": part.kind.person_id,
            "months": [f"{first_day(month):%Y-%m}" for month in months],
            "amount": amount,
        }


def _unbroken(months: Iterable[Month]) -> Iterator[list[Month]]:
    for _, run in groupby(enumerate(sorted(months)), key=lambda at: at[1] - at[0]):
        yield [month for _, month in run]


def _parts(
    pieces: Sequence[Piece],
    programme: str,
    first: Month,
    past: Month,
    yearly: int | None,
    died: Deaths = ALIVE,
) -> list[Part]:
    mine = [piece for piece in pieces if piece.kind.programme == programme]
    return parts_of(mine, died, first, past, yearly)


def _yearly(family_id: str, programme: str) -> int | None:
    found = rows(YEARLY, {"family": family_id, "programme": programme})
    return int(found[0]["amount"]) if found else None
