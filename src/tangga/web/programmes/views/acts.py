"""Pages of determinations and of places."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from tangga.texts import say
from tangga.web.access import LEVELS, level_of
from tangga.web.audit.actions import record
from tangga.web.pack import area_name, areas
from tangga.web.papers.models import Paper
from tangga.web.policy.book import book
from tangga.web.programmes import determinations, places, quotas
from tangga.web.programmes.households import who_of
from tangga.web.programmes.models import Determination, Pick, Quota
from tangga.web.programmes.refusals import NotHere
from tangga.web.programmes.views.overview import order_of, programme_of
from tangga.web.programmes.views.seeing import READERS, paged, viewer_of
from tangga.web.today import today
from tangga.web.viewer import Viewer, needs
from tangga.web.widgets import DayInput
from tangga.web.work.refusals import Refusal
from tangga.web.work.views import item_of, refuse, saved, standing


class DrawUpForm(forms.Form):
    """A determination: in which area, for how many, from when until when."""

    area = forms.ChoiceField()
    many = forms.IntegerField(min_value=1, max_value=determinations.MOST)
    start = forms.DateField(widget=DayInput())
    end = forms.DateField(widget=DayInput(), required=False)

    def __init__(self, *args: Any, viewer: Viewer, programme: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = _queues(viewer, programme)  # type: ignore[attr-defined]
        _label(self, viewer)

    def clean(self) -> dict[str, Any]:
        """The end comes after the start."""
        said = super().clean() or {}
        if said.get("end") and said.get("start") and said["end"] <= said["start"]:
            self.add_error("end", say("web_programmes.end_before_start", "id"))
        return said


class QuotaForm(forms.Form):
    """Places of a programme by a document."""

    area = forms.ChoiceField()
    year = forms.IntegerField(min_value=2020, max_value=2100)
    places = forms.IntegerField(min_value=0, max_value=10_000_000)
    document = forms.CharField(max_length=200)

    def __init__(self, *args: Any, viewer: Viewer, programme: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].choices = _queues(viewer, programme)  # type: ignore[attr-defined]
        _label(self, viewer)


def _label(form: forms.Form, viewer: Viewer) -> None:
    for name, field in form.fields.items():
        field.label = say(f"web_programmes.field_{name}", viewer.language)


def _queues(viewer: Viewer, programme: str) -> list[tuple[str, str]]:
    """The areas in the viewer's own that have a queue of the programme: of its level."""
    own, level = viewer.area or "", programme_of(programme).area
    if len(own) >= LEVELS.get(level, 0):
        return [(own, area_name(own, viewer.language))]
    found = areas().under(own, level)
    return [(code, area_name(code, viewer.language)) for code in found]


@needs(*READERS)
def listed(request: HttpRequest) -> HttpResponse:
    """`/program/penetapan/`: determinations of the area."""
    page, pager = paged(request, Determination.objects.order_by("-item_id"))
    context = {"acts": page.object_list, "pager": pager, "book": book()}
    return render(request, "programmes/determinations.html", context)


