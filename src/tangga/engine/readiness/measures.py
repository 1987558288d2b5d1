"""What is measured of a village's data, and against which threshold."""

from __future__ import annotations

from dataclasses import dataclass

from tangga.rules.policy import Settings


@dataclass(frozen=True)
class Measure:
    """One measure: `has` of `of`, both columns of `readiness`.

    id: its code, and the key of its threshold. unit: what is counted. list: the table that names
    who lacks it. inverse: what is counted is what should not be (possible doubles).
    """

    id: str
    has: str
    of: str
    unit: str
    list: str
    inverse: bool = False

    @property
    def lacks(self) -> str:
        """How many lack it, in SQL."""
        return self.has if self.inverse else f"{self.of} - {self.has}"


MEASURES = (
    Measure("matched", "matched", "persons", "persons", "civil_matches"),
    Measure("fresh", "fresh", "families", "families", "family_readiness"),
    Measure("duplicates", "duplicates_open", "persons", "persons", "review_queue", inverse=True),
    Measure("ranked", "ranked", "families", "families", "unranked"),
    Measure("recipients", "recipients_matched", "recipients", "recipients", "enrolments"),
)


def threshold(measure: Measure, says: Settings) -> int | None:
    """At least so many of a hundred; None where the policy sets no threshold."""
    found: int | None = says.values.get(measure.id)
    return found


def ready_sql(says: Settings) -> str:
    """TRUE where every threshold is met, FALSE where one is missed, else NULL."""
    terms = [
        f"100 * {one.has} >= {least} * nullif({one.of}, 0)"
        for one in MEASURES
        if (least := threshold(one, says)) is not None
    ]
    return " AND ".join(f"({term})" for term in terms)


def gaps_sql(readiness: str, says: Settings) -> str:
    """SELECT of what each village lacks: village, place, families, what, unit, missing, open,
    needed (a threshold is missed), list. readiness: a relation."""
    selects = [_gap(one, threshold(one, says), readiness) for one in MEASURES]
    selects.append(
        f"SELECT village, place, families, 'place' AS what, 'families' AS unit, "
        f"families AS missing, families AS open, FALSE AS needed, 'family_readiness' AS list "
        f"FROM {readiness} WHERE place = 'unknown' AND families > 0"
    )
    return "\n  UNION ALL ".join(selects)


def _gap(one: Measure, least: int | None, readiness: str) -> str:
    to_threshold = "NULL" if least is None else f"({least} * {one.of} + 99) // 100 - {one.has}"
    needed = f"{to_threshold} > 0 AND place = 'village'" if least is not None else "FALSE"
    return (
        f"SELECT village, place, families, '{one.id}' AS what, '{one.unit}' AS unit, "
        f"CASE WHEN {needed} THEN {to_threshold} ELSE {one.lacks} END AS missing, "
        f"{one.lacks} AS open, {needed} AS needed, '{one.list}' AS list "
        f"FROM {readiness} WHERE {one.lacks} > 0"
    )
