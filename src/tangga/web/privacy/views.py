"""Pages of privacy: why who sees what and how long it is kept, a person's copy, whose data an
account saw."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tangga.texts import say
from tangga.web.access import access
from tangga.web.audit.actions import record
from tangga.web.lists.release import held
from tangga.web.papers.content import Content
from tangga.web.papers.models import Paper
from tangga.web.privacy import extract, seen
from tangga.web.privacy.forms import CopyForm, SawForm
from tangga.web.privacy.held import Whom
from tangga.web.privacy.holds import NotHeld, hold, holds_of, lift
from tangga.web.privacy.models import Hold, Run
from tangga.web.privacy.policy import kept, purposes, rules
from tangga.web.viewer import Viewer, needs

PAGE = 100
SHOWN = ("personal", "identity", "financial", "account", "sensitive", "case")


@needs("policy")
@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    """Why each role sees what it sees, how long what is kept, and what was removed of late."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    last = Run.objects.filter(dry=False).first()
    done = {one.rule: one for one in last.removed.all()} if last else {}
    about = {
        "own": purposes().get(viewer.role.code) if viewer.role else None,
        "roles": [(role, purposes()[code]) for code, role in access().roles.items()],
        "classes": SHOWN,
        "rules": [(rule, done.get(code)) for code, rule in rules().items()],
        "kept": kept(),
        "last": last,
    }
    return render(request, "privacy/privacy.html", about)


@needs("subject", fresh=True)
@require_http_methods(["GET", "POST"])
@sensitive_variables()
def subject(request: HttpRequest, person_id: str) -> HttpResponse:
    """What is held of a person: how much before, all of it after proof of who asks."""
    return _copy(request, person_id, case=False)


@needs("case", fresh=True)
@require_http_methods(["GET", "POST"])
@sensitive_variables()
def subject_case(request: HttpRequest, person_id: str) -> HttpResponse:
    """The part that only the case team may hand over."""
    return _copy(request, person_id, case=True)


def _copy(request: HttpRequest, person_id: str, *, case: bool) -> HttpResponse:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    whom = extract.whom_of(person_id)
    form = CopyForm(request.POST or None, language=viewer.language)
    copy = form.is_valid()
    found = extract.extract_of(whom, held(request), viewer.language, case=case, copy=copy)
    if not copy:
        _record("subject_opened", viewer, whom, case=case)
        about = {
            "whom": whom,
            "found": found,
            "form": form,
            "case": case,
            "holds": [] if case else holds_of(whom),
            "named": viewer.sight("identity") == "full",
        }
        status = 422 if form.is_bound else 200
        return render(request, "privacy/subject.html", about, status=status)
    kind = request.POST.get("bentuk", "cetak")
    paper = extract.hand_over(
        found,
        by=viewer,
        asked_on=form.cleaned_data["asked_on"],
        proof=form.proof_words,
        form=kind if kind in ("xlsx", "json") else "paper",
        case=case,
    )
    return _handed(request, found, paper, kind)


def _handed(request: HttpRequest, found: extract.Extract, paper: Paper, kind: str) -> HttpResponse:
    language = request.viewer.language  # type: ignore[attr-defined]
    name = f"salinan-data-{found.whom.person}"
    if kind == "xlsx":
        book = extract.as_book(found, paper, language)
        return FileResponse(book, as_attachment=True, filename=f"{name}.xlsx")
    if kind == "json":
        said = {"indent": 1, "ensure_ascii": False}
        answer = JsonResponse(extract.as_json(found, paper), json_dumps_params=said)
        answer["Content-Disposition"] = f'attachment; filename="{name}.json"'
        return answer
    about = {"found": found, "paper": paper, "content": Content.opened(paper.content)}
    return render(request, "privacy/extract.html", about)


def _record(what: str, viewer: Viewer, whom: Whom, *, case: bool) -> None:
    """Of a case the trail does not tell whose."""
    whose = {} if case else {"family_id": whom.family or None, "person_id": whom.person}
    record(what, by=viewer, area=whom.area, **whose)


@needs("subject")
@require_POST
def hold_on(request: HttpRequest, person_id: str) -> HttpResponse:
    """Nothing of a person is removed from now on."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    whom = extract.whom_of(person_id)
    try:
        hold(
            whom,
            by=viewer,
            reason=request.POST.get("alasan", ""),
            document=request.POST.get("dokumen", ""),
        )
    except NotHeld as wrong:
        messages.error(request, say(f"web_privacy.{wrong.key}", viewer.language))
    else:
        messages.success(request, say("web_privacy.held", viewer.language))
    return HttpResponseRedirect(reverse("subject", args=[person_id]))


@needs("subject")
@require_POST
def hold_off(request: HttpRequest, person_id: str, number: uuid.UUID) -> HttpResponse:
    """The rules of retention reach a person again."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    whom = extract.whom_of(person_id)
    found = Hold.objects.filter(pk=number, person_id=whom.person).first()
    if found is None:
        raise Http404("no such hold")
    lift(found, whom, by=viewer)
    messages.success(request, say("web_privacy.lifted", viewer.language))
    return HttpResponseRedirect(reverse("subject", args=[person_id]))


@needs("audit")
@require_http_methods(["GET", "POST"])
def saw(request: HttpRequest) -> HttpResponse:
    """Whose data did an account see between two times: families, and what cannot be told so."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    form = SawForm(request.POST or None, initial=SawForm.usual(), language=viewer.language)
    about: dict[str, Any] = {"form": form, "families": None}
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "privacy/saw.html", about, status=status)
    said = form.cleaned_data
    account = seen.account_of(said["account"].strip())
    about["account"] = account
    record(
        "account_looked_into",
        by=viewer,
        reason=said["reason"],
        about={
            "account": account["id"] if account else None,
            "since": said["since"],
            "until": said["until"],
        },
    )
    if account is not None:
        asked = seen.Asked(account["id"], said["since"], said["until"])
        page = _number(request.POST.get("hal", "1"))
        skip = (page - 1) * PAGE
        families = seen.whose_data(asked, viewer, most=PAGE, skip=skip)
        about |= {
            "families": families,
            "total": families[0]["families"] if families else 0,
            "first": skip + 1,
            "page": page,
            "pages": -(-families[0]["families"] // PAGE) if families else 1,
            "blind": seen.not_by_family(asked, viewer.language) if page == 1 else [],
            "said": said,
        }
    return render(request, "privacy/saw.html", about)


def _number(text: str) -> int:
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 6 else 1
