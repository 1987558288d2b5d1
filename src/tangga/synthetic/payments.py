"""The payments of 2025, with errors that a reconciliation has to find; and the truth about them.

`truth_payments.csv`, a row a payment, and a row for each that was due and never made: `source_id`,
as in the file (where none was made: as it would have been); `kind`, one of KINDS; `family_id` as in
truth.csv, empty where nobody is known; `programme`; `quarter`, 1 to 4; `due`, what was due for it,
and `paid`, what was paid out, both in rupiah whatever the unit in the file. Of a payment made twice
the second row is the one that is `twice`, and nothing was due for it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from tangga.synthetic import cells
from tangga.synthetic.climbs import climbs
from tangga.synthetic.dates import day
from tangga.synthetic.draw import NEVER, Ints, Mask, chance
from tangga.synthetic.families import TODAY
from tangga.synthetic.flags import Flags
from tangga.synthetic.happenings import recorded_deaths
from tangga.synthetic.living import who_lives
from tangga.synthetic.programmes import (
    ELDERLY,
    NO_COMPONENT,
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
from tangga.synthetic.registries import registered_deaths
from tangga.synthetic.sheet import Sheet, in_given_order
from tangga.synthetic.spelling import plain_names

KINDS = {
    "right": "paid out, to a living payee, once, in rupiah",
    "failed": "not paid out",
    "returned": "sent back, and so not paid out",
    "pending": "not paid out yet",
    "untouched": "paid out, and lying in the account",
    "dead": "paid out for a quarter that began after the last of the family had died",
    "payee_dead": "paid out for a quarter that began after the payee had died; the family lives on",
    "member_dead": "paid out with the part of a member who had died before the quarter",
    "unreported": "as these three, of a death that no office has written down",
    "graduated": "with what had ended when the family graduated (the elderly keep theirs)",
    "ended": "paid out for a quarter that began after the support of the family had ended",
    "twice": "the second payment of the same",
    "nobody": "to somebody who does not exist",
    "not_enrolled": "to a family that never had such support",
    "thousands": "written in thousands of rupiah",
    "short": "two of the three months only",
    "over": "50,000 rupiah too much",
    "unreadable": "no amount, but words that point to an annex",
    "unpaid": "due and never paid: no row of the file",
}
"""Kind -> meaning."""
NAMES = list(KINDS)
KIND = {name: number for number, name in enumerate(NAMES)}
SHARES = {
    "thousands": 0.004,
    "short": 0.003,
    "over": 0.002,
    "unpaid": 0.006,
    "twice": 0.005,
    "returned": 0.002,
    "pending": 0.002,
    "untouched": 0.003,
    "unreadable": 0.0005,
}
"""Of the payments that nothing is wrong with. Of those `twice`, the share that is made again."""
STRANGERS, NOT_ENROLLED, ENDED = 0.003, 0.003, 0.6
"""Payments to nobody, and to families without support, as shares of all; of the families whose
support ended in 2025, those that are paid for the next quarter."""
TOO_MUCH = 50_000
STATUS = {
    "failed": "GAGAL",
    "returned": "DIKEMBALIKAN",
    "pending": "MENUNGGU",
    "untouched": "TIDAK DITRANSAKSIKAN",
}
NOT_PAID = ("failed", "returned", "pending", "unpaid")
QUARTER_FIRST = np.array([day(year, month) for year, month in QUARTERS])
QUARTER_LAST = np.array([day(2025, 4), day(2025, 7), day(2025, 10), day(2026, 1)]) - 1


@dataclass(frozen=True)
class Quarters:
    """What an office pays for running support: payee, programme and quarter; rupiah. worth: as it
    pays. due: without members who died before the quarter, and what ended by graduation. living:
    without the dead alone. told: without those whose death is written down. lives_on: somebody of
    the family was alive on the first day."""

    person: Ints
    programme: Ints
    quarter: Ints
    worth: Ints
    due: Ints
    living: Ints
    told: Ints
    lives_on: Mask


@dataclass(frozen=True)
class Ledger:
    """Payments by number, the unpaid included. person: the payee, -1 nobody. kind: place in KINDS.
    due, paid: rupiah. on: the day; of one that was not paid the day it was tried."""

    person: Ints
    programme: Ints
    quarter: Ints
    kind: Ints
    due: Ints
    paid: Ints
    on: Ints

    def __len__(self) -> int:
        return len(self.person)

    def rows(self, which: Ints) -> Ledger:
        """Those at these places."""
        return Ledger(*(getattr(self, name)[which] for name in self.__dataclass_fields__))

    def is_a(self, *kinds: str) -> Mask:
        """Those of these kinds."""
        return np.isin(self.kind, [KIND[kind] for kind in kinds])


def make_payments(population: Population) -> Sheet:
    """A row a family, programme and quarter of 2025, in the payee's name; what should not be there
    at all comes last."""
    whole = ledger(population)
    there = np.flatnonzero(~whole.is_a("unpaid"))
    made, ids = whole.rows(there), _ids(whole).take(pa.array(there))
    rng = population.dice.stream("sheet penyaluran nama")
    first, last = QUARTER_FIRST[made.quarter], QUARTER_LAST[made.quarter]
    flags = Flags(len(made))
    flags.mark("dead", (made.person >= 0) & (population.people.death[made.person] < NEVER))
    late = (made.person >= 0) & (population.people.death[made.person] < made.on)
    flags.mark("paid_after_death", late & ~made.is_a(*NOT_PAID))
    table = pa.table(
        {
            "ID_SALUR": ids,
            **_payees(rng, population, made.person),
            "BANSOS": cells.coded(made.programme, PROGRAMMES),
            "TAHAP": cells.coded(made.quarter, ["1", "2", "3", "4"]),
            "PERIODE_AWAL": cells.dates(first, "{y}-{m}-{d}"),
            "PERIODE_AKHIR": cells.dates(last, "{y}-{m}-{d}"),
            "NOMINAL": _written(made),
            "TGL_SALUR": cells.dates(made.on, "{y}-{m}-{d}", empty=made.is_a("failed", "pending")),
            "STATUS": cells.coded(made.kind, [STATUS.get(name, "TERSALUR") for name in NAMES]),
        }
    )
    return in_given_order("penyaluran", table, "ID_SALUR", made.person, flags)


def _written(made: Ledger) -> pa.Array:
    """The amount as it stands in the file."""
    amount = np.where(made.is_a(*NOT_PAID), made.due, made.paid)
    amount = cells.digits(np.where(made.is_a("thousands"), amount // 1000, amount))
    return cells.choose(made.is_a("unreadable"), "lihat lampiran", amount)


def payment_truth(population: Population, family_of: Ints, family_id: pa.Array) -> pa.Table:
    """What every payment is. family_of: by person; family_id: the texts, by family."""
    found = ledger(population)
    family = family_of[np.maximum(found.person, 0)]
    return pa.table(
        {
            "source_id": _ids(found),
            "kind": cells.coded(found.kind, [*NAMES]),
            "family_id": family_id.take(pa.array(family, mask=found.person < 0)),
            "programme": cells.coded(found.programme, ["pkh", "sembako"]),
            "quarter": cells.digits(found.quarter + 1),
            "due": cells.digits(found.due),
            "paid": cells.digits(found.paid),
        }
    )


def ledger(population: Population) -> Ledger:
    """Every payment: those of the running support, then what should not be there at all."""
    rng = population.dice.stream("penyaluran keliru")
    spells = draw_spells(population)
    running, again = _of_support(rng, population, spells)
    parts = [
        running,
        again,
        _after_the_end(rng, population, spells),
        _to_the_gone(population),
        _to_the_others(rng, population, spells, int(np.ceil(NOT_ENROLLED * len(running)))),
        _to_nobody(rng, int(np.ceil(STRANGERS * len(running)))),
    ]
    names = Ledger.__dataclass_fields__
    return Ledger(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def _of_support(
    errors: np.random.Generator, population: Population, spells: Spells
) -> tuple[Ledger, Ledger]:
    """The payments of running support, and those of them that are made again."""
    rng = population.dice.stream("sheet penyaluran")
    made = _quarterly(population, spells)
    person, programme, quarter = made.person, made.programme, made.quarter
    n = len(person)
    on = QUARTER_FIRST[quarter] + 40 + rng.integers(0, 30, n)
    failed = chance(rng, 0.02, n)
    planted = np.searchsorted(np.cumsum([*SHARES.values()]), errors.random(n), side="right")
    planted = np.array([KIND[name] for name in (*SHARES, "right")])[planted]
    kind = np.where(failed, KIND["failed"], _kinds(population, made, planted))
    twice = np.flatnonzero(kind == KIND["twice"])
    kind[twice] = KIND["right"]
    owed = np.where(failed, made.worth, made.due)
    first = _entries(person, programme, quarter, kind, owed, made.worth, on)
    second = first.rows(twice)
    later = np.minimum(second.on + errors.integers(3, 25, len(twice)), TODAY - 20)
    return first, _extra(
        "twice", second.person, second.programme, second.quarter, second.paid, later
    )


def _kinds(population: Population, made: Quarters, planted: Ints) -> Ints:
    """What each payment is: of the dead and the graduated, else what was planted."""
    died = population.people.death[made.person] < QUARTER_FIRST[made.quarter]
    told = deaths_told(population)[made.person]
    member = made.living < made.worth
    of = {
        "unreported": (died & ~told) | (~died & member & (made.told == made.worth)),
        "dead": died & ~made.lives_on,
        "payee_dead": died,
        "graduated": made.due < made.living,
        "member_dead": member,
    }
    return np.select([*of.values()], [KIND[name] for name in of], planted)


def _entries(
    person: Ints, programme: Ints, quarter: Ints, kind: Ints, due: Ints, worth: Ints, on: Ints
) -> Ledger:
    """What was paid of each, by what it is."""
    whole = Ledger(person, programme, quarter, kind, due, worth, on)
    wrong = [whole.is_a(*NOT_PAID), whole.is_a("short"), whole.is_a("over")]
    paid = np.select(wrong, [0, worth // 3 * 2, worth + TOO_MUCH], worth)
    return replace(whole, paid=paid)


def _extra(kind: str, person: Ints, programme: Ints, quarter: Ints, paid: Ints, on: Ints) -> Ledger:
    """Payments for which nothing was due."""
    n = len(person)
    none = np.zeros(n, dtype=np.int64)
    return Ledger(person, programme, quarter, np.full(n, KIND[kind]), none, paid, on)


def _after_the_end(rng: np.random.Generator, population: Population, spells: Spells) -> Ledger:
    """One quarter more, for some families whose Sembako ended in the year."""
    ended = (spells.programme == SEMBAKO) & (spells.end >= QUARTER_FIRST[0])
    rows = np.flatnonzero(ended & (spells.end <= QUARTER_FIRST[-1]))
    rows = rows[population.people.death[spells.payee[rows]] > TODAY]
    over = climbs(population).graduated[population.people.family[spells.person[rows]]]
    rows = rows[(over == NEVER) & chance(rng, ENDED, len(rows))]
    quarter = np.searchsorted(QUARTER_FIRST, spells.end[rows])
    on = QUARTER_FIRST[quarter] + 40 + rng.integers(0, 30, len(rows))
    paid = np.full(len(rows), SEMBAKO_QUARTER)
    return _extra("ended", spells.payee[rows], spells.programme[rows], quarter, paid, on)


def _to_the_gone(population: Population) -> Ledger:
    """A quarter of Sembako more in the name of the last of a family, who died in the year."""
    people, count = population.people, len(population.families)
    last = np.zeros(count, dtype=np.int64)
    np.maximum.at(last, people.family, people.death)
    mine = (people.death == last[people.family]) & (people.death >= QUARTER_FIRST[0])
    rows = np.flatnonzero(mine & (people.death < QUARTER_FIRST[-1]))
    rows = rows[np.unique(people.family[rows], return_index=True)[1]]
    quarter = np.searchsorted(QUARTER_FIRST, people.death[rows], side="right")
    paid, on = np.full(len(rows), SEMBAKO_QUARTER), QUARTER_FIRST[quarter] + 45
    extra = _extra("dead", rows, np.full(len(rows), SEMBAKO), quarter, paid, on)
    told = deaths_told(population)[rows]
    return replace(extra, kind=np.where(told, extra.kind, KIND["unreported"]))


def _to_the_others(
    rng: np.random.Generator, population: Population, spells: Spells, n: int
) -> Ledger:
    """Sembako for families that never had any support of the kind."""
    supported = np.zeros(len(population.families), dtype=bool)
    supported[population.people.family[spells.person]] = True
    head = who_lives(population).head[~supported]
    return _drawn(
        rng, "not_enrolled", rng.choice(head[head >= 0], min(n, int(sum(head >= 0))), replace=False)
    )


def _to_nobody(rng: np.random.Generator, n: int) -> Ledger:
    return _drawn(rng, "nobody", np.full(n, -1))


def _drawn(rng: np.random.Generator, kind: str, person: Ints) -> Ledger:
    """A quarter of Sembako in the name of each."""
    n = len(person)
    quarter = rng.integers(0, len(QUARTERS), n)
    on = QUARTER_FIRST[quarter] + 40 + rng.integers(0, 30, n)
    programme, paid = np.full(n, SEMBAKO), np.full(n, SEMBAKO_QUARTER)
    return _extra(kind, person, programme, quarter, paid, on)


def _ids(whole: Ledger) -> pa.Array:
    return cells.together("SP", cells.digits(np.arange(len(whole)) + 1, 9))


def _payees(rng: np.random.Generator, population: Population, person: Ints) -> dict[str, pa.Array]:
    """NIK, card and name of the payees; of nobody, who come last, numbers that no office issued."""
    known = person[person >= 0]
    told = person_cells(rng, population, known)
    n = len(person) - len(known)
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


def _quarterly(population: Population, spells: Spells) -> Quarters:
    """Each payment, in order of family."""
    people, count = population.people, len(population.families)
    family = people.family[spells.person].astype(np.int64)
    worth = np.where(spells.programme == SEMBAKO, SEMBAKO_QUARTER, QUARTERLY[spells.component])
    payee = np.full(2 * count, -1, dtype=np.int64)
    mine = spells.programme != PBI
    key = family * 2 + spells.programme
    payee[key[mine]] = spells.payee[mine]
    graduated, told = climbs(population).graduated[family], deaths_told(population)
    found = []
    for number, (year, month) in enumerate(QUARTERS):
        first = day(year, month)
        running = mine & (spells.start <= first) & (spells.end > day(year, month, 28))
        lost = (spells.component != NO_COMPONENT) & (people.death[spells.person] < first)
        alive = np.bincount(people.family, people.death >= first, count) > 0
        lives = ~lost & alive[family]
        stands = (graduated <= first) & (spells.start < graduated) & (spells.component != ELDERLY)
        kinds = (running, running & lives & ~stands, running & lives,
                 running & ~(lost & told[spells.person]))  # fmt: skip
        sums = [np.bincount(key[of], worth[of], 2 * count).astype(np.int64) for of in kinds]
        rows = np.flatnonzero(sums[0])
        quarter = np.full(len(rows), number)
        found.append(
            (payee[rows], rows % 2, quarter, *(one[rows] for one in sums), alive[rows // 2])
        )
    return Quarters(*(np.concatenate(part) for part in zip(*found, strict=True)))


def deaths_told(population: Population) -> Mask:
    """The people whose death an office has written down."""
    return registered_deaths(population) | recorded_deaths(population)
