"""A rank in one release as one small number, so that ranks of many families compare quickly.

1 to 10: the decile. 0: in the release without one. 11: what stands there is no decile. 12: the
release gives several. 13: the release does not have the family. 14: one row of the release gives a
decile, and another holds the family without one.
"""

from __future__ import annotations

NONE, UNREADABLE, SEVERAL, ABSENT, RANKED_AND_NOT = 0, 11, 12, 13, 14
UNREADABLE_STATE = "unreadable"
STATES = {
    NONE: "not_ranked",
    UNREADABLE: UNREADABLE_STATE,
    SEVERAL: "two_ranks",
    ABSENT: "not_listed",
    RANKED_AND_NOT: "ranked_and_not",
}
"""Code -> `rank_state`; every other code is `ranked`."""
LINE = 4
"""The tenths that make the poorest 40 %: who comes from one side of it to the other, crossed."""


def code_of_span(alias: str) -> str:
    """SQL of the code of a family in a release, from its lowest and highest decile there and
    whether a row holds it without one."""
    low, high, blank = (f"{alias}.{name}" for name in ("low", "high", "blank"))
    return (
        f"CASE WHEN {low} IS NULL AND {blank} THEN {NONE} WHEN {low} IS NULL THEN {UNREADABLE} "
        f"WHEN {low} <> {high} THEN {SEVERAL} WHEN {blank} THEN {RANKED_AND_NOT} ELSE {low} END"
    )


def code_of_state(alias: str) -> str:
    """SQL of the same from `decile` and `rank_state`, as `rank_history` holds them."""
    cases = " ".join(f"WHEN '{state}' THEN {code}" for code, state in STATES.items())
    return f"CASE {alias}.rank_state {cases} ELSE {alias}.decile END"


def decile_of(code: str) -> str:
    """SQL of the decile behind a code; null for none."""
    return f"CAST(CASE WHEN {code} BETWEEN 1 AND 10 THEN {code} END AS INTEGER)"


def state_of(code: str) -> str:
    """SQL of the state behind a code; null for null."""
    cases = " ".join(f"WHEN {code} = {number} THEN '{state}'" for number, state in STATES.items())
    return f"CASE {cases} WHEN {code} IS NOT NULL THEN 'ranked' END"


def change_of(before: str, now: str) -> str:
    """SQL of what became of a decile: rose, fell, lost, gained; null where it is as it was."""
    return (
        f"CASE WHEN {now} > {before} THEN 'rose' WHEN {now} < {before} THEN 'fell' "
        f"WHEN {now} IS NULL AND {before} IS NOT NULL THEN 'lost' "
        f"WHEN {before} IS NULL AND {now} IS NOT NULL THEN 'gained' END"
    )


def crossed_of(before: str, now: str) -> str:
    """SQL of `out` (from the poorest 40 % to above) and `in`; null where neither."""
    return (
        f"CASE WHEN {before} <= {LINE} AND {now} > {LINE} THEN 'out' "
        f"WHEN {before} > {LINE} AND {now} <= {LINE} THEN 'in' END"
    )
