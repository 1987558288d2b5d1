"""Pages that belong to no app."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from tangga.texts import LANGUAGES
from tangga.web.viewer import for_anyone

YEAR = 365 * 24 * 3600


@for_anyone
def health(request: HttpRequest) -> HttpResponse:
    """That the service and its database answer; nothing about anybody."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@for_anyone
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Read on in the other language, on the same page."""
    chosen = request.POST.get("bahasa")
    to = request.POST.get("ke", "/")
    if not url_has_allowed_host_and_scheme(to, {request.get_host()}, request.is_secure()):
        to = "/"
    response = HttpResponseRedirect(to)
    if chosen in LANGUAGES:
        secure = request.is_secure()
        response.set_cookie("bahasa", chosen, max_age=YEAR, samesite="Lax", secure=secure)
    return response
