"""All that a dashboard shows, put together from two questions to the database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from tangga.texts import Language
from tangga.web.charts.bars import longest
from tangga.web.dashboard import plans, queries
from tangga.web.dashboard.choices import (
    FAMILIES,
    PEOPLE,
    Choice,
    choices,
    chosen,
    full_label,
    label,
)
from tangga.web.dashboard.numbers import Links, Number, Numbers, by_area
from tangga.web.dashboard.pictures import Words, clock_of, ladder_of, places_of
from tangga.web.dashboard.places import inside, level_of, row_of, way_to
from tangga.web.dashboard.words import in_order, unknown
from tangga.web.lists.bands import settings
from tangga.web.lists.definitions import UNKNOWN, WHOLE
from tangga.web.lists.release import Held
from tangga.web.lists.workers import own_families
from tangga.web.pack import area_name, areas
from tangga.web.policy.book import book
from tangga.web.viewer import Viewer

STATES = ("determined", "waiting", "not_known")
"""Lists of decisions, and so the parts of a programme's bar."""

READY = (
    ("matched", "readiness_matched", "readiness_persons", "matched"),
    ("fresh", "readiness_fresh", "readiness_families", "fresh"),
    ("ranked", "readiness_ranked", "readiness_families", ""),
    ("recipients_matched", "readiness_recipients_matched", "readiness_recipients", ""),
)
"""Text, figure, of which figure, and the key of its threshold in readiness.toml."""

COLUMNS = (
    Choice("families_by_decile", "1"),
    Choice("cap_queue"),
    Choice("visits_asked"),
)
"""Figures beside families and people in the table of the areas."""

MOST_NAMED = 12


@dataclass(frozen=True)
class Asked:
    """What a request asks for: an area, by whom, of which release; picture and year as given."""

    viewer: Viewer
    area: str
    release: Held
    picture: str = ""
    year: str = ""

    @property
    def words(self) -> Words:
        return Words(self.viewer.language, self.release.as_of)


def page(asked: Asked) -> dict[str, Any]:
    """Everything that the template needs."""
    choice = chosen(asked.picture)
    found = _figures(asked, choice)
    links = Links(asked.viewer, asked.area)
    numbers = Numbers(found.get(row_of(asked.area), {}), links)
    language = asked.viewer.language
    return {
        "area": asked.area,
        "name": area_name(asked.area, language),
        "level_code": level_of(asked.area),
        "level": asked.words.code("area_level", level_of(asked.area)),
        "way": way_to(asked.viewer, asked.area, language),
        "numbers": numbers,
        "links": links,
        "not_shown": Number(None, hidden=True),
        "words": asked.words,
        **_people(asked, numbers),
        **_places(asked, choice, found),
        **_plans(asked),
        "readiness": _readiness(asked, numbers),
        "own": own_families(asked.viewer, asked.release) if asked.area == asked.viewer.area else [],
    }


def _figures(asked: Asked, choice: Choice) -> dict[str, dict[tuple[str, str], int | None]]:
    """Of the area everything, of those inside it what its table and picture show."""
    shown = [(one.figure, one.key) for one in (Choice(FAMILIES), Choice(PEOPLE), *COLUMNS, choice)]
    codes = [*inside().get(asked.area, ())]
    found = by_area(queries.figures(row_of(asked.area), codes, shown))
    if asked.viewer.may("case"):
        mine = found.setdefault(row_of(asked.area), {})
        for figure, value in queries.of_cases(row_of(asked.area)).items():
            mine[figure, WHOLE] = value
    return found


def _people(asked: Asked, numbers: Numbers) -> dict[str, Any]:
    """Deciles, the ladder, the clock, the programmes."""
    deciles = [*(str(n) for n in range(1, 11)), UNKNOWN]
    counted = [(key, numbers("families_by_decile", key)) for key in deciles]
    return {
        "ladder": ladder_of(numbers, asked.words),
        "clock": clock_of(numbers, asked.words),
        "deciles": [(_decile(asked, key), number) for key, number in counted],
        "deciles_most": longest([number.value for _, number in counted]),
        "moves": _by_size(asked, numbers, "due_moves_by_move", "move"),
        "aside": numbers("families_by_rung", "watch") if "watch" in in_order("rung") else None,
        "programmes": _programmes(asked, numbers),
    }


def _decile(asked: Asked, key: str) -> str:
    return unknown("decile", asked.viewer.language) if key == UNKNOWN else key


def _by_size(asked: Asked, numbers: Numbers, figure: str, codes: str) -> list[tuple[str, Number]]:
    """Each key of a figure in words, the largest number first."""
    found = [(asked.words.code(codes, key), numbers(figure, key)) for key in numbers.keys(figure)]
    return sorted(found, key=lambda one: -(one[1].value or 0))


