"""Without a line: visits on paper and as a workbook, and the workbook when it comes back."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tangga.texts import say
from tangga.web.audit.actions import record
from tangga.web.intake.disguise import look
from tangga.web.intake.storage import Received, ToOurFolder
from tangga.web.jinja import language_of
from tangga.web.journeys.visits import actions, back, compared, mine
from tangga.web.journeys.visits.book_in import Unreadable, read_book
from tangga.web.journeys.visits.book_out import Book, Writer
from tangga.web.journeys.visits.facts import PERSON, VISIT, column_of
from tangga.web.journeys.visits.models import Returned, Row, Sheet
from tangga.web.journeys.visits.paper_views import MOST_ON_PAPER, chosen
from tangga.web.journeys.visits.sheet_rows import (
    asked_cells,
    asked_rows,
    digest,
    entry_columns,
    fixed_cells,
    names_of,
    versions_of,
)
from tangga.web.journeys.visits.tabs import tabs
from tangga.web.lists.release import held
from tangga.web.pack import pack
from tangga.web.today import today
from tangga.web.viewer import Viewer, needs

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_BYTES = 8 * 1024 * 1024
SHOWN = 20


class Small(ToOurFolder):
    """A workbook of visits is small: what is larger is no such workbook."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """As the larger one, and stop earlier."""
        if self.received + len(raw_data) > MOST_BYTES:
            self.received = 1 << 62
        super().receive_data_chunk(raw_data, start)


@needs("visit")
@require_GET
def sheets(request: HttpRequest) -> HttpResponse:
    """`/kunjungan/lembar/`: what to print or to take along, and what came back."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    cards = mine.families(viewer, held(request))
    context = {
        "bands": [(name, many) for name, many in mine.counted(cards) if name != "done"],
        "total": sum(card.band != "done" for card in cards),
        "villages": mine.villages((c for c in cards if c.band != "done"), viewer.language),
        "most": MOST_ON_PAPER,
        "may_export": viewer.may("export"),
        "returns": [_summed(one) for one in _returns()],
        "visit_tabs": tabs(viewer, "visit_sheets"),
    }
    return render(request, "visits/sheets.html", context)


def _returns() -> Sequence[Returned]:
    return Returned.objects.select_related("sheet").order_by("-at")[:SHOWN]


def _summed(one: Returned) -> dict[str, Any]:
    states = list(one.rows.values_list("state", flat=True))
    return {"returned": one, "states": [(s, states.count(s)) for s in Row.STATES if s in states]}


