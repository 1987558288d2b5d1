"""Events that offices wrote down in the year before the register's date."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from tangga.synthetic import cells
from tangga.synthetic.dates import day
from tangga.synthetic.draw import Ints, Mask, chance
from tangga.synthetic.families import TODAY, head_of, spouse_of
from tangga.synthetic.flags import Flags
from tangga.synthetic.programmes import written_names, written_niks
from tangga.synthetic.records import Population, seen
from tangga.synthetic.sheet import Sheet, in_given_order

SINCE = day(2025, 2, 1)
BIRTH, DEATH, MOVE, MARRIAGE, CARD = range(5)
WORDS = ["LAHIR", "MENINGGAL", "PINDAH DATANG", "KAWIN", "GANTI KK"]


def make_events(population: Population) -> Sheet:
    """A row an event, in order of its day."""
    rng = population.dice.stream("sheet peristiwa")
    kind, person, when, other = _happened(rng, population)
    before, after = seen(population, person, when - 3), seen(population, person, when + 40)
    codes = population.places.codes
    moved = kind == MOVE
    flags = Flags(len(person))
    flags.mark("dead", kind == DEATH)
    flags.mark("moved", moved)
    table = pa.table(
        {
            "ID_PERISTIWA": cells.together("EV", cells.digits(np.arange(len(person)) + 1, 7)),
            "PERISTIWA": cells.coded(kind, WORDS),
            "TANGGAL": cells.dates(when, "{y}-{m}-{d}"),
            "NIK": written_niks(population, person),
            "NAMA": written_names(rng, population, person),
            "NO_KK": cells.digits(before.card, 16),
            "KK_BARU": cells.digits(after.card, 16, empty=after.card == before.card),
            "NIK_LAIN": cells.blank(written_niks(population, np.maximum(other, 0)), other < 0),
            "ASAL": cells.blank(cells.coded(before.village, codes), ~moved),
            "TUJUAN": cells.blank(cells.coded(after.village, codes), ~moved),
        }
    )
    return in_given_order("peristiwa", table, "ID_PERISTIWA", person, flags)


def recorded_deaths(population: Population) -> Mask:
    """The people whose death some office wrote down."""
    kind, person, *_ = _happened(population.dice.stream("sheet peristiwa"), population)
    found = np.zeros(len(population.people), dtype=bool)
    found[person[kind == DEATH]] = True
    return found


def _happened(rng: np.random.Generator, population: Population) -> tuple[Ints, Ints, Ints, Ints]:
    """Kind, person, day and the other person (-1: none) of each event, by day."""
    people, families = population.people, population.families
    head, spouse = head_of(people, len(families)), spouse_of(people, len(families))
    born = np.flatnonzero((people.birth > SINCE) & (people.birth < TODAY - 45))
    dead = np.flatnonzero((people.death > SINCE) & (people.death < TODAY))
    dead = dead[chance(rng, 0.7, len(dead))]
    moved = np.flatnonzero(families.moved > SINCE)
    wed = np.flatnonzero((families.formed > SINCE) & (spouse >= 0))
    changed = np.flatnonzero((families.kk_changed > SINCE) & (families.moved < SINCE))
    parts = [
        (BIRTH, born, people.birth[born], people.mother[born]),
        (DEATH, dead, people.death[dead], np.full(len(dead), -1)),
        (MOVE, head[moved], families.moved[moved], np.full(len(moved), -1)),
        (MARRIAGE, head[wed], families.formed[wed], spouse[wed]),
        (CARD, head[changed], families.kk_changed[changed], np.full(len(changed), -1)),
    ]
    kind = np.concatenate([np.full(len(part[1]), part[0]) for part in parts])
    person, when, other = (
        np.concatenate([part[column] for part in parts]).astype(np.int64) for column in (1, 2, 3)
    )
    order = np.lexsort((person, kind, when))
    return kind[order], person[order], when[order], other[order]
