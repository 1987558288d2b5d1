"""Pages of papers: those of an area, one of them (screen, print, XLSX, revoked), and the check."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from markupsafe import escape

from tangga.texts import long_date, say
from tangga.web.database.rows import one
from tangga.web.family.code_image import svg
from tangga.web.paging import pager
from tangga.web.papers import shown
from tangga.web.papers.checked import facts, last_day
from tangga.web.papers.content import Content
from tangga.web.papers.kinds import GROUPS, kinds
from tangga.web.papers.models import Paper
from tangga.web.papers.offices import office_of
from tangga.web.papers.reading import Read, opened, readable
from tangga.web.papers.revoke import NotRevoked, may_revoke, revoke
from tangga.web.papers.trail import note
from tangga.web.reveal import PermitForm, permit
from tangga.web.today import today
from tangga.web.viewer import Viewer, for_anyone, needs

PAGE = 50
QR = 96
"""Width of the code on paper, in pixels of the screen: some 25 mm."""

LONGEST = 120
CHECK = "SELECT * FROM public.papers_check(%s)"


@needs("figures")
@require_GET
def papers(request: HttpRequest) -> HttpResponse:
    """Papers of the viewer's area, the newest first; narrowed by group or number."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    group = request.GET.get("kelompok", "")
    asked = request.GET.get("nomor", "").replace("\0", "").strip()[:LONGEST]
    codes = [code for code in readable(viewer) if group in ("", kinds()[code].group)]
    found = Paper.objects.filter(kind__in=codes).defer("content")
    if asked:
        found = found.filter(number__icontains=asked)
    family = request.GET.get("keluarga", "").replace("\0", "")[:LONGEST]
    if family:
        found = found.filter(Q(family_id=family) | Q(named__family_id=family)).distinct()
    page = Paginator(found, PAGE).get_page(request.GET.get("hal"))
    about = {
        "page": page,
        "pager": pager(page, **request.GET.dict()),
        "group": group if group in GROUPS else "",
        "groups": GROUPS,
        "asked": asked,
        "family": family,
        "kinds": kinds(),
        "reports": viewer.may("papers"),
    }
    return render(request, "papers/papers.html", about)


