"""Pages of lists: all of them, one on screen, on paper and as a workbook, and filters kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from itertools import groupby, islice
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from markupsafe import Markup

from tangga.texts import long_date, say
from tangga.web.audit.actions import record
from tangga.web.database.rows import rows
from tangga.web.family.code_image import svg
from tangga.web.lists import counts, cursor, page, saved
from tangga.web.lists.columns import place
from tangga.web.lists.definitions import WHOLE, Definition, definitions
from tangga.web.lists.export import Export
from tangga.web.lists.fitting import fills, fitted
from tangga.web.lists.opened import AREA, EXACT, FROM, LENGTHS, Opened, may_open, open_list
from tangga.web.lists.release import held
from tangga.web.lists.workers import own_families
from tangga.web.privacy.taken import keep_taken
from tangga.web.register.tables import NATION
from tangga.web.reveal import PermitForm, permit
from tangga.web.viewer import Viewer, needs

MOST_ON_PAPER = 4000
"""Rows of one print: some 130 sheets. A wider area is printed village by village."""

VILLAGE = LENGTHS[-1]
CODE = 90
"""Width of the code on a printed sheet, in pixels of the screen: some 24 mm."""

COUNTS = """
SELECT figure, value FROM {} WHERE area = %s AND key = '' AND figure = ANY (%s)
"""
View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Entry:
    """A list among all. rows: None where no figure counts them; there: the release can fill it."""

    definition: Definition
    there: bool
    rows: int | None

    @property
    def paper(self) -> int:
        """Its number among the papers of the office; 0 for none."""
        return self.definition.paper or 0


def explained(view: View) -> View:
    """An address that cannot be read gets a page that says where to begin again."""

    @wraps(view)
    def checked(request: HttpRequest, name: str) -> HttpResponse:
        try:
            return view(request, name)
        except BadRequest as wrong:
            key = "stale" if isinstance(wrong, cursor.Stale) else "unreadable"
            again = reverse("list", args=[name])
            return render(request, "lists/mistake.html", {"key": key, "again": again}, status=400)

    return checked


@needs("lists")
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """All lists that are open to the viewer, with how many rows each has in their area."""
    viewer = request.viewer  # type: ignore[attr-defined]
    release = held(request)
    open_ones = [one for one in definitions().values() if may_open(one, viewer)]
    counted = {one.name: _counting(fitted(one, release.has)) for one in open_ones}
    told = _told(viewer, [name for name in counted.values() if name])
    listed = [
        Entry(
            definition=one,
            there=fills(one, release.has),
            rows=told.get(counted[one.name]),
        )
        for one in open_ones
    ]
    papers = sorted((one for one in listed if one.paper), key=lambda one: one.paper)
    others = [one for one in listed if not one.paper]
    kept = [one for one in saved.kept_by(viewer) if one.list in definitions()]
    about = {"papers": papers, "others": others, "kept": kept, "lists": definitions()}
    about["own"] = own_families(viewer, release)
    return render(request, "lists/index.html", about)


def _counting(definition: Definition) -> str:
    """The figure that counts every row of a list; WHOLE where none does."""
    each = definition.figures.values()
    return next((one.name for one in each if not (one.by or one.sum)), WHOLE)


def _told(viewer: Viewer, figures: list[str]) -> dict[str, int | None]:
    """Those figures of the viewer's area, what only the case team may know included for them."""
    area = viewer.area or NATION
    tables = ("figures", "figures_case") if viewer.may("case") else ("figures",)
    found = (row for table in tables for row in rows(COUNTS.format(table), [area, figures]))
    return {row["figure"]: row["value"] for row in found}


@needs("lists")
@require_GET
@explained
def show(request: HttpRequest, name: str) -> HttpResponse:
    """One page of a list."""
    opened = open_list(request, name)
    if opened.wanted is None:
        return render(request, "lists/list.html", {"opened": opened, "parts": [], "total": 0})
    mark = cursor.read(request.GET.get(FROM, ""), opened.about)
    parts = page.parts(opened)
    total = sum(part.many for part in parts)
    found = opened.wanted.page(mark.place, mark.back, many=total)
    if found is None:
        raise cursor.Stale("cursor")
    shown, more = found
    seen = sorted({row.family for row in shown if row.family})
    said = {"list": name, "rows": len(shown), "families": seen}
    record("list_seen", by=opened.viewer, area=opened.area, about=said)
    about = {
        "opened": opened,
        "heads": page.heads(opened),
        "rows": [page.cells(opened, row) for row in shown],
        "parts": parts if len(parts) > 1 or (parts and parts[0].to) else [],
        "total": total,
        "state": page.state(opened),
        "crumbs": page.crumbs(opened),
        "pager": page.pager(opened, mark, shown, more, total),
        "most": opened.viewer.limit("export_rows"),
        "most_on_paper": MOST_ON_PAPER,
        "kept": saved.kept_by(opened.viewer, name),
        "sealed": any(one.kind == "sealed" for one in opened.layout.columns),
    }
    return render(request, "lists/list.html", about)


