"""Many lists of one table counted in one reading of it: a table of decisions is millions of rows.

The rows are grouped by their area, by which of the lists they stand on, and by every key that a
figure is split by; what is left are some thousands of rows, from which each figure is added up. A
list whose condition asks another table is counted alone, since it is cheap only as a condition.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from tangga.web.lists.definitions import WHOLE, Definition, source

GROUPED = """
CREATE TEMPORARY TABLE grouped AS
SELECT t.area{columns}, count(*) AS n {source} GROUP BY {by}
"""
ADD_UP = """
INSERT INTO counted SELECT '{figure}', area, {key}, sum({number}) FROM grouped WHERE {where}
GROUP BY area, 3
"""
DROP = "DROP TABLE grouped"


@dataclass
class _Reading:
    """One reading of a table: SQL -> the name of its column in `grouped`."""

    keys: dict[str, str] = field(default_factory=dict)
    sums: dict[str, str] = field(default_factory=dict)

    def key(self, text: str) -> str:
        return self.keys.setdefault(text, f"k{len(self.keys)}")

    def sum(self, text: str) -> str:
        return self.sums.setdefault(text, f"s{len(self.sums)}")


def statements(lists: Iterable[Definition], day: date) -> list[str]:
    """SQL that fills `counted` (figure, area, key, value) with every figure of these lists."""
    together: dict[tuple[str, str], list[Definition]] = defaultdict(list)
    found = []
    for one in lists:
        if "select" in one.where.lower():
            found += _read([replace(one, where="")], source(one), day)
        else:
            together[one.table, one.join].append(one)
    for some in together.values():
        found += _read(some, source(replace(some[0], where="")), day)
    return found


def _read(some: list[Definition], rows: str, day: date) -> list[str]:
    reading, parts = _Reading(), []
    for one in some:
        where = reading.key(f"(({one.where}) IS TRUE)") if one.where else "true"
        for figure in one.figures.values():
            key = reading.key(one.filters[figure.by].sql(day)) if figure.by else f"'{WHOLE}'"
            number = reading.sum(figure.sum) if figure.sum else "n"
            shown = {"figure": figure.name, "key": key, "number": number, "where": where}
            parts.append(ADD_UP.format(**shown))
    columns = [f", {text} AS {name}" for text, name in reading.keys.items()]
    columns += [f", coalesce(sum({text}), 0) AS {name}" for text, name in reading.sums.items()]
    by = ", ".join(str(at + 1) for at in range(len(reading.keys) + 1))
    return [GROUPED.format(columns="".join(columns), source=rows, by=by), *parts, DROP]
