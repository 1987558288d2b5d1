"""The report of a simulation, as Markdown in one language: what it is, what changes, for whom, what
is assumed, and what is not known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from tangga.engine.simulate.compare import TOGETHER
from tangga.engine.simulate.measured import MEASURES, SHARE
from tangga.engine.simulate.opened import STORED
from tangga.engine.simulate.plots import programme_name
from tangga.engine.simulate.said import edits, move_names
from tangga.rules.days import month_of
from tangga.texts import Language, long_date, month, number, say

if TYPE_CHECKING:
    from tangga.engine.simulate.run import Pair, Simulated, Value
    from tangga.engine.simulate.through_time import ThroughTime

NOTHING = "–"
YEAR = 12
SHOWN_AREAS = 40
OF_PROGRAMME = (
    *("fits", "comes_to_fit", "ceases_to_fit", "not_known", "served", "families_in"),
    *("families_out", "people_in", "people_out", "waiting", "without_rank", "amount_unknown"),
    *("cost", "set_aside", "cost_most", "cost_recorded", "cost_change", "cost_of_all"),
    *("winners", "losers"),
)
OF_AREA = (
    "fits",
    "receives",
    "served",
    "families_in",
    "families_out",
    "waiting",
    "cost_before",
    "cost",
)


def report(found: Simulated, language: Language, drawn: Sequence[str]) -> str:
    """The whole report. drawn: the charts that stand beside it."""
    parts = [
        _head(found, language),
        _changes(found, language),
        _totals(found, language),
        _charts(found, language, drawn),
        _areas(found, language),
        _groups(found, language),
        _welfare(found, language),
        _ladder(found, language),
        _time(found, language),
        _ties(found, language),
        _assumed(found, language),
        _not_known(found, language),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def shown(measure: str, value: Value, language: Language) -> str:
    """A figure in words: thousands parted, shares in per cent."""
    if value is None:
        return NOTHING
    if MEASURES.get(measure) == SHARE:
        text = f"{100 * value:.2f}"
        return f"{text.replace('.', ',') if language == 'id' else text} %"
    return number(int(value), language)


def points(measure: str, change: Value, language: Language) -> str:
    """A difference in words: of shares in percentage points."""
    text = shown(measure, change, language)
    return text.replace(" %", " pp")


def _head(found: Simulated, language: Language) -> str:
    title = say("simulate.title", language, title=found.scenario.titles[language])
    rests = say(
        "simulate.rests_on",
        language,
        run=found.run,
        day=long_date(found.day, language),
        families=found.families,
        file=found.scenario.file.name,
    )
    basis = say("simulate.basis", language, basis=found.scenario.basis)
    parts = [f"# {title}", rests, basis, say("simulate.no_decision", language)]
    parts += [f"**{say('simulate.nothing', language)}**"] if found.nothing else []
    return "\n\n".join(parts)


def _changes(found: Simulated, language: Language) -> str:
    lines = list(edits(found.scenario, found.today, found.pack, language))
    lines = lines or [say("simulate.no_change", language)]
    return _section("changes", language, "\n".join(f"- {line}" for line in lines))


def _section(name: str, language: Language, body: str) -> str:
    return f"## {say(f'simulate.part_{name}', language)}\n\n{body}"


def _table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of Markdown: words to the left, numbers to the right."""
    ruled = ["---", *["---:"] * (len(headings) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (headings, ruled, *rows))


def _totals(found: Simulated, language: Language) -> str:
    if found.same(TOGETHER):
        return _section("totals", language, support_same(found, language))
    tables = []
    for code in found.shown():
        rows = [
            _row(measure, found.figures[measure, code], language)
            for measure in of_programme(found, code, OF_PROGRAMME)
        ]
        headings = [programme_name(found, code, language)]
        headings += [
            say(f"simulate.column_{one}", language) for one in ("before", "after", "change")
        ]
        tables.append(_table(headings, rows))
    explained = say("simulate.totals_read", language)
    if len(found.affected.programmes) > 1:
        explained += " " + say("simulate.together_reads", language)
    if len(found.affected.programmes) > len(found.shown()):
        explained += " " + say("simulate.others_same", language)
    return _section("totals", language, "\n\n".join([explained, *tables]))


def support_same(found: Simulated, language: Language) -> str:
    """In a sentence what a table would say with a nought in every row."""
    if not found.affected.programmes:
        return say("simulate.no_programme", language)
    served, cost = (found.figures[name, TOGETHER][1] or 0 for name in ("served", "cost"))
    return say("simulate.support_same", language, served=served, cost=cost)


def of_programme(found: Simulated, code: str, measures: Sequence[str]) -> list[str]:
    """Those measures of a programme of which there is anything to say: where nothing is set aside,
    the cost is all there is."""
    aside = found.figures.get(("set_aside", code), (None, None))
    listed = [m for m in measures if found.figures.get((m, code), (None, None)) != (None, None)]
    if any(aside):
        return listed
    return [measure for measure in listed if measure not in ("set_aside", "cost_most")]


def _row(measure: str, pair: Pair, language: Language) -> list[str]:
    before, after = pair
    change = None if before is None or after is None else after - before
    words = say(f"simulate.measure_{measure}", language)
    figures = (shown(measure, value, language) for value in (before, after))
    return [words, *figures, points(measure, change, language)]


def _charts(found: Simulated, language: Language, drawn: Sequence[str]) -> str:
    lines = [
        f"![{say(f'simulate.chart_{name}', language)}]({name}.{language}.svg)" for name in drawn
    ]
    return "\n\n".join(lines)


def _areas(found: Simulated, language: Language) -> str:
    if not found.affected.programmes:
        return ""
    levels = list(found.areas.levels)[:-2] or list(found.areas.levels)
    rows = [row for row in found.by_area if row["programme"] == TOGETHER and row["level"] in levels]
    headings = [say("simulate.area", language), *_headings(OF_AREA, language)]
    listed = [[_area_name(row, language), *_numbers(row, OF_AREA, language)] for row in rows]
    body = _table(headings, listed[:SHOWN_AREAS])
    return _section("areas", language, f"{body}\n\n{say('simulate.areas_more', language)}")


def _area_name(row: Mapping[str, object], language: Language) -> str:
    if row["area"] is None:
        return say("simulate.area_not_known", language)
    return f"{row['name']} ({row['area']})" if row["area"] else say("simulate.whole", language)


def _headings(names: Sequence[str], language: Language) -> list[str]:
    return [say(f"simulate.short_{name}", language) for name in names]


def _numbers(row: Mapping[str, object], names: Sequence[str], language: Language) -> list[str]:
    return [number(int(str(row[name])), language) for name in names]


def _groups(found: Simulated, language: Language) -> str:
    if not found.affected.programmes:
        return ""
    names = (
        "of_families",
        "fits_before",
        "fits",
        "receives",
        "served",
        "families_in",
        "families_out",
    )
    headings = [say("simulate.group", language), *_headings(names, language)]
    labels = {group.id: group.labels[language] for group in found.groups}
    rows = [
        [_group_name(row, labels, found, language), *_numbers(row, names, language)]
        for row in found.by_group
        if row["programme"] == TOGETHER and row["value"] != "false"
    ]
    return _section("groups", language, _table(headings, rows))


def _group_name(
    row: Mapping[str, object], labels: Mapping[str, str], found: Simulated, language: Language
) -> str:
    kind, value = str(row["kind"]), str(row["value"])
    name = labels.get(kind) or say(f"simulate.kind_{kind}", language)
    if value == "true":
        return name
    if value == "not_known":
        return f"{name}: {say('simulate.not_known_short', language)}"
    if kind != "rung":
        return f"{name} {value}"
    rungs = found.pack.codes["rung"].codes
    words = (
        rungs[value].labels[language] if value in rungs else say("simulate.on_no_rung", language)
    )
    return f"{name}: {words}"


def _welfare(found: Simulated, language: Language) -> str:
    if found.scenario.welfare is None:
        return _section("welfare", language, say("simulate.no_welfare", language))
    if found.without_model:
        return _section("welfare", language, say("simulate.no_model", language))
    if found.effects is None:
        return _section("welfare", language, say("simulate.nobody_known", language))
    effects = found.effects
    said = say(
        f"simulate.source_{effects.source}",
        language,
        families=effects.families,
        people=effects.people,
        without=effects.without,
    )
    headings = [
        "",
        *(say(f"simulate.column_{one}", language) for one in ("before", "after", "change")),
    ]
    rows = []
    for (measure, code), pair in effects.figures.items():
        name, *figures = _row(measure, pair, language)
        of = f" ({programme_name(found, code, language)})" if code else ""
        rows.append([f"{name}{of}", *figures])
    reads = say("simulate.welfare_reads", language)
    return _section("welfare", language, f"{said}\n\n{_table(headings, rows)}\n\n{reads}")


def _ladder(found: Simulated, language: Language) -> str:
    measures = [
        (measure, found.figures[measure, TOGETHER])
        for measure in ("at_cap", "graduable")
        if found.figures[measure, TOGETHER] != (None, None)
    ]
    headings = [
        "",
        *(say(f"simulate.column_{one}", language) for one in ("before", "after", "change")),
    ]
    parts = [_table(headings, [_row(*one, language) for one in measures])] if measures else []
    if found.moves:
        columns = ("before", "after", "comes", "goes")
        headings = [say("simulate.move", language)]
        headings += [say(f"simulate.column_{one}", language) for one in columns]
        labels = move_names(found.was, found.today, language)
        rows = [
            [labels.get(move, move), *(number(value, language) for value in counts)]
            for move, counts in found.moves.items()
        ]
        parts.append(_table(headings, rows))
    if not parts:
        return ""
    parts.append(say("simulate.ladder_reads", language))
    return _section("ladder", language, "\n\n".join(parts))


def _time(found: Simulated, language: Language) -> str:
    if not found.scenario.months:
        return ""
    if found.time is None:
        return _section("time", language, say("simulate.no_rates", language))
    from tangga.engine.simulate.through_time import GRADUATED, MEASURES, rows

    columns = ("before", "after", "low", "median", "high")
    headings = [say("simulate.month", language)]
    headings += [say(f"simulate.column_{one}", language) for one in columns]
    listed = rows(found.time, month_of(found.day))
    parts = [say("simulate.time_reads", language, basis=found.time.basis)]
    if found.time.unlinked:
        parts.append(f"**{say('simulate.time_unlinked', language)}**")
    for measure in MEASURES:
        if not found.time.differs(measure):
            parts.append(_without_difference(found.time, measure, language))
            continue
        of_it = [row for row in listed if row[1] == measure]
        shown = [
            [_month(row[0], language), *(number(int(str(n)), language) for n in row[2:])]
            for row in of_it[YEAR - 1 :: YEAR] or of_it[-1:]
        ]
        words = say(f"simulate.time_{measure}_of", language)
        parts += [f"**{words}**", _table(headings, shown)]
        if measure == GRADUATED:
            today, then = found.time.standing
            parts.append(say("simulate.time_standing", language, today=today, then=then))
    return _section("time", language, "\n\n".join(parts))


def _without_difference(time: ThroughTime, measure: str, language: Language) -> str:
    """What is the same in every future: because nothing changes it, or because it is not drawn."""
    name = "simulate.time_same" if time.modelled(measure) else "simulate.time_not_modelled"
    return f"**{say(f'simulate.time_{measure}_of', language)}**: {say(name, language)}"


def _month(day: object, language: Language) -> str:
    assert isinstance(day, date)  # rows are of months
    return month(month_of(day), language)


def _ties(found: Simulated, language: Language) -> str:
    lines = [say("simulate.order", language)]
    lines += [
        say(
            "simulate.tie",
            language,
            programme=programme_name(found, str(row["programme"]), language),
            alike=row["alike"],
            decile=row["decile"],
            served=row["served"],
        )
        for row in found.ties[:SHOWN_AREAS]
    ]
    if not found.ties:
        lines.append(say("simulate.no_tie", language))
    return _section("ties", language, "\n".join(f"- {line}" for line in lines))


def _assumed(found: Simulated, language: Language) -> str:
    lines = list(_assumptions(found, language))
    return _section("assumed", language, "\n".join(f"- {line}" for line in lines))


def _assumptions(found: Simulated, language: Language) -> Iterator[str]:
    for name in ("first_round", "receipts", "as_today", "kept", "whole_year"):
        yield say(f"simulate.assume_{name}", language)
    if found.affected.anew != STORED:
        yield say("simulate.assume_anew", language)


def _not_known(found: Simulated, language: Language) -> str:
    figures = found.figures
    if not found.affected.programmes:
        return ""
    lines = [
        say(f"simulate.unknown_{measure}", language, many=figures[measure, TOGETHER][1] or 0)
        for measure in ("not_known", "without_rank", "amount_unknown")
    ]
    aside = figures["set_aside", TOGETHER][1]
    if aside:
        lines.append(say("simulate.unknown_set_aside", language, rupiah=aside,
                         many=found.by_the_most))  # fmt: skip
    lines += [
        say("simulate.no_amount", language, programme=programme_name(found, code, language))
        for code in found.affected.without_amount
    ]
    return _section("not_known", language, "\n".join(f"- {line}" for line in lines))
