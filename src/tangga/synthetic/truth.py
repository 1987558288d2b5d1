"""What is true of the invented people; files that no descriptor reads.

`truth.csv`, a row a record of any source: `source, source_id, entity_id, family_id, flags` (see
flags.MEANING and population.true_families).

`truth_families.csv`, a row a family: `family_id` as in truth.csv; `regency`, its code; `people`,
the members who are alive; `consumption`, rupiah per head and month (living.py); `poor`, whether
that is below the poverty line of its province; `decile`, the tenth of all these people, by
consumption, that it belongs to, 1 the poorest; `consumption_later` and `poor_later`, a year on,
with the line of today; `official` and `official_before`, the decile that the two releases of the
source peringkat_desil give its card, empty where they list it without one or not at all. Of a
family of whom nobody is left only regency and the last two are told, beside 0 people.

`truth_payments.csv`: what every payment is (payments.py).
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from tangga.synthetic import cells
from tangga.synthetic.climbs import climbs
from tangga.synthetic.draw import NEVER, Ints, permuted
from tangga.synthetic.files import write_csv
from tangga.synthetic.flags import as_text
from tangga.synthetic.living import a_year_on, poverty_lines, tenths, who_lives
from tangga.synthetic.payments import payment_truth
from tangga.synthetic.population import true_families
from tangga.synthetic.records import Population
from tangga.synthetic.registries import listed
from tangga.synthetic.sheet import Sheet


class Truth:
    """Writes down, source by source, who each record is; and what each family spends."""

    def __init__(self, population: Population, folder: Path) -> None:
        self.folder = folder
        rng = population.dice.stream("truth")
        people, families = len(population.people), len(population.families)
        entity = permuted(rng, people) + 1
        family = permuted(rng, families) + 1
        self.population = population
        self.entity = cells.together("P", cells.digits(entity, 8))
        self.family = cells.together("F", cells.digits(family, 8))
        self.family_of_family = true_families(population)
        self.family_of_person = self.family_of_family[population.people.family]

    def add(self, sheet: Sheet) -> None:
        """The rows of one sheet, in its order; a row of a family has no entity, one of nobody (a
        worker, a payee who does not exist) no family either."""
        family = self.family_of_person[np.maximum(sheet.person, 0)]
        nobody = sheet.person < 0
        if sheet.family is not None:
            family, nobody = self.family_of_family[sheet.family], nobody & False
        part = pa.table(
            {
                "source": pa.repeat(sheet.name, len(sheet)),
                "source_id": sheet.source_id,
                "entity_id": self.entity.take(pa.array(sheet.person, mask=sheet.person < 0)),
                "family_id": self.family.take(pa.array(family, mask=nobody)),
                "flags": as_text(sheet.flags.bits),
            }
        )
        write_csv(part.take(pa.array(sheet.order)), self._part(sheet.name), ",")

    def write(self, sources: Sequence[str]) -> None:
        """The files, into a workspace; of payments only where they are among the sources."""
        with (self.folder / "truth.csv").open("wb") as whole:
            for number, name in enumerate(sources):
                with self._part(name).open("rb") as part:
                    heading = part.readline()
                    whole.write(b"" if number else heading)
                    shutil.copyfileobj(part, whole)
                self._part(name).unlink()
        write_csv(self._families(), self.folder / "truth_families.csv", ",")
        if "penyaluran" in sources:
            told = payment_truth(self.population, self.family_of_person, self.family)
            write_csv(told, self.folder / "truth_payments.csv", ",")

    def _part(self, source: str) -> Path:
        return self.folder / f".truth-{source}.csv"

    def _families(self) -> pa.Table:
        population, merged = self.population, self.family_of_family
        members = who_lives(population).members
        line = poverty_lines(population)
        people = _total(merged, members)
        shocked = climbs(population).shock < NEVER
        now = self._per_head(population.families.consumption)
        later = self._per_head(a_year_on(population, shocked))
        nobody = people == 0
        rows = np.flatnonzero(merged == np.arange(len(merged)))
        rows = rows[np.argsort(self.family.to_numpy(zero_copy_only=False)[rows])]
        columns = {
            "consumption": cells.digits(now, empty=nobody),
            "poor": cells.blank(cells.choose(now < line, "true", "false"), nobody),
            "decile": cells.digits(tenths(now, people), empty=nobody),
            "consumption_later": cells.digits(later, empty=nobody),
            "poor_later": cells.blank(cells.choose(later < line, "true", "false"), nobody),
            **{
                name: cells.digits(told, empty=told < 1)
                for name, told in (
                    ("official", listed(population, 0)),
                    ("official_before", listed(population, 1)),
                )
            },
        }
        codes = [code[:4] for code in population.places.codes]
        regency = cells.coded(population.families.village, codes)
        known = {"family_id": self.family, "regency": regency, "people": cells.digits(people)}
        whole = pa.table(known | columns)
        return whole.take(pa.array(rows))

    def _per_head(self, consumption: Ints) -> Ints:
        """The mean over the people of families that are one."""
        members = who_lives(self.population).members
        spent = _total(self.family_of_family, consumption * members)
        return spent // np.maximum(_total(self.family_of_family, members), 1)


def _total(group: Ints, values: Ints) -> Ints:
    found = np.zeros(len(group), dtype=np.int64)
    np.add.at(found, group, values)
    return found
