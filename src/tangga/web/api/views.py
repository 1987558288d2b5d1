"""The page of one's own tokens: made here, shown once, ended here."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from tangga.texts import say
from tangga.web.api import tokens
from tangga.web.api.forms import TokenForm
from tangga.web.api.models import Token
from tangga.web.viewer import needs

SHOWN = 100


@needs("tokens", fresh=True)
@require_http_methods(["GET", "POST"])
def my_tokens(request: HttpRequest) -> HttpResponse:
    """One's own tokens and a form for a further one. A new token's text stands here only once."""
    viewer = request.viewer  # type: ignore[attr-defined]
    form = TokenForm(request.POST or None, viewer=viewer)
    text = None
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        ends = timezone.now() + timedelta(days=said["days"])
        text = tokens.issue(by=viewer, name=said["name"], scopes=said["scopes"], expires_at=ends)[1]
        form = TokenForm(viewer=viewer)
    now = timezone.now()
    mine = Token.objects.filter(user=viewer.user).order_by("-created_at")[:SHOWN]
    listed = [{"token": token, "state": token.state(now)} for token in mine]
    return render(request, "api/tokens.html", {"form": form, "tokens": listed, "text": text})


@needs("tokens")
@require_POST
def end_token(request: HttpRequest, number: int) -> HttpResponse:
    """One of one's own tokens ends at once; 404 for any other."""
    viewer = request.viewer  # type: ignore[attr-defined]
    if not tokens.revoke(by=viewer, number=number):
        raise Http404
    messages.success(request, say("web_api.ended", viewer.language))
    return HttpResponseRedirect(reverse("tokens"))
