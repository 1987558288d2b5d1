"""The pages on releases: which were loaded, who approves, what changed, the way back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from tangga import texts
from tangga.web.audit.actions import record
from tangga.web.dashboard.places import area_of, way_to
from tangga.web.pack import area_name
from tangga.web.register import changed, queries
from tangga.web.register.loading import Refused
from tangga.web.viewer import Viewer, needs

MOST_PAGES = 1000


@needs("figures")
def releases(request: HttpRequest) -> HttpResponse:
    """All releases, the newest first."""
    found = queries.releases()
    in_force = next((one for one in found if one["state"] == "in_force"), None)
    has_former = any(one["state"] == "former" for one in found)
    shown = {"releases": found, "in_force": in_force, "has_former": has_former}
    return render(request, "register/releases.html", shown)


@needs("figures")
def release(request: HttpRequest, number: int) -> HttpResponse:
    """One release: its state, who brought it in, and where what changed is told."""
    found = _release(number)
    shown = {
        "one": found,
        "switches": queries.switches(number),
        "has_changes": queries.has_changes(number),
        "may_approve": _may_approve(_viewer(request), found),
    }
    return render(request, "register/release.html", shown)


@needs("figures")
def release_changes(request: HttpRequest, number: int) -> HttpResponse:
    """What changed since the release before, in an area of the viewer's."""
    viewer, found = _viewer(request), _release(number)
    area = area_of(viewer, request.GET.get("wilayah") or None)
    asked = changed.Asked(number, area, found["as_of"], viewer.language)
    kind = request.GET.get("jenis", "")
    shown: dict[str, Any] = {
        "one": found,
        "area": area,
        "name": area_name(area, viewer.language),
        "way": way_to(viewer, area, viewer.language),
        "kind": kind,
        "there": queries.has_changes(number),
    }
    if not shown["there"]:
        return render(request, "register/changes.html", shown)
    if not kind:
        return render(request, "register/changes.html", shown | changed.overview(asked))
    if kind not in changed.KINDS or not viewer.may("lists") or viewer.cases_only:
        raise Http404
    page = _page(request)
    record("list_seen", by=viewer, area=area, about={"list": f"changes_{kind}", "page": page})
    shown |= changed.listed(asked, kind, page) | {"page": page}
    return render(request, "register/changed.html", shown)


@needs("approve_release", fresh=True)
def approve(request: HttpRequest, number: int) -> HttpResponse:
    """Ask once more, then approve a staged release and put it in force."""
    viewer, found = _viewer(request), _release(number)
    if request.method == "POST":
        try:
            queries.approve(number)
        except Refused as error:
            return _refused(request, error, "release", number)
        about = {name: found[name] for name in ("number", "release", "manifest_sha256")}
        record("release_approved", by=viewer, about=about)
        messages.success(request, texts.say("web_releases.approved", viewer.language))
        return redirect("release", number)
    shown = {"one": found, "may_approve": _may_approve(viewer, found)}
    return render(request, "register/approve.html", shown)


@needs("rollback", fresh=True)
def rollback(request: HttpRequest) -> HttpResponse:
    """Put the former release in force again, for a reason that is kept."""
    viewer = _viewer(request)
    if request.method == "POST":
        reason = request.POST.get("alasan", "").strip()[:1000]
        if not reason:
            wrong = texts.say("web_releases.reason_needed", viewer.language)
            return render(request, "register/rollback.html", {"wrong": wrong}, status=400)
        try:
            number = queries.roll_back(reason)
        except Refused as error:
            return _refused(request, error, "releases")
        record("release_rolled_back", by=viewer, reason=reason, about={"number": number})
        messages.success(request, texts.say("web_releases.rolled_back", viewer.language))
        return redirect("releases")
    return render(request, "register/rollback.html", {"wrong": ""})


def _viewer(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer
    return viewer


def _release(number: int) -> dict[str, Any]:
    found = queries.release(number) if number < 2**31 else None
    if found is None:
        raise Http404
    return found


def _may_approve(viewer: Viewer, found: dict[str, Any]) -> bool:
    return viewer.may("approve_release") and found["state"] in ("staged", "approved")


def _refused(request: HttpRequest, error: Refused, to: str, *args: Any) -> HttpResponse:
    """Back to where one came from, with what stood in the way."""
    language = _viewer(request).language
    messages.error(request, texts.say("web_releases.refused", language, why=error.what))
    return redirect(to, *args)


def _page(request: HttpRequest) -> int:
    said = request.GET.get("halaman", "1")
    known = said.isascii() and said.isdigit() and len(said) < 5
    return max(1, min(int(said), MOST_PAGES)) if known else 1
