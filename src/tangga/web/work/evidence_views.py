"""Pages of evidence: what there is to know about one file, and the file itself."""

from __future__ import annotations

import uuid

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tangga.texts import say
from tangga.web.audit.actions import record
from tangga.web.viewer import needs
from tangga.web.work import evidence
from tangga.web.work.cleaning import ENDINGS
from tangga.web.work.models import Evidence
from tangga.web.work.pages import address

GONE = 410
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
"""Of the file: nothing in it may act, whatever a browser takes it for."""


@needs("families")
@require_safe
def shown(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """What it proves, who brought it, when and from where; the file is a click away."""
    found = _found(request, number)
    return render(
        request,
        "work/evidence_page.html",
        {
            "found": found,
            "item": found.item,
            "address": address(found.item),
            "where": evidence.place_of(found),
            "brought_on": evidence.brought_on(found),
            "also": evidence.also_used(found),
            "is_photo": found.media.startswith("image/"),
        },
    )


@needs("families")
@require_safe
def file(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """The file itself, to who may see the item; each time it is recorded."""
    found = _found(request, number)
    try:
        content = evidence.opened(found, by=request.viewer)
    except evidence.Gone:
        words = say("web_evidence.gone", request.viewer.language)
        return HttpResponse(words, content_type="text/plain; charset=utf-8", status=GONE)
    answer = HttpResponse(content, content_type=found.media)
    name = f"bukti-{found.pk.hex[:8]}{ENDINGS[found.media]}"
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    answer["Content-Security-Policy"] = POLICY
    return answer


def _found(request: HttpRequest, number: uuid.UUID) -> Evidence:
    """The evidence, where the viewer may see its item (so says the database); else none."""
    both = Evidence.objects.select_related("item", "by").defer("by__password")
    found = both.filter(pk=number).first()
    if found is None:
        raise Http404
    if not evidence.may_see(request.viewer):
        about = {"verb": "evidence", "page": "evidence"}
        record("refused", by=request.viewer, area=found.item.area, about=about)
        raise PermissionDenied("evidence")
    return found
