"""The pages of uploads: choose, match, and what became of them."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST

from tangga.errors import UserError
from tangga.texts import say
from tangga.web.intake import actions, queries, remembered, storage, workspace
from tangga.web.intake.blame import blamed_upload
from tangga.web.intake.confirmed import matched
from tangga.web.intake.matching import Matching
from tangga.web.intake.models import Remembered, Upload
from tangga.web.intake.preview import preview
from tangga.web.intake.storage import Received, ToOurFolder
from tangga.web.intake.work.recognise import seen_of
from tangga.web.pack import area_name
from tangga.web.viewer import Viewer, needs

MOST_FILES = settings.DATA_UPLOAD_MAX_NUMBER_FILES
PAGE = re.compile("[0-9]{1,5}")
STEPS = {
    Upload.RECEIVED: 1,
    Upload.KNOWN: 2,
    Upload.REFUSED: 1,
    Upload.MATCHED: 2,
    Upload.PLACED: 3,
    Upload.WITHDRAWN: 3,
}


@needs("upload")
@csrf_exempt
def uploads(request: HttpRequest) -> HttpResponse:
    """What was brought in; or files that come in now, each straight into our own folder."""
    if request.method == "POST":
        request.upload_handlers = [ToOurFolder(request)]
    return _uploads(request)


@csrf_protect
def _uploads(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _receive(request)
    number = request.GET.get("halaman", "1")
    page = max(int(number), 1) if PAGE.fullmatch(number) else 1
    found, runs = queries.uploads(page), queries.runs()
    running = next((job for job in runs if job.active), None)
    shown = found[: queries.SHOWN]
    return render(
        request,
        "intake/uploads.html",
        {
            "uploads": shown,
            "rows": queries.rows_of_uploads(shown, runs),
            "runs": runs,
            "running": running,
            "waiting": [one for one in shown if one.open and not _offered(one, request.viewer)],
            "offered": [one for one in shown if _offered(one, request.viewer)],
            "placed": any(one.state == Upload.PLACED for one in shown),
            "may_run": actions.may_place(request.viewer),
            "ready": workspace.folder() is not None,
            "sources": sorted(workspace.sources()),
            "day": workspace.day(),
            "page": _pager(request, page, len(found) > queries.SHOWN),
            "most": storage.MOST_BYTES // 1024**2,
            **_who_processes(request),
        },
    )


def _offered(upload: Upload, viewer: Viewer) -> bool:
    """Whether nothing is left to do about it for this viewer, and something for others."""
    return upload.state == Upload.MATCHED and not actions.may_place(viewer)


def _who_processes(request: HttpRequest) -> dict[str, str]:
    """In words: the area of the whole register, and the roles that may process it."""
    language = request.viewer.language
    roles = (role.label(language) for role in actions.who_may_place())
    return {
        "whole_area": area_name(settings.ENV.root_area, language),
        "whose": _say(request, "or").join(roles),
    }


def _pager(request: HttpRequest, page: int, more: bool) -> dict[str, Any]:
    def to(number: int) -> str:
        return f"{request.path}?halaman={number}"

    before = to(page - 1) if page > 1 else None
    return {
        "number": page,
        "before": before,
        "after": to(page + 1) if more else None,
        "total": None,
    }


def _receive(request: HttpRequest) -> HttpResponse:
    handler = request.upload_handlers[0]
    files = [one for one in request.FILES.getlist("berkas") if isinstance(one, Received)]
    too_many = len(files) > MOST_FILES
    if getattr(handler, "too_much", False) or too_many or not files:
        handler.upload_interrupted()
        why = "too_many" if too_many else "too_much" if handler.too_much else "nothing_chosen"
        most = MOST_FILES if too_many else storage.MOST_BYTES // 1024**2
        messages.error(request, _say(request, why, most=most))
        return redirect("uploads")
    upload = actions.receive(files, by=request.viewer)
    assert upload is not None
    return redirect("upload", upload.id)


@needs("upload")
def upload(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """One upload: being recognised, to be matched, or what became of it."""
    found = queries.upload(number)
    if request.method == "POST" and found.state != Upload.KNOWN:
        return HttpResponseBadRequest(_say(request, "already_said"))
    matching = _matching(request, found) if found.state == Upload.KNOWN else None
    if request.method == "POST" and matching is not None:
        repair = matching.seen.get("repair")
        done = _confirm_repair(request, found, repair) if _is_repair(repair) else None
        done = done or _confirm(request, found, matching)
        if done is not None:
            return done
    return render(request, "intake/upload.html", _shown(request, found, matching))


def _shown(request: HttpRequest, found: Upload, matching: Matching | None) -> dict[str, Any]:
    repair = matching.seen.get("repair") if matching is not None else None
    return {
        "upload": found,
        "siblings": queries.delivered_with(found),
        "job": queries.last_job(found),
        "matching": matching,
        "repair": repair if _is_repair(repair) else None,
        "remembered": _remembered(request, matching) if matching is not None else None,
        "preview": preview(matching, request.viewer) if matching is not None else [],
        "step": STEPS[found.state],
        "stumbled": blamed_upload(found, next(iter(queries.runs(1)), None)),
        "said": matched(found, request.viewer.language),
        "may_place": actions.may_place(request.viewer),
        "ready": workspace.folder() is not None,
        **_who_processes(request),
    }


def _is_repair(repair: dict[str, Any] | None) -> bool:
    return repair is not None and repair.get("source") in workspace.sources()


def _matching(request: HttpRequest, found: Upload) -> Matching | None:
    seen = seen_of(found)
    if not seen:
        return None
    matching = Matching(
        seen,
        request.POST.dict() if request.method == "POST" else None,
        request.viewer.language,
        {str(one.id): one.name for one in found.files.all()},
        workspace.sources(),
        max(settings.ENV.root_area, request.viewer.area or "", key=len),
        request.GET.get("jenis", ""),
    )
    before = remembered.recalled(_remembered(request, matching))
    return replace(matching, recalled=before)


def _by_layout(matching: Matching) -> bool:
    """Whether the file is of a shipped layout, so that nobody has to match it by hand."""
    return bool(matching.seen.get("recognised"))


def _remembered(request: HttpRequest, matching: Matching) -> Remembered | None:
    """How the office matched this header before, where no layout is known and none was asked."""
    if _by_layout(matching) or request.GET.get("jenis"):
        return None
    return remembered.find(matching.columns, request.viewer)


def _confirm(request: HttpRequest, found: Upload, matching: Matching) -> HttpResponse | None:
    """None: the page again, with what is wrong, or with the values of newly chosen columns."""
    if request.POST.get("tindakan") != "pakai" or not matching.check():
        return None
    for one in found.files.all() if matching.one_village else ():
        one.village = matching.villages.get(str(one.id), "")
        one.save()
    wanted = {
        "descriptor": None if matching.adds else matching.descriptor(),
        "as_of": "" if matching.as_of_column else matching.as_of,
        "title": matching.title,
    }
    found.kind = matching.kind
    if not _by_layout(matching):
        remembered.remember(matching, by=request.viewer)
    actions.confirm(found, matching.source, wanted, by=request.viewer)
    return redirect("upload", found.id)


def _confirm_repair(
    request: HttpRequest, found: Upload, repair: dict[str, Any]
) -> HttpResponse | None:
    """Rows that come back go beside those of their source; what they speak of is known."""
    if request.POST.get("tindakan") != "pakai":
        return None
    as_of = str(found.at.date())
    actions.confirm(found, repair["source"], {"as_of": as_of, "repair": True}, by=request.viewer)
    return redirect("upload", found.id)


@needs("upload")
@require_POST
def forget(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """The office keeps no matching of this upload's header any more."""
    found = queries.upload(number)
    if remembered.forget(seen_of(found).get("columns", ()), by=request.viewer):
        messages.success(request, _say(request, "forgotten"))
    return redirect("upload", found.id)


