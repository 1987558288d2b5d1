"""Links as others read them: the contract's columns, rendered from the compact table."""

from __future__ import annotations

from collections.abc import Callable

Scan = Callable[[str, str], str]


def links_view(scan: Scan, weights: list[str]) -> str:
    """One row per link: `left_source, left_id, right_source, right_id, weight` (bits),
    `decision, step, reasons` (a JSON array as text), `why` (for what is not a link).

    weights: the `w_*` columns that the compact table has.
    """
    return f"""
SELECT * EXCLUDE (left_rid, right_rid) FROM ({keyed_view(scan, weights)})
ORDER BY left_source, left_id, right_source, right_id, step
"""


def keyed_view(scan: Scan, weights: list[str]) -> str:
    """The same in no order, with the keys of both records, `left_rid` and `right_rid`."""
    records = scan("standardise", "records")
    return f"""
SELECT k.left_rid, k.right_rid, a.source AS left_source, a.source_id AS left_id,
       b.source AS right_source, b.source_id AS right_id,
       CAST(k.weight / 100.0 AS DECIMAL(9, 2)) AS weight, k.decision, k.step,
       CAST({_reasons(weights)} AS VARCHAR) AS reasons, k.why
FROM {scan("link", "links")} AS k
JOIN {records} AS a ON k.left_rid = a.rid
JOIN {records} AS b ON k.right_rid = b.rid
"""


def _reasons(weights: list[str]) -> str:
    """What each comparison was worth in bits; for a number, how alike the names are."""
    each = [
        f"CASE WHEN k.{w} <> 0 THEN {{'comparison': '{w[2:]}', "
        f"'bits': CAST(k.{w} / 100.0 AS DECIMAL(9, 2))}} END"
        for w in weights
    ]
    evidence = f"to_json(list_filter([{', '.join(each)}], x -> x IS NOT NULL))"
    number = "to_json([{'comparison': 'number', 'name_similarity': k.similarity}])"
    return (
        f"CASE k.step WHEN 'number' THEN {number} WHEN 'evidence' THEN {evidence} "
        "ELSE to_json([{'ruling': k.decision}]) END"
    )
