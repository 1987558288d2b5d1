"""The page on which a letter of withdrawal is handed in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from tangga.texts import say
from tangga.web.appeals import withdrawing
from tangga.web.appeals.forms import WithdrawForm
from tangga.web.appeals.views import seen
from tangga.web.viewer import Viewer, needs
from tangga.web.work.cleaning import Refused
from tangga.web.work.kinds import workflow
from tangga.web.work.refusals import Refusal
from tangga.web.work.views import refuse


@needs("appeals_take", delegated=True)
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, number: UUID) -> HttpResponse:
    """`/keberatan/<id>/cabut/`: records the letter; it ends nothing, another one confirms it."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    item = seen(viewer, number, *withdrawing.KINDS)
    given: list[Any] = [request.POST, request.FILES] if request.method == "POST" else []
    form = WithdrawForm(*given, language=viewer.language)
    back = reverse("appeal", args=[item.pk])
    if given and form.is_valid():
        version = request.POST.get("versi", "")
        try:
            withdrawing.withdraw(
                item,
                by=viewer,
                version=int(version) if version.isascii() and version.isdecimal() else -1,
                **form.cleaned_data,
            )
        except Refusal as refusal:
            return refuse(request, refusal, back)
        except Refused as refused:
            form.add_error("letter", refused.words(viewer.language))
        else:
            messages.success(request, say("web_appeals.withdrawal_noted", viewer.language))
            return redirect(back)
    context = {"form": form, "item": item, "flow": workflow(item.kind), "back": back}
    status = 422 if form.errors else 200
    return render(request, "appeals/withdraw.html", context, status=status)
