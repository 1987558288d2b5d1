"""What the pack asks of an assessment before it counts as one (`work/care.toml`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tangga.registry.mistakes import Mistakes, nearest
from tangga.registry.model import Pack
from tangga.rules.toml_file import Spot, read_toml
from tangga.web.pack import pack

FILE = "work/care.toml"
ASSESSED, NEEDS, ENOUGH, KIND, TABLE = (
    "assessed",
    "needs",
    "enough",
    "assessment_kind",
    "assessment",
)


@dataclass(frozen=True)
class Asked:
    """needs: columns that an assessment has to say. enough: column -> codes that say all there is
    to say."""

    needs: tuple[str, ...]
    enough: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def lacks(self, values: Mapping[str, Any]) -> list[str]:
        """Which of them it does not say."""
        if any(values.get(name) in codes for name, codes in self.enough.items()):
            return []
        return [name for name in self.needs if values.get(name) in (None, "")]


@cache
def wanted() -> Mapping[str, Asked]:
    """Of each kind of assessment, what it has to say."""
    return load_wanted(pack())


def load_wanted(pack: Pack) -> Mapping[str, Asked]:
    """Of a pack; BadPack naming every mistake. A pack without the file asks nothing."""
    path = Path(pack.dir) / FILE
    if not path.is_file():
        return {}
    mistakes = Mistakes(Path(pack.dir))
    file = read_toml(path, mistakes)
    mistakes.raise_if_any()
    assert file is not None
    file.top.check_keys(file.data, (ASSESSED,))
    found = {
        kind: _asked(kind, one, pack, file.top.at(ASSESSED, kind))
        for kind, one in file.data.get(ASSESSED, {}).items()
    }
    mistakes.raise_if_any()
    return found


def _asked(kind: str, said: Any, pack: Pack, spot: Spot) -> Asked:
    if kind not in pack.codes[KIND].codes:
        spot.wrong(f"there is no {kind!r}", todo=nearest(kind, list(pack.codes[KIND].codes)))
    needs = said.get(NEEDS) if isinstance(said, dict) else None
    enough = said.get(ENOUGH, {}) if isinstance(said, dict) else {}
    if not isinstance(needs, list) or not isinstance(enough, dict):
        spot.wrong(f"{NEEDS} is missing, or no list; {ENOUGH} is a table")
        return Asked(())
    columns = pack.tables[TABLE].columns
    for name in (*needs, *enough):
        if name not in columns:
            spot.wrong(f"there is no {name!r}", todo=nearest(str(name), list(columns)))
    return Asked(tuple(needs), {name: tuple(codes) for name, codes in enough.items()})


def missing(values: Mapping[str, Any]) -> list[str]:
    """The columns that an assessment of this kind has to say, and does not."""
    asked = wanted().get(str(values.get("kind") or ""))
    return asked.lacks(values) if asked is not None else []
