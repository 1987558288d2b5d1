"""Which pilar a worker is of, and what pilar.toml says today."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tangga.web.journeys.visits.wanted import wanted
from tangga.web.policy.book import book
from tangga.web.today import today
from tangga.web.viewer import Viewer

PILAR = "pilar"


def pilar_of(viewer: Viewer) -> str:
    """The pilar of the viewer's role; '' where it is none."""
    return wanted().roles.get(viewer.role.code, "") if viewer.role else ""


def settings_of() -> Mapping[str, Any] | None:
    """Targets and measures of the pilar, as they hold today; None where the pack has none."""
    dated = book().policy.on(today()).settings.get(PILAR)
    return None if dated is None else dated.says.values


def works_by_families(viewer: Viewer) -> bool:
    """Whether each family in care has a worker of this pilar."""
    said = settings_of()
    of = {one["code"]: one["families"] for one in said["pilar"]} if said else {}
    return bool(of.get(pilar_of(viewer)))


def worked_by(viewer: Viewer) -> tuple[str, str, str] | None:
    """(what the viewer's pilar is called, by what it works, what it records); None for none."""
    said, language = settings_of(), viewer.language
    for one in said["pilar"] if said else ():
        if one["code"] == pilar_of(viewer):
            return one["labels"][language], one["works_by"][language], one["records"][language]
    return None
