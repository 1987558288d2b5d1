"""Pages of rounds: prepare, look through, pay out, take results in."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from tangga.texts import Language, long_date, say
from tangga.web.access import level_of
from tangga.web.audit.actions import record
from tangga.web.pack import area_name, areas
from tangga.web.papers.models import Paper
from tangga.web.policy.book import book
from tangga.web.programmes import closing, figures, results, rounds
from tangga.web.programmes.bnba import file_name, issue_village
from tangga.web.programmes.models import ResultFile, Round, Row
from tangga.web.programmes.owed import in_kind
from tangga.web.programmes.payment_file import payment_file
from tangga.web.programmes.refusals import BadFile
from tangga.web.programmes.views.seeing import READERS, paged, round_of, shown, viewer_of
from tangga.web.today import is_told, today
from tangga.web.viewer import Viewer, needs
from tangga.web.widgets import DayInput
from tangga.web.work.refusals import Refusal
from tangga.web.work.views import refuse, saved, standing

VIEWS = (Row.PAY, Row.HELD, Row.OUT, Row.INSTEAD, "beda", "gagal", "belum")


class RoundForm(forms.Form):
    """A round of one programme. Money: a time for which it pays; goods: days and a quantity."""

    area = forms.ChoiceField()
    called = forms.CharField(max_length=100)
    time = forms.ChoiceField()
    early = forms.CharField(
        max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    start = forms.DateField(widget=DayInput())
    end = forms.DateField(widget=DayInput())
    what = forms.CharField(max_length=60)
    each = forms.IntegerField(min_value=1, max_value=100_000)
    unit = forms.CharField(max_length=20)

    def __init__(self, *args: Any, viewer: Viewer, programme: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer, self.goods = viewer, in_kind(programme, today())
        for name in ("time", "early") if self.goods else ("start", "end", "what", "each", "unit"):
            del self.fields[name]
        self.fields["area"].choices = _areas(viewer)  # type: ignore[attr-defined]
        if not self.goods:
            times = _times(programme, viewer.language)
            self.fields["time"].choices = times  # type: ignore[attr-defined]
            self.fields["time"].initial = _holds(times, today())
            self.fields["early"].help_text = say("web_programmes.early_hint", viewer.language)
        for name, field in self.fields.items():
            field.label = say(f"web_programmes.field_{name}", viewer.language)

    def clean(self) -> dict[str, Any]:
        """A time that has not begun is worked out for a reason only."""
        said: dict[str, Any] = super().clean() or {}
        if said.get("time") and self.times()[0] > today() and not said["early"].strip():
            language = self.viewer.language
            day = long_date(self.times()[0], language)
            self.add_error("early", say("web_programmes.early_lacks", language, day=day))
        return said

    def times(self) -> tuple[date, date]:
        """The first and the last day of the round."""
        if self.goods:
            return self.cleaned_data["start"], self.cleaned_data["end"]
        first, last = self.cleaned_data["time"].split("/")
        return date.fromisoformat(first), date.fromisoformat(last)


def _areas(viewer: Viewer) -> list[tuple[str, str]]:
    """The viewer's own area, and those just inside it."""
    own = viewer.area or ""
    below = {"country": "province", "province": "regency", "regency": "district"}
    level = below.get(level_of(own) or "")
    inside = areas().under(own, level) if level else []
    return [(code, area_name(code, viewer.language)) for code in (own, *inside)]


def _times(programme: str, language: Language) -> list[tuple[str, str]]:
    day = today()
    found = [one for year in (day.year - 1, day.year) for one in rounds.periods(programme, year)]
    near = [one for one in found if abs((one[0] - day).days) < 400]
    to_come = say("web_programmes.time_to_come", language)
    return [
        (
            f"{a.isoformat()}/{b.isoformat()}",
            f"{long_date(a, language)} – {long_date(b, language)}{f' ({to_come})' * (a > day)}",
        )
        for a, b in reversed(near)
    ]


def _holds(times: list[tuple[str, str]], day: date) -> str | None:
    """The time that a day falls in; else the last one that has begun."""
    begun = [said for said, _ in times if said.split("/")[0] <= day.isoformat()]
    return begun[0] if begun else None


