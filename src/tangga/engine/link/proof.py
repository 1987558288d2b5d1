"""What a national number says about its holder, as the pack describes it."""

from __future__ import annotations

from typing import Any

from tangga.registry.model import Pack


def _spec(pack: Pack, number: str) -> dict[str, Any]:
    return pack.data.get("numbers", {}).get(number, {})


def proof_sql(pack: Pack, number: str, columns: set[str]) -> str:
    """A condition over a record `r`: its number agrees with its own birth date (and sex).

    A number without a date part proves nothing (`FALSE`). Where the sex is not recorded, either
    form of the day is agreement.
    """
    spec = _spec(pack, number).get("date")
    if not spec or "birth_date" not in columns or number not in columns:
        return "FALSE"
    start = int(spec["start"])
    inside = f"TRY_CAST(r.{number}[{start}:{start + 5}] AS INTEGER)"
    plain = "day(r.birth_date) * 10000 + month(r.birth_date) * 100 + year(r.birth_date) % 100"
    offset = int(spec.get("female_day_offset", 0)) * 10000
    if not offset:
        return f"{inside} = {plain}"
    if "sex" not in columns:
        return f"{inside} IN ({plain}, {plain} + {offset})"
    return (
        f"({inside} = {plain} AND coalesce(r.sex, 'male') = 'male')"
        f" OR ({inside} = {plain} + {offset} AND coalesce(r.sex, 'female') = 'female')"
    )


def serial_start(pack: Pack, number: str) -> int | None:
    """How many characters come before the serial part; None where there is none."""
    start = _spec(pack, number).get("serial", {}).get("start")
    return int(start) - 1 if start else None