@needs("lists")
@require_GET
@explained
def on_paper(request: HttpRequest, name: str) -> HttpResponse:
    """A list for A4: each village on sheets of its own, with room for notes and signatures."""
    opened = open_list(request, name)
    total = _total(opened)
    if total > MOST_ON_PAPER:
        return _too_many(request, opened, total, MOST_ON_PAPER)
    assert opened.wanted is not None
    found = list(islice(opened.wanted.each(), MOST_ON_PAPER))
    families = {row.family for row in found}
    placed = sorted(found, key=lambda row: row.area[:VILLAGE]) if opened.sort else found
    sheets = [
        {
            "area": code,
            "rows": [page.cells(opened, row, links=False) for row in same],
            "code": _code(request, opened, code),
        }
        for code, same in groupby(placed, key=lambda row: row.area[:VILLAGE])
    ]
    about = {"list": name, "rows": total, "form": "paper", **opened.params}
    record("exported", by=opened.viewer, area=opened.area, about=about)
    _taken("exported", opened, families)
    about = {"opened": opened, "sheets": sheets, "total": total, "heads": page.heads(opened)}
    about["fixed"] = page.fixed(opened)
    return render(request, "lists/paper.html", about | {"place_name": place, "who": _who(opened)})


def _code(request: HttpRequest, opened: Opened, area: str) -> Markup:
    """To be read by a camera: the same list of that area here, for whoever may open it."""
    there = {AREA: area, EXACT: None} if area[:1].isdigit() else {}
    return svg(request.build_absolute_uri(opened.address(there)), side=CODE)


@needs("export")
@require_GET
@explained
def download(request: HttpRequest, name: str) -> HttpResponse:
    """A list as a workbook, national numbers masked."""
    opened = open_list(request, name)
    total, most = _total(opened), opened.viewer.limit("export_rows")
    if total > most:
        return _too_many(request, opened, total, most)
    about = {"list": name, "rows": total, "form": "xlsx", **opened.params}
    record("exported", by=opened.viewer, area=opened.area, about=about)
    return _file(Export(opened, total))


def _file(export: Export) -> HttpResponse:
    """All rows are written within this transaction; what is sent afterwards is a file."""
    file, written = export.write()
    _taken("exported_whole" if export.whole else "exported", export.opened, export.families)
    response = FileResponse(file, as_attachment=True, filename=export.file_name)
    response["X-Rows"] = str(written)
    return response


def _taken(what: str, opened: Opened, families: Iterable[str | None]) -> None:
    """Whose data left the service, for who asks later."""
    keep_taken(
        what,
        by=opened.viewer,
        area=opened.area,
        list_=opened.definition.name,
        families=families,
        case=opened.definition.case,
    )


def _total(opened: Opened) -> int:
    """How many rows the list has; Http404 where the release lacks it."""
    if opened.wanted is None:
        raise Http404("not in this release")
    return sum(many for _, many in counts.parts(opened))


def _too_many(request: HttpRequest, opened: Opened, total: int, most: int) -> HttpResponse:
    about = {"opened": opened, "total": total, "most": most, "parts": page.parts(opened)}
    return render(request, "lists/too_many.html", about, status=413)


def _who(opened: Opened) -> dict[str, str]:
    """Who prints, and when."""
    viewer, language = opened.viewer, opened.viewer.language
    now = timezone.localtime()
    when = f"{long_date(now.date(), language)}, {now:%H:%M}"
    return {"name": page.who(viewer), "role": page.role_of(viewer), "when": when}


@needs("lists")
@require_POST
@explained
def keep(request: HttpRequest, name: str) -> HttpResponse:
    """Keep the list as it is narrowed now, under a name. The address behind it is checked anew."""
    opened = open_list(request, name)
    viewer = opened.viewer
    try:
        saved.keep(
            by=viewer,
            list_=name,
            name=request.POST.get("nama", ""),
            query=urlencode(opened.params),
        )
    except saved.NotKept as wrong:
        messages.error(request, say(f"web_list.{wrong.why}", viewer.language, most=saved.MOST))
    else:
        messages.success(request, say("web_list.kept", viewer.language))
    return HttpResponseRedirect(opened.address())


@needs("lists")
@require_POST
def forget(request: HttpRequest, number: int) -> HttpResponse:
    """Remove a filter that the viewer kept."""
    viewer = request.viewer  # type: ignore[attr-defined]
    if saved.remove(by=viewer, number=number) is None:
        raise Http404("no such filter")
    messages.success(request, say("web_list.forgotten", viewer.language))
    return HttpResponseRedirect(reverse("lists"))


@needs("reveal", fresh=True)
@require_http_methods(["GET", "POST"])
@explained
def download_whole(request: HttpRequest, name: str) -> HttpResponse:
    """A list with national numbers in full: only with purpose and reason, recorded and printed."""
    opened = open_list(request, name)
    viewer = opened.viewer
    viewer.require("export")
    total, most = _total(opened), viewer.limit("export_rows")
    if total > most:
        return _too_many(request, opened, total, most)
    form = PermitForm(request.POST or None, language=viewer.language)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        about = {"opened": opened, "form": form, "total": total}
        return render(request, "lists/whole.html", about, status=status)
    about = {"list": name, "rows": total, "form": "xlsx", **opened.params}
    said = form.cleaned_data
    granted = permit(
        viewer,
        what="exported_whole",
        purpose=said["purpose"],
        reason=said["reason"],
        area=opened.area,
        about=about,
    )
    return _file(Export(opened, total, granted))
