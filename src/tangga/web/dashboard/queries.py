"""What a dashboard reads: two questions, however many numbers it shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tangga.web.database.rows import rows

FIGURES = """
SELECT area, figure, key, value FROM figures
WHERE area = %(area)s
   OR (area = ANY (%(inside)s) AND figure = ANY (%(shown)s) AND key = ANY (%(keys)s))
"""
OF_CASES = """
SELECT figure, value FROM figures_case WHERE area = %(area)s AND key = ''
"""
# Rows of plans and budgets differ from release to release: as JSON, each part with what it has.
PARTS: Mapping[str, str] = {
    "pace": """
        SELECT 'pace' AS part, to_jsonb(t) AS row FROM pace AS t
        WHERE area = %(area)s AND level = %(level)s AND NOT coalesce(hidden, false)""",
    "budget_tree": """
        SELECT 'budget_tree', to_jsonb(t) FROM budget_tree AS t
        WHERE area = %(area)s AND programme IS NULL""",
    "foci": """
        SELECT 'foci', to_jsonb(t) FROM foci AS t WHERE area = %(area)s""",
    "outcomes": """
        SELECT 'outcomes', to_jsonb(t) FROM outcomes AS t WHERE area = ANY (%(chain)s)""",
}
HAS_FIGURES = "SELECT to_regclass('figures') IS NOT NULL AS there"


def figures(
    area: str, inside: Sequence[str], shown: Iterable[tuple[str, str]]
) -> list[dict[str, Any]]:
    """area, figure, key, value: all of an area, and some (figure, key) of the areas inside it.

    Areas as the tables write them; those outside of the viewer's right are not among the rows.
    """
    pairs = set(shown)
    asked = {
        "area": area,
        "inside": list(inside),
        "shown": sorted({figure for figure, _ in pairs}),
        "keys": sorted({key for _, key in pairs}),
    }
    return rows(FIGURES, asked)


def of_cases(area: str) -> dict[str, int]:
    """Figures of the case team's lists, nothing hidden; empty for everybody else."""
    return {row["figure"]: row["value"] for row in rows(OF_CASES, {"area": area})}


def parts(
    there: Iterable[str], area: str, level: str, chain: Sequence[str]
) -> dict[str, list[dict[str, Any]]]:
    """Rows of the area in pace, budget_tree and foci, and those of outcomes of the areas of chain.

    there: tables of the release; a part that it lacks is empty.
    """
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in PARTS}
    asked = [text for name, text in PARTS.items() if name in set(there)]
    if asked:
        params = {"area": area, "level": level, "chain": list(chain)}
        for row in rows(" UNION ALL ".join(asked), params):
            found[row["part"]].append(_read(row["row"]))
    return found


def _read(row: Any) -> dict[str, Any]:
    import json

    return json.loads(row) if isinstance(row, str) else dict(row)