@needs("rounds")
def draw_up(request: HttpRequest, programme: str) -> HttpResponse:
    """`/program/<programme>/penetapan-baru/`: take the first of the queue."""
    viewer = viewer_of(request)
    found = programme_of(programme)
    form = DrawUpForm(
        request.POST or None,
        viewer=viewer,
        programme=programme,
        initial={"start": today().replace(day=1), "many": _free(viewer, programme)},
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = determinations.draw_up(programme=programme, by=viewer, **said)
        except Refusal as refusal:
            return refuse(request, refusal, request.path)
        messages.success(request, saved(made.item, viewer))
        return redirect("programmes_determination", made.pk)
    label = found.labels.get(viewer.language, programme)
    context = {"form": form, "programme": programme, "label": label}
    context["order"] = order_of(found, viewer)
    return render(request, "programmes/determination_new.html", context)


def _free(viewer: Viewer, programme: str) -> int:
    there = places.of_programme(programme, viewer.area or "")
    return max(sum(row["free"] or 0 for row in there), 1)


@needs(*READERS)
def one(request: HttpRequest, number: UUID) -> HttpResponse:
    """`/program/penetapan/<id>/`: who, in which order, for which reasons; signing."""
    viewer = viewer_of(request)
    item = item_of(request, number, determinations.KIND)
    found = Determination.objects.filter(pk=number).first()
    if found is None:
        raise Http404
    page, pager = paged(request, Pick.objects.filter(determination=found).order_by("n"))
    homes, _ = who_of({one.family_id for one in page.object_list}, ())
    persons = {one.person_id for one in page.object_list if one.person_id}
    _, named = who_of((), persons)
    taken = determinations.taken_in(found)
    context = {
        "act": found,
        "label": book().label(found.programme, viewer.language),
        "picks": [
            {
                "pick": one,
                "home": homes.get(one.family_id, {}),
                "person": named.get(one.person_id, {}).get("name", ""),
                "why": determinations.why(one),
            }
            for one in page.object_list
        ],
        "pager": pager,
        "many": len(taken),
        "over": found.free is not None and len(taken) > found.free,
        "two": determinations.needs_two(found),
        "draft": found.state == "draft" and viewer.may("rounds"),
        "papers": list(Paper.objects.filter(item_id=found.pk)),
        **standing(item, viewer),
    }
    # Of two ways to sign only the one that this list asks for is offered.
    skip = {"change", "sign" if context["two"] else "sign_first"}
    context["can"] = [(step, opens) for step, opens in context["can"] if step.name not in skip]
    about = {"item": item.number, "families": [one.family_id for one in page.object_list]}
    record("determination_seen", by=viewer, area=found.area, about=about)
    return render(request, "programmes/determination.html", context)


@needs("rounds")
@require_POST
def change(request: HttpRequest, number: UUID) -> HttpResponse:
    """Take a family before others, or leave one out: each with a reason."""
    viewer = viewer_of(request)
    item_of(request, number, determinations.KIND)
    found = Determination.objects.get(pk=number)
    back = reverse("programmes_determination", args=[number])
    why = request.POST.get("alasan", "")[:1000]
    try:
        if request.POST.get("lewati"):
            pick = Pick.objects.filter(
                determination=found, pk=_uuid(request.POST["lewati"])
            ).first()
            if pick is None:
                raise NotHere(family="–")
            determinations.passed(found, pick, why=why, by=viewer)
        else:
            family = request.POST.get("keluarga", "").strip()[:40]
            determinations.outside(found, family_id=family, why=why, by=viewer)
    except Refusal as refusal:
        return refuse(request, refusal, back)
    return redirect(back)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@needs("rounds")
def new_quota(request: HttpRequest, programme: str) -> HttpResponse:
    """`/program/<programme>/kuota-baru/`: places by a document."""
    viewer = viewer_of(request)
    found = programme_of(programme)
    initial = {"year": today().year}
    form = QuotaForm(request.POST or None, viewer=viewer, programme=programme, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = quotas.write_down(programme=programme, by=viewer, **form.cleaned_data)
        except Refusal as refusal:
            return refuse(request, refusal, request.path)
        messages.success(request, saved(made.item, viewer))
        return redirect("programmes_quota", made.item_id)
    label = found.labels.get(viewer.language, programme)
    context = {"form": form, "programme": programme, "label": label}
    return render(request, "programmes/quota_new.html", context)


@needs(*READERS)
def quota(request: HttpRequest, number: UUID) -> HttpResponse:
    """`/program/kuota/<id>/`: places that wait to be confirmed, or hold."""
    viewer = viewer_of(request)
    item = item_of(request, number, quotas.KIND)
    found = Quota.objects.get(item=item)
    before = places.of_programme(found.programme, found.area)
    context = {
        "quota": found,
        "label": book().label(found.programme, viewer.language),
        "place": area_name(found.area, viewer.language),
        "level": level_of(found.area),
        "before": before,
        **standing(item, viewer),
    }
    return render(request, "programmes/quota.html", context)
