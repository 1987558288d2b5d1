"""Pages of a round in kind: places, receipts, what is left, the minutes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from tangga.texts import say
from tangga.web.audit.actions import record
from tangga.web.pack import area_name
from tangga.web.policy.book import book
from tangga.web.programmes import goods
from tangga.web.programmes.models import Delivery, Round, Row, Store
from tangga.web.programmes.views.seeing import READERS, paged, round_of, shown, viewer_of
from tangga.web.programmes.who import who
from tangga.web.today import today
from tangga.web.viewer import Viewer, needs
from tangga.web.widgets import DayInput
from tangga.web.work.refusals import Refusal
from tangga.web.work.views import refuse

VILLAGE = 10
CHOICES = ("belum", "sudah")


class StoreForm(forms.Form):
    """Goods that came to a place or left it."""

    way = forms.ChoiceField()
    quantity = forms.DecimalField(min_value=Decimal("0.01"), max_digits=12, decimal_places=2)
    document = forms.CharField(max_length=200)
    on_day = forms.DateField(widget=DayInput())

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ways = (Store.IN, Store.BACK, Store.LOST)
        self.fields["way"].choices = [  # type: ignore[attr-defined]
            (way, say(f"web_programmes.way_{way}", viewer.language)) for way in ways
        ]
        for name, field in self.fields.items():
            field.label = say(f"web_programmes.field_{name}", viewer.language)


@needs(*READERS)
def places(request: HttpRequest, number: UUID) -> HttpResponse:
    """`/program/tahap/<id>/serah/`: every place, or `?desa=`: one with its families."""
    viewer = viewer_of(request)
    found, _ = round_of(number)
    if not found.goods:
        raise Http404
    village = request.GET.get("desa", viewer.area if len(viewer.area or "") == VILLAGE else "")
    if village and not viewer.covers(village):
        raise Http404
    context = {
        "round": found,
        "label": book().label(found.programme, viewer.language),
        "may": viewer.may("deliver") and found.state == "sent",
        "village": village,
    }
    if not village:
        there = goods.balances(found)
        sums = _sums(there)
        context |= {"balances": there, "sums": sums}
        return render(request, "programmes/goods_places.html", context)
    return _village(request, found, village, viewer, context)


def _sums(there: list[goods.Balance]) -> dict[str, Any]:
    names = ("came", "handed", "back", "lost", "families", "served", "left")
    return {name: sum(getattr(one, name) for one in there) for name in names}


def _village(
    request: HttpRequest, of: Round, village: str, viewer: Viewer, context: dict[str, Any]
) -> HttpResponse:
    look = request.GET.get("lihat", CHOICES[0])
    look = look if look in CHOICES else CHOICES[0]
    rows = Row.objects.filter(round=of, state=Row.PAY, area=village).order_by("n")
    held = Delivery.objects.filter(round=of, undone_at=None)
    served = held.values("row_id")
    rows = rows.filter(pk__in=served) if look == "sudah" else rows.exclude(pk__in=served)
    printed = request.GET.get("cetak") == "ya"
    page, pager = paged(request, rows, desa=village, lihat=look)
    listed = list(rows) if printed else page.object_list
    receipts = {one.row_id: one for one in held.filter(row__in=listed)}
    families = sorted({row.family_id for row in listed})
    about = {"round": str(of.pk), "list": look, "families": families}
    record("round_seen", by=viewer, area=village, about=about)
    context |= {
        "balance": goods.balance(of, village),
        "look": look,
        "rows": [shown(row, viewer) for row in listed],
        "receipts": {key: (one, goods.taker_of(one)) for key, one in receipts.items()},
        "pager": pager,
        "moves": list(Store.objects.filter(round=of, area=village)),
        "undone": list(Delivery.objects.filter(round=of, area=village).exclude(undone_at=None)),
        "form": StoreForm(viewer=viewer, initial={"on_day": today()}),
        "today": today(),
    }
    name = "programmes/goods_print.html" if printed else "programmes/goods.html"
    return render(request, name, context)


def _back(of: UUID, village: str, look: str = "") -> str:
    rest = f"&lihat={look}" if look else ""
    return f"{reverse('programmes_goods', args=[of])}?desa={village}{rest}"


@needs("deliver")
@require_POST
def move(request: HttpRequest, number: UUID, village: str) -> HttpResponse:
    """Goods came to a place, or left it otherwise than to a family."""
    viewer = viewer_of(request)
    found, _ = round_of(number)
    form = StoreForm(request.POST, viewer=viewer)
    back = _back(number, village)
    if not form.is_valid():
        wrong = "; ".join(f"{form.fields[n].label}: {', '.join(e)}" for n, e in form.errors.items())
        messages.error(request, wrong)
        return redirect(back)
    try:
        goods.store(found, area=village, by=viewer, **form.cleaned_data)
    except Refusal as refusal:
        return refuse(request, refusal, back)
    messages.success(request, say("web_programmes.moved", viewer.language))
    return redirect(back)


@needs("deliver")
@require_POST
def hand(request: HttpRequest, number: UUID) -> HttpResponse:
    """Hand goods to one family."""
    viewer = viewer_of(request)
    row = Row.objects.filter(pk=number).select_related("round").first()
    if row is None:
        raise Http404
    back = _back(row.round_id, row.area)
    try:
        made = goods.hand_over(
            row,
            to=request.POST.get("kepada", ""),
            taker=request.POST.get("nama", "")[:200],
            document=request.POST.get("surat", "")[:200],
            on_day=_day(request.POST.get("tanggal", "")),
            by=viewer,
        )
    except Refusal as refusal:
        return refuse(request, refusal, back)
    messages.success(
        request, say("web_programmes.delivered", viewer.language, receipt=made.receipt)
    )
    return redirect(back)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return today()


@needs("deliver")
@require_POST
def undo(request: HttpRequest, number: UUID) -> HttpResponse:
    """Take a receipt back that was written by mistake."""
    viewer = viewer_of(request)
    found = _delivery(number)
    back = _back(found.round_id, found.area, "sudah")
    try:
        goods.undo(found, reason=request.POST.get("alasan", ""), by=viewer)
    except Refusal as refusal:
        return refuse(request, refusal, back)
    return redirect(back)


@needs(*READERS)
def receipt(request: HttpRequest, number: UUID) -> HttpResponse:
    """`/program/tanda-terima/<id>/`: one receipt, to print and sign."""
    viewer = viewer_of(request)
    found = _delivery(number)
    record("receipt_seen", by=viewer, family_id=found.row.family_id, area=found.area)
    context = {
        "delivery": found,
        "round": found.round,
        "who": who(found.row),
        "took": goods.taker_of(found),
        "label": book().label(found.round.programme, viewer.language),
        "place": area_name(found.area, viewer.language),
    }
    return render(request, "programmes/receipt.html", context)


def _delivery(number: UUID) -> Delivery:
    found = Delivery.objects.filter(pk=number).select_related("row", "round").first()
    if found is None:
        raise Http404
    return found


@needs("deliver")
@require_POST
def minutes(request: HttpRequest, number: UUID, village: str) -> HttpResponse:
    """Issue the minutes of the handover in a place."""
    viewer = viewer_of(request)
    found, _ = round_of(number)
    try:
        paper = goods.minutes(
            found,
            village,
            on_day=_day(request.POST.get("tanggal", "")),
            at_place=request.POST.get("tempat", "").strip()[:200],
            by=viewer,
        )
    except Refusal as refusal:
        return refuse(request, refusal, _back(number, village))
    return redirect("paper", paper.pk)
