"""The months that count for each person, one a row: rendered from the bits of `person_clock`."""

from __future__ import annotations

from collections.abc import Sequence

from tangga.engine.plan.months import WIDTH


def person_months_view(clock: str, columns: Sequence[str]) -> str:
    """A SELECT of `person_id, month` (its first day); clock: the table, columns: its own."""
    words = [name for name in columns if name.startswith("months_") and name[7:].isdigit()]
    months = " UNION ALL ".join(
        f"SELECT person_id, base + {int(word[7:]) * WIDTH} + place AS number "
        f"FROM {clock}, range({WIDTH}) AS places(place) "
        f"WHERE ({word} >> place::INTEGER) & 1 = 1"
        for word in words
    )
    return (
        "SELECT person_id, make_date(number // 12, number % 12 + 1, 1) AS month "
        f"FROM ({months}) ORDER BY person_id, month"
    )
