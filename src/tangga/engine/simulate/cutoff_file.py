"""Reads `[cutoffs]`: a decile for a programme, or another condition for a named requirement."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from tangga.engine.simulate.scenario import Cutoff
from tangga.registry.mistakes import nearest
from tangga.rules.conditions import FAMILY, AtMost, Condition
from tangga.rules.on_date import OnDate
from tangga.rules.policy import Requirement
from tangga.rules.section import Section

DECILE, LAST = "decile", 10
IF, REQUIREMENT = "if", "requirement"


def read_cutoffs(section: Section | None, today: OnDate) -> tuple[Cutoff, ...]:
    """Every cutoff of a table; what is wrong is noted.

    sembako = 4
    rst = { requirement = "decile", if = { fact = "decile", at_most = 3 } }
    pkh = [ { .. }, { .. } ]
    """
    if section is None:
        return ()
    found: list[Cutoff] = []
    for code, value in section.data.items():
        if code in today.programmes:
            found += _of(code, value, section, today)
        else:
            what = f"no rule of a programme {code!r} on {today.day}"
            section.wrong(code, what, nearest(code, today.programmes))
    return tuple(found)


def _of(code: str, value: Any, section: Section, today: OnDate) -> Iterator[Cutoff]:
    spot = section.spot.at(code)
    if isinstance(value, int) and not isinstance(value, bool):
        yield from _decile(code, section, today)
    elif isinstance(value, dict):
        yield from _named(code, Section(value, spot, section.words), today)
    elif isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        for n, one in enumerate(value):
            yield from _named(code, Section(one, spot.at(n), section.words), today)
    else:
        spot.wrong(f"{code} needs a decile, or {{ requirement = ..., if = ... }}")


def _decile(code: str, section: Section, today: OnDate) -> Iterator[Cutoff]:
    most = section.whole_number(code, low=1, high=LAST)
    requires = today.programmes[code][1].says.requires
    plain = [one for one in requires if _asks_decile(one.condition)]
    if not plain:
        todo = "Name it: { requirement = ..., if = ... }; there are: "
        section.wrong(code, f"no requirement of {code} is a decile alone",
                      todo + ", ".join(one.id for one in requires))  # fmt: skip
    for one in plain:
        assert isinstance(one.condition, AtMost)
        yield Cutoff(code, one.id, replace(one.condition, bound=most))


def _asks_decile(condition: Condition) -> bool:
    """A decile of at most so much, and nothing else."""
    of = condition.fact.removeprefix(FAMILY) if isinstance(condition, AtMost) else ""
    return of == DECILE and isinstance(condition.bound, int)  # type: ignore[union-attr]


def _named(code: str, section: Section, today: OnDate) -> Iterator[Cutoff]:
    section.check_keys((REQUIREMENT, IF), section.label_keys)
    programme, version = today.programmes[code]
    there = {one.id: one for one in version.says.requires}
    id_ = section.choice(REQUIREMENT, there)
    condition = section.condition(IF, programme.unit)
    if id_ in there and condition is not None:
        labels = section.labels(_labels(there[id_]))
        yield Cutoff(code, id_, condition, labels)


def _labels(requirement: Requirement) -> dict[str, str]:
    return dict(requirement.labels)