@needs(*READERS)
def round_list(request: HttpRequest) -> HttpResponse:
    """`/program/tahap/`: the rounds of the area, the latest first."""
    viewer = viewer_of(request)
    found = Round.objects.select_related(None).order_by("-period_start", "programme", "area")
    page, pager = paged(request, found)
    context = {"rounds": page.object_list, "pager": pager, "book": book()}
    return render(request, "programmes/rounds.html", {**context, "may": viewer.may("rounds")})


@needs("rounds")
def new(request: HttpRequest, programme: str) -> HttpResponse:
    """`/program/<programme>/tahap-baru/`: prepare a round."""
    viewer = viewer_of(request)
    form = RoundForm(
        request.POST or None, viewer=viewer, programme=programme, initial={"area": viewer.area}
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        start, end = form.times()
        goods = {key: said[key] for key in ("each", "unit", "what") if key in said}
        try:
            made = rounds.prepare(
                programme=programme,
                area=said["area"],
                start=start,
                end=end,
                called=said["called"],
                by=viewer,
                reason=said.get("early", "").strip(),
                **goods,
            )
        except Refusal as refusal:
            return refuse(request, refusal, request.path)
        messages.success(request, saved(made.item, viewer))
        return redirect("programmes_round", made.pk)
    context = {"form": form, "programme": programme}
    context["label"] = _label(viewer, programme)
    return render(request, "programmes/round_new.html", context)


def _label(viewer: Viewer, programme: str) -> str:
    return book().label(programme, viewer.language)


@needs(*READERS)
def one(request: HttpRequest, number: UUID) -> HttpResponse:
    """`/program/tahap/<id>/`: one round: its list, where it stands, what came back."""
    viewer = viewer_of(request)
    found, item = round_of(number)
    look = request.GET.get("lihat", Row.PAY)
    look = look if look in VIEWS else Row.PAY
    counted = figures.of_rows(found)
    earlier = figures.before(found)
    context = {
        "round": found,
        "label": _label(viewer, found.programme),
        "look": look,
        "open": "",
        "frozen_on": None,
        "payees": found.payees if item else figures.count(counted, Row.PAY),
        "held": figures.count(counted, Row.HELD),
        "out": figures.count(counted, Row.OUT),
        "instead": figures.count(counted, Row.INSTEAD),
        "earlier": earlier,
        "file_name": file_name(found) if item else "",
        "money": viewer.sight("financial") == "full",
        "may_list": item is not None and viewer.may("papers") and found.frozen_at is not None,
        "may_pay": item is not None and viewer.may("rounds") and found.frozen_at is not None,
        "papers": list(Paper.objects.filter(item_id=found.pk)),
        **(_looked(request, found, earlier, look, viewer)),
        **(standing(item, viewer) if item is not None else {"item": None}),
    }
    if found.frozen_at and item is not None:
        context |= _open(found, viewer, context["can"])
    if found.frozen_at and not found.goods:
        context["reconciled"] = figures.reconciled(found)
    if found.frozen_at is None and (paid := rounds.paid_by_list(found)):
        context["paid_by_list"] = paid
    about = {"round": str(found.pk), "list": look, "families": _families(context)}
    record("round_seen", by=viewer, area=found.area, about=about)
    return render(request, "programmes/round.html", context)


def _open(of: Round, viewer: Viewer, steps: list[Any]) -> dict[str, Any]:
    """What is open on the list, of the two ways to close it the one that fits, and the day it was
    signed, where the clock does not tell that."""
    found = closing.still_open(of)
    unfit = closing.CLEAN if found else closing.WITH_REST
    can = [one for one in steps if one[0].name != unfit]
    money = viewer.sight("financial") == "full"
    frozen_on = results.signed_on(of) if is_told() else None
    return {"open": found.words(viewer.language, money), "can": can, "frozen_on": frozen_on}


def _families(context: dict[str, Any]) -> list[str]:
    """Whose rows the page shows, for the trail; also of whom a place would be filled."""
    rows = [one.row for one in context.get("rows", ())]
    named = {row.family_id for row in rows} | {
        one["family_id"] for one in context.get("changed", ())
    }
    instead = {part["for"] for row in rows for part in row.parts if part.get("for")}
    return sorted(named | instead)


def _looked(
    request: HttpRequest, of: Round, earlier: Round | None, look: str, viewer: Viewer
) -> dict[str, Any]:
    """The part of the list that is looked at."""
    if look == "beda":
        changed = figures.differences(of, earlier) if earlier else []
        sums = sum((row["now"] or 0) - (row["before"] or 0) for row in changed)
        page, pager = paged(request, changed, lihat=look)
        return {"changed": page.object_list, "pager": pager, "sums": sums, "many": len(changed)}
    chosen = {
        "gagal": results.failed(of),
        "belum": results.unanswered(of).order_by("n"),
    }.get(look, Row.objects.filter(round=of, state=look).order_by("n"))
    villages = list(chosen.order_by("area").values_list("area").annotate(Count("pk")))
    village = request.GET.get("desa", "")
    if village in dict(villages):
        chosen = chosen.filter(area=village)
    else:
        village = ""
    page, pager = paged(request, chosen, lihat=look, desa=village)
    printed = bool(village) and request.GET.get("cetak") == "ya"
    listed = list(chosen) if printed else list(page.object_list)
    return {
        "rows": [shown(row, viewer) for row in listed],
        "pager": {"number": 1, "before": None, "after": None, "of": None} if printed else pager,
        "many": page.paginator.count,
        "last": figures.last_results(listed),
        "villages": villages,
        "village": village,
    }


@needs("papers")
@require_POST
@transaction.atomic
def village_list(request: HttpRequest, number: UUID, village: str) -> HttpResponse:
    """`/program/tahap/<id>/bnba/<desa>/`: the village's part of a signed list as a paper."""
    viewer = viewer_of(request)
    found, item = round_of(number)
    if item is None:
        raise Http404
    try:
        paper = issue_village(found, village, viewer)
    except Refusal as refusal:
        return refuse(request, refusal, reverse("programmes_round", args=[number]))
    return redirect("paper", paper.pk)


@needs("rounds", fresh=True)
def download(request: HttpRequest, number: UUID) -> HttpResponse:
    """`/program/tahap/<id>/berkas/`: the payment file, with whole numbers, for who pays."""
    viewer = viewer_of(request)
    found, _ = round_of(number)
    if request.method != "POST":
        context = {"round": found, "label": _label(viewer, found.programme)}
        context["name"] = file_name(found)
        return render(request, "programmes/payment_file.html", context)
    try:
        content = payment_file(found, by=viewer)
    except Refusal as refusal:
        return refuse(request, refusal, reverse("programmes_round", args=[number]))
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{file_name(found)}"'
    response["Cache-Control"] = "no-store"
    return response


@needs("rounds")
@require_POST
def take_results(request: HttpRequest, number: UUID) -> HttpResponse:
    """Take in a file of results."""
    viewer = viewer_of(request)
    found, _ = round_of(number)
    back = reverse("programmes_round", args=[number])
    upload = request.FILES.get("berkas")
    try:
        if upload is None or (upload.size or 0) > results.MOST_BYTES:
            raise BadFile(why="large" if upload else "none")
        kept = results.take_in(found, upload.name or "", upload.read(), by=viewer)
    except Refusal as refusal:
        return refuse(request, refusal, f"{back}#hasil")
    values = {"lines": kept.lines, "matched": kept.matched, "unmatched": kept.unmatched}
    messages.success(request, say("web_programmes.results_taken", viewer.language, **values))
    return redirect("programmes_results", kept.pk)


@needs(*READERS)
def result_file(request: HttpRequest, number: UUID) -> HttpResponse:
    """`/program/hasil/<id>/`: one file of results, line by line."""
    viewer = viewer_of(request)
    kept = ResultFile.objects.filter(pk=number).select_related("round").first()
    if kept is None:
        return redirect("programmes_rounds")
    state = request.GET.get("keadaan", "")
    lines = kept.results.select_related("row").order_by("line")
    states = sorted(set(kept.results.values_list("state", flat=True)))
    page, pager = paged(request, lines.filter(state=state) if state else lines, keadaan=state)
    seen = sorted({one.row.family_id for one in page.object_list if one.row})
    record("round_seen", by=viewer, area=kept.area, about={"file": str(kept.pk), "families": seen})
    context = {
        "file": kept,
        "round": kept.round,
        "label": _label(viewer, kept.round.programme),
        "lines": page.object_list,
        "pager": pager,
        "states": states,
        "state": state,
        "written": {one.pk: results.as_written(one) for one in page.object_list},
        "unclear": kept.results.filter(state__in=results.UNCLEAR).count(),
        "money": viewer.sight("financial") == "full",
    }
    return render(request, "programmes/results.html", context)
