"""Which rows the release in force has taken in already."""

from __future__ import annotations

from collections.abc import Iterable

from tangga.web.database.rows import rows

TAKEN = """
SELECT c.correction_id FROM public.register_consumed AS c
JOIN public.register_current AS now ON now.number = c.number
WHERE c.correction_id = ANY(%s)
"""


def taken(ids: Iterable[str]) -> frozenset[str]:
    """Of these ids (of overlay rows, visits, cases: whatever went back) those in the release."""
    found = rows(TAKEN, [sorted(set(ids))])
    return frozenset(str(row["correction_id"]) for row in found)
