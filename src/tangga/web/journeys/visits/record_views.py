"""Pages of what a pilar records besides visits: a list, one of them, whom it struck, goods."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tangga.texts import say
from tangga.web.audit.actions import record as note
from tangga.web.database.rows import rows
from tangga.web.journeys.visits import records
from tangga.web.journeys.visits.actions import Refused
from tangga.web.journeys.visits.models import Handed
from tangga.web.journeys.visits.pilar import pilar_of
from tangga.web.journeys.visits.record_forms import HandedForm, RecordForm
from tangga.web.journeys.visits.tabs import tabs
from tangga.web.journeys.visits.values import day_of
from tangga.web.journeys.visits.wanted import Record, wanted
from tangga.web.lists.release import held
from tangga.web.pack import code_label
from tangga.web.register.made import INDEX
from tangga.web.today import today
from tangga.web.viewer import Viewer, needs
from tangga.web.work import views as work
from tangga.web.work.models import Item
from tangga.web.work.refusals import Refusal

A_PAGE = 40
CHOICES = 60
NEAR = f"""
SELECT f.family_id AS id, f.head_name AS name, f.rt, f.rw, f.members, f.place_kind FROM {INDEX} AS f
WHERE f.area >= %(area)s AND f.area < %(end)s AND (%(rw)s = '' OR f.rw = %(rw)s)
AND (%(rt)s = '' OR f.rt = %(rt)s) AND NOT f.family_id = ANY(%(known)s)
ORDER BY f.rw, f.rt, f.head_name, f.family_id LIMIT %(most)s
"""
PAPERLESS = """
SELECT p.person_id AS id, p.name, NULL AS rt, NULL AS rw, NULL AS members, NULL AS place_kind
FROM without_papers AS w JOIN persons AS p ON p.person_id = w.person_id
WHERE w.area >= %(area)s AND w.area < %(end)s AND NOT p.person_id = ANY(%(known)s)
AND %(rw)s = %(rw)s AND %(rt)s = %(rt)s
ORDER BY p.name, p.person_id LIMIT %(most)s
"""
NAMES = f"SELECT family_id, head_name FROM {INDEX} WHERE family_id = ANY(%s)"
PERSONS = "SELECT person_id, name FROM persons WHERE person_id = ANY(%s)"


@needs("families")
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """`/kunjungan/kejadian/`: what was recorded in the viewer's area, what is open first."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if not (viewer.may("visit") or viewer.may("assign")):
        raise Http404
    kinds = {one.workflow for one in wanted().records.values()}
    found = Item.objects.filter(kind__in=kinds, field__isnull=False).select_related("field")
    page = Paginator(found.order_by("closed_on", "due", "-at"), A_PAGE).get_page(
        request.GET.get("hal")
    )
    context = {
        "rows": [_listed(item, viewer) for item in page.object_list],
        "pager": {
            "number": page.number,
            "before": f"?hal={page.number - 1}" if page.has_previous() else None,
            "after": f"?hal={page.number + 1}" if page.has_next() else None,
            "of": page.paginator.num_pages,
        },
        "records": _own(viewer),
        "visit_tabs": tabs(viewer, "visit_records"),
    }
    return render(request, "visits/records.html", context)


def _own(viewer: Viewer) -> list[Record]:
    return wanted().records_of(pilar_of(viewer)) if viewer.may("visit") else []


def _listed(item: Item, viewer: Viewer) -> dict[str, Any]:
    return {
        **work.row(item, viewer),
        "title": records.title_of(item, viewer),
        "many": len(records.struck(item)),
        "until": records.deadline(item, records.of(item)),
    }


@needs("visit")
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest, name: str) -> HttpResponse:
    """`/kunjungan/kejadian/baru/<record>/`: something happened."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    record = next((one for one in _own(viewer) if one.name == name), None)
    if record is None:
        raise Http404
    form = RecordForm(request.POST or None, record=record, viewer=viewer)
    if form.is_valid():
        try:
            item = records.begin(record, by=viewer, **form.cleaned_data)
        except Refusal as refusal:
            messages.error(request, refusal.words(viewer.language))
        except Refused as refused:
            messages.error(request, refused.words(viewer.language))
        else:
            messages.success(request, say("web_visits.record_begun", viewer.language))
            return redirect("visit_record", item.pk)
    status = 422 if form.is_bound else 200
    context = {"form": form, "record": record, "visit_tabs": tabs(viewer, "visit_records")}
    return render(request, "visits/record_new.html", context, status=status)


@needs("families")
@require_GET
def one(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """`/kunjungan/kejadian/<id>/`: where it stands, whom it struck, whom else it may have."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    item = _item(number, viewer)
    record, struck = records.of(item), records.struck(item)
    note("record_seen", by=viewer, area=item.area, about={"item": item.number})
    open_for_more = item.closed_on is None and bool(record.events) and viewer.may("visit")
    asked = {name: request.GET.get(name, "").strip()[:10] for name in ("rt", "rw")}
    context = {
        **work.standing(item, viewer),
        "title": records.title_of(item, viewer),
        "record": record,
        "detail": item.field,  # type: ignore[attr-defined]
        "words": records.words_of(item),
        "until": records.deadline(item, record),
        "struck": _named(struck, item, record, viewer),
        "in_time": sum(bool(s.in_time) for s in struck),
        "near": _near(request, item, record, struck, asked) if open_for_more else [],
        "asked": asked,
        "events": [(e, _called(e, item, viewer)) for e in record.events],
        "open_for_more": open_for_more,
        "today": today(),
        "handed": _handed(item, viewer),
        "hand_form": HandedForm(viewer=viewer) if _may_hand(item, record, viewer) else None,
        "hand_key": uuid.uuid4(),
        "visit_tabs": tabs(viewer, "visit_records"),
    }
    return render(request, "visits/record.html", context)


