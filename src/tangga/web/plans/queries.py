"""Lines of the plan: those of the release in force, and what was offered and decided here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tangga.rules.plan_lines import ACCEPTED, OPEN, Villages, gate_of, needs_repair
from tangga.web.access.model import LEVELS
from tangga.web.database.rows import rows, value
from tangga.web.lists.bands import settings
from tangga.web.plans.models import PlanLine, PlanVersion
from tangga.web.today import today

HAS = "SELECT to_regclass(%s) IS NOT NULL"
OF_RELEASE = "SELECT * FROM plan_line_versions WHERE area LIKE %s ORDER BY line, version"
READY = "SELECT village, ready FROM readiness WHERE place = 'village'"
WEIGHTS = """
SELECT left(village, %(digits)s) AS area, count(*) AS weight
FROM {table} WHERE village LIKE %(within)s GROUP BY 1 ORDER BY 1
"""
WORKERS = """
SELECT left(area, %(digits)s) AS area, count(DISTINCT worker) AS weight FROM workers
WHERE area LIKE %(within)s AND active_to IS NULL AND length(area) >= %(digits)s
    AND (%(pilar)s = '' OR pilar = %(pilar)s)
GROUP BY 1 ORDER BY 1
"""
SAID = ("action", "programme", "focus", "fund_source", "cost", "pilar", "measure", "target",
        "owner", "due", "rests_on")  # fmt: skip
"""What a version says; the rest of a line is the same in all of them."""


@dataclass(frozen=True)
class Version:
    """One version of a line, wherever it stands."""

    version: int
    state: str
    by: str
    on_day: date
    reason: str
    said: Mapping[str, Any]


@dataclass
class Line:
    """One line with its versions in order. kept: what was offered or decided of it here."""

    line: str
    year: int
    level: str
    area: str
    repairs: str
    versions: list[Version] = field(default_factory=list)
    kept: PlanLine | None = None

    @property
    def now(self) -> Version:
        """The version that stands."""
        return self.versions[-1]

    @property
    def overdue(self) -> int:
        """Days past the due date; 0 for a line in time, or closed."""
        due = self.now.said["due"]
        late = self.now.state in OPEN and due is not None
        return max(0, (today() - due).days) if late else 0


def lines(within: str = "", year: int | None = None) -> list[Line]:
    """Every line that the viewer may see, in an area and below; of one year or of all."""
    found: dict[str, Line] = {}
    if value(HAS, ["plan_line_versions"]):
        for row in rows(OF_RELEASE, [f"{within}%"]):
            _line(found, row).versions.append(_of_release(row))
    kept = PlanLine.objects.filter(area__startswith=within).prefetch_related("versions", "item")
    for one in kept:
        row = {name: getattr(one, name) for name in ("line", "year", "level", "area", "repairs")}
        line = _line(found, row)
        line.kept = one
        # A version that the next run has taken in stands in the release as well.
        known = {each.version for each in line.versions}
        fresh = sorted(one.versions.all(), key=lambda v: v.version)
        line.versions += [_kept(each) for each in fresh if each.version not in known]
    whole = [one for one in found.values() if one.versions]
    return [one for one in whole if year is None or one.year == year]


def line_of(name: str) -> Line | None:
    """A line by its id, where the viewer may see it."""
    return next((one for one in lines() if one.line == name), None)


def _line(found: dict[str, Line], row: Mapping[str, Any]) -> Line:
    name = row["line"]
    if name not in found:
        same = {key: row[key] for key in ("line", "year", "level")}
        found[name] = Line(**same, area=row["area"] or "", repairs=row["repairs"] or "")
    return found[name]


def _of_release(row: Mapping[str, Any]) -> Version:
    said = {name: row[name] for name in SAID}
    return Version(row["version"], row["state"], row["by"], row["at"], row["reason"] or "", said)


def _kept(row: PlanVersion) -> Version:
    said = {name: getattr(row, name) for name in SAID}
    return Version(row.version, row.state, row.by_called, row.on_day, row.reason, said)


def must_repair(line: Line) -> Villages | None:
    """The villages that a line stands on, where their data have to be repaired first; else None."""
    if not settings("readiness", today()) or not value(HAS, ["readiness"]):
        return None
    ready = {row["village"]: row["ready"] for row in rows(READY)}
    repaired = [one.area for one in lines() if one.repairs and one.now.state == ACCEPTED]
    gate = gate_of(ready, repaired, lambda village: [village[:n] for n in LEVELS.values()])
    if not needs_repair(line.area, line.repairs, gate):
        return None
    return gate.get(line.area, Villages())


def weights(kind: str, within: str, digits: int, pilar: str = "") -> dict[str, int]:
    """Area of so many digits -> graduable families, families in care or workers there."""
    if kind == "workers":
        asked = {"digits": digits, "within": f"{within}%", "pilar": pilar}
        found = rows(WORKERS, asked)
    else:
        table = {"eligible": "graduable", "families": "families", "cap": "cap_queue"}[kind]
        found = rows(WEIGHTS.format(table=table), {"digits": digits, "within": f"{within}%"})
    return {row["area"]: row["weight"] for row in found if len(row["area"]) == digits}
