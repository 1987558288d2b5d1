"""`tangga recognise`: what a file is, before anybody has described it."""

from __future__ import annotations

import re
import tempfile
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from tangga.engine.connection import connect
from tangga.engine.descriptor import read_descriptor
from tangga.engine.ingest.part import raw_schema
from tangga.engine.recognise.glimpse import Glimpse, glimpses
from tangga.engine.recognise.known import Known, load_known
from tangga.engine.recognise.match import (
    MOST_VALUES,
    fit,
    guess_kind,
    of_layout,
    propose,
    unknown_values,
)
from tangga.engine.standardise.fields import Surroundings
from tangga.engine.standardise.numbers import number_specs
from tangga.engine.standardise.repairs import FILE, LINE, OURS
from tangga.engine.standardise.source import all_rows
from tangga.engine.standardise.style import load_style
from tangga.engine.standardise.swap import check_systems
from tangga.errors import BrokenFile, UserError
from tangga.registry.areas import load_areas
from tangga.registry.load import load_pack
from tangga.registry.toml_text import write_toml

SHOWN = 8
"""Rows of the preview."""
FEW = 12
"""A column with so few different texts may be one of codes in the shortest file."""
ENOUGH = 0.6
"""A layout with a lower score is not what this file is."""
DATES = (
    (re.compile(r"(?<!\d)(20\d\d)[-_.]?([01]\d)[-_.]?([0-3]\d)(?!\d)"), (0, 1, 2)),
    (re.compile(r"(?<!\d)([0-3]\d)[-_.]?([01]\d)[-_.]?(20\d\d)(?!\d)"), (2, 1, 0)),
)
SOURCE = "_tangga_source"


def recognise(
    file: Path,
    *,
    name: str | None = None,
    pack: str | Path = "indonesia",
    areas: Path | None = None,
) -> dict[str, Any]:
    """All that can be said of a file by its first rows, as JSON's types.

    name: what it is called, where it lies under another name. areas: a folder with further code
    systems. What it gives holds rows of the file: personal data. Raises BrokenFile for what is no
    table.
    """
    known = load_known(load_pack(pack))
    if not file.is_file():
        raise UserError("this file does not exist", file=file)
    with tempfile.TemporaryDirectory(prefix="tangga-recognise-") as scratch:
        seen = list(glimpses(file, name or file.name, Path(scratch), known.words))
    if not seen:
        raise BrokenFile("empty archive: no table in it", file=name or file.name)
    return _told(seen, known, areas)


def _told(seen: list[Glimpse], known: Known, areas: Path | None) -> dict[str, Any]:
    first = max(seen, key=lambda one: len(one.rows))
    plain = _without_ours(first)
    fits = sorted(
        (fit(layout, plain) for layout in known.layouts), key=lambda f: (-f["score"], f["layout"])
    )
    best = next(
        (one for one in fits if one["score"] >= ENOUGH and _can_be(one, plain, known)), None
    )
    kind = best["kind"] if best else guess_kind(plain, known)
    proposals = {one: propose(one, plain, known) for one in known.kinds}
    if best is not None:
        layout = next(one for one in known.layouts if one.name == best["layout"])
        proposals[kind] = _joined(of_layout(layout, plain, known), proposals.get(kind, {}))
    chosen = proposals.get(kind) or propose(kind, plain, known)
    return {
        "tables": [_table(one) for one in seen],
        "same_header": len({tuple(map(str.casefold, one.header)) for one in seen}) == 1,
        "columns": list(plain.header),
        "rows": [list(row) for row in plain.rows[:SHOWN]],
        "values": _values(plain),
        "sampled": len(plain.rows),
        "dates": sorted({day.isoformat() for one in seen for day in dates_in(one.name)}),
        "repair": _repair(first),
        "layouts": fits,
        "recognised": best["layout"] if best and best["fits"] else None,
        "nearest": best["layout"] if best else None,
        "kind": kind,
        "proposals": proposals,
        "kinds": {name: _kind(name, known) for name in known.kinds},
        "open": unknown_values(chosen["columns"], plain, known, kind),
        "areas": _systems(chosen, plain, known, areas),
    }


def _kind(kind: str, known: Known) -> dict[str, Any]:
    """A kind in words, what its files must have, and the columns that they usually have."""
    said = known.kinds[kind]
    there = known.columns(kind)
    usual = [name for name in known.headers if name in there]
    return {
        "title": {language: said.get(language, kind) for language in known.pack.languages},
        "needs": [list(group) for group in said.get("needs", ())],
        "usual": usual,
    }


def _can_be(fitted: Mapping[str, Any], seen: Glimpse, known: Known) -> bool:
    """Whether the file has what no file of the layout's kind can do without."""
    layout = next(one for one in known.layouts if one.name == fitted["layout"])
    there = of_layout(layout, seen, known)["columns"]
    needs = known.kinds.get(layout.descriptor.kind, {}).get("needs", ())
    return all(any(name in there for name in group) for group in needs)


