"""Looking for a family: by NIK or KK exactly, by name tolerantly. Always by POST."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from tangga.registry.privacy import masked
from tangga.texts import Language, say
from tangga.web.audit.actions import record
from tangga.web.dashboard.places import inside, way_to
from tangga.web.database.rows import rows
from tangga.web.database.scope import FIRST, LAST
from tangga.web.jinja import release_in_force
from tangga.web.lists.columns import place
from tangga.web.lists.definitions import definitions
from tangga.web.lists.filters import FAMILIES, Choice, of_all_families
from tangga.web.lists.opened import may_open
from tangga.web.lists.release import held
from tangga.web.pack import area_name, code_label
from tangga.web.search.ask import Asked, read
from tangga.web.search.queries import BY_NAME, BY_NUMBER, PEOPLE
from tangga.web.secrets import blinds
from tangga.web.viewer import Viewer, needs

PAGE = 20
MOST = 200
"""People that one search offers: who is not among them is looked for with year and area."""

WAYS = ["same", "begins", "word", "like"]
"""How a name can fit, the closest first: as search_persons says it."""


@dataclass(frozen=True)
class Found:
    """One person as the viewer may see them; '' for what is not shown or not known."""

    name: str
    year: str
    village: str
    district: str
    head: str
    rung: str
    decile: str
    why: str
    to: str


@needs("search")
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def search(request: HttpRequest) -> HttpResponse:
    """The box, and what was found. A number that is borne by one family leads straight to it."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if request.method != "POST":
        about = _about(viewer, Asked(area=viewer.area or ""), None)
        return render(request, "search/search.html", about | {"choices": _choices(request)})
    asked = read(request.POST, viewer)
    if asked.wrong:
        return render(request, "search/search.html", _about(viewer, asked, None), status=422)
    found = _by_number(viewer, asked) if asked.number else _by_name(viewer, asked)
    if isinstance(found, str):
        return HttpResponseRedirect(found)
    return render(request, "search/search.html", _about(viewer, asked, found))


def _choices(request: HttpRequest) -> Sequence[Choice]:
    """By what families can be looked for without a name; none for who may not open their list."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if not may_open(definitions()[FAMILIES], viewer) or release_in_force() is None:
        return ()
    return of_all_families(viewer, held(request))


def _by_number(viewer: Viewer, asked: Asked) -> str | list[dict[str, Any]]:
    """The family's address where there is one family, else the people found, else nothing."""
    blind = blinds(asked.number)
    found = rows(BY_NUMBER, {"blind": blind})
    families = {row["family_id"] for row in found if row["family_id"]}
    alone = {row["person_id"] for row in found if not row["family_id"]}
    _record(viewer, asked, "number", len(families) + len(alone), families)
    if len(families) == 1 and not alone:
        return reverse("family", args=[families.pop()])
    if not found:
        return []
    people = [row["person_id"] for row in found if row["person_id"]]
    return rows(PEOPLE, {"people": people, "families": [] if people else list(families)})


def _by_name(viewer: Viewer, asked: Asked) -> list[dict[str, Any]]:
    after, until = (asked.page - 1) * PAGE, asked.page * PAGE
    found = rows(
        BY_NAME,
        {
            "name": asked.name,
            "year": asked.year,
            "area_from": asked.area or FIRST,
            "area_to": f"{asked.area}{LAST}",
            "most": MOST,
            "ways": WAYS,
            "after": after,
            "until": until,
        },
    )
    shown = found[after:until]
    _record(viewer, asked, "name", len(found), {row["family_id"] for row in shown})
    return found


def _record(viewer: Viewer, asked: Asked, kind: str, found: int, families: set[str | None]) -> None:
    """families: those whose people are shown; what was typed is not kept."""
    seen = sorted(one for one in families if one)
    about = {"kind": kind, "found": found, "families": seen}
    record("searched", by=viewer, area=asked.area, about=about)


def _about(viewer: Viewer, asked: Asked, found: Sequence[dict[str, Any]] | None) -> dict[str, Any]:
    language = viewer.language
    shown = found[(asked.page - 1) * PAGE : asked.page * PAGE] if found is not None else []
    return {
        "asked": asked,
        "found": None if found is None else len(found),
        "most": MOST,
        "choices": (),
        "families_open": may_open(definitions()[FAMILIES], viewer),
        "people": [_person(viewer, asked, row) for row in shown],
        "places": _places(viewer, asked.area, language),
        "personal": viewer.sight("personal") == "full",
        "before": asked.page - 1 if found and asked.page > 1 else None,
        "after": asked.page + 1 if found and asked.page * PAGE < len(found) else None,
    }


def _person(viewer: Viewer, asked: Asked, row: dict[str, Any]) -> Found:
    language = viewer.language
    personal = viewer.sight("personal") == "full"
    area = str(row["area"])
    rung = code_label("rung", row["rung"], language) if personal and row["rung"] else ""
    return Found(
        name=_name(viewer, row["found_name"]),
        year=str(row["found_year"] or "") if personal else "",
        village=place(area, language),
        district=place(area[:6], language) if len(area) == 10 else "",
        head=_name(viewer, row["head_name"]),
        rung=rung,
        decile=str(row["decile"] or "") if personal else "",
        why=_why(asked, row, language),
        to=_to(viewer, row),
    )


def _to(viewer: Viewer, row: dict[str, Any]) -> str:
    if not viewer.may("families"):
        return ""
    family = row["family_id"]
    return (
        reverse("family", args=[family]) if family else reverse("person", args=[row["person_id"]])
    )


def _name(viewer: Viewer, name: str | None) -> str:
    sight = viewer.sight("identity")
    if name is None or sight == "hidden":
        return ""
    return name if sight == "full" else masked("initials", name) or ""


def _why(asked: Asked, row: dict[str, Any], language: Language) -> str:
    """Why somebody is among the results."""
    year = row["found_year"]
    key = row["way"] if row["way"] in WAYS else "like"
    said = [say(f"web_search.why_{'number' if row['way'] is None else key}", language)]
    if asked.year is not None and year is not None:
        apart = abs(asked.year - year)
        far = say("web_search.why_year_near", language, years=apart)
        said.append(far if apart else say("web_search.why_year", language))
    if row["status"] != "active":
        said.append(code_label("civil_status", row["status"], language))
    return ", ".join(said)


def _places(viewer: Viewer, area: str, language: Language) -> list[tuple[str, str]]:
    """Where one can look: from the viewer's own area down to the chosen one, and inside it."""
    way = [(code, name) for name, code in way_to(viewer, area, language) if code is not None]
    own = [(code, name) for code, name in way if viewer.covers(code)]
    return [*own, *((code, f"– {area_name(code, language)}") for code in inside().get(area, ()))]
