"""Places of a programme by area and year: by documents of this service, else of the release.

    of_programme("kube", "1811")      # rows: area, year, places, used, free, document

Used is who runs on the day of the release, more or less what was opened and closed since.
"""

from __future__ import annotations

from typing import Any

from tangga.web.database.rows import rows
from tangga.web.programmes import figures
from tangga.web.programmes.models import Quota
from tangga.web.programmes.register import table
from tangga.web.today import today

RUNNING = """
SELECT count(DISTINCT s.family_id) AS running FROM spells AS s
WHERE s.programme = %(programme)s AND s.open AND s.area >= %(area)s AND s.area < %(past)s
"""


def of_programme(programme: str, area: str) -> list[dict[str, Any]]:
    """Every area in (or just) this one that has places this year, with how many are free."""
    year = today().year
    found: dict[str, dict[str, Any]] = {}
    for row in figures.capacity(area):
        if row["programme"] == programme and row["year"] in (year, None):
            found[row["area"]] = {**row, "document": ""}
    quotas = Quota.objects.filter(programme=programme, year=year, state="holds")
    for one in quotas.filter(area__startswith=area).order_by("decided_at"):
        found[one.area] = {"area": one.area, "year": year, "places": one.places}
        found[one.area]["document"] = one.document
    return [_used(programme, row) for _, row in sorted(found.items())]


def _used(programme: str, row: dict[str, Any]) -> dict[str, Any]:
    """With who takes a place now."""
    used = row.get("used")
    if used is None:
        used = running(programme, row["area"])
    since = _since(programme, row["area"])
    places = row["places"]
    free = None if places is None else max(places - used - since, 0)
    return {**row, "used": used + since, "free": free}


def running(programme: str, area: str) -> int:
    """Families that receive a programme in an area, by the release."""
    if table("spells") is None:
        return 0
    found = rows(RUNNING, {"programme": programme, "area": area, "past": f"{area}~"})
    return int(found[0]["running"])


def _since(programme: str, area: str) -> int:
    """Families more (or fewer) since the release."""
    params = {"area": area, "past": f"{area}~"}
    changes = {
        row["change"]: row["families"]
        for row in rows(figures.SINCE, params)
        if row["programme"] == programme
    }
    return int(changes.get("open", 0) - changes.get("close", 0))


def free(programme: str, area: str) -> int | None:
    """Places that are free in an area this year; None where nobody says how many there are."""
    found = next((row for row in of_programme(programme, area) if row["area"] == area), None)
    return None if found is None else found["free"]
