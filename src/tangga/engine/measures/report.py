"""All measures of one survey, as one plain object: for the screen, and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tangga.engine.measures import inequality, poverty
from tangga.engine.measures.design import CONFIDENCE, Design
from tangga.engine.measures.people import People
from tangga.engine.measures.report_benefit import benefit_part, transfer_part
from tangga.engine.measures.values import Floats, Mask
from tangga.engine.welfare.spec import Spec
from tangga.engine.welfare.survey import Survey
from tangga.engine.welfare.survey_file import read_survey
from tangga.engine.welfare.table_file import find_table, numbers, places
from tangga.errors import UserError
from tangga.registry.mistakes import nearest

FEW_HOUSEHOLDS, FEW_CLUSTERS = 30, 10
"""A group with fewer of either is marked: too few to rely on."""
POINTS = [round(place / 20, 2) for place in range(21)]
"""Of the Lorenz curve: shares of the people."""
LONELY = "centred at the mean of all clusters"
LINES = 5


@dataclass(frozen=True)
class Asked:
    """What is asked of a survey beside its spec.

    line: a poverty line for all (None: the spec's). census: every household counts once, and
    nothing was drawn. classes: rising multiples of the line. benefit: the column of the money that
    a household gets. transfer: what each household would get; to: the column that says which.
    """

    line: float | None = None
    census: bool = False
    classes: tuple[float, ...] = ()
    benefit: str | None = None
    transfer: float | None = None
    to: str | None = None


def report(path: Path, spec: Spec, asked: Asked) -> dict[str, Any]:
    """Every measure of a survey. Raises UserError, or BadPack for a spec that does not fit it."""
    _check(asked)
    survey = read_survey(path, spec, census=asked.census)
    people = _people(survey, asked)
    found: dict[str, Any] = {
        "survey": path.name,
        "outcome": {"column": spec.outcome, "kind": spec.kind, "unit": spec.unit},
        "whom": "people" if spec.people else "households",
        "census": asked.census,
        "households": len(survey),
        "stand_for": float(np.sum(people.w)),
        "left_out": [one.as_dict() for one in survey.left_out],
        "design": _design(people),
        "mean": _mean(people),
        "median": poverty.median(people.y, people.w),
        "line": _line_said(people, asked),
        "poverty": _poverty(people),
        "at_risk": _at_risk(people),
        "inequality": _inequality(people),
        "classes": _classes(people, asked.classes),
        "groups": _groups(people),
    }
    if asked.benefit is not None:
        money = column(survey, asked.benefit)
        found["benefit"] = {"column": asked.benefit, **benefit_part(people, money)}
    if asked.transfer is not None:
        chosen = None if asked.to is None else column(survey, asked.to) != 0
        found["transfer"] = {"to": asked.to, **transfer_part(people, asked.transfer, chosen)}
    return found


def _check(asked: Asked) -> None:
    """What does not go together."""
    if asked.to is not None and asked.transfer is None:
        raise UserError("--to says who gets, but not what", todo="Name an amount: --transfer")
    if asked.line is not None and not (np.isfinite(asked.line) and asked.line > 0):
        raise UserError("--line must be a number above 0, in the unit of the outcome")
    if asked.transfer is not None and not (np.isfinite(asked.transfer) and asked.transfer > 0):
        raise UserError("--transfer must be an amount above 0, in the unit of the outcome")


def _people(survey: Survey, asked: Asked) -> People:
    design = Design.of(len(survey), cluster=survey.cluster, stratum=survey.stratum)
    line = _line(survey, asked)
    if line is None and (asked.classes or asked.transfer is not None):
        raise UserError("no poverty line", todo="Give one: --line, or `line` in the spec")
    y = survey.outcome
    return People(survey, y, survey.people, line, design, not asked.census)


def _line(survey: Survey, asked: Asked) -> Floats | None:
    """The poverty line of each household; None where there is none. Raises UserError where the
    column of lines leaves some out: they would be neither poor nor not."""
    if asked.line is not None:
        return np.full(len(survey), asked.line)
    if survey.spec.line is None:
        return None
    wrong = np.flatnonzero(~(survey.line > 0))
    if len(wrong):
        first = places(survey.file, survey.lines[wrong[:LINES]])
        what = f"households without a poverty line above 0: {len(wrong)} ({first})"
        name = survey.spec.line if isinstance(survey.spec.line, str) else None
        todo = "Fill the column in, or give one line for all: --line"
        raise UserError(what, file=survey.file, column=name, todo=todo)
    return survey.line


def column(survey: Survey, name: str) -> Floats:
    """A column of numbers of the survey's file, for the households that are measured.

    Raises UserError where there is no such column, or where it leaves some of them blank.
    """
    file = find_table(survey.file)
    if name not in file.names:
        what = f"no column {name!r}"
        raise UserError(what, file=survey.file, todo=nearest(name, file.names))
    values = numbers(file.read([name]).column(name), name, survey.file).values[survey.lines - 1]
    blank = np.flatnonzero(np.isnan(values))
    if len(blank):
        first = places(survey.file, survey.lines[blank[:LINES]])
        what = f"households with nothing here: {len(blank)} ({first})"
        todo = "Write 0 where a household gets nothing; leave out who was not asked"
        raise UserError(what, file=survey.file, column=name, todo=todo)
    return values


def _design(people: People) -> Mapping[str, Any] | None:
    """How the survey was drawn; None for a census."""
    if not people.drawn:
        return None
    design = people.design
    return {
        "clusters": design.clusters,
        "strata": design.strata,
        "lonely_strata": design.lonely,
        "lonely_rule": LONELY,
        "degrees_of_freedom": design.freedom(),
        "confidence": CONFIDENCE,
        "errors_known": design.tells(),
    }


def _line_said(people: People, asked: Asked) -> Mapping[str, Any] | None:
    """Which poverty line: a number, or the column with the least and the greatest; None for none.

    Named apart, as figures at different lines must not be compared.
    """
    if people.line is None:
        return None
    named = people.survey.spec.line if asked.line is None else None
    bounds = {"lowest": float(people.line.min()), "highest": float(people.line.max())}
    return {"column": named if isinstance(named, str) else None, **bounds}


def _mean(people: People, within: Mask | None = None) -> Mapping[str, Any]:
    one = np.ones_like(people.w)
    inside = one if within is None else within.astype(float)
    total = float(np.sum(people.w * inside))
    value = float(np.sum(people.w * inside * people.y)) / total
    return asdict(people.figure(value, inside * (people.y - value) / total, within=within))


def _fgt(people: People, within: Mask | None = None) -> dict[str, Any]:
    """P0 to P2 with errors, of all or of a group."""
    assert people.line is not None
    inside = np.ones(len(people.w), dtype=bool) if within is None else within
    found = {}
    for alpha in (0, 1, 2):
        own = (people.y[inside], people.w[inside], people.line[inside], alpha)
        influence = np.zeros_like(people.w)
        influence[inside] = poverty.fgt_influence(*own)
        value = poverty.fgt(*own)
        figure = people.figure(value, influence, share=True, within=within)
        found[f"p{alpha}"] = asdict(figure)
    return found


def _poverty(people: People) -> Mapping[str, Any] | None:
    """P0 to P2, the number of poor, and the money they lack together; None without a line."""
    if people.line is None:
        return None
    lack = np.maximum(people.line - people.y, 0.0)
    poor = float(np.sum(people.w[people.y < people.line]))
    return {**_fgt(people), "poor": poor, "gap": float(np.sum(people.w * lack))}


def _at_risk(people: People) -> Mapping[str, Any] | None:
    """The relative line and who is below it; None where there is none to be had."""
    y, w = people.y, people.w
    if poverty.at_risk_threshold(y, w) <= 0 or not np.ptp(y):
        return None
    threshold = people.figure(poverty.at_risk_threshold(y, w), poverty.threshold_influence(y, w))
    influence = poverty.at_risk_influence(y, w)
    rate = people.figure(poverty.at_risk_rate(y, w), influence, share=True)
    return {
        "of_median": poverty.OF_MEDIAN,
        "threshold": asdict(threshold),
        "rate": asdict(rate),
    }


def _inequality(people: People) -> Mapping[str, Any]:
    y, w = people.y, people.w
    shares = inequality.quantile_shares(y, w)
    influences = inequality.quantile_share_influences(y, w)
    fifths = [people.figure(float(s), z) for s, z in zip(shares, influences, strict=True)]
    curve = inequality.lorenz(y, w, POINTS)
    return {
        "gini": _gini(people),
        "quintile_share_ratio": _share_ratio(people),
        "fifths": [asdict(fifth) for fifth in fifths],
        "lorenz": {"people": POINTS, "have": [float(point) for point in curve]},
    }


def _gini(people: People, within: Mask | None = None) -> Mapping[str, Any] | None:
    inside = np.ones(len(people.w), dtype=bool) if within is None else within
    y, w = people.y[inside], people.w[inside]
    if not np.any(y * w):
        return None
    influence = np.zeros_like(people.w)
    influence[inside] = inequality.gini_influence(y, w)
    return asdict(people.figure(inequality.gini(y, w), influence, within=within))


def _share_ratio(people: People) -> Mapping[str, Any] | None:
    """None where the poorest fifth has nothing."""
    y, w = people.y, people.w
    if inequality.quantile_shares(y, w)[0] <= 0:
        return None
    influence = inequality.quintile_share_ratio_influence(y, w)
    return asdict(people.figure(inequality.quintile_share_ratio(y, w), influence))


def _classes(people: People, cuts: Sequence[float]) -> list[Mapping[str, Any]]:
    """Shares of people between multiples of the line."""
    if not cuts or people.line is None:
        return []
    weights = poverty.class_weights(people.y, people.w, people.line, cuts)
    place = np.searchsorted(np.asarray(cuts), people.y / people.line, "right")
    total = float(np.sum(people.w))
    found = []
    for number, weight in enumerate(weights):
        value = float(weight / total)
        share = people.figure(value, ((place == number) - value) / total, share=True)
        bounds = {
            "from": float(cuts[number - 1]) if number else 0.0,
            "below": float(cuts[number]) if number < len(cuts) else None,
        }
        found.append({**bounds, "stand_for": float(weight), "share": asdict(share)})
    return found


def _groups(people: People) -> list[Mapping[str, Any]]:
    """The spec's groups of households; who is in none is shown as a group without a name."""
    found = []
    for name, codes in people.survey.groups.items():
        words: list[str | None] = [*codes.words, None]
        for code, word in enumerate(words):
            inside = codes.codes == (code if word is not None else -1)
            if inside.any():
                found.append({"grouping": name, "group": word, **_group(people, inside)})
    return found


def _group(people: People, inside: Mask) -> dict[str, Any]:
    clusters = len(np.unique(people.design.cluster[inside]))
    households = int(np.count_nonzero(inside))
    few = households < FEW_HOUSEHOLDS or (people.drawn and clusters < FEW_CLUSTERS)
    found = {
        "households": households,
        "clusters": clusters if people.drawn else None,
        "few": few,
        "share": float(np.sum(people.w[inside]) / np.sum(people.w)),
        "mean": _mean(people, inside),
        "gini": _gini(people, inside),
    }
    if people.line is not None:
        found |= {**_fgt(people, inside), "of_poor": _of_poor(people, inside)}
    return found


def _of_poor(people: People, inside: Mask) -> Mapping[str, Any] | None:
    """Of all the poor, the share that is in a group; None where nobody is poor."""
    poor = people.y < people.line
    total = float(np.sum(people.w[poor]))
    if not total:
        return None
    value = float(np.sum(people.w[poor & inside])) / total
    influence = (poor & inside) / total - value * poor / total
    return asdict(people.figure(value, influence, share=True))
