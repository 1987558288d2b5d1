"""Who says what of a family's home, belongings and income: sources of families, and visits.

A visit speaks of its own day. What it saw is believed by the same rules as any other source, so
that a fresh visit replaces an old survey, and what it did not ask stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from tangga.registry import Pack, Table

FAMILIES, VISITS = "families", "visits"
FAMILY_TABLE = "family"
AS_RECEIVED = ("rid", "source", "source_id", "role", "trust", "latest", "family_id")


def columns_said(pack: Pack, kinds: Mapping[str, Iterable[str]]) -> list[str]:
    """Columns of a family that this run's sources carry, sources of families first.

    kinds: kind -> the columns of its rows.
    """
    family = pack.tables.get(FAMILY_TABLE)
    if family is None:
        return []
    plain = {n for n, c in family.columns.items() if not c.register and not c.reference}
    said = [name for name in kinds.get(FAMILIES, []) if name in plain]
    seen = set(seen_by_visits(pack)) & plain
    return said + [name for name in kinds.get(VISITS, []) if name in seen and name not in said]


def seen_by_visits(pack: Pack) -> list[str]:
    """The columns of a visit that are the family's own questions (`facts_from` in the schema)."""
    family, visit = pack.tables.get(FAMILY_TABLE), pack.tables.get("visit")
    if family is None or visit is None:
        return []
    same = family.columns.keys() & visit.columns.keys()
    return [n for n in visit.columns if n in same and _section(visit, n) == _section(family, n)]


def _section(table: Table, name: str) -> str:
    return table.columns[name].section


def rows_said(
    relations: Mapping[str, str],
    there: Mapping[str, Sequence[str]],
    columns: Sequence[str],
) -> str:
    """Rows of both kinds side by side: as received, `as_of`, and the columns said.

    relations, there: kind -> what to SELECT from, and its columns.
    """
    selects = []
    for kind, relation in relations.items():
        given = set(there[kind])
        listed = [_or_null(name, given) for name in (*AS_RECEIVED, *columns)]
        day = "as_of"
        if kind == VISITS and "on_date" in given:
            day = "coalesce(on_date, as_of)"
        selects.append(f"SELECT {', '.join(listed)}, {day} AS as_of FROM {relation}")
    return " UNION ALL BY NAME ".join(selects)


def _or_null(name: str, given: set[str]) -> str:
    return f'"{name}"' if name in given else f'NULL AS "{name}"'
