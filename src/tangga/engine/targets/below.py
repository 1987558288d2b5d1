"""Targets that areas within one have set themselves, where it has none of its own."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

Row = dict[str, Any]
KEY = ("pilar", "measure", "programme", "exits")


def with_below(rows: Iterable[Row], inside: Iterable[Row]) -> list[Row]:
    """Rows of `pace` of an area, each with `below`: None where it has a target or none is below;
    else `areas` (how many set one, none of them within another), `least` and `most` of what they
    set, and `states` (state -> areas). A key that has targets below alone has a row too.

    inside: rows of areas within it that were set.
    """
    found: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in inside:
        found[_key(row)].append(row)
    own = {_key(row): row for row in rows}
    for key in found.keys() - own.keys():
        empty = dict.fromkeys(found[key][0])
        keyed = dict(zip(KEY, key, strict=True))
        own[key] = {**empty, **keyed, "area": "", "worker": "", "state": "no_target"}
    return [
        {**row, "below": _below(found[key]) if row["state"] == "no_target" else None}
        for key, row in own.items()
    ]


def _key(row: Row) -> tuple[str, ...]:
    return tuple(row[name] for name in KEY)


def _below(rows: list[Row]) -> Row | None:
    codes = {row["area"] for row in rows}
    widest = [
        row
        for row in rows
        if not any(row["area"] != code and row["area"].startswith(code) for code in codes)
    ]
    if not widest:
        return None
    targets = [row["target"] for row in widest]
    states = Counter(row["state"] for row in widest)
    return {
        "areas": len(widest),
        "least": min(targets),
        "most": max(targets),
        "states": dict(sorted(states.items())),
    }
