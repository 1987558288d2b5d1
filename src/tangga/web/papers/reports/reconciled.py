"""*Rekonsiliasi penyaluran*: lines of payment files against what was owed."""

from __future__ import annotations

from tangga.web.database.rows import rows
from tangga.web.database.scope import LAST
from tangga.web.lists.definitions import definitions
from tangga.web.lists.release import Held
from tangga.web.lists.words import filter_word
from tangga.web.papers.reports.made import Made, NoReport, Quarter

LIST, MATCHED = "reconciliation", "matched"
GROUPS = """
SELECT t.programme, t.state, count(*) AS lines, coalesce(sum(t.amount), 0)::bigint AS amount,
    coalesce(sum(t.owed), 0)::bigint AS owed
FROM reconciliation AS t
WHERE t.area >= %s AND t.area < %s AND t.period_start >= %s AND t.period_start < %s
GROUP BY 1, 2 ORDER BY 1, 2
"""
LAST_QUARTERS = """
SELECT DISTINCT date_trunc('quarter', t.period_start)::date AS first FROM reconciliation AS t
WHERE t.area >= %s AND t.area < %s AND t.period_start IS NOT NULL ORDER BY 1 DESC LIMIT %s
"""


def quarters(release: Held, area: str, most: int) -> list[Quarter]:
    """The last quarters of which there are payments, the newest first."""
    if not release.has(LIST):
        return []
    found = rows(LAST_QUARTERS, [area or "!", f"{area}{LAST}", most])
    return [Quarter.of(row["first"]) for row in found]


def reconciled(release: Held, area: str, quarter: Quarter) -> Made:
    """Of payments for periods that begin in a quarter. NoReport where there are none."""
    asked = [area or "!", f"{area}{LAST}", quarter.first, quarter.after]
    found = rows(GROUPS, asked) if release.has(LIST) else []
    if not found:
        raise NoReport("no_payments")
    filters, day = definitions()[LIST].filters, release.as_of
    matched = sum(row["lines"] for row in found if row["state"] == MATCHED)
    return Made(
        kind="rekonsiliasi",
        area=area,
        about={
            "period_start": quarter.first,
            "period_end": quarter.last,
            "matched": matched,
            "unmatched": sum(row["lines"] for row in found) - matched,
        },
        rows=[
            {
                **row,
                "programme": filter_word(filters["programme"], row["programme"], "id", day),
                "state": filter_word(filters["state"], row["state"], "id", day),
            }
            for row in found
        ],
    )
