"""Reads a country pack: pack.toml, schema/*.toml and schema/codes/*.csv."""

from __future__ import annotations

import os
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

from tangga.errors import BadPack
from tangga.registry.code_files import read_code_lists
from tangga.registry.mistakes import Mistakes, line_of, nearest
from tangga.registry.model import Pack
from tangga.registry.table_files import TableReader
from tangga.registry.toml_limits import parse_toml

SHIPPED = Path(__file__).parent.parent / "packs"
PACK_KEYS: dict[str, type] = {
    "name": str,
    "title": str,
    "languages": list,
    "area_system": str,
    "numbers": dict,
    "ranking": dict,
}
"""The keys of pack.toml; what `numbers` holds is read by the engine's standardise."""
MAY_LACK = {"numbers", "ranking"}
RANKING_KEYS = ("by", "code", "local")
"""Of `[ranking]`: who else ranks families, and the code of that in `ranked_by`; the family's fact
whose areas have deciles of their own. Beside them, who ranks in every language of the pack."""


def pack_dir(name_or_path: str | Path) -> Path:
    """The folder of a shipped pack by name, or of any pack by path; BadPack if there is none."""
    shipped = SHIPPED / str(name_or_path)
    # os.path, unlike Path, finds nothing where a name is longer than any can be.
    ours = str(name_or_path).isidentifier() and os.path.isdir(shipped)  # noqa: PTH112
    folder = shipped if ours else None
    folder = folder or Path(name_or_path)
    if not os.path.isfile(folder / "pack.toml"):  # noqa: PTH113
        names = sorted(p.parent.name for p in SHIPPED.glob("*/pack.toml"))
        todo = f"Name a folder with pack.toml, or one of: {', '.join(names)}"
        raise BadPack("no country pack here", file=folder, todo=todo)
    return folder


def load_pack(name_or_path: str | Path = "indonesia") -> Pack:
    """A pack, checked whole.

    Raises BadPack naming every mistake with its file, and its line where it can be found.
    """
    folder = pack_dir(name_or_path)
    mistakes = Mistakes(folder)
    data = _pack_toml(folder / "pack.toml", mistakes)
    languages = tuple(data["languages"])
    codes = read_code_lists(folder / "schema" / "codes", languages, mistakes)
    tables = TableReader(codes, languages, mistakes).read(folder / "schema")
    if "person" not in tables and not mistakes.found:
        mistakes.add("a pack needs the table person", folder / "schema" / "person.toml")
    mistakes.raise_if_any()
    return Pack(
        name=data["name"],
        dir=folder,
        title=data["title"],
        languages=languages,
        area_system=data["area_system"],
        tables=tables,
        codes=codes,
        data=data,
    )


def _pack_toml(path: Path, mistakes: Mistakes) -> dict[str, Any]:
    """pack.toml, checked; without it nothing else can be read, so it raises by itself."""
    try:
        text = path.read_text(encoding="utf-8")
        data = parse_toml(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadPack(f"not readable as TOML: {error}", file=path) from error
    for key, value in data.items():
        line = line_of(text, None, key) or line_of(text, key)
        if key not in PACK_KEYS:
            mistakes.add(f"unknown key {key!r}", path, line, nearest(key, PACK_KEYS))
        elif not isinstance(value, PACK_KEYS[key]):
            mistakes.add(f"{key} = {value!r} is of the wrong type", path, line)
    for key in PACK_KEYS.keys() - data.keys() - MAY_LACK:
        mistakes.add(f"{key} is missing", path)
    mistakes.raise_if_any()
    _check_ranking(data, text, path, mistakes)
    mistakes.raise_if_any()
    return data


def _check_ranking(data: dict[str, Any], text: str, path: Path, mistakes: Mistakes) -> None:
    """A slip here would let a model rank where somebody else does."""
    if "ranking" not in data:
        return
    said = data["ranking"]
    labels = [f"label_{language}" for language in data["languages"]]
    for key, value in said.items():
        line = line_of(text, "ranking", key)
        if key not in (*RANKING_KEYS, *labels):
            near = nearest(key, (*RANKING_KEYS, *labels))
            mistakes.add(f"unknown key {key!r} in [ranking]", path, line, near)
        elif not isinstance(value, str) or not value.strip():
            mistakes.add(f"{key} = {value!r} in [ranking] must be words", path, line)
    for label in labels if "by" in said else ():
        if label not in said:
            mistakes.add(f"{label} is missing in [ranking]", path, line_of(text, "ranking", "by"))
    if "by" not in said and any(label in said for label in labels):
        mistakes.add("by is missing in [ranking]", path, line_of(text, "ranking"))