def _programmes(asked: Asked, numbers: Numbers) -> list[dict[str, Any]]:
    """Each programme with its three numbers, and their sum as the length of its bar."""
    there = {key for state in STATES for key in numbers.keys(f"{state}_by_programme")}
    order = [*in_order("programme"), *sorted(there)]
    rows = []
    for code in dict.fromkeys(one for one in order if one in there):
        parts = {state: numbers(f"{state}_by_programme", code) for state in STATES}
        whole = sum(part.value or 0 for part in parts.values())
        said = {"label": asked.words.code("programme", code), "unit": _unit(code)}
        rows.append({**said, "whole": whole, **parts})
    return rows


def _unit(programme: str) -> str:
    """Whether a programme counts people or families; '' where the policy has none of that name."""
    known = book().policy.programmes.get(programme)
    return known.unit if known is not None else ""


def _places(
    asked: Asked, choice: Choice, found: Mapping[str, dict[tuple[str, str], int | None]]
) -> dict[str, Any]:
    """The areas inside: a picture by the figure that was chosen, and a table."""
    all_inside = inside().get(asked.area, ())
    there = [code for code in all_inside if code in found]
    each = {code: Numbers(found[code], Links(asked.viewer, code)) for code in there}
    language, words = asked.viewer.language, asked.words
    absent = [code for code in all_inside if code not in found]
    picked = {code: each[code](choice.figure, choice.key) for code in there}
    text = label(choice, language, words.day)
    return {
        "places": [_place(asked, code, each[code], choice) for code in there],
        "elsewhere": _elsewhere(asked, found, there),
        "absent": [area_name(code, language) for code in absent],
        "most_named": MOST_NAMED,
        "columns": [label(one, language, words.day) for one in _columns(choice)],
        "picture": places_of(picked, _named(language), _to, text, words, absent),
        "chosen": choice,
        "chosen_text": text,
        "choices": [(one.name, full_label(one, language, words.day)) for one in choices()],
        "inside_level": words.code("area_level", level_of(there[0])) if there else "",
    }


def _columns(choice: Choice) -> list[Choice]:
    """The figures of the table: those that stand there always, and the chosen one."""
    always = [Choice(PEOPLE), *COLUMNS]
    known = {(one.figure, one.key) for one in (Choice(FAMILIES), *always)}
    chosen_one = [] if (choice.figure, choice.key) in known else [choice]
    return [Choice(FAMILIES), *chosen_one, *always]


def _place(asked: Asked, code: str, numbers: Numbers, choice: Choice) -> dict[str, Any]:
    shown = [numbers(one.figure, one.key) for one in _columns(choice)]
    return {"name": area_name(code, asked.viewer.language), "to": _to(code), "numbers": shown}


def _named(language: Language) -> Callable[[str], str]:
    return lambda code: area_name(code, language)


def _to(code: str) -> str:
    return str(reverse("area", args=[code]))


def _elsewhere(
    asked: Asked,
    found: Mapping[str, dict[tuple[str, str], int | None]],
    there: Iterable[str],
) -> Number | None:
    """Families that live in the area, yet in none of those inside it; None where there are none."""
    mine = found.get(row_of(asked.area), {}).get((FAMILIES, WHOLE)) or 0
    inner = sum(found[code].get((FAMILIES, WHOLE)) or 0 for code in there)
    if not inside().get(asked.area) or mine == inner:
        return None
    to = Links(asked.viewer, asked.area).to(FAMILIES, tepat="1")
    return Number(mine - inner, to)


def _plans(asked: Asked) -> dict[str, Any]:
    """Targets, money and outcomes of one year."""
    chain = [row_of(one.code) for one in areas().path(asked.area)] + [row_of("")]
    rows = queries.parts(asked.release.tables, row_of(asked.area), level_of(asked.area), chain)
    known = plans.years(rows["pace"], rows["budget_tree"], rows["foci"])
    year = _year(asked, known)
    of, outcomes = plans.outcomes(rows["outcomes"], chain)
    return {
        "year": year,
        "years": known,
        "release_year": asked.release.as_of.year,
        "targets": plans.targets(rows["pace"], year),
        "money": plans.money(rows["budget_tree"], year),
        "beside": plans.beside(rows["foci"], year),
        "measures": plans.MEASURES,
        "outcomes": outcomes,
        "outcomes_of": _other(asked, of),
    }


def _year(asked: Asked, known: list[int]) -> int:
    """The year asked for, or that of the release; only one of which something is known."""
    of_release = asked.release.as_of.year
    wanted = int(asked.year) if asked.year.isascii() and asked.year.isdigit() else of_release
    return wanted if wanted in known else of_release


def _other(asked: Asked, row: str | None) -> str:
    """The name of the area whose outcomes are shown, where it is not this one."""
    if row is None or row == row_of(asked.area):
        return ""
    return area_name("" if row == row_of("") else row, asked.viewer.language)


def _readiness(asked: Asked, numbers: Numbers) -> list[dict[str, Any]]:
    """Each measure of the data's readiness: how many of how many, and its threshold."""
    says = settings("readiness", asked.release.as_of)
    rows = []
    for text, figure, of, threshold in READY:
        whole = numbers.value(of)
        if whole:
            limit = says.get(threshold) if threshold else None
            mark = None if limit is None else whole * float(limit) / 100
            rows.append({"text": text, "number": numbers(figure), "whole": whole, "mark": mark})
    return rows
