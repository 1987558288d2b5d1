"""What the trail keeps of a paper: of a case nothing that tells whose it is, or that it is one."""

from __future__ import annotations

from typing import Any

from tangga.web.audit.actions import record
from tangga.web.papers.models import Paper
from tangga.web.register.tables import NATION
from tangga.web.viewer import Viewer


def note(what: str, paper: Paper, *, by: Viewer | None, reason: str = "") -> None:
    """One event of a paper. what: a word of `audit.what_...`."""
    about: dict[str, Any] = {"paper": str(paper.pk), "rows": paper.rows}
    whose: dict[str, str | None] = {}
    if not paper.cased:
        about |= {"kind": paper.kind, "number": paper.number}
        whose = {"family_id": paper.family_id or None, "person_id": paper.person_id or None}
    area = "" if paper.area == NATION else paper.area
    record(what, by=by, area=area, reason="" if paper.cased else reason, about=about, **whose)
