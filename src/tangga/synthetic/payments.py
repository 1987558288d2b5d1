"""The payments of 2025, with errors that a reconciliation has to find; and the truth about them.

`truth_payments.csv`, a row a payment, and a row for each that was due and never made: `source_id`,
as in the file (where none was made: as it would have been); `kind`, one of KINDS; `family_id` as in
truth.csv, empty where nobody is known; `programme`; `quarter`, 1 to 4; `due`, what was due for it,
and `paid`, what was paid out, both in rupiah whatever the unit in the file. Of a payment made twice
the second row is the one that is `twice`, and nothing was due for it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from tangga.synthetic import cells
from tangga.synthetic.climbs import climbs
from tangga.synthetic.dates import day
from tangga.synthetic.draw import NEVER, Ints, chance, weighted
from tangga.synthetic.families import TODAY
from tangga.synthetic.flags import Flags
from tangga.synthetic.programmes import (
    PBI,
    PROGRAMMES,
    QUARTERLY,
    QUARTERS,
    SEMBAKO,
    SEMBAKO_QUARTER,
    Spells,
    draw_spells,
    person_cells,
)
from tangga.synthetic.records import Population
from tangga.synthetic.sheet import Sheet, in_given_order
from tangga.synthetic.spelling import plain_names

RIGHT, FAILED, DEAD, GRADUATED, TWICE, NOBODY, THOUSANDS, SHORT, UNPAID = range(9)
KINDS = {
    "right": "paid out, to a living payee, once, in rupiah",
    "failed": "not paid out",
    "dead": "paid out to a payee who was dead on that day",
    "graduated": "paid out for a quarter that began after the family graduated",
    "twice": "the second payment of the same",
    "nobody": "to somebody who does not exist",
    "thousands": "written in thousands of rupiah",
    "short": "two of the three months only",
    "unpaid": "due and never paid: no row of the file",
}
SHARES = {THOUSANDS: 0.004, SHORT: 0.004, UNPAID: 0.006, TWICE: 0.005}
"""Of the payments that nothing is wrong with. Of TWICE: those that are made again."""
STRANGERS = 0.003
"""Payments to nobody, as a share of all."""
QUARTER_FIRST = np.array([day(year, month) for year, month in QUARTERS])
QUARTER_LAST = np.array([day(2025, 4), day(2025, 7), day(2025, 10), day(2026, 1)]) - 1


@dataclass(frozen=True)
class Ledger:
    """Payments in order of their number, the unpaid included. person: the payee, -1 nobody. kind:
    place in KINDS. due, paid: rupiah. on: the day; of one that failed the day it was tried."""

    number: Ints
    person: Ints
    programme: Ints
    quarter: Ints
    kind: Ints
    due: Ints
    paid: Ints
    on: Ints

    def __len__(self) -> int:
        return len(self.number)

    def rows(self, which: Ints) -> Ledger:
        """Those at these places."""
        return Ledger(*(getattr(self, name)[which] for name in self.__dataclass_fields__))


def make_payments(population: Population) -> Sheet:
    """A row a family, programme and quarter of 2025, in the payee's name; the errors come last, but
    for what is wrong with one payment itself."""
    made = ledger(population)
    made = made.rows(np.flatnonzero(made.kind != UNPAID))
    rng = population.dice.stream("sheet penyaluran nama")
    first, last = QUARTER_FIRST[made.quarter], QUARTER_LAST[made.quarter]
    failed, known = made.kind == FAILED, made.person >= 0
    amount = np.where(
        failed, made.due, np.where(made.kind == THOUSANDS, made.paid // 1000, made.paid)
    )
    flags = Flags(len(made))
    flags.mark("dead", known & (population.people.death[made.person] < NEVER))
    flags.mark("paid_after_death", made.kind == DEAD)
    table = pa.table(
        {
            "ID_SALUR": _ids(made),
            **_payees(rng, population, made),
            "BANSOS": cells.coded(made.programme, PROGRAMMES),
            "TAHAP": cells.coded(made.quarter, ["1", "2", "3", "4"]),
            "PERIODE_AWAL": cells.dates(first, "{y}-{m}-{d}"),
            "PERIODE_AKHIR": cells.dates(last, "{y}-{m}-{d}"),
            "NOMINAL": cells.digits(amount),
            "TGL_SALUR": cells.dates(made.on, "{y}-{m}-{d}", empty=failed),
            "STATUS": cells.choose(failed, "GAGAL", "TERSALUR"),
        }
    )
    return in_given_order("penyaluran", table, "ID_SALUR", made.person, flags)


def payment_truth(population: Population, family_of: Ints, family_id: pa.Array) -> pa.Table:
    """What every payment is. family_of: by person; family_id: the texts, by family."""
    found = ledger(population)
    family = family_of[np.maximum(found.person, 0)]
    return pa.table(
        {
            "source_id": _ids(found),
            "kind": cells.coded(found.kind, list(KINDS)),
            "family_id": family_id.take(pa.array(family, mask=found.person < 0)),
            "programme": cells.coded(found.programme, ["pkh", "sembako"]),
            "quarter": cells.digits(found.quarter + 1),
            "due": cells.digits(found.due),
            "paid": cells.digits(found.paid),
        }
    )


def ledger(population: Population) -> Ledger:
    """Every payment, those with errors last; what is wrong with each, and what was due."""
    rng = population.dice.stream("sheet penyaluran")
    person, programme, quarter, due = _quarterly(population, draw_spells(population))
    n = len(person)
    on = QUARTER_FIRST[quarter] + 40 + rng.integers(0, 30, n)
    failed = chance(rng, 0.02, n)
    errors = population.dice.stream("penyaluran keliru")
    drawn = errors.random(n)
    edges = np.cumsum([*SHARES.values()])
    planted = np.array([*SHARES, RIGHT])[np.searchsorted(edges, drawn, side="right")]
    over = climbs(population).graduated[population.people.family[person]]
    dead = population.people.death[person] < on
    wrong = [failed, dead, over < QUARTER_FIRST[quarter], planted != TWICE]
    kind = np.select(wrong, [FAILED, DEAD, GRADUATED, planted], RIGHT)
    paid = np.select([np.isin(kind, (FAILED, UNPAID)), kind == SHORT], [0, due // 3 * 2], due)
    due = np.where(kind == GRADUATED, 0, due)
    first = Ledger(np.arange(n) + 1, person, programme, quarter, kind, due, paid, on)
    again = np.flatnonzero((kind == RIGHT) & (planted == TWICE))
    return _joined(first, _repeated(errors, first.rows(again), n), _strangers(errors, n))


def _repeated(rng: np.random.Generator, first: Ledger, before: int) -> Ledger:
    """The same payments some days later, under new numbers."""
    n = len(first)
    return Ledger(
        number=np.arange(n) + before + 1,
        person=first.person,
        programme=first.programme,
        quarter=first.quarter,
        kind=np.full(n, TWICE),
        due=np.zeros(n, dtype=np.int64),
        paid=first.paid,
        on=np.minimum(first.on + rng.integers(3, 25, n), TODAY - 20),
    )


def _strangers(rng: np.random.Generator, payments: int) -> Ledger:
    """Payments to people who do not exist; their numbers begin with 9."""
    n = int(np.ceil(STRANGERS * payments))
    programme = rng.integers(0, 2, n)
    quarter = rng.integers(0, len(QUARTERS), n)
    return Ledger(
        number=900_000_000 - 1 - np.arange(n),
        person=np.full(n, -1),
        programme=programme,
        quarter=quarter,
        kind=np.full(n, NOBODY),
        due=np.zeros(n, dtype=np.int64),
        paid=np.where(programme == SEMBAKO, SEMBAKO_QUARTER, QUARTERLY[weighted(rng, [1] * 5, n)]),
        on=QUARTER_FIRST[quarter] + 40 + rng.integers(0, 30, n),
    )


def _joined(*parts: Ledger) -> Ledger:
    names = Ledger.__dataclass_fields__
    return Ledger(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def _ids(found: Ledger) -> pa.Array:
    return cells.together("SP", cells.digits(found.number, 9))


def _payees(rng: np.random.Generator, population: Population, made: Ledger) -> dict[str, pa.Array]:
    """NIK, card and name of the payees; of nobody numbers that no office has issued."""
    known = made.person[made.person >= 0]
    strangers = np.flatnonzero(made.person < 0)
    told = person_cells(rng, population, known)
    n = len(strangers)
    region = population.places.district[rng.integers(0, len(population.places), n)].astype(np.int64)
    born = rng.integers(1, 29, n) * 10_000 + rng.integers(1, 13, n) * 100 + rng.integers(60, 99, n)
    stem = (region * 1_000_000 + born) * 10_000
    like = population.names.words[rng.integers(0, len(population.people), n)]
    invented = {
        "NIK": cells.digits(stem + 9_000 + rng.integers(0, 999, n), 16),
        "NO_KK": cells.digits(stem + 8_000 + rng.integers(0, 999, n), 16),
        "NAMA": plain_names(rng, population.lexicon, like, 0.0),
    }
    return {
        name: pa.concat_arrays([_flat(column), _flat(invented[name])])
        for name, column in told.items()
    }


def _flat(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _quarterly(population: Population, spells: Spells) -> tuple[Ints, Ints, Ints, Ints]:
    """Payee, programme, quarter and rupiah of each payment, in order of family."""
    count = len(population.families)
    family = population.people.family[spells.person].astype(np.int64)
    worth = np.where(spells.programme == SEMBAKO, SEMBAKO_QUARTER, QUARTERLY[spells.component])
    payee = np.full(2 * count, -1, dtype=np.int64)
    mine = spells.programme != PBI
    key = family * 2 + spells.programme
    payee[key[mine]] = spells.payee[mine]
    found = []
    for number, (year, month) in enumerate(QUARTERS):
        running = mine & (spells.start <= day(year, month)) & (spells.end > day(year, month, 28))
        amount = np.bincount(key[running], worth[running], 2 * count).astype(np.int64)
        rows = np.flatnonzero(amount)
        found.append((payee[rows], rows % 2, np.full(len(rows), number), amount[rows]))
    person, programme, quarter, amount = (np.concatenate(part) for part in zip(*found, strict=True))
    return person, programme, quarter, amount
