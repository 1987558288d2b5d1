"""A workspace: the folder with tangga.toml, sources/*.toml and the files they speak of."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tangga.engine.descriptor import Descriptor, read_descriptor
from tangga.engine.settings import Settings, read_date
from tangga.errors import BadPack, UserError
from tangga.registry.areas import Areas, load_areas
from tangga.registry.load import load_pack
from tangga.registry.model import Pack
from tangga.rules.days import can_be_asked

if TYPE_CHECKING:
    from tangga.rules.on_date import OnDate, Policy

FILE = "tangga.toml"
KEYS = {
    "name": str,
    "pack": str,
    "as_of": date,
    "policy": list,
    "welfare_model": str,
    "keep_runs": int,
    "memory": str,
    "threads": int,
    "parts": int,
}
MEMORY = re.compile(r"\d+(\.\d+)?\s?(KB|MB|GB|TB|KiB|MiB|GiB|TiB)")
DEFAULT_KEEP_RUNS = 3
MODEL_FILE = "model.json"
"""In the folder that `welfare_model` names: what `tangga welfare fit` wrote."""


@dataclass(frozen=True)
class Workspace:
    """What a run works on.

    as_of: the day decisions speak of. policy: overlay folders, in order. keep_runs: how many old
    runs stay. memory: such as `4GB`, or None. options: further keys of tangga.toml that were
    set (`welfare_model`, `threads`, `parts`).
    """

    dir: Path
    name: str
    pack: Pack
    as_of: date
    policy: tuple[Path, ...]
    keep_runs: int
    memory: str | None
    options: Mapping[str, Any]
    sources: tuple[Descriptor, ...]

    @cached_property
    def rulebook(self) -> Policy:
        """What was decided: the pack's policy with the overlays, read and checked once.

        Empty for a pack without any. BadPack with every mistake.
        """
        from tangga.rules.load import load_policy

        return load_policy(self.pack, self.policy)

    def proven_rulebook(self) -> Policy:
        """The same with the examples beside its rules run too; BadPack where one does not hold."""
        from tangga.rules.load import load_policy

        proven = load_policy(self.pack, self.policy, cases=True)
        self.__dict__["rulebook"] = proven  # so that it is not read a second time
        return proven

    @cached_property
    def today(self) -> OnDate:
        """What of it holds on `as_of`; PolicyGap where there is no rule to decide by.

        Where a model of the workspace ranks, a decile that is not known is asked as what the model
        lacks.
        """
        today = self.rulebook.on(self.as_of)
        if self.welfare_model is None or self.pack.ranker is not None:
            return today
        from tangga.engine.rank.asks import asked_by_model

        return asked_by_model(today, self.welfare_model)

    @property
    def welfare_model(self) -> Path | None:
        """The file of the model that the stage `rank` applies; None without one."""
        if "welfare_model" not in self.options:
            return None
        place = self.dir / self.options["welfare_model"]
        return place if place.suffix == ".json" else place / MODEL_FILE

    @cached_property
    def pack_areas(self) -> Areas:
        """The areas of the pack, and what further code systems of the workspace mean."""
        return load_areas(self.pack.dir, self.csv_files("areas"))

    @property
    def plans(self) -> Path:
        """The folder of plan lines."""
        return self.dir / "plans"

    @property
    def areas(self) -> Path:
        """The folder of further code systems."""
        return self.dir / "areas"

    @property
    def rulings(self) -> Path:
        """The folder of clerks' rulings."""
        return self.dir / "rulings"

    @property
    def targets(self) -> Path:
        """The folder of yearly targets."""
        return self.dir / "targets"

    @property
    def budgets(self) -> Path:
        """The folder of budget lines."""
        return self.dir / "budgets"

    @property
    def places(self) -> Path:
        """The folder of places that programmes have."""
        return self.dir / "places"

    @property
    def outcomes(self) -> Path:
        """The folder of measured outcomes."""
        return self.dir / "outcomes"

    @property
    def runs(self) -> Path:
        """The folder of runs."""
        return self.dir / "runs"

    def csv_files(self, folder: str) -> tuple[Path, ...]:
        """The CSV files of one of the folders above, in order of name; empty without it."""
        found = (self.dir / folder).glob("*.csv")
        return tuple(sorted(path for path in found if not path.name.startswith(".")))

    def source(self, name: str) -> Descriptor:
        """The descriptor of a source; KeyError for a name that is none."""
        return {source.name: source for source in self.sources}[name]