@needs("figures")
@require_GET
def paper(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """One paper as it is printed, national numbers masked."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    read = opened(viewer, number)
    note("paper_seen", read.paper, by=viewer)
    return render(request, "papers/paper.html", _page(request, read))


def _page(request: HttpRequest, read: Read, watermark: str = "") -> dict[str, Any]:
    """What a paper's page is made of; with a watermark the numbers stand in full."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    content, whole = read.content, bool(watermark)
    of = shown.parts(content)
    part = _part(request, of)
    address = _check_address(request, read.paper.code)
    return {
        "paper": read.paper,
        "content": content,
        "on_day": long_date(read.paper.on_day, "id"),
        "body": content.page(whole=whole),
        "basis_said": escape(content.basis) in content.body,
        "rows": list(shown.annex_of(content, part, whole=whole)),
        "totals": shown.totals(content),
        "wide": len(content.columns) >= shown.WIDE,
        "part": part,
        "parts": of,
        "code": svg(address, side=QR),
        "address": address,
        "spelled": shown.spelled(read.paper.code),
        "fingerprint": shown.fingerprint(read.paper.digest),
        "may_revoke": read.paper.revoked_on is None and may_revoke(viewer, read.paper),
        "may_export": viewer.may("export") and bool(content.columns),
        "may_reveal": viewer.may("reveal") and content.numbered and not whole,
        "watermark": watermark,
    }


def _part(request: HttpRequest, of: int) -> int:
    asked = request.GET.get("bagian", "1")
    part = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    if not 1 <= part <= of:
        raise Http404("no such part")
    return part


def _check_address(request: HttpRequest, code: str) -> str:
    return request.build_absolute_uri(reverse("paper_check", args=[code]))


@needs("export")
@require_GET
def paper_xlsx(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """The annex as a workbook, national numbers masked."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    read = opened(viewer, number)
    _within(viewer, read)
    note("paper_exported", read.paper, by=viewer)
    return _file(request, read)


def _within(viewer: Viewer, read: Read) -> None:
    """Http404 without an annex; PermissionDenied for more rows than the role may take out."""
    if not read.content.columns:
        raise Http404("no annex")
    if read.paper.rows > viewer.limit("export_rows"):
        raise PermissionDenied("export")


def _file(request: HttpRequest, read: Read, watermark: str = "") -> FileResponse:
    address = _check_address(request, read.paper.code)
    made = shown.book(read, address, watermark, whole=bool(watermark))
    name = shown.file_name(read.paper)
    response = FileResponse(made, as_attachment=True, filename=name)
    response["X-Rows"] = str(read.paper.rows)
    return response


@needs("reveal", fresh=True)
@require_http_methods(["GET", "POST"])
@sensitive_variables()
def paper_whole(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """With national numbers in full, on paper or as a workbook: with purpose and reason."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    read = opened(viewer, number)
    form = PermitForm(request.POST or None, language=viewer.language)
    if not form.is_valid():
        about = {"paper": read.paper, "content": read.content, "form": form}
        status = 422 if form.is_bound else 200
        return render(request, "papers/whole.html", about, status=status)
    many = max(read.paper.rows, len(read.content.numbers))
    found = read.paper
    granted = permit(
        viewer,
        what="revealed" if many <= 1 else "exported_whole",
        area=found.area,
        family_id=None if found.cased else found.family_id or None,
        person_id=None if found.cased else found.person_id or None,
        about={"paper": str(found.pk), "rows": many},
        **form.cleaned_data,
    )
    said = f"{granted.watermark} · {granted.reason}"
    if request.POST.get("bentuk") == "xlsx" and viewer.may("export"):
        _within(viewer, read)
        return _file(request, read, said)
    return render(request, "papers/paper.html", _page(request, read, said))


@needs("figures")
@require_POST
def paper_revoke(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """Take a paper back; the reason is asked on its page."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    read = opened(viewer, number)
    try:
        revoke(read.paper, by=viewer, reason=request.POST.get("alasan", ""))
    except NotRevoked as wrong:
        messages.error(request, say(f"web_papers.{wrong.key}", viewer.language))
    else:
        messages.success(request, say("web_papers.revoked", viewer.language))
    return HttpResponseRedirect(reverse("paper", args=[number]))


@for_anyone
@require_GET
def check_form(request: HttpRequest) -> HttpResponse:
    """Where the code of a paper is typed by who cannot read the picture of it."""
    typed = request.GET.get("kode", "").strip()
    if typed:
        return HttpResponseRedirect(reverse("paper_check", args=[_plain(typed) or "-"]))
    return render(request, "papers/check.html", {"found": None, "asked": ""})


@for_anyone
@require_GET
def paper_check(request: HttpRequest, code: str) -> HttpResponse:
    """What anybody may know of a paper: number, kind, day, office, rows, whether it is valid, and
    of a letter the few words by which an altered print is told."""
    found = one(CHECK, [_plain(code)])
    about: dict[str, Any] = {"found": found, "asked": code, "kind": None}
    if found is not None:
        about["office"] = office_of(found["office"]).office
        about["kind"] = kinds().get(found["kind"])
        about["fingerprint"] = shown.fingerprint(found["mark"])
        about |= _said(found, request.viewer.language)  # type: ignore[attr-defined]
    return render(request, "papers/check.html", about, status=200 if found else 404)


def _said(found: dict[str, Any], language: str) -> dict[str, Any]:
    """What is to be compared with the print, and since when it holds no more."""
    sealed = found.pop("content")
    check = Content.opened(sealed).check if sealed is not None else ()
    last = last_day(check)
    over = last + timedelta(days=1) if last is not None and last < today() else None
    return {"facts": list(facts(check, language)), "last": last, "over": over}


def _plain(code: str) -> str:
    """A code as it is kept, however it was typed."""
    return "".join(sign for sign in code.upper() if sign.isalnum() and sign.isascii())[:32]