@needs("export")
@require_POST
def download(request: HttpRequest) -> HttpResponse:
    """`/kunjungan/lembar/xlsx/`: the same as a workbook that can come back."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    viewer.require("visit")
    cards = chosen(request, request.POST)[: viewer.limit("export_rows")]
    if not cards:
        messages.info(request, say("web_visits.sheet_nobody", viewer.language))
        return redirect("visit_sheets")
    sheet, content = _made(cards, viewer, held(request).number)
    about = {"sheet": sheet.pk, "rows": len(cards), "families": [card.id for card in cards]}
    record("visit_sheets", by=viewer, about=about)
    answer = HttpResponse(content, content_type=XLSX)
    name = f"kunjungan-{viewer.worker or 'saya'}-{today():%Y%m%d}.xlsx"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _made(cards: list[mine.Card], viewer: Viewer, release: int) -> tuple[Sheet, bytes]:
    """The sheet as it is remembered, and its workbook."""
    language = viewer.language
    sheet = Sheet(
        worker=viewer.worker,
        area=viewer.area or "",
        by=viewer.user,
        release=release,
        language=language,
    )
    versions = versions_of([card.id for card in cards])
    asked, columns = asked_rows(cards), entry_columns(viewer)
    named = viewer.sight("identity") == "full"
    heads = {card.id: (card.row["head_name"] or "") if named else "" for card in cards}
    names = names_of(asked, viewer)
    fixed = [fixed_cells(card, versions.get(card.id, 0), viewer) for card in cards]
    questions = _told_apart([asked_cells(*one, heads, names, language) for one in asked])
    mark = str(sheet.pk)
    sheet.rows = [[row[0], int(row[1]), digest(row, mark)] for row in fixed]
    sheet.columns = [column.name for column in columns]
    pairs = zip(asked, questions, strict=True)
    sheet.questions = [[*one.key, digest(cells, mark)] for (one, _), cells in pairs]
    sheet.save()
    title = say("web_visits.sheet_title", language)
    keys = [one for one, _ in asked]
    book = Book(compared.mark_of(sheet), title, columns, fixed, questions, keys, language)
    return sheet, Writer(book).write()


def _told_apart(rows: list[list[str]]) -> list[list[str]]:
    """Two of one name in one family are told apart by a number."""
    seen: dict[tuple[str, ...], int] = {}
    for row in rows:
        key = tuple(row)
        seen[key] = seen.get(key, 0) + 1
        if seen[key] > 1:
            row[2] = f"{row[2]} ({seen[key]})"
    return rows


@needs("visit")
@csrf_exempt
@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """`/kunjungan/lembar/unggah/`: a workbook that comes back."""
    request.upload_handlers = [Small(request)]
    return _upload(request)


@csrf_protect
def _upload(request: HttpRequest) -> HttpResponse:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    files = [one for one in request.FILES.getlist("berkas") if isinstance(one, Received)]
    handler: Any = request.upload_handlers[0]
    if handler.too_much or len(files) != 1:
        handler.upload_interrupted()
        why = "too_much" if handler.too_much else "one_file"
        messages.error(request, say(f"web_visits.back_{why}", viewer.language))
        return redirect("visit_sheets")
    try:
        return _take_in(request, files[0], viewer)
    finally:
        handler.upload_interrupted()


def _take_in(request: HttpRequest, file: Received, viewer: Viewer) -> HttpResponse:
    file.close()
    seen = look(file.path, file.name or "")
    if seen.why or seen.ending != ".xlsx":
        return _refused(request, [("no_workbook", "")], 0)
    try:
        book = read_book(file.path)
        returned, new = back.take_in(book, file.sha256, viewer)
    except Unreadable:
        return _refused(request, [("no_workbook", "")], 0)
    except compared.Beyond as wrong:
        return _refused(request, wrong.places, wrong.more)
    key = "back_taken" if new else "back_again"
    messages.success(request, say(f"web_visits.{key}", viewer.language))
    return redirect("visit_returned", returned.pk)


def _refused(request: HttpRequest, places: list[tuple[str, str]], more: int) -> HttpResponse:
    """Nothing of it is taken; what was changed is named."""
    record(
        "visits_return_refused", by=request.viewer, about={"why": sorted({k for k, _ in places})}
    )  # type: ignore[attr-defined]
    language = language_of(request)
    told = [say(f"web_visits.beyond_{key}", language, place=place) for key, place in places]
    context = {"told": list(dict.fromkeys(told)), "more": more}
    return render(request, "visits/refused.html", context, status=422)


@needs("visit")
@require_http_methods(["GET", "POST"])
def returned(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """`/kunjungan/lembar/<id>/`: what became of each row; conflicts are settled here."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    found = Returned.objects.filter(pk=number).select_related("sheet").first()
    if found is None:
        raise Http404
    if request.method == "POST":
        return _settle(request, found, viewer)
    rows = list(found.rows.select_related("returned__sheet").order_by("n"))
    seen = sorted({row.family_id for row in rows if row.family_id})
    record("visits_returned_seen", by=viewer, about={"rows": len(rows), "families": seen})
    names = _names(rows, viewer)
    context = {
        "returned": found,
        "rows": [_row(row, names, viewer) for row in rows if row.state not in ("saved", "blank")],
        "saved": [_row(row, names, viewer) for row in rows if row.state == "saved"],
        "states": [(s, sum(row.state == s for row in rows)) for s in Row.STATES],
        "total": len(rows),
        "visit_tabs": tabs(viewer, "visit_sheets"),
    }
    return render(request, "visits/returned.html", context)


def _names(rows: list[Row], viewer: Viewer) -> dict[str, str]:
    from tangga.web.database.rows import rows as ask

    if viewer.sight("identity") != "full" or not rows:
        return {}
    query = "SELECT family_id, head_name FROM family_index WHERE family_id = ANY(%s)"
    found = ask(query, [[row.family_id for row in rows]])
    return {one["family_id"]: one["head_name"] or "" for one in found}


def _row(row: Row, names: dict[str, str], viewer: Viewer) -> dict[str, Any]:
    language = viewer.language
    typed = compared.typed_of(row)
    columns = pack().tables[VISIT].columns
    said = [(columns[n].labels[language], text) for n, text in typed.cells.items() if n in columns]
    for key, text in typed.answers.items():
        person, fact, name = key.split("/", 2)
        column = column_of(PERSON if person else VISIT, name)
        said.append((column.labels[language] if column is not None else fact, text))
    others = back.others(row) if row.state == "conflict" else []
    return {
        "row": row,
        "name": names.get(row.family_id, "") or row.family_id,
        "said": said,
        "others": others,
        "here": row.family_id in names or viewer.sight("identity") != "full",
    }


def _settle(request: HttpRequest, found: Returned, viewer: Viewer) -> HttpResponse:
    n = request.POST.get("baris", "")
    row = found.rows.filter(n=int(n)).first() if n.isdecimal() and len(n) < 6 else None
    if row is None:
        raise Http404
    try:
        done = back.settle(row, keep=request.POST.get("pilih") == "simpan", by=viewer)
    except actions.Refused as refused:
        messages.error(request, refused.words(viewer.language))
    else:
        text = "web_visits.settled" if done.state != "conflict" else "web_visits.not_settled"
        messages.info(request, say(text, viewer.language))
    return redirect("visit_returned", found.pk)
