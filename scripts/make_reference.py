"""Writes the data dictionary of the Indonesian pack and its facts, in Indonesian and in English.

    python scripts/make_reference.py           writes docs/reference/
    python scripts/make_reference.py --check   exits 1 when a committed file is stale

Everything in them comes from `packs/indonesia/schema/` and `policy/`; nobody edits the result.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import fact_reference
from made_pages import heading, keep, row

from tangga.registry import (
    AUDIENCE_LABELS,
    KIND_TABLE,
    PRIVACY_LABELS,
    PROBLEMS,
    CodeList,
    Column,
    Pack,
    Table,
    load_pack,
    sight,
)

FOLDER = Path(__file__).parent.parent / "docs" / "reference"
FILES = {"id": "kamus-data.md", "en": "data-dictionary.md"}

# Every word of the page that is not in the pack: key -> (Indonesian, English).
WORDS = {
    "title": ("Kamus data", "Data dictionary"),
    "made": (
        "Dibuat oleh `scripts/make_reference.py` dari `packs/indonesia/schema/`. Jangan disunting.",
        "Made by `scripts/make_reference.py` from `packs/indonesia/schema/`. Do not edit.",
    ),
    "other": (
        "In English: [data-dictionary.md](data-dictionary.md).",
        "Dalam bahasa Indonesia: [kamus-data.md](kamus-data.md).",
    ),
    "how": ("Cara membaca", "How to read it"),
    "names_stay": (
        "Nama kolom dan kode sama dalam kedua bahasa.",
        "Names of columns and codes are the same in both languages.",
    ),
    "required_is": (
        "*Wajib*: baris tanpa isian ini dilaporkan sebagai masalah.",
        "*Required*: a row without it is reported as a problem.",
    ),
    "reference_is": (
        "*Acuan*: menunjukkan orang atau keluarga yang dimaksud.",
        "*Reference*: says which person or family is meant.",
    ),
    "register_is": (
        "*Register*: diisi oleh Tangga sendiri, bukan oleh sumber.",
        "*Register*: filled by Tangga itself, never by a source.",
    ),
    "tables": ("Tabel", "Tables"),
    "kinds": ("Jenis sumber", "Kinds of source"),
    "columns": ("Kolom", "Columns"),
    "column": ("kolom", "column"),
    "meaning": ("arti", "meaning"),
    "type": ("jenis", "type"),
    "rules": ("batas", "limits"),
    "privacy": ("kelas privasi", "privacy class"),
    "source": ("sumber definisi", "source of the definition"),
    "key": ("Kunci", "Key"),
    "references": ("Acuan", "References"),
    "general": ("Umum", "General"),
    "codes": ("Daftar kode", "Code lists"),
    "code": ("kode", "code"),
    "form": ("kode formulir", "code on the form"),
    "used": ("Dipakai oleh", "Used by"),
    "required": ("wajib", "required"),
    "register": ("register", "register"),
    "only": ("hanya", "only"),
    "unread": ("`unreadable` bila tidak terbaca:", "`unreadable` where nobody can read"),
    "not_later": ("tidak setelah tanggal data", "not after the day of the data"),
    "at_most": ("paling panjang", "at most"),
    "signs": ("huruf", "characters"),
    "form_is": ("bentuk", "form"),
    "order": ("Urutan tanggal", "Order of dates"),
    "before": ("sebelum", "before"),
    "not_after": ("tidak setelah", "not after"),
    "sight": ("Siapa melihat apa", "Who sees what"),
    "full": ("penuh", "full"),
    "masked": ("disamarkan", "masked"),
    "hidden": ("tidak", "no"),
    "audience": ("pembaca", "reader"),
    "problems": ("Masalah data", "Problems"),
    "problem": ("masalah", "problem"),
}
TYPES = {
    "text": ("teks", "text"),
    "identifier": ("nomor (teks)", "number kept as text"),
    "integer": ("bilangan bulat", "whole number"),
    "decimal": ("bilangan desimal", "decimal"),
    "money": ("rupiah", "rupiah"),
    "date": ("tanggal", "date"),
    "boolean": ("ya/tidak", "yes/no"),
    "code": ("kode", "code"),
    "area": ("kode wilayah", "area code"),
    "timestamp": ("waktu", "date and time"),
}  # fmt: skip


class Writer:
    """The dictionary of one pack in one language."""

    def __init__(self, pack: Pack, language: str) -> None:
        self.pack, self.language = pack, language
        order = [*KIND_TABLE.values(), *pack.tables]
        self.tables = [pack.tables[name] for name in dict.fromkeys(order) if name in pack.tables]
        self.position = ("id", "en").index(language)

    def word(self, key: str) -> str:
        """A word of the page in this language."""
        return WORDS[key][self.position]

    def page(self) -> str:
        """The whole page as Markdown, ending in one newline."""
        return "\n".join(self._lines()).rstrip() + "\n"

    def _lines(self) -> Iterator[str]:
        yield from (f"# {self.word('title')}: {self.pack.title}", "", self.word("made"), "")
        yield from (self.word("other"), "", f"## {self.word('how')}", "")
        notes = ("names_stay", "required_is", "reference_is", "register_is")
        yield from (*(f"- {self.word(note)}" for note in notes), "")
        yield from self._contents()
        yield from self._sight()
        for table in self.tables:
            yield from self._table(table)
        yield from (f"## {self.word('codes')}", "")
        for codes in self.pack.codes.values():
            yield from self._code_list(codes)
        yield from self._problems()

    def _contents(self) -> Iterator[str]:
        yield from (f"## {self.word('tables')}", "")
        heads = [
            self.word("tables"),
            self.word("meaning"),
            self.word("kinds"),
            self.word("columns"),
        ]
        yield from heading(*heads)
        for table in self.tables:
            kinds = ", ".join(f"`{k}`" for k, name in KIND_TABLE.items() if name == table.name)
            label = table.labels[self.language]
            yield row(f"[`{table.name}`](#{table.name})", label, kinds, str(len(table.columns)))
        yield ""

    def _sight(self) -> Iterator[str]:
        yield from (f"## {self.word('sight')}", "")
        classes = [labels[self.position] for labels in PRIVACY_LABELS.values()]
        yield from heading(self.word("audience"), *classes)
        for audience, labels in AUDIENCE_LABELS.items():
            seen = [self.word(sight(privacy, audience)) for privacy in PRIVACY_LABELS]
            yield row(labels[self.position], *seen)
        yield ""

    def _table(self, table: Table) -> Iterator[str]:
        yield from (f"## {table.name}", "", f"**{table.labels[self.language]}.**", "")
        if table.key:
            yield from (f"{self.word('key')}: {', '.join(f'`{k}`' for k in table.key)}.", "")
        for order in table.orders:
            relation = self.word("before" if order.strict else "not_after")
            yield f"{self.word('order')}: `{order.first}` {relation} `{order.then}`."
            yield ""
        for title, columns in self._sections(table):
            yield from ([f"### {table.name}: {title}", ""] if title else [])
            keys = ("column", "meaning", "type", "rules", "privacy", "source")
            yield from heading(*(self.word(key) for key in keys))
            yield from (self._column(column) for column in columns)
            yield ""

    def _sections(self, table: Table) -> Iterator[tuple[str, list[Column]]]:
        own = [c for c in table.columns.values() if not c.reference]
        loose = [c for c in own if not c.section]
        if loose:
            yield "", loose
        for name, labels in table.sections.items():
            yield labels[self.language], [c for c in own if c.section == name]
        if table.references:
            yield self.word("references"), list(table.references.values())

    def _column(self, column: Column) -> str:
        privacy = PRIVACY_LABELS[column.privacy][self.position]
        return row(
            f"`{column.name}`",
            column.labels[self.language],
            self._type(column),
            "; ".join(self._rules(column)),
            privacy,
            column.source,
        )

    def _type(self, column: Column) -> str:
        word = TYPES[column.type][self.position]
        return f"[{word}](#codes-{column.codes.name})" if column.codes else word

    def _rules(self, column: Column) -> Iterator[str]:
        if column.required:
            yield self.word("required")
        if column.register:
            yield self.word("register")
        if column.kinds:
            yield f"{self.word('only')} {', '.join(f'`{kind}`' for kind in column.kinds)}"
        if column.minimum is not None or column.maximum is not None:
            yield limits(column)
        if column.not_after_as_of:
            yield self.word("not_later")
        if column.unread_of:
            yield f"{self.word('unread')} `{column.unread_of}`"
        if column.max_length is not None:
            yield f"{self.word('at_most')} {column.max_length} {self.word('signs')}"
        if column.pattern is not None:
            yield f"{self.word('form_is')} `{column.pattern}`"

    def _code_list(self, codes: CodeList) -> Iterator[str]:
        yield from (f'<a id="codes-{codes.name}"></a>', f"### {codes.name}", "")
        users = [
            f"`{table.name}.{column.name}`"
            for table in self.tables
            for column in table.columns.values()
            if column.codes is codes
        ]
        yield from (f"{self.word('used')}: {', '.join(users)}.", "")
        numbered = bool(codes.by_source_code)
        heads = [self.word("code"), self.word("meaning"), *([self.word("form")] * numbered)]
        yield from heading(*heads)
        for code in codes.codes.values():
            number = [code.source_code or ""] * numbered
            yield row(f"`{code.code}`", code.labels[self.language], *number)
        yield ""

    def _problems(self) -> Iterator[str]:
        yield from (f"## {self.word('problems')}", "")
        yield from heading(self.word("problem"), self.word("meaning"))
        for code, text in PROBLEMS.items():
            yield row(f"`{code}`", text.label(self.language))


def limits(column: Column) -> str:
    """The least and greatest value, whichever are there."""
    low, high = column.minimum, column.maximum
    if low is not None and high is not None:
        return f"{low} – {high}"
    return f"≥ {low}" if low is not None else f"≤ {high}"


def main() -> int:
    """Write the pages, or say which are stale."""
    pack = load_pack("indonesia")
    pages = {FOLDER / name: Writer(pack, language).page() for language, name in FILES.items()}
    for language, name in fact_reference.FILES.items():
        pages[FOLDER / name] = fact_reference.FactPage(pack, language, TYPES).page()
    return keep(pages, __doc__)


if __name__ == "__main__":
    sys.exit(main())
