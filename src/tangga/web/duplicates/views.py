"""Pages of possible doubles: the queue, one pair side by side, what was ruled."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tangga.registry.privacy import masked
from tangga.texts import say
from tangga.web.audit.actions import record
from tangga.web.duplicates import actions, queries
from tangga.web.duplicates.actions import Record, Refused
from tangga.web.duplicates.forms import ReasonForm, RulingForm
from tangga.web.duplicates.models import UNSURE, Ruling
from tangga.web.duplicates.reading import read
from tangga.web.family.classes import classes
from tangga.web.family.evidence import source_id
from tangga.web.family.eyes import Eyes
from tangga.web.jinja import language_of, release_in_force
from tangga.web.pack import area_name
from tangga.web.viewer import needs

PAGE = re.compile("[0-9]{1,4}")
KEY = re.compile("[0-9a-f]{64}")
STRENGTHS = ((10.0, "likely"), (3.0, "rather"), (-3.0, "open"))


@needs("duplicates")
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Pairs that wait, those first on which most support depends; `?yang=unsure`: the doubtful."""
    which = request.GET.get("yang", queries.WAITING)
    which = which if which in queries.WHICH else queries.WAITING
    page = _page(request)
    there = release_in_force() is not None and queries.ready()
    found = queries.waiting(which, page) if there else []
    shown = found[: queries.A_PAGE]
    return render(
        request,
        "duplicates/queue.html",
        {
            "rows": [_row(request, one) for one in shown],
            "which": which,
            "counts": {one: queries.count(one) if there else 0 for one in queries.WHICH},
            "there": there,
            "page": _pager(request, page, len(found) > queries.A_PAGE, f"&yang={which}"),
        },
    )


@needs("duplicates")
@require_http_methods(["GET", "HEAD", "POST"])
def pair(request: HttpRequest, key: str) -> HttpResponse:
    """Two records side by side; or the ruling on them."""
    row = queries.pair(key) if KEY.fullmatch(key) and release_in_force() else None
    if row is None:
        return _only_history(request, key)
    language = language_of(request)
    form = RulingForm(request.POST or None, language=language, initial={"n": row["n"]})
    if request.method == "POST" and form.is_valid():
        return _rule(request, row, form.cleaned_data)
    both = [row["left_person_id"], row["right_person_id"]]
    families = queries.families_of(both)
    about = {"pair": key, "other": row["right_person_id"], "families": families}
    record("double_seen", by=request.viewer, person_id=row["left_person_id"], about=about)
    eyes = Eyes(request.viewer, classes(release_in_force()["number"]), language)
    context = {"pair": read(row, eyes), "form": form, "history": _history(request, key)}
    return render(request, "duplicates/pair.html", context)


@needs("duplicates")
@require_safe
def ruled(request: HttpRequest) -> HttpResponse:
    """What was ruled in the viewer's area, the latest first."""
    page = _page(request)
    found = queries.ruled(page)
    rows = [_told(request, one) for one in found[: queries.A_PAGE]]
    pager = _pager(request, page, len(found) > queries.A_PAGE)
    return render(request, "duplicates/ruled.html", {"rows": rows, "page": pager})


@needs("duplicates")
@require_POST
def take_back(request: HttpRequest, number: int) -> HttpResponse:
    """Undo a ruling, with a reason."""
    found = Ruling.objects.filter(pk=number).first()
    if found is None:
        raise Http404
    form = ReasonForm(request.POST, language=language_of(request))
    if not form.is_valid():
        messages.error(request, " ".join(form.errors.get("reason", [])))
    else:
        try:
            actions.take_back(found, reason=form.cleaned_data["reason"], by=request.viewer)
            messages.success(request, _say(request, "taken_back"))
        except Refused as refused:
            messages.error(request, refused.words(language_of(request)))
    return redirect("double", found.pair)


def _rule(request: HttpRequest, row: dict[str, Any], said: dict[str, Any]) -> HttpResponse:
    left, right = (_record(row, side) for side in ("left", "right"))
    try:
        actions.rule(left, right, by=request.viewer, **said)
    except Refused as refused:
        messages.error(request, refused.words(language_of(request)))
        return redirect("double", row["pair"])
    messages.success(request, _say(request, f"ruled_{said['ruling']}"))
    following = queries.next_pair(row["pair"])
    return redirect("double", following) if following else redirect("doubles")


def _record(row: dict[str, Any], side: str) -> Record:
    person = row[f"{side}_person_id"] or ""
    area = queries.area_of(person) if person else ""
    # The left one's stands for the pair, as in the release: who sees the row may rule on it.
    area = str(row["area"]) if side == "left" else area
    return Record(row[f"{side}_source"], row[f"{side}_id"], person, area)


def _only_history(request: HttpRequest, key: str) -> HttpResponse:
    """A pair that is not in the queue of this release: what was ruled of it stays readable."""
    history = _history(request, key) if KEY.fullmatch(key) else []
    if not history or request.method == "POST":
        raise Http404
    return render(request, "duplicates/past.html", {"history": history})


def _history(request: HttpRequest, key: str) -> list[dict[str, Any]]:
    return [_told(request, one) for one in queries.history(key)]


def _told(request: HttpRequest, one: Ruling) -> dict[str, Any]:
    """A ruling in words. last: it holds, and can be undone."""
    language = language_of(request)
    last = Ruling.objects.filter(pair=one.pair).order_by("-n").values_list("pk", flat=True).first()
    sides = ((one.left_source, one.left_id), (one.right_source, one.right_id))
    return {
        "ruling": one,
        "word": _say(request, "took_back" if one.takes_back_id else one.ruling),
        "records": [f"{source}: {source_id(id_, language)}" for source, id_ in sides],
        "holds": last == one.pk,
        "undone": last == one.pk and one.ruling != UNSURE,
        "form": ReasonForm(language=language, auto_id=f"r{one.pk}_%s"),
    }


def _row(request: HttpRequest, row: dict[str, Any]) -> dict[str, Any]:
    viewer, language = request.viewer, language_of(request)
    sight = viewer.sight("identity")

    def named(side: str) -> str:
        name = row[f"{side}_named"]
        if name is None or sight == "hidden":
            return (
                str(row[f"{side}_name"] or "") if sight != "hidden" else _say(request, "a_person")
            )
        return name if sight == "full" else masked("initials", name) or ""

    weight = row["weight"]
    names = (word for least, word in STRENGTHS if weight is not None and weight >= least)
    return {
        "url": reverse("double", args=[row["pair"]]),
        "left": named("left"),
        "right": named("right"),
        "left_place": area_name(row["left_place"] or row["left_village"], language),
        "right_place": area_name(row["right_place"] or row["right_village"], language),
        "stake": row["stake"],
        "strength": _say(request, f"strength_{next(names, 'unlikely')}"),
    }


def _page(request: HttpRequest) -> int:
    said = request.GET.get("halaman", "1")
    return max(int(said), 1) if PAGE.fullmatch(said) else 1


def _pager(request: HttpRequest, page: int, more: bool, also: str = "") -> dict[str, Any]:
    def to(number: int) -> str:
        return f"{request.path}?halaman={number}{also}"

    return {
        "number": page,
        "before": to(page - 1) if page > 1 else None,
        "after": to(page + 1) if more else None,
    }


def _say(request: HttpRequest, key: str, **values: object) -> str:
    return say(f"web_doubles.{key}", language_of(request), **values)