def load_workspace(
    folder: Path | str, *, as_of: date | None = None, pack: Path | str | None = None
) -> Workspace:
    """Read and check a workspace with all its descriptors.

    as_of and pack override tangga.toml. Raises UserError: BadPack for what tangga.toml or a
    descriptor says wrong (all mistakes of all descriptors together), BrokenFile for a source
    file that is missing.
    """
    folder = Path(folder)
    if not (folder / FILE).is_file():
        todo = f"Make one with `tangga init {folder}`"
        raise BadPack(f"no workspace here: {FILE} is missing", file=folder, todo=todo)
    settings = Settings(folder / FILE)
    settings.check_keys(settings.data, KEYS)
    taken = {key: _take(settings, key) for key in KEYS}
    as_of = as_of or taken["as_of"]
    if as_of is None and "as_of" not in settings.data:
        settings.mistake("as_of", "is missing", todo="Write the day decisions speak of")
    if as_of is not None and not can_be_asked(as_of):
        settings.mistake("as_of", f"{as_of} lies too far from today for a rule")
    policy = _policy(settings, folder, taken["policy"] or [])
    _check_sizes(settings, taken)
    settings.finish()
    loaded = load_pack(_pack_path(folder, pack or taken["pack"] or "indonesia"))
    options = ("welfare_model", "threads", "parts")
    return Workspace(
        dir=folder,
        name=taken["name"] or folder.resolve().name,
        pack=loaded,
        as_of=as_of,
        policy=policy,
        keep_runs=DEFAULT_KEEP_RUNS if taken["keep_runs"] is None else taken["keep_runs"],
        memory=taken["memory"],
        options={key: taken[key] for key in options if taken[key] is not None},
        sources=read_sources(folder, loaded),
    )


def read_sources(folder: Path, pack: Pack) -> tuple[Descriptor, ...]:
    """Every descriptor of a workspace in order of name; the mistakes of all are reported."""
    files = sorted(f for f in (folder / "sources").glob("*.toml") if not f.name.startswith("."))
    if not files:
        todo = "Describe at least one source in sources/NAME.toml"
        raise BadPack("no sources", file=folder / "sources", todo=todo)
    found: list[Descriptor] = []
    wrong: list[UserError] = []
    for file in files:
        try:
            found.append(read_descriptor(file, folder, pack))
        except UserError as error:
            wrong.append(error)
    if len(wrong) == 1:
        raise wrong[0]
    if wrong:
        raise BadPack("\n".join(str(error) for error in wrong))
    return tuple(found)


def _take(settings: Settings, key: str) -> Any:
    """The checked value of one key of tangga.toml, None when it is left out."""
    if KEYS[key] is not date:
        return settings.take(key, KEYS[key])
    value = settings.data.get(key)
    found = read_date(value)
    if value is not None and found is None:
        settings.mistake(key, f"must be a date such as 2026-01-31, not {value!r}")
    return found


def _check_sizes(settings: Settings, taken: dict[str, Any]) -> None:
    for key, least in (("keep_runs", 0), ("threads", 1), ("parts", 1)):
        if taken[key] is not None and taken[key] < least:
            settings.mistake(key, f"must be at least {least}, not {taken[key]}")
    if taken["memory"] is not None and not MEMORY.fullmatch(taken["memory"]):
        settings.mistake("memory", f"must be a size such as '4GB', not {taken['memory']!r}")


def _policy(settings: Settings, folder: Path, names: list[Any]) -> tuple[Path, ...]:
    """The overlays, each a folder or file that exists."""
    paths = []
    for name in names:
        # os.path, unlike Path, finds nothing where a name is longer than any can be.
        if not isinstance(name, str) or not os.path.exists(folder / name):  # noqa: PTH110
            settings.mistake("policy", f"no such folder in the workspace: {name!r}")
        else:
            paths.append(folder / name)
    return tuple(paths)


def _pack_path(folder: Path, pack: Path | str) -> Path | str:
    """A pack's folder (relative to the workspace, else as it stands), or a shipped name."""
    if isinstance(pack, Path):
        return pack
    inside = folder / pack
    return inside if os.path.isdir(inside) else pack  # noqa: PTH112
