"""Reads a scenario: strict TOML beside the policy that it changes.

    read = read_scenario(Path("scenario.toml"), workspace)
    read.scenario, read.policy        # the policy with the overlays that it names, not yet edited

Every key, rule, programme, component, fact and area that is not known is told with its line and the
nearest that is; all mistakes come in one go, and nothing has been written.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from typing import Any

from tangga.engine.simulate.cutoff_file import read_cutoffs
from tangga.engine.simulate.measured import MEASURES
from tangga.engine.simulate.scenario import (
    FACT,
    FILE,
    WELFARE,
    Amount,
    Budget,
    CapEdit,
    Check,
    Coverage,
    Scenario,
    Welfare,
)
from tangga.engine.workspace import Workspace
from tangga.errors import UserError
from tangga.registry.mistakes import Mistakes, nearest
from tangga.rules.load import load_policy
from tangga.rules.names import FAMILY_TABLE
from tangga.rules.on_date import CAP, OnDate, Policy
from tangga.rules.parse_values import LARGEST
from tangga.rules.policy import Benefit, Dated, Programme, ProgrammeRule
from tangga.rules.section import Section, Words, shown
from tangga.rules.setting_kinds import number
from tangga.rules.settings_files import SETTINGS_KEYS
from tangga.rules.toml_file import TomlFile, read_toml

TIMES, BUFFER = "times", "buffer"
MOST_MONTHS = 240
KEYS = (
    *("name", "basis", "source", "policy", "months", "cutoffs", "amounts", "cap", "counting"),
    *(BUFFER, "coverage", "budget", "welfare", "check"),
)
SECOND_READING, ROUNDS = ("starts_on",), ("cohorts", "cohort_months")
WHY = (
    "It is of the second reading of the clock, which stands beside all history. Leave it out",
    "It says in which rounds families over the cap are decided, not who they are. Leave it out",
)
"""Keys of the clock by which nobody fits, moves or is supported otherwise."""
NUMBERS = ("integer", "money", "decimal")


@dataclass(frozen=True)
class Read:
    """A scenario, and the policy with the overlays that it names."""

    scenario: Scenario
    policy: Policy


def read_scenario(path: Path, workspace: Workspace) -> Read:
    """A scenario of a workspace, checked whole. UserError with every mistake."""
    if not path.is_file():
        raise UserError("no such file", file=path, todo="Name a scenario with --scenario")
    mistakes = Mistakes(path.parent, of="the scenario", named=path)
    file = read_toml(path, mistakes)
    mistakes.raise_if_any()
    assert file is not None  # else a mistake was raised
    overlays = _overlays(file)
    mistakes.raise_if_any()
    policy = workspace.rulebook
    if overlays:
        policy = load_policy(workspace.pack, (*workspace.policy, *overlays))
    words = Words(workspace.pack.languages, workspace.pack.codes, policy.facts.names)
    reader = _Reader(Section.whole(file, words), policy.on(workspace.as_of), workspace)
    scenario = reader.scenario(overlays)
    mistakes.raise_if_any()
    return Read(scenario, policy)


def _overlays(file: TomlFile) -> tuple[Path, ...]:
    """Folders of policy, beside the file of the scenario."""
    listed, spot = file.data.get("policy", []), file.top.at("policy")
    if not isinstance(listed, list):
        spot.wrong(f"policy must be a list, not {shown(listed)}")
        return ()
    found = []
    for n, name in enumerate(listed):
        # os.path, unlike Path, finds nothing where a name is longer than any can be.
        if isinstance(name, str) and os.path.isdir(file.path.parent / name):  # noqa: PTH112
            found.append(file.path.parent / name)
        else:
            spot.at(n).wrong(f"no such folder beside the scenario: {name!r}")
    return tuple(found)


@dataclass(frozen=True)
class _Reader:
    """Reads the tables of one file against the rules of a day."""

    file: Section
    today: OnDate
    workspace: Workspace

    @property
    def day(self) -> date:
        return self.today.day

    def scenario(self, overlays: tuple[Path, ...]) -> Scenario:
        titles = self.file.translated("title")
        self.file.check_keys(KEYS, {f"title_{one}" for one in self.file.words.languages})
        if not titles:
            self.file.spot.wrong("the file lacks title_id and title_en")
        return Scenario(
            name=self.file.name("name"),
            titles=titles,
            basis=self.file.text("basis"),
            source=self.file.text("source", ""),
            file=self.file.file,
            policy=overlays,
            cutoffs=read_cutoffs(self.file.table("cutoffs"), self.today),
            amounts=tuple(self._amounts(self.file.table("amounts"))),
            cap=self._cap(self.file.table("cap")),
            counting=self._counting(),
            coverage=self._coverage(self.file.tables("coverage")),
            budgets=self._budgets(self.file.tables("budget")),
            welfare=self._welfare(self.file.table("welfare")),
            checks=tuple(map(self._check, self.file.tables("check"))),
            months=self.file.whole_number("months", 0, high=MOST_MONTHS),
        )

    # --- programmes -------------------------------------------------------------------------------

    def _programme(self, section: Section) -> tuple[Programme, Dated[ProgrammeRule]] | None:
        """That of the key `programme`; None (noted) where no rule of the day is of that name."""
        code = section.choice("programme", self.today.programmes)
        return self.today.programmes.get(code)

    def _amounts(self, section: Section | None) -> Iterator[Amount]:
        for code in section.data if section is not None else ():
            assert section is not None
            if code not in self.today.programmes:
                section.wrong(code, f"no rule of a programme {code!r} on {self.day}",
                              nearest(code, self.today.programmes))  # fmt: skip
                continue
            benefit = self.today.programmes[code][1].says.benefit
            if isinstance(section.data[code], dict):
                table = Section(section.data[code], section.spot.at(code), section.words)
                yield from _of_components(code, table, benefit)
            else:
                yield _of_all(code, section, benefit)

    # --- the clock --------------------------------------------------------------------------------

    def _cap(self, section: Section | None) -> CapEdit | None:
        if section is None:
            return None
        section.check_keys(("months", "planning_from", "in_force", "from"))
        cap = CapEdit(
            months=section.most("months"),
            planning_from=section.most("planning_from"),
            in_force=section.flag("in_force") if "in_force" in section.data else None,
            since=section.day("from") if "from" in section.data else None,
        )
        whole = cap.months is not None and cap.planning_from is not None
        if CAP not in self.today.settings and not whole:
            section.spot.wrong("there is no cap on this day: say its months and planning_from")
        return cap

    def _counting(self) -> dict[str, Any]:
        """Keys of the clock, read as clock.toml is; the buffer has a table of its own."""
        kinds = {key: kind for key, kind in SETTINGS_KEYS["clock"].items() if key != BUFFER}
        section, found = self.file.table("counting"), {}
        if section is not None:
            section.check_keys(kinds)
            for key in (*SECOND_READING, *ROUNDS):
                if key in section.data:
                    section.wrong(key, f"{key} decides nothing, so a scenario with it is as today",
                                  WHY[key in ROUNDS])  # fmt: skip
            found = {key: kinds[key].read(section, key) for key in section.data if key in kinds}
        buffer = self.file.table(BUFFER)
        if buffer is not None:
            buffer.check_keys((TIMES,))
            if TIMES in buffer.data:
                found[BUFFER] = number().read(buffer, TIMES)
            else:
                buffer.spot.wrong("buffer lacks times")
        return found

    # --- places and money -------------------------------------------------------------------------

    def _coverage(self, tables: list[Section]) -> tuple[Coverage, ...]:
        found = []
        for section in tables:
            section.check_keys(("programme", "area", "places", "share"))
            if ("places" in section.data) == ("share" in section.data):
                section.spot.wrong("coverage needs places or share, one of the two")
            self._programme(section)
            found.append(Coverage(
                programme=section.text("programme"),
                area=self._area(section),
                places=section.whole_number("places", 0) if "places" in section.data else None,
                share=_share(section) if "share" in section.data else None,
            ))  # fmt: skip
        _refuse_overlap(tables, found)
        return tuple(found)

    def _budgets(self, tables: list[Section]) -> tuple[Budget, ...]:
        found = []
        for section in tables:
            section.check_keys(("programme", "area", "year", "amount"))
            named = self._programme(section)
            if named is not None and not _pays(named[1].says.benefit):
                section.wrong("programme", f"{named[0].id} pays no money: no budget can limit it")
            year = section.whole_number("year", self.day.year)
            if year != self.day.year:
                what = f"year = {year}: the simulation is of {self.day}, of one year from that day"
                section.wrong("year", what, f"Leave it out, or write {self.day.year}")
            code, area = section.text("programme"), self._area(section)
            found.append(Budget(code, area, section.whole_number("amount")))
        _refuse_overlap(tables, found)
        return tuple(found)

    def _area(self, section: Section) -> str:
        code = section.text("area", "")
        if code and code not in self.workspace.pack_areas.by_code:
            todo = "Write its code in the pack's own system, or leave it out for the whole"
            section.wrong("area", f"no area has the code {code!r}", todo)
        return code

    # --- what is measured -------------------------------------------------------------------------

    def _welfare(self, section: Section | None) -> Welfare | None:
        if section is None:
            return None
        section.check_keys(("from", FACT, "line", FILE))
        source = section.choice("from", WELFARE)
        clock = self.today.clock.says
        line = section.text("line", clock["line_fact"])
        if line and not self._is_number(line):
            section.wrong("line", f"{line!r} is no number of a family", self._near(line))
        fact = section.text(FACT) if source == FACT else ""
        if source == FACT and not self._is_number(fact):
            section.wrong(FACT, f"{fact!r} is no number of a family", self._near(fact))
        file = section.file.parent / section.text(FILE) if source == FILE else None
        if file is not None and not file.is_file():
            section.wrong(FILE, f"no such file beside the scenario: {section.data.get(FILE)!r}")
        return Welfare(source, fact, line, file)

    def _is_number(self, fact: str) -> bool:
        kind = self.today.facts.names.find(fact, FAMILY_TABLE)
        return kind is not None and kind.type in NUMBERS

    def _near(self, fact: str) -> str:
        numbers = [name for name in self.today.facts.names.family if self._is_number(name)]
        return nearest(fact, numbers)

    def _check(self, section: Section) -> Check:
        section.check_keys(("measure", "programme", "at_most", "at_least"))
        if "programme" in section.data:
            self._programme(section)
        bounds = {key: _bound(section, key) for key in ("at_most", "at_least")}
        if bounds["at_most"] is None and bounds["at_least"] is None:
            section.spot.wrong("check needs at_most or at_least")
        measure = section.choice("measure", MEASURES)
        return Check(measure, section.text("programme", ""), place=section.place, **bounds)


def _of_all(code: str, section: Section, benefit: Benefit) -> Amount:
    """One amount for a programme that gives everybody the same."""
    if not benefit.amount_year:
        todo = f"Write [amounts.{code}] with times, or a component and its amount"
        section.wrong(
            code, f"{code} gives no one amount to all", todo if benefit.components else ""
        )
    return Amount(code, amount_year=section.whole_number(code))


def _of_components(code: str, section: Section, benefit: Benefit) -> Iterator[Amount]:
    known = [one.id for one in benefit.components]
    section.check_keys((TIMES,), known)
    if TIMES in section.data and len(section.data) > 1:
        section.wrong(TIMES, "times stands beside amounts: write one or the other")
    if not _pays(benefit):
        section.spot.wrong(f"{code} pays no money")
    for key in section.data:
        if key == TIMES:
            yield Amount(code, times=Decimal(number().read(section, TIMES)))
        elif key in known:
            yield Amount(code, key, section.whole_number(key))


def _pays(benefit: Benefit) -> bool:
    return bool(benefit.amount_year or any(one.amount_year for one in benefit.components))


def _share(section: Section) -> Decimal:
    share = Decimal(number().read(section, "share"))
    if share > 1:
        section.wrong("share", f"share is {share}: a share of those who fit is at most 1")
    return share


def _bound(section: Section, key: str) -> Decimal | None:
    if key not in section.data:
        return None
    value = section.data[key]
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or abs(value) > LARGEST:
        section.wrong(key, f"{key} must be a number, not {shown(value)}")
        return None
    return Decimal(value)


def _refuse_overlap(tables: list[Section], found: list[Any]) -> None:
    """No place and no rupiah is counted in two lines: areas of one programme lie apart."""
    for (_, one), (n, two) in combinations(enumerate(found), 2):
        inside = one.area.startswith(two.area) or two.area.startswith(one.area)
        if one.programme == two.programme and inside:
            what = f"area {two.area!r} and area {one.area!r} of {two.programme} overlap"
            tables[n].wrong("area", what, "Let each area stand in one line")
