"""What a scenario changes, in words: one line a change."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from tangga.engine.simulate.scenario import Amount, Coverage, Cutoff, Scenario
from tangga.registry.model import Pack
from tangga.rules.on_date import OnDate
from tangga.rules.policy import Programme
from tangga.rules.sentences import phrase
from tangga.rules.wording import exact, words_of
from tangga.texts import Language, long_date, say

CAP = ("months", "planning_from")


def move_names(was: OnDate, today: OnDate, language: Language) -> dict[str, str]:
    """Move -> what it is called under the scenario. The pack names moves under the cap by its own
    months: these are named by the scenario's, and said beside a name that writes them in words."""
    names = {move.id: move.labels[language] for move, _ in today.moves}
    if was.cap is None or today.cap is None:
        return names
    old, new = ([one.says[key] for key in CAP] for one in (was.cap, today.cap))
    if old == new:
        return names
    others = {str(one): str(two) for one, two in zip(old, new, strict=True)}
    written = re.compile(r"\b(" + "|".join(others) + r")\b")
    beside = say("simulate.cap_of_scenario", language, months=new[0], planning=new[1])
    for move, _ in today.moves:
        if move.under_cap:
            name, many = written.subn(lambda found: others[found[0]], names[move.id])
            names[move.id] = name if many else f"{name} {beside}"
    return names


def edits(scenario: Scenario, today: OnDate, pack: Pack, language: Language) -> Iterator[str]:
    """Every change of a scenario as a sentence. today: the rules of the scenario."""
    for cutoff in scenario.cutoffs:
        yield _cutoff(cutoff, today, pack, language)
    for amount in scenario.amounts:
        yield _amount(amount, today, language)
    yield from _clock(scenario, language)
    for line in scenario.coverage:
        yield _coverage(line, today, language)
    for budget in scenario.budgets:
        name, area = _name(today, budget.programme, language), _area(budget.area, language)
        yield say("simulate.edit_budget", language, programme=name, area=area, amount=budget.amount)
    for folder in scenario.policy:
        yield say("simulate.edit_overlay", language, folder=folder.name)


def _programme(today: OnDate, code: str) -> Programme:
    return today.programmes[code][0]


def _name(today: OnDate, code: str, language: Language) -> str:
    return _programme(today, code).labels[language]


def _area(code: str, language: Language) -> str:
    return code or say("simulate.whole", language)


def _cutoff(cutoff: Cutoff, today: OnDate, pack: Pack, language: Language) -> str:
    programme = _programme(today, cutoff.programme)
    asked = phrase(
        cutoff.condition, programme.unit, today.day, words_of(today.facts, pack), language
    )
    return say(
        "simulate.edit_cutoff",
        language,
        programme=programme.labels[language],
        requirement=cutoff.requirement,
        asks=asked,
    )


def _amount(amount: Amount, today: OnDate, language: Language) -> str:
    programme, version = today.programmes[amount.programme]
    name = programme.labels[language]
    if amount.times is not None:
        times = exact(amount.times, language)
        return say("simulate.edit_times", language, programme=name, times=times)
    if amount.component:
        parts = {part.id: part.labels[language] for part in version.says.benefit.components}
        name = f"{name}, {parts[amount.component]}"
    return say("simulate.edit_amount", language, programme=name, amount=amount.amount_year or 0)


def _clock(scenario: Scenario, language: Language) -> Iterator[str]:
    cap = scenario.cap
    if cap is not None:
        if cap.months is not None:
            yield say("simulate.edit_cap", language, months=cap.months)
        if cap.planning_from is not None:
            yield say("simulate.edit_planning", language, months=cap.planning_from)
        if cap.in_force is not None:
            yield say(f"simulate.edit_{'in_force' if cap.in_force else 'announced'}", language)
        if cap.since is not None:
            yield say("simulate.edit_cap_from", language, day=long_date(cap.since, language))
    for key, value in scenario.counting.items():
        shown = ", ".join(value) if isinstance(value, tuple) else value
        shown = exact(shown, language) if isinstance(shown, Decimal) else shown
        yield say("simulate.edit_counting", language, name=key, value=shown)


def _coverage(line: Coverage, today: OnDate, language: Language) -> str:
    given = {
        "programme": _name(today, line.programme, language),
        "area": _area(line.area, language),
    }
    if line.places is not None:
        return say("simulate.edit_places", language, places=line.places, **given)
    assert line.share is not None  # the file says places or a share
    share = exact(100 * line.share.normalize(), language)
    return say("simulate.edit_share", language, share=share, **given)
