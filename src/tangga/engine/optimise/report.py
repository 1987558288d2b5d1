"""The report of a plan in Markdown, in one language: what it brings, on what it rests, how sure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from tangga.engine.optimise.beside import beside, over_budget
from tangga.engine.optimise.prices import NONE
from tangga.engine.optimise.problem import GRADUATIONS
from tangga.engine.optimise.shadow import by_year
from tangga.engine.optimise.words import of_limit, place, shadow_lines, tenths
from tangga.texts import Language, number, say

if TYPE_CHECKING:
    from tangga.engine.optimise.plan import Plan

Tables = Mapping[str, pa.Table]
TARGETS_SHOWN, LIMITS_SHOWN, AREAS_SHOWN, SHADOWS_SHOWN = 40, 40, 80, 12
"""Rows of a table in the report; the files hold all."""


def report(plan: Plan, tables: Tables, charts: Iterable[str], language: Language) -> str:
    """The whole report. charts: names of the SVG files that stand beside it."""
    parts = [
        _head(plan, language),
        "\n".join(f"- {line}" for line in summary(plan, language)),
        *(f"![{say(f'optimise.chart_{one}', language)}]({one}.{language}.svg)" for one in charts),
        _by_area(plan, tables, language),
        _shadows(plan, language),
        _targets(tables, language),
        _limits(plan, tables, language),
        _not_known(plan, tables, language),
        _named(plan, language),
        _assumptions(plan, tables, language),
        _sensitivity(plan, language),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _say(key: str, language: Language, **values: object) -> str:
    return say(f"optimise.{key}", language, **values)


def _head(plan: Plan, language: Language) -> str:
    about = _say(
        "about",
        language,
        name=plan.workspace.name,
        run=plan.run.name,
        day=plan.workspace.as_of,
        first=str(plan.first),
        last=str(plan.first + plan.problem.years - 1),
        aim=_say(f"aim_{plan.problem.aim.replace('-', '_')}", language),
    )
    title = _say("title", language)
    return f"# {title}\n\n{about}\n\n**{plan.stated.says['assumption'][language]}**"


def summary(plan: Plan, language: Language) -> Iterator[str]:
    """What the plan comes to, a sentence each."""
    effects, families = plan.problem.effects, plan.families_by_year
    yield _say(
        "population", language, families=len(plan.families.ids), areas=len(plan.families.areas)
    )
    started = families[:, :, 1:, :].sum()
    poor = plan.problem.aim != GRADUATIONS
    each = effects.avoided if poor else effects.graduates * effects.lasts
    lasting = by_year(effects, families, each).sum()
    low, high = (one.value for one in plan.sensitivity)
    cost = sum(
        float(families[:, :, k + 1].sum()) * way.cost
        for k, way in enumerate(plan.stated.interventions)
    )
    words = {
        "started": round(started),
        "cost": round(cost / 1e6),
        "lasting": tenths(lasting, language),
    }
    yield _say("brings_poor_years" if poor else "brings", language, **words)
    yield _say("between", language, low=tenths(low, language), high=tenths(high, language))
    first = int((plan.whole.chosen != NONE).sum())
    yield _say(
        "whole", language, first=first, year=str(plan.first), gap=percent(plan.whole.gap, language)
    )
    yield from over_budget(plan, language)
    yield from beside(plan, language)
    unknown = {(one.what, one.intervention) for one in plan.found.not_known}
    for what in sorted({what for what, _ in unknown}):
        many = sum(one == what for one, _ in unknown)
        name = _say(f"what_{what}", language)
        yield _say("not_known_short", language, what=name, many=many)
    if plan.families.nowhere:
        yield _say("nowhere", language, families=plan.families.nowhere)


def percent(share: float, language: Language) -> str:
    """A small share with three digits: 0,016 %. Rounded up, for it is a bound."""
    text = f"{-(-share * 100_000 // 1) / 1000:.3f} %"
    return text.replace(".", ",") if language == "id" else text


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _section(key: str, language: Language, *parts: str) -> str:
    return "\n\n".join([f"## {_say(key, language)}", *(part for part in parts if part)])


def _ways(plan: Plan, language: Language) -> dict[str, str]:
    return {way.id: way.labels[language] for way in plan.stated.interventions}


def _cell(value: Any, language: Language) -> str:
    """A whole number, one digit behind the sign, or a dash where it is hidden or not known."""
    if value is None:
        return "–"
    return number(value, language) if isinstance(value, int) else tenths(value, language)


def _by_area(plan: Plan, tables: Tables, language: Language) -> str:
    ways = _ways(plan, language)
    aimed = "lasting" if plan.problem.aim == GRADUATIONS else "poor_years"
    columns = ("families", "ask_first", aimed, "cost", "hours")
    keys = ("area", "year", "intervention", *columns)
    found = tables["by_area"].to_pylist()
    rows = [
        [row["area_name"], str(row["year"]), ways[row["intervention"]]]
        + [_cell(row[name], language) for name in columns]
        for row in found
        if len(found) <= AREAS_SHOWN or row["year"] == plan.first
    ][:AREAS_SHOWN]
    head = [_say(f"column_{key}", language) for key in keys]
    return _section("by_area", language, _table(head, rows), _say("hidden", language))


def _shadows(plan: Plan, language: Language) -> str:
    words = [f"- {one}" for one in shadow_lines(plan.shadows, plan, language)[:SHADOWS_SHOWN]]
    none = "" if words else _say("nothing_scarce", language)
    return _section("scarce", language, _say("scarce_reads", language), "\n".join(words), none)


def _targets(tables: Tables, language: Language) -> str:
    found = tables["targets"].to_pylist()
    columns = ("target", "reached", "lacking")
    rows = [
        [row["area_name"], str(row["year"]), *(_cell(row[name], language) for name in columns)]
        for row in found[:TARGETS_SHOWN]
    ]
    if not rows:
        return _section("targets", language, _say("no_targets", language))
    head = [_say(f"column_{key}", language) for key in ("area", "year", *columns)]
    return _section("targets", language, _table(head, rows), _say("targets_read", language))


def _limits(plan: Plan, tables: Tables, language: Language) -> str:
    rows = [
        [
            _say(f"what_{limit.what}", language),
            of_limit(plan, limit, language),
            place(row["area_name"], language),
            str(row["year"]),
            _cell(row["capacity"], language),
            _cell(row["used"], language),
        ]
        for limit, row in zip(plan.problem.limits, tables["limits"].to_pylist(), strict=True)
        if limit.year == 0 and limit.uses.min() >= 0
    ][:LIMITS_SHOWN]
    if not rows:
        return ""
    keys = ("what", "of", "area", "year", "capacity", "used")
    return _section("limits", language, _table([_say(f"column_{k}", language) for k in keys], rows))


def _not_known(plan: Plan, tables: Tables, language: Language) -> str:
    """What nobody wrote down, so that nothing limits there."""
    ways, areas = _ways(plan, language), plan.families.areas
    where: dict[tuple[str, str], set[str]] = {}
    for row in tables["not_known"].to_pylist():
        where.setdefault((row["what"], row["intervention"]), set()).add(row["area"])
    lines = [
        _say(
            "not_known_of",
            language,
            what=_say(f"what_{what}", language),
            of=ways[way],
            areas=_say("everywhere", language)
            if len(found) == len(areas)
            else ", ".join(plan.tree.name(code) for code in sorted(found)),
        )
        for (what, way), found in sorted(where.items())
    ]
    carried = sorted({(str(one.of_year), str(one.year)) for one in plan.found.carried})
    lines += [_say("carried", language, of_year=a, year=b) for a, b in carried]
    if plan.found.for_everything:
        lines.append(_say("for_everything", language, lines=len(plan.found.for_everything)))
    if not lines:
        return ""
    text = "\n".join(f"- {line}" for line in lines)
    return _section("not_known", language, _say("not_known_reads", language), text)


def _named(plan: Plan, language: Language) -> str:
    tied = int(plan.whole.tied.sum())
    year = str(plan.first)
    text = _say("named_reads", language, tied=tied, year=year)
    return _section("named", language, text)


def _assumptions(plan: Plan, tables: Tables, language: Language) -> str:
    ways = _ways(plan, language)
    rows = [
        [
            ways[row["intervention"]],
            _say(f"effect_{row['effect']}", language),
            *(_cell(row[name], language) for name in ("low", "stated", "high")),
        ]
        for row in tables["assumptions"].to_pylist()
    ]
    head = [
        _say(f"column_{key}", language)
        for key in ("intervention", "effect", "low", "stated", "high")
    ]
    sources = [
        f"- {way.labels[language]}: {number(way.cost, language)} rupiah "
        f"({way.says['cost_source']}). {way.says['effect_source']}"
        for way in plan.stated.interventions
    ]
    period = plan.stated.period
    basis = _say("basis", language, version=period.id, basis=period.basis, source=period.source)
    mark = plan.stated.says["assumption"][language]
    return _section("assumptions", language, mark, _table(head, rows), "\n".join(sources), basis)


def _sensitivity(plan: Plan, language: Language) -> str:
    lines = [
        _say(
            f"end_{one.end}",
            language,
            value=tenths(one.value, language),
            best=tenths(one.best, language),
            same=percent(one.same, language),
        )
        for one in plan.sensitivity
    ]
    return _section("sensitivity", language, "\n".join(f"- {line}" for line in lines))
