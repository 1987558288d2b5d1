"""The limits and their prices in words, in both languages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tangga.engine.optimise.problem import GRADUATIONS, Limit
from tangga.engine.optimise.shadow import Shadow
from tangga.engine.optimise.solve import Broken
from tangga.texts import LANGUAGES, Language, say

if TYPE_CHECKING:
    from tangga.engine.optimise.plan import Plan

MOST_TOLD = 8
"""So many of the limits that break a plan are told."""


def place(area: str, language: Language) -> str:
    """The name of an area; the country has none of its own."""
    return area or say("optimise.country", language)


def amount(what: str, value: float, language: Language) -> str:
    """So much of something: 1.500.000.000 rupiah, 200 jam."""
    return say(f"optimise.amount_{what}", language, many=-int(-value // 1))


def limit_name(limit: Limit, area: str, year: int, label: str, language: Language) -> str:
    """Such as: money for KUBE, Mesuji, 2026."""
    words = {"area": place(area, language), "year": str(year), "of": label}
    return say(f"optimise.limit_{limit.what}", language, **words)


def told(broken: Sequence[tuple[Broken, str]], first: int) -> str:
    """The limits that break a plan: which, where, when, by how much, what stands against it, and
    what to do; Indonesian first. broken: each with the name of its area. first: the first year."""
    more = len(broken) - MOST_TOLD
    lines = []
    for language in LANGUAGES:
        lines.append(say("optimise.unsolvable", language))
        lines += [_told(one, area, first, language) for one, area in broken[:MOST_TOLD]]
        lines += [say("optimise.more_limits", language, many=more)] if more > 0 else []
    return "\n".join(lines)


def _told(broken: Broken, area: str, first: int, language: Language) -> str:
    limit = broken.limit
    name = limit_name(limit, area, first + limit.year, limit.focus, language)
    lacking = amount(limit.what, broken.lacking, language)
    whats = sorted({say(f"optimise.what_{one.what}", language) for one in broken.against})
    against = say("optimise.against", language, whats=", ".join(whats)) if whats else ""
    todo = say(f"optimise.todo_{limit.what}", language)
    return say("optimise.broken", language, limit=name, lacking=lacking, against=against, todo=todo)


def shadow_words(shadow: Shadow, plan: Plan, language: Language) -> str:
    """One billion more in Mesuji in 2026: about 12 lasting graduations more."""
    limit = shadow.limit
    aim = plan.problem.aim.replace("-", "_")
    again = shadow.graduations if plan.problem.aim == GRADUATIONS else shadow.brings
    key = f"optimise.more_{aim}" if again is not None else f"optimise.more_by_price_{aim}"
    many = shadow.priced if again is None else again
    label = of_limit(plan, limit, language)
    return say(
        key,
        language,
        step=amount(limit.what, shadow.step, language),
        area=place(plan.tree.name(limit.area), language),
        year=str(plan.first + limit.year),
        of=say("optimise.of_what", language, of=label) if label else "",
        many=tenths(many, language),
    )


def of_limit(plan: Plan, limit: Limit, language: Language) -> str:
    """What the money or places are for, in words: a programme or a focus; '' for what has none."""
    for name in ("programme", "focus"):
        codes = plan.workspace.pack.codes.get(name)
        if codes is not None and limit.focus in codes.codes:
            labels = codes.codes[limit.focus].labels
            return labels.get(language, limit.focus)
    return limit.focus


def tenths(value: float, language: Language) -> str:
    """A number with one digit behind the sign: 12,3 in Indonesian."""
    text = f"{value:,.1f}"
    return text.translate(str.maketrans(",.", ".,")) if language == "id" else text
