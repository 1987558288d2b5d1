"""What the letters of a counter say, from the release in force."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tangga.texts import say
from tangga.web.appeals.whom import Whom, of
from tangga.web.counter.desk import desk
from tangga.web.counter.models import Reactivation
from tangga.web.database.rows import one, rows
from tangga.web.jinja import release_in_force
from tangga.web.papers.issue import issue
from tangga.web.papers.models import Paper
from tangga.web.policy.book import book
from tangga.web.public.support import reaches
from tangga.web.today import today
from tangga.web.viewer import Viewer
from tangga.web.work.models import Item

LANGUAGE = "id"
VALID_DAYS = 90
"""Until the next ranking, which comes every three months."""

DECISIONS = """
SELECT programme, determination FROM decisions
WHERE family_id = %s AND determination IS NOT NULL AND (person_id IS NULL OR person_id = %s)
"""
RANK = "SELECT decile_official, decile_release FROM ranking WHERE family_id = %s LIMIT 1"


def about_registration(whom: Whom, purpose: str) -> dict[str, Any]:
    """That somebody is registered, and in which programmes; never one of rehabilitation."""
    release = release_in_force() or {}
    decisions = rows(DECISIONS, [whom.family_id, whom.person_id])
    found = reaches(whom.family_id, whom.person_id, decisions, today())
    labels = sorted(book().label(programme, LANGUAGE) for programme in found)
    return _filled(
        whom,
        {
            "standing": say("web_counter.registered", LANGUAGE),
            "programmes": ", ".join(labels),
            "purpose": purpose,
            "release": release.get("release", "–"),
            "as_of": release.get("as_of", today()),
        },
    )


def about_decile(whom: Whom, purpose: str) -> dict[str, Any]:
    """The official rank; a family without one is said to have none."""
    rank = one(RANK, [whom.family_id]) or {}
    return _filled(
        whom,
        {
            "decile": rank.get("decile_official"),
            "dtsen": rank.get("decile_release") or "–",
            "purpose": purpose,
        },
    )


def for_reactivation(item: Item, by: Viewer | None) -> Paper:
    """To who decides: that this office confirms a reactivation, and on what ground."""
    asked, known = Reactivation.objects.get(item=item), of(item)
    said = {"name": known.name or "–", "address": known.address or "–", "nik": known.nik}
    said |= {"ground": desk().reasons[asked.reason].label(LANGUAGE), "facility": asked.facility}
    if asked.urgent:
        said["urgent"] = say("web_counter.urgent_words", LANGUAGE)
    return issue(
        "pengantar_reaktivasi",
        by=by,
        area=item.area,
        item=item,
        family_id=item.family_id,
        person_id=item.person_id,
        about={key: value for key, value in said.items() if value},
    )


def _filled(whom: Whom, more: dict[str, Any]) -> dict[str, Any]:
    until = today() + timedelta(days=VALID_DAYS)
    said = {"name": whom.name or "–", "nik": whom.nik, "address": whom.address or "–"}
    said |= {"until": until} | more
    return {key: value for key, value in said.items() if value not in ("", None)}
