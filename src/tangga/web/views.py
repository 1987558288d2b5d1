"""Pages that belong to no app."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from tangga.texts import LANGUAGES
from tangga.web.jinja import MENU
from tangga.web.viewer import Viewer, for_account, for_anyone

YEAR = 365 * 24 * 3600


@for_account
def front(request: HttpRequest) -> HttpResponse:
    """The dashboard of one's own area; for who sees no figures, the page that their work is on."""
    from tangga.web.dashboard.views import dashboard

    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    step: str | None = request.step  # type: ignore[attr-defined]
    if step is None and viewer.may("figures"):
        return dashboard(request)
    return HttpResponseRedirect(reverse(step or _first_page(viewer)))


def _first_page(viewer: Viewer) -> str:
    """The first of the menu that the viewer may open, the rules last; else their own account."""
    pages = [name for name, verb, _ in MENU if viewer.may(verb)]
    return next((name for name in pages if name != "policy"), pages[0] if pages else "me")


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
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            chosen,
            max_age=YEAR,
            samesite="Lax",
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=True,
        )
    return response