def _item(number: uuid.UUID, viewer: Viewer) -> Item:
    """One that the viewer may see; Http404 for what is none of ours."""
    found = Item.objects.filter(pk=number, field__isnull=False).select_related("field").first()
    if found is None or not (viewer.may("visit") or viewer.may("assign")):
        raise Http404
    if found.field.record not in wanted().records:  # type: ignore[attr-defined]
        raise Http404
    return found


def _may_hand(item: Item, record: Record, viewer: Viewer) -> bool:
    return record.goods and item.closed_on is None and viewer.may("deliver")


def _near(
    request: HttpRequest,
    item: Item,
    record: Record,
    struck: Sequence[records.Struck],
    asked: dict[str, str],
) -> list[dict[str, Any]]:
    """Families (or people without papers) of the place who are not recorded yet."""
    release = held(request)
    if record.person and not release.has("without_papers", "person_id"):
        return []
    known = [s.event.person_id if record.person else s.event.family_id for s in struck]
    given = {"area": item.area, "end": f"{item.area}~", "known": known, "most": CHOICES}
    found = rows(PAPERLESS if record.person else NEAR, given | asked)
    named = request.viewer.sight("identity") == "full"  # type: ignore[attr-defined]
    return [one | {"name": (one["name"] or "") if named else ""} for one in found]


def _named(
    struck: Sequence[records.Struck], item: Item, record: Record, viewer: Viewer
) -> list[dict[str, Any]]:
    names: dict[str, str] = {}
    if viewer.sight("identity") == "full" and struck:
        families = [s.event.family_id for s in struck]
        names = {r["family_id"]: r["head_name"] or "" for r in rows(NAMES, [families])}
        people = [s.event.person_id for s in struck if s.event.person_id]
        names |= {r["person_id"]: r["name"] or "" for r in rows(PERSONS, [people])}
    return [
        {
            "struck": s,
            "name": names.get(s.event.person_id if record.person else s.event.family_id, ""),
            "event": _called(s.event.event, item, viewer),
        }
        for s in struck
    ]


def _called(event: str, item: Item, viewer: Viewer) -> str:
    """An event in words: a shock by what it was."""
    shock = item.field.shock  # type: ignore[attr-defined]
    if event == records.SHOCK and shock:
        return code_label("shock", shock, viewer.language)
    return code_label("event", event, viewer.language)


def _handed(item: Item, viewer: Viewer) -> list[dict[str, Any]]:
    found = list(Handed.objects.filter(item=item))
    names: dict[str, str] = {}
    if viewer.sight("identity") == "full" and found:
        ids = [one.family_id for one in found]
        names = {r["family_id"]: r["head_name"] or "" for r in rows(NAMES, [ids])}
    return [{"row": one, "name": names.get(one.family_id, one.family_id)} for one in found]


@needs("visit")
@require_POST
def strike(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """Record families or people that it struck."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    item = _item(number, viewer)
    day = day_of(request.POST.get("hari", "")) or item.field.happened_on  # type: ignore[attr-defined]
    ids = request.POST.getlist("pilih")
    try:
        new, known = records.strike(
            item, event=request.POST.get("peristiwa", ""), ids=ids, on_date=day, by=viewer
        )
    except Refused as refused:
        messages.error(request, refused.words(viewer.language))
    else:
        text = say("web_visits.record_added", viewer.language, n=new, known=known)
        messages.success(request, text)
    return redirect("visit_record", number)


@needs("deliver")
@require_POST
def hand(request: HttpRequest, number: uuid.UUID) -> HttpResponse:
    """Note goods that a struck family was handed."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    item = _item(number, viewer)
    form = HandedForm(request.POST, viewer=viewer)
    try:
        key = uuid.UUID(request.POST.get("kunci", ""))
    except ValueError:
        raise Http404 from None
    if not form.is_valid():
        wrong = [f"{form.fields[n].label}: {e[0]}" for n, e in form.errors.items()]
        messages.error(request, " ".join(map(str, wrong)))
        return redirect("visit_record", number)
    try:
        family = request.POST.get("keluarga", "")
        _, new = records.hand(item, key=key, family_id=family, by=viewer, **form.cleaned_data)
    except Refused as refused:
        messages.error(request, refused.words(viewer.language))
    else:
        text = "handed_noted" if new else "saved_already"
        messages.success(request, say(f"web_visits.{text}", viewer.language))
    return redirect("visit_record", number)