@needs("jobs")
@require_POST
def place(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """What somebody matched who may not place it, is placed by who may."""
    return _by_who_places(request, number, actions.place)


@needs("jobs")
@require_POST
def reopen(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """Match an upload anew, that waits to be placed or stands in the workspace."""
    return _by_who_places(request, number, actions.reopen, "reopened")


def _by_who_places(
    request: HttpRequest, number: uuid.UUID, act: Callable[..., object], said: str = ""
) -> HttpResponse:
    """What only who answers for the workspace does to an upload; said: the text of its success."""
    found = queries.upload(number)
    if not actions.may_place(request.viewer):
        request.viewer.require("no such verb")
    try:
        act(found, by=request.viewer)
    except UserError:
        messages.error(request, _say(request, "not_now"))
    else:
        if said:
            messages.success(request, _say(request, said))
    return redirect("upload", found.id)


@needs("upload")
@require_POST
def withdraw(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """Take an upload back; of one in the workspace only who answers for that."""
    found = queries.upload(number)
    if found.state == Upload.PLACED and not actions.may_place(request.viewer):
        request.viewer.require("no such verb")
    try:
        actions.withdraw(found, by=request.viewer)
        messages.success(request, _say(request, "withdrawn"))
    except UserError:
        messages.error(request, _say(request, "not_now"))
    return redirect("upload", found.id)


def _say(request: HttpRequest, key: str, **values: object) -> str:
    return say(f"web_intake.{key}", request.viewer.language, **values)
