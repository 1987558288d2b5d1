"""A run as many letters read it: the rows of many families at once, kept in memory.

A letter asks some ten times for the rows of one family or person; each answer costs a look into
the files of the run. Here every table is read once for a batch of letters.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Self

from tangga.engine.explain.register import Register, Row
from tangga.engine.notices.register import Notice
from tangga.engine.plan.decisions import quoted
from tangga.engine.plan.ladder import track_table
from tangga.registry.model import Pack
from tangga.rules.ladder import tracks
from tangga.rules.on_date import OnDate

BATCH = 2000
"""Letters whose rows are kept at a time."""
FAMILY, PERSON = "family_id", "person_id"
OF_FAMILY = (("plan", "facts"), ("plan", "person_facts"), ("plan", "ladder"), ("plan", "cap_ends"))
PEOPLE = ("resolve", "persons", PERSON)
NAMES = "SELECT COLUMNS(c -> c IN ('person_id', 'name'))"
"""All that a letter says of a member; a run whose sources name nobody has no names."""
BY_KEY = re.compile(r"(\w+) = \?(?: ORDER BY (?:person_id|ALL))?")
"""What is asked of the rows that are kept; they lie in that order."""
Kept = dict[object, list[Row]]


class Gathered(Register):
    """A register that answers from memory what it has gathered, and the rest from the run."""

    def __init__(self, folder: Path, pack: Pack, today: OnDate) -> None:
        super().__init__(folder, pack)
        self._tracks = tracks(today)
        self._kept: dict[tuple[str, str, str], Kept] = {}

    def __enter__(self) -> Self:
        return self

    def gather(self, notices: Sequence[Notice]) -> None:
        """Keep the rows of these letters' families and of their persons, and of no others."""
        self._kept = {}
        families = [notice.family_id for notice in notices]
        self._keep("resolve", "families", FAMILY, families)
        for stage, table in OF_FAMILY:
            self._keep(stage, table, FAMILY, families)
        heads = [row.get("head_person_id") for row in self._all("resolve", "families", FAMILY)]
        members = [row[PERSON] for row in self._all("plan", "person_facts", FAMILY)]
        people = [one for one in (*heads, *members) if one]
        wanted = self.picked(*PEOPLE, people)
        self.con.execute(f"CREATE OR REPLACE TEMP TABLE people AS {NAMES} FROM {wanted}")
        self._keep(*PEOPLE, people)
        for track in self._tracks:
            self._keep("plan", track_table(track), PERSON, members)
        self.labels.learn_areas(r.get("village") for r in self._all("resolve", "families", FAMILY))

    def rows(self, stage: str, table: str, where: str, values: Sequence[object] = ()) -> list[Row]:
        """The rows of a table of which a condition holds; none where it is not there."""
        asked = BY_KEY.fullmatch(where)
        kept = self._kept.get((stage, table, asked[1])) if asked else None
        return super().rows(stage, table, where, values) if kept is None else kept[values[0]]

    def picked(self, stage: str, table: str, column: str, keys: Iterable[object]) -> str:
        """The rows of a table with one of a few keys, as a relation."""
        if (stage, table, column) == PEOPLE and PEOPLE in self._kept:
            wanted = ", ".join(quoted(str(key)) for key in keys) or "NULL"
            return f"(SELECT * FROM people WHERE {PERSON} IN ({wanted}))"
        return super().picked(stage, table, column, keys)

    def _keep(self, stage: str, table: str, key: str, wanted: Iterable[object]) -> None:
        kept: Kept = defaultdict(list)
        if self.has(stage, table):
            picked = self.picked(stage, table, key, (one for one in wanted if one is not None))
            order = "person_id" if table == "person_facts" else "ALL"
            for row in self.ask(f"SELECT * FROM {picked} ORDER BY {order}"):
                kept[row[key]].append(row)
        self._kept[stage, table, key] = kept

    def _all(self, stage: str, table: str, key: str) -> list[Row]:
        return [row for rows in self._kept[stage, table, key].values() for row in rows]
