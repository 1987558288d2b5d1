"""The areas of a country and the code systems that name them.

One system is the pack's own: the one file `areas/SYSTEM.csv.gz` (Indonesia: kemendagri, codes
without dots at 2, 4, 6 or 10 digits). Codes of any other system mean something only through a
table `system, code, kemendagri, edition` (the third column bears the own system's name): 165
four-digit codes exist in both Kemendagri and BPS and mean different places, so a code is never
read without its system, and a code that no table holds is never guessed from its first digits.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

from tangga.errors import BadPack
from tangga.registry.csv_limits import cut_into_cells

COLUMNS = ["code", "name", "level", "parent", "edition"]


class Area(NamedTuple):
    """One area. level: province, regency, district or village; parent: '' for a province."""

    code: str
    name: str
    level: str
    parent: str
    edition: str


@dataclass(frozen=True)
class Areas:
    """All areas by their own code, and what the codes of other systems mean.

    own: the name of the pack's own system. systems: system -> {code as digits: own code}; the
    own system is not in it.
    """

    own: str
    by_code: dict[str, Area]
    systems: dict[str, dict[str, str]]

    @cached_property
    def lengths(self) -> dict[str, int]:
        """Level -> digits of its codes, the widest first: every step of a run asks for them."""
        found = {area.level: len(code) for code, area in self.by_code.items()}
        return dict(sorted(found.items(), key=lambda item: item[1]))

    def parent(self, code: str) -> str | None:
        """The code of the area above; None for a province or an unknown code."""
        area = self.by_code.get(code)
        return (area.parent or None) if area else None

    def name(self, code: str) -> str | None:
        """The area's name; None for an unknown code."""
        area = self.by_code.get(code)
        return area.name if area else None

    def path(self, code: str) -> list[Area]:
        """The area and those above it, nearest first; empty for an unknown code."""
        found: list[Area] = []
        at: str | None = code
        while at in self.by_code:
            found.append(self.by_code[at])
            at = found[-1].parent
        return found

    def under(self, code: str, level: str) -> list[str]:
        """Codes of all areas of a level inside an area, in order of code."""
        found = [c for c, area in self.by_code.items() if area.level == level]
        return sorted(c for c in found if c.startswith(code))

    def knows(self, system: str) -> bool:
        """Whether codes of this system can be read at all."""
        return system == self.own or system in self.systems

    def translate(self, code: str, *, system: str) -> str | None:
        """The own code of a code of a system, or None when no table explains the whole of it.

        Dots, spaces and dashes are dropped first. Raises BadPack for a missing or unknown
        system: that is a fault of a descriptor, not of a row.
        """
        if not system:
            raise BadPack("an area code without its system", value=code, todo=self._todo())
        if not self.knows(system):
            raise BadPack("an unknown system of area codes", value=system, todo=self._todo())
        digits = plain(code)
        if system == self.own:
            return digits if digits in self.by_code else None
        return self.systems[system].get(digits)

    def _todo(self) -> str:
        known = ", ".join([self.own, *sorted(self.systems)])
        return f"Name one of: {known}; or add a table of it to areas/"


def plain(code: str) -> str:
    """A code without dots, dashes and blanks: '18.11.01.2001' -> '1811012001'."""
    return "".join(code.split()).replace(".", "").replace("-", "")


def load_areas(pack_dir: Path | str, extra_csvs: Iterable[Path | str] = ()) -> Areas:
    """The areas of a pack, with further code systems from the pack and from a workspace.

    Reads `PACK/areas/SYSTEM.csv.gz` and every `PACK/areas/*.csv`, then extra_csvs. A pack
    without an `areas` folder has no areas. Raises BadPack (file, line) for a row without a
    system, for a code that means two places, and for an own code that does not exist.
    """
    folder = Path(pack_dir) / "areas"
    own = _own_file(folder)
    by_code = _own_areas(own, own.stat().st_mtime_ns) if own else {}
    areas = Areas(own.name.removesuffix(".csv.gz") if own else "", by_code, {})
    for file in [*sorted(folder.glob("*.csv")), *map(Path, extra_csvs)]:
        for line, row in _rows(file, ["system", "code", areas.own, "edition"]):
            _add_code(areas, row, file=file, line=line)
    return areas


def _own_file(folder: Path) -> Path | None:
    files = sorted(folder.glob("*.csv.gz"))
    if len(files) > 1:
        raise BadPack("a pack has one own system of areas", file=files[1])
    return files[0] if files else None


@lru_cache(maxsize=2)
def _own_areas(file: Path, _changed: int) -> dict[str, Area]:
    """Read once, however many workspaces of a pack a process opens; nobody writes into it."""
    text = gzip.decompress(file.read_bytes()).decode("utf-8")
    rows = csv.reader(io.StringIO(text))
    header = next(rows, [])
    if header != COLUMNS:
        raise BadPack(f"the columns must be {', '.join(COLUMNS)}", file=file, line=1)
    return {row[0]: Area._make(row) for row in rows}


def _rows(file: Path, needed: list[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """(line, row) of a CSV file whose header holds at least the needed columns."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise BadPack("this file of area codes does not exist", file=file) from None
    except UnicodeDecodeError:
        raise BadPack("not UTF-8", file=file, todo="Save it as CSV UTF-8") from None
    reader = csv.DictReader(io.StringIO(text), restval="")
    with cut_into_cells(file, reader):
        missing = [column for column in needed if column not in (reader.fieldnames or [])]
        if missing:
            raise BadPack(f"missing column {', '.join(missing)}", file=file, line=1)
        for row in reader:
            yield reader.line_num, {key: (row[key] or "").strip() for key in needed}


def _add_code(areas: Areas, row: dict[str, str], *, file: Path, line: int) -> None:
    system, code, own = row["system"], plain(row["code"]), plain(row[areas.own])
    if not system:
        raise BadPack(
            "an area code without its system", file=file, line=line, column="system", value=code
        )
    if own not in areas.by_code:
        raise BadPack("no such area", file=file, line=line, column=areas.own, value=own)
    known = areas.systems.setdefault(system, {}).setdefault(code, own)
    if known != own:
        raise BadPack(
            f"this {system} code already means {known}",
            file=file,
            line=line,
            column="code",
            value=code,
            todo="Keep one edition of a system in a workspace",
        )
