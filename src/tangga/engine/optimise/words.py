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

MANY = 1e5
NEARLY, LITTLE = 1e-6, 0.05
"""A share that is nothing; and below how many a number is told to the hundredth."""
MOST_TOLD = 8
"""So many of the limits that break a plan are told."""


def place(area: str, language: Language) -> str:
    """The name of an area; the country has none of its own."""
    return area or say("optimise.country", language)


def amount(what: str, value: float, language: Language) -> str:
    """So much of something: 1.500.000.000 rupiah, 200 jam."""
    # whole rupiah are reckoned as floats: the nearest is meant; of hours and places, the next whole
    many = round(value) if value >= MANY else -int(-(value - NEARLY) // 1)
    return say(f"optimise.amount_{what}", language, many=many)


def limit_name(limit: Limit, area: str, year: str, label: str, language: Language) -> str:
    """Such as: money for KUBE, Mesuji, 2026."""
    words = {"area": place(area, language), "year": year, "of": label}
    return say(f"optimise.limit_{limit.what}", language, **words)


def told(broken: Sequence[tuple[Broken, str]], first: int) -> str:
    """The limits that break a plan: which, where, when, by how much, what stands against it, and
    what to do; Indonesian first; years that say the same together. broken: each with the name of
    its area. first: the first year."""
    lines = []
    for language in LANGUAGES:
        years: dict[str, list[int]] = {}
        for one, area in broken:
            years.setdefault(_told(one, area, language), []).append(first + one.limit.year)
        found = [words.replace("{year}", span(some)) for words, some in years.items()]
        more = len(found) - MOST_TOLD
        lines.append(say("optimise.unsolvable", language))
        lines += found[:MOST_TOLD]
        lines += [say("optimise.more_limits", language, many=more)] if more > 0 else []
    return "\n".join(lines)


def _told(broken: Broken, area: str, language: Language) -> str:
    limit = broken.limit
    name = limit_name(limit, area, "{year}", limit.focus, language)
    lacking = amount(limit.what, broken.lacking, language)
    whats = sorted({say(f"optimise.what_{one.what}", language) for one in broken.against})
    against = say("optimise.against", language, whats=", ".join(whats)) if whats else ""
    todo = say(f"optimise.todo_{limit.what}", language)
    return say("optimise.broken", language, limit=name, lacking=lacking, against=against, todo=todo)


def shadow_lines(shadows: Sequence[Shadow], plan: Plan, language: Language) -> list[str]:
    """The words of prices; years that say the same are said together."""
    years: dict[str, list[int]] = {}
    for one in shadows:
        years.setdefault(_shadow_words(one, plan, "{year}", language), []).append(
            plan.first + one.limit.year
        )
    return [words.replace("{year}", span(found)) for words, found in years.items()]


def span(years: Sequence[int]) -> str:
    """2026, 2028-2030."""
    parts: list[list[int]] = []
    for year in sorted(set(years)):
        if parts and year == parts[-1][-1] + 1:
            parts[-1].append(year)
        else:
            parts.append([year])
    return ", ".join(f"{p[0]}–{p[-1]}" if len(p) > 1 else str(p[0]) for p in parts)


def shadow_words(shadow: Shadow, plan: Plan, language: Language) -> str:
    """One billion more in Mesuji in 2026: about 12 lasting graduations more."""
    return _shadow_words(shadow, plan, str(plan.first + shadow.limit.year), language)


def _shadow_words(shadow: Shadow, plan: Plan, year: str, language: Language) -> str:
    """Of a step of which a part only is usable, that part, and what binds."""
    limit = shadow.limit
    aim = plan.problem.aim.replace("-", "_")
    again = shadow.graduations if plan.problem.aim == GRADUATIONS else shadow.brings
    key = f"optimise.more_{aim}" if again is not None else f"optimise.more_by_price_{aim}"
    many = shadow.priced if again is None else again
    label = of_limit(plan, limit, language)
    part = shadow.usable is not None and shadow.usable < shadow.step * (1 - NEARLY)
    step = shadow.usable if part and shadow.usable is not None else shadow.step
    said = say(
        key,
        language,
        step=amount(limit.what, step, language),
        area=place(plan.tree.name(limit.area), language),
        year=year,
        of=say("optimise.of_what", language, of=label) if label else "",
        many=tenths(many, language) if many >= LITTLE else hundredths(many, language),
    )
    if not part:
        return said
    whats = ", ".join(say(f"optimise.what_{what}", language) for what in shadow.binds)
    key = "optimise.binds" if whats else "optimise.nobody_left"
    return f"{said} {say(key, language, whats=whats)}"


def of_limit(plan: Plan, limit: Limit, language: Language) -> str:
    """What the money or places are for, in words: a programme or a focus; '' for what has none."""
    for name in ("programme", "focus"):
        codes = plan.workspace.pack.codes.get(name)
        if codes is not None and limit.focus in codes.codes:
            labels = codes.codes[limit.focus].labels
            return labels.get(language, limit.focus)
    return limit.focus


def hundredths(value: float, language: Language) -> str:
    """A small number with two digits behind the sign: 0,04 in Indonesian."""
    text = f"{value:,.2f}"
    return text.translate(str.maketrans(",.", ".,")) if language == "id" else text


def tenths(value: float, language: Language) -> str:
    """A number with one digit behind the sign: 12,3 in Indonesian."""
    text = f"{value:,.1f}"
    return text.translate(str.maketrans(",.", ".,")) if language == "id" else text
