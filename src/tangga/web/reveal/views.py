"""One person's NIK and KK in full, once."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from tangga.web.database.rows import one
from tangga.web.jinja import release_in_force
from tangga.web.reveal.permit import PermitForm, TooMany, permit
from tangga.web.secrets import unseal
from tangga.web.viewer import needs

PERSON = "SELECT person_id, family_id, area, name, nik, kk FROM persons WHERE person_id = %s"
LONGEST_ID = 80


@needs("reveal", fresh=True)
@require_http_methods(["GET", "POST"])
@sensitive_variables()
def reveal(request: HttpRequest, person_id: str) -> HttpResponse:
    """Asks for purpose and reason; then shows the numbers on a page that says who asked."""
    viewer = request.viewer
    person = _person(person_id)
    form = PermitForm(request.POST or None, language=viewer.language)
    shown: dict[str, Any] = {
        "form": form,
        "person_id": person_id,
        "family_id": person["family_id"],
        "name": person["name"] if viewer.sight("identity") == "full" else "",
        "limit": viewer.limit("reveals_a_day"),
    }
    if not form.is_valid():
        return render(request, "reveal/ask.html", shown)
    try:
        granted = permit(
            viewer,
            what="revealed",
            family_id=person["family_id"],
            person_id=person_id,
            area=person["area"],
            **form.cleaned_data,
        )
    except TooMany:
        return render(request, "reveal/too_many.html", shown, status=403)
    numbers = {key: unseal(bytes(person[key])) if person[key] else "" for key in ("nik", "kk")}
    return render(request, "reveal/shown.html", {**shown, **numbers, "permit": granted})


def _person(person_id: str) -> dict[str, Any]:
    """The person, where the viewer may see them: else there is none."""
    plain = len(person_id) <= LONGEST_ID and person_id.isprintable()
    found = one(PERSON, [person_id]) if plain and release_in_force() else None
    if found is None:
        raise Http404
    return found
