"""Reads a policy: the pack's folder `policy/`, then overlays, each a folder of the same layout.

    policy = load_policy(pack, overlays)
    today = policy.on(date(2026, 1, 31))
    today.programmes["pkh"]

An overlay adds: new programmes and moves, more versions of those that are there, facts of its own,
rows of sentra.csv. It cannot change what the pack says, only end a version (`supersedes`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tangga.registry.areas import load_areas
from tangga.registry.mistakes import Mistakes, nearest
from tangga.registry.model import Pack, pack_files
from tangga.rules.case_files import Case, read_cases
from tangga.rules.cases import run_cases
from tangga.rules.entries import add_entries
from tangga.rules.fact_files import empty_book, read_facts
from tangga.rules.facts import FactBook
from tangga.rules.ladder_files import CHOICES, MOVES, SIGNALS
from tangga.rules.on_date import CAP, CONSUMPTION, INSIDE, Policy
from tangga.rules.policy import Choice, Move, Programme, Rule, Settings, Signal
from tangga.rules.programme_files import add_programme
from tangga.rules.section import Section, Words
from tangga.rules.sentra import Sentras, check_areas, read_sentras
from tangga.rules.settings_files import SETTINGS_KEYS, add_settings
from tangga.rules.toml_file import TomlFile, read_toml
from tangga.rules.versions import join, read_versions

POLICY, PROGRAMMES = "policy", "programmes"
FACTS, SENTRA = "facts.toml", "sentra.csv"
# File -> the lists that stand in it; "version" is the rule of settings named like the file.
LISTS: dict[str, tuple[str, ...]] = {
    **{f"{name}.toml": ("version",) for name in SETTINGS_KEYS if name not in INSIDE},
    "clock.toml": ("version", CAP),
    "classes.toml": ("version", CONSUMPTION),
    "ladder.toml": ("move", "case"),
    "signals.toml": ("signal", "case"),
    "payee.toml": ("version", "choice"),
}


def load_policy(pack: Pack, overlays: Sequence[Path] = (), *, cases: bool = False) -> Policy:
    """The policy of a pack with overlays, checked whole; empty for a pack without any.

    cases: run the examples beside the rules too, and look up areas. Raises BadPack naming every
    mistake with its file, and its line where it can be found.
    """
    mistakes = Mistakes(pack.dir, of="the policy")
    folders = [pack.dir / POLICY, *overlays]
    reader = _Reader(pack, mistakes, empty_book(pack))
    for folder in folders:
        reader.read(folder)
    mistakes.raise_if_any()
    policy = reader.policy(_files(folders), _digest(folders))
    if cases:
        _check_by_use(policy, pack, mistakes)
    return policy


def _check_by_use(policy: Policy, pack: Pack, mistakes: Mistakes) -> None:
    """What takes longer than reading: every case, and every area of a Sentra."""
    areas = load_areas(pack.dir)
    if areas.by_code:
        check_areas(policy.sentras, areas, mistakes)
    run_cases(policy, pack, mistakes)
    mistakes.raise_if_any()


@dataclass
class _Reader:
    """What has been read so far, layer after layer."""

    pack: Pack
    mistakes: Mistakes
    book: FactBook
    periods: Rule[None] = field(default_factory=lambda: Rule("facts", {}, ()))
    programmes: dict[str, Programme] = field(default_factory=dict)
    moves: dict[str, Move] = field(default_factory=dict)
    signals: dict[str, Signal] = field(default_factory=dict)
    choices: dict[str, Choice] = field(default_factory=dict)
    settings: dict[str, Rule[Settings]] = field(default_factory=dict)
    sentras: Sentras = field(default_factory=Sentras)
    cases: list[Case] = field(default_factory=list)

    def read(self, folder: Path) -> None:
        """One layer: facts first, for all else speaks of them."""
        if not folder.is_dir():
            if folder != self.pack.dir / POLICY:
                self.mistakes.add("no such folder of policy", folder)
            return
        before = len(self.mistakes.found)
        self._facts(folder / FACTS)
        if len(self.mistakes.found) == before:  # else which files facts look into is not known
            self._refuse_unknown(folder)
        for name, lists in LISTS.items():
            self._lists(folder / name, lists)
        for path in sorted((folder / PROGRAMMES).glob("*.toml")):
            self._programme(path)
        if (folder / SENTRA).is_file():
            path = folder / SENTRA
            self.sentras = read_sentras(path, self.pack.codes, self.mistakes, self.sentras)

    def _refuse_unknown(self, folder: Path) -> None:
        """A file that nobody reads is a rule that silently does not hold."""
        known = {folder / name for name in (FACTS, SENTRA, *LISTS)} | {*self.book.files}
        for path in pack_files(folder):
            of_programme = path.parent == folder / PROGRAMMES and path.suffix == ".toml"
            if not of_programme and path not in known and path.suffix != ".md":
                todo = nearest(path.name, {one.name for one in known})
                self.mistakes.add("no file of policy", path, todo=todo)

    def _facts(self, path: Path) -> None:
        file = self._file(path)
        if file is None:
            return
        self.book = read_facts(file, self.pack, self.book)
        section = self._section(file)
        versions = read_versions(section.tables("version"), (), lambda version: None)
        if not section.tables("version") and not self.periods.versions:
            section.spot.wrong("the file has no [[version]]")
        self.periods = Rule("facts", {}, join(self.periods.versions, versions, self.mistakes))
        self.cases += read_cases(section, "facts", ())

    def _lists(self, path: Path, lists: tuple[str, ...]) -> None:
        file = self._file(path)
        if file is None:
            return
        section = self._section(file)
        section.check_keys(lists)
        for name in lists:
            self._list(path.stem, name, section)

    def _list(self, stem: str, name: str, section: Section) -> None:
        tables = section.tables(name)
        match name:
            case "move":
                add_entries(MOVES, tables, self.moves)
            case "signal":
                add_entries(SIGNALS, tables, self.signals)
            case "choice":
                add_entries(CHOICES, tables, self.choices)
            case "case":
                of, known = ("move", self.moves) if stem == "ladder" else ("signal", self.signals)
                self.cases += read_cases(section, of, known)
            case _:
                add_settings(stem if name == "version" else name, tables, self.settings)

    def _programme(self, path: Path) -> None:
        file = self._file(path)
        if file is not None:
            section = self._section(file)
            add_programme(section, self.programmes)
            self.cases += read_cases(section, "programme", [path.stem])

    def _file(self, path: Path) -> TomlFile | None:
        return read_toml(path, self.mistakes) if path.is_file() else None

    def _section(self, file: TomlFile) -> Section:
        words = Words(self.pack.languages, self.pack.codes, self.book.names)
        return Section.whole(file, words)

    def policy(self, files: tuple[Path, ...], digest: str) -> Policy:
        return Policy(
            facts=self.book,
            book_periods=self.periods,
            programmes=self.programmes,
            moves=self.moves,
            signals=self.signals,
            choices=self.choices,
            settings=self.settings,
            sentras=self.sentras,
            cases=tuple(self.cases),
            files=files,
            digest=digest,
        )


def _files(folders: Sequence[Path]) -> tuple[Path, ...]:
    return tuple(path for folder in folders for path in pack_files(folder))


def _digest(folders: Sequence[Path]) -> str:
    """sha256 over every file of the folders, in their order: number, path and bytes."""
    digest = hashlib.sha256()
    for n, folder in enumerate(folders):
        for path in pack_files(folder):
            content = path.read_bytes()
            name = path.relative_to(folder).as_posix()
            digest.update(f"{n}\0{name}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()