def _joined(of: dict[str, Any], by_name: Mapping[str, Any]) -> dict[str, Any]:
    """The layout's mapping, with further columns that are known by name and that it leaves."""
    used = {c for e in of["columns"].values() for c in _columns(e)}
    more = {
        name: entry
        for name, entry in by_name.get("columns", {}).items()
        if name not in of["columns"] and not used & set(_columns(entry))
    }
    day = {"as_of": by_name["as_of"]} if "as_of" in by_name else {}
    return {**of, **day, "columns": {**of["columns"], **more}}


def _columns(entry: Mapping[str, Any]) -> list[str]:
    parts = [entry.get(key) for key in ("column", "year", "month", "day")]
    return [part for part in (*parts, *entry.get("columns", ())) if part]


def _table(one: Glimpse) -> dict[str, Any]:
    return {
        "name": one.name,
        "format": one.format,
        "sheet": one.sheet,
        "sheets": list(one.sheets),
        "encoding": one.encoding,
        "delimiter": one.delimiter,
        "header_row": one.row,
        "columns": len(one.header),
    }


def _without_ours(one: Glimpse) -> Glimpse:
    kept = [n for n, name in enumerate(one.header) if not name.casefold().startswith(OURS)]
    header = tuple(one.header[n] for n in kept)
    rows = tuple(tuple(row[n] for n in kept) for row in one.rows)
    return Glimpse(**{**vars(one), "header": header, "rows": rows})


def _repair(one: Glimpse) -> dict[str, Any] | None:
    """Where the file is quarantine that comes back: of which source, how many rows were seen."""
    there = {name.casefold(): name for name in one.header}
    if FILE not in there or LINE not in there:
        return None
    source = one.column(there[SOURCE]) if SOURCE in there else []
    back = len(one.column(there[FILE]))
    return {"source": source[0] if source else None, "rows": back} if back else None


def _values(one: Glimpse) -> dict[str, dict[str, int]]:
    """Column -> text -> rows, of columns with few different texts."""
    found = {}
    for name in one.header:
        counted = Counter(one.column(name))
        few = len(counted) <= FEW or len(counted) < 0.5 * len(one.rows)
        if 0 < len(counted) <= MOST_VALUES and few:
            found[name] = dict(sorted(counted.items()))
    return found


def dates_in(name: str) -> list[date]:
    """Days that are written in a file's name."""
    found = []
    for form, (year, month, day) in DATES:
        for match in form.findall(Path(name).name):
            try:
                found.append(date(*(int(match[n]) for n in (year, month, day))))
            except ValueError:
                continue
    return found


def _systems(
    said: Mapping[str, Any], seen: Glimpse, known: Known, extra: Path | None
) -> dict[str, Any]:
    """Which code systems the area codes of the sample may be of, by trying each as a run would."""
    tables = sorted(extra.glob("*.csv")) if extra is not None and extra.is_dir() else ()
    areas = load_areas(known.pack.dir, tables)
    mapped = [
        n for n, e in said["columns"].items() if known.columns(said["kind"])[n].type == "area"
    ]
    entries = {n: said["columns"][n] for n in mapped if "constant" not in said["columns"][n]}
    if not entries or not seen.rows:
        return {"columns": [], "fits": [], "refused": {}}
    fits, refused = [], {}
    for system in [name for name in (areas.own, *sorted(areas.systems)) if name]:
        why = _refused(said, entries, system, seen, known, areas)
        if why is None:
            fits.append(system)
        else:
            refused[system] = why
    return {"columns": list(entries), "fits": fits, "refused": refused}


def _refused(
    said: Mapping[str, Any],
    entries: Mapping[str, Any],
    system: str,
    seen: Glimpse,
    known: Known,
    areas: Any,
) -> str | None:
    """Why a run would refuse the sample's codes as those of a system; None where it would not."""
    numbers = {n: e for n, e in said["columns"].items() if n in ("nik", "kk")}
    columns = numbers | {n: {**e, "system": system} for n, e in entries.items()}
    toml = {"kind": said["kind"], "files": ["sample"], "columns": columns}
    with (
        tempfile.TemporaryDirectory(prefix="tangga-recognise-") as folder,
        closing(connect()) as con,
    ):
        file = Path(folder) / "sample.toml"
        file.write_text(write_toml(toml), encoding="utf-8")
        of = read_descriptor(file, Path(folder), known.pack, layout=True)
        con.register("sample", _arrow(seen))
        today = date.today()
        around = Surroundings(
            style=load_style(known.pack.dir),
            areas=areas,
            numbers=number_specs(known.pack),
            as_of=today,
            today=today,
        )
        try:
            check_systems(con, all_rows("sample"), of, known.pack.table_of(of.kind), around)
        except UserError as wrong:
            return wrong.what
    return None


def _arrow(seen: Glimpse) -> pa.Table:
    columns = list(zip(*seen.rows, strict=True))
    files, lines = [seen.name] * len(seen.rows), list(range(len(seen.rows)))
    return pa.Table.from_arrays(
        [
            pa.array(files),
            pa.array(lines, pa.int64()),
            *(pa.array(c, pa.string()) for c in columns),
        ],
        schema=raw_schema(seen.header),
    )
