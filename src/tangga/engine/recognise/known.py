"""What a pack knows of files that come in: its layouts, and the words of intake.toml."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from tangga.engine.descriptor import Descriptor, read_descriptor
from tangga.engine.settings import folded
from tangga.errors import BadPack
from tangga.registry.kinds import KIND_TABLE
from tangga.registry.model import CodeList, Column, Pack
from tangga.registry.pack_toml import pack_toml

FILE = "intake.toml"
KEYS = ("layouts", "kinds", "headers", "values", "formats", "areas")
ID, FAMILY = "id", "family"
"""Words of [headers] that are no registry column: the source's own ids."""


@dataclass(frozen=True)
class Layout:
    """One shipped layout. said: its TOML as it stands. title: language -> words."""

    name: str
    descriptor: Descriptor
    said: Mapping[str, Any]
    title: Mapping[str, str]
    ask: tuple[str, ...]


@dataclass(frozen=True)
class Known:
    """The layouts and words of one pack."""

    pack: Pack
    layouts: tuple[Layout, ...] = ()
    kinds: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    headers: Mapping[str, list[str]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, list[str]]] = field(default_factory=dict)
    dates: tuple[str, ...] = ("%Y-%m-%d",)
    parts: tuple[tuple[str, ...], ...] = ()

    @cached_property
    def words(self) -> frozenset[str]:
        """Every name of a column that is known."""
        found = {word for names in self.headers.values() for word in names}
        found |= {name for one in self.layouts for name in one.descriptor.source_columns()}
        return frozenset(found | {part for parts in self.parts for part in parts})

    def columns(self, kind: str) -> dict[str, Column]:
        """The registry columns that a source of a kind may carry."""
        return self.pack.table_of(kind).for_kind(kind)

    def names_of(self, column: str, said: Column | None) -> list[str]:
        """What offices call a registry column: the pack's words, its labels, its name."""
        found = [*self.headers.get(column, ()), column]
        if said is not None:
            found += list(said.labels.values())
        for one in self.layouts:
            mapped = one.descriptor.columns.get(column)
            if mapped is not None and len(mapped.columns) == 1:
                found += mapped.columns
        return found

    def code_of(self, text: str, codes: CodeList, asked: str) -> str | None:
        """The code that a text of a file stands for; None where nothing says so.

        asked: the registry column, for what shipped layouts map there.
        """
        plain = folded(text)
        by_word = self._by_word(codes)
        if plain in by_word:
            return by_word[plain]
        # A number means one thing on one form: what another layout makes of it says nothing.
        for one in self.layouts if not plain.isdigit() else ():
            mapped = one.descriptor.columns.get(asked)
            for word, code in (mapped.codes or {}).items() if mapped is not None else ():
                if folded(word) == plain and code in codes:
                    return code
        numbers = codes.by_source_code
        return numbers.get(text.strip()) or numbers.get(text.strip().lstrip("0"))

    def _by_word(self, codes: CodeList) -> dict[str, str]:
        found = {folded(c.code): c.code for c in codes.codes.values()}
        found |= {
            folded(label): c.code for c in codes.codes.values() for label in c.labels.values()
        }
        said = self.values.get(codes.name, {})
        return found | {folded(w): code for code, ws in said.items() for w in ws if code in codes}


def load_known(pack: Pack) -> Known:
    """The words and layouts of a pack; nothing where it has none. BadPack for a mistake."""
    file = pack.dir / FILE
    if not file.is_file():
        return Known(pack, tuple(_layouts(pack, {})))
    with pack_toml(file) as data:
        return _known(pack, file, data)


def _known(pack: Pack, file: Path, data: Mapping[str, Any]) -> Known:
    unknown: Iterable[str] = [key for key in data if key not in KEYS]
    unknown = [*unknown, *(k for k in data.get("kinds", {}) if k not in KIND_TABLE)]
    for key in unknown:
        raise BadPack(f"unknown key {key!r}", file=file, todo=f"Known: {', '.join(KEYS)}")
    return Known(
        pack,
        tuple(_layouts(pack, data.get("layouts", {}))),
        data.get("kinds", {}),
        data.get("headers", {}),
        data.get("values", {}),
        tuple(data.get("formats", {}).get("dates", Known.dates)),
        tuple(tuple(parts) for parts in data.get("areas", {}).get("parts", ())),
    )


def _layouts(pack: Pack, said: Mapping[str, Any]) -> Iterable[Layout]:
    for file in sorted((pack.dir / "layouts").glob("*.toml")):
        words = said.get(file.stem, {})
        title = {language: words.get(language, file.stem) for language in pack.languages}
        descriptor = read_descriptor(file, file.parent, pack, layout=True)
        with pack_toml(file) as itself:
            yield Layout(file.stem, descriptor, itself, title, tuple(words.get("ask", ("as_of",))))
