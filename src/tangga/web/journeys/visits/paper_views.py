"""Visits on paper: the list, and one sheet a family with a code for a camera."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from tangga.registry.model import Column
from tangga.texts import say
from tangga.web.audit.actions import record
from tangga.web.family.code_image import svg
from tangga.web.journeys.visits import mine
from tangga.web.journeys.visits.asked import Question
from tangga.web.journeys.visits.facts import YES_NO_UNKNOWN
from tangga.web.journeys.visits.forms import TOLD
from tangga.web.journeys.visits.pilar import pilar_of
from tangga.web.journeys.visits.sheet_rows import asked_rows, entry_columns, names_of
from tangga.web.journeys.visits.wanted import BANDS
from tangga.web.lists.release import held
from tangga.web.pack import code_label
from tangga.web.today import today
from tangga.web.viewer import Viewer, needs

MOST_ON_PAPER = 60
"""Families of one print: as many sheets. More is printed part by part."""
FEW_CODES = 8


def chosen(request: HttpRequest, said: Any) -> list[mine.Card]:
    """The families that were asked for: of one band, or all that are left to visit; of one village,
    or of all."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    cards = mine.families(viewer, held(request))
    band, village = said.get("bagian", ""), said.get("desa", "")
    if village:
        cards = [card for card in cards if card.row["area"] == village]
    if band in BANDS:
        return [card for card in cards if card.band == band]
    return [card for card in cards if card.band != "done"]


@needs("visit")
@require_GET
def on_paper(request: HttpRequest) -> HttpResponse:
    """`/kunjungan/lembar/cetak/`: the list, and one sheet a family with a code for a camera."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    found = chosen(request, request.GET)
    cards = found[:MOST_ON_PAPER]
    record("visit_sheets", by=viewer, about={"families": [card.id for card in cards]})
    names, language = names_of(asked_rows(cards), viewer), viewer.language
    context = {
        "cards": [_printed(request, card, viewer, names) for card in cards],
        "left_out": len(found) - len(cards),
        "columns": [(c.labels[language], _answers(c, language)) for c in entry_columns(viewer)],
        "code": svg(request.build_absolute_uri(reverse("visits")), side=90),
        "day": today(),
        "when": timezone.now(),
        "pilar": pilar_of(viewer),
    }
    return render(request, "visits/paper.html", context)


def _printed(
    request: HttpRequest, card: mine.Card, viewer: Viewer, names: dict[str, str]
) -> dict[str, Any]:
    language = viewer.language
    named = viewer.sight("identity") == "full"
    return {
        "card": card,
        "name": (card.row["head_name"] if named else "") or say("web_visits.no_head", language),
        "place": card.place(language) if named else "",
        "why": mine.why(card, language),
        "questions": [
            (names.get(person, "") or say("web_visits.of_family", language), list(asked))
            for person, asked in _by_person(card.asked, language)
        ],
        "code": svg(request.build_absolute_uri(reverse("visit_family", args=[card.id])), side=110),
    }


@dataclass(frozen=True)
class ToTick:
    """A question on paper. answers: words to tick, none where something is written; lines: of a
    question that several columns answer, each with what to tick; key: what the ticks mean."""

    words: str
    answers: list[str]
    lines: list[tuple[str, list[str]]]
    key: str = ""


def _by_person(asked: Iterable[Question], language: Any) -> Iterable[tuple[str, Iterable[ToTick]]]:
    for person, several in groupby(asked, key=lambda one: one.person_id):
        yield person, [_to_tick(one, language) for one in several]


def _to_tick(one: Question, language: Any) -> ToTick:
    words = one.words[language]
    if not one.columns:
        said = [code_label(YES_NO_UNKNOWN, code, language) for code in TOLD]
        return ToTick(words, said, [])
    if len(one.columns) == 1:
        return ToTick(words, _answers(one.columns[0], language), [])
    shared = _shared(one.columns)
    if shared is None:
        return ToTick(words, [], [(c.labels[language], _answers(c, language)) for c in one.columns])
    codes = list(enumerate((shared.label(code, language) for code in shared.codes), 1))
    ticks = [str(n) for n, _ in codes]
    lines = [
        (c.labels[language], ticks if c.codes is shared else _answers(c, language))
        for c in one.columns
    ]
    return ToTick(words, [], lines, ", ".join(f"{n} {label}" for n, label in codes))


def _shared(columns: Iterable[Column]) -> Any:
    """The list of codes that most of several columns have; None where they have none."""
    lists = [column.codes for column in columns if column.codes is not None]
    many = max(lists, key=lambda one: sum(one is other for other in lists), default=None)
    return many if many is not None and sum(one is many for one in lists) > 1 else None


def _answers(column: Column, language: Any) -> list[str]:
    """The words to tick, where they are few."""
    if column.type == "boolean":
        return [say("rules.yes", language), say("rules.no", language)]
    if column.codes is None or len(column.codes.codes) > FEW_CODES:
        return []
    return [column.codes.label(code, language) for code in column.codes.codes]
