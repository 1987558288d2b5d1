"""The list of who is enrolled: spells of PKH, Sembako and PBI-JK."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from tangga.synthetic import cells
from tangga.synthetic.climbs import climbs
from tangga.synthetic.draw import NEVER, Ints, chance
from tangga.synthetic.families import TODAY
from tangga.synthetic.flags import Flags
from tangga.synthetic.programmes import (
    COMPONENTS,
    ELDERLY,
    PBI,
    PROGRAMMES,
    Spells,
    draw_spells,
    person_cells,
    written_names,
    written_niks,
)
from tangga.synthetic.records import Population
from tangga.synthetic.sheet import Sheet, in_given_order

NOTICED = 0.7
"""Of the families that graduated in 2025, those that have left the list since."""


def make_enrolments(population: Population) -> Sheet:
    """A row a spell, with NIK and name of the person and of the payee. Of the families that
    graduated in 2025 most have left the list since; they are paid all the same (payments.py)."""
    rng = population.dice.stream("sheet kepesertaan")
    spells = draw_spells(population)
    n = len(spells.person)
    flags = Flags(n)
    flags.mark("dead", population.people.death[spells.person] < NEVER)
    end = _listed_until(population, spells)
    over = end < NEVER
    has_payee = spells.payee >= 0
    payee = np.maximum(spells.payee, 0)
    table = pa.table(
        {
            "ID_KEPESERTAAN": cells.together("KP", cells.digits(np.arange(n) + 1, 9)),
            **person_cells(rng, population, spells.person),
            "PROGRAM": cells.coded(spells.programme, PROGRAMMES),
            "KOMPONEN": cells.coded(spells.component, COMPONENTS),
            "STATUS": cells.choose(over, "Berakhir", "Aktif"),
            "MULAI": cells.dates(spells.start, "{d}-{m}-{y}"),
            "SELESAI": cells.dates(np.where(over, end, TODAY), "{d}-{m}-{y}", empty=~over),
            "PENGURUS": cells.blank(written_names(rng, population, payee), ~has_payee),
            "NIK_PENGURUS": cells.blank(written_niks(population, payee), ~has_payee),
            "NO_SK": cells.coded(spells.programme, ["SK-12/2025", "SK-31/2025", "SK-7/2025"]),
        }
    )
    return in_given_order("kepesertaan", table, "ID_KEPESERTAAN", spells.person, flags)


def _listed_until(population: Population, spells: Spells) -> Ints:
    """The end of each spell as the list has it."""
    rng = population.dice.stream("graduasi dicatat")
    graduated = climbs(population).graduated
    known = np.where(chance(rng, NOTICED, len(graduated)), graduated, NEVER)
    mine = known[population.people.family[spells.person]]
    ends = (spells.programme != PBI) & (spells.component != ELDERLY) & (mine > spells.start)
    mine = np.where(ends, mine, NEVER)
    return np.minimum(spells.end, mine)
