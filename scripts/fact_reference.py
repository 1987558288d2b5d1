"""The pages of facts in the reference: every fact of a pack, how it is made, in words.

Used by `make_reference.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import groupby

from tangga.registry import PRIVACY_LABELS, Pack
from tangga.registry.mistakes import Mistakes
from tangga.rules.conditions import Condition
from tangga.rules.fact_files import read_facts
from tangga.rules.facts import (
    EVERYONE,
    HEAD,
    Birth,
    CountOf,
    Earliest,
    Fact,
    FactBook,
    First,
    FromColumn,
    History,
    Latest,
    Lookup,
    OfRelation,
    Per,
    SumOf,
    When,
)
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE
from tangga.rules.sentences import phrase
from tangga.rules.toml_file import read_toml
from tangga.rules.wording import words_of

FILES = {"id": "fakta.md", "en": "facts.md"}
ON = date(2026, 1, 31)
"""A day for conditions in words; ages and months are said as such on any day."""

WORDS = {
    "title": ("Fakta", "Facts"),
    "made": (
        "Dibuat oleh `{0}` dari `{1}`. Jangan disunting.",
        "Made by `{0}` from `{1}`. Do not edit.",
    ),
    "other": ("In English: [facts.md](facts.md).", "Dalam bahasa Indonesia: [fakta.md](fakta.md)."),
    "columns_too": (
        "Setiap kolom `person` dan `family` pada [kamus data](kamus-data.md) adalah fakta.",
        "Each column of `person` and `family` ([data dictionary](data-dictionary.md)) is a fact.",
    ),
    "not_zero": (
        "Hitungan atas anggota yang sebagian belum diketahui menjadi rentang, bukan nol.",
        "A count over members of whom some are not known is a range, not zero.",
    ),
    "day": (
        "Tanggal dalam syarat adalah yang berlaku bagi keputusan pada {}.",
        "Days within conditions are those of a decision on {}.",
    ),
    PERSON_TABLE: ("Orang", "Person"),
    FAMILY_TABLE: ("Keluarga", "Family"),
    "derived": ("diturunkan", "derived"),
    "history": ("dari catatan tindakan", "from records of acts"),
    "columns": (
        "kolom yang dibaca dengan cara khusus",
        "columns that are read in a way of their own",
    ),
    "fact": ("fakta", "fact"),
    "meaning": ("arti", "meaning"),
    "how": ("cara memperoleh", "how it is made"),
    "type": ("jenis", "type"),
    "privacy": ("kelas privasi", "privacy class"),
    "ask": ("pertanyaan pada kunjungan", "question at the visit"),
    "source": ("sumber", "source"),
    "open": ("Pertanyaan terbuka", "Open questions"),
    "birth": (
        "tanggal lahir; bila tidak ada, hari pertama sampai terakhir dari tahun dan bulan lahir",
        "birth date; without it, the first to the last day of the year and month of birth",
    ),
    "members": ("banyaknya anggota", "how many members"),
    "members_so": ("banyaknya anggota dengan: {}", "how many members with: {}"),
    "sum": ("jumlah *{}* dari anggota", "*{}* of the members, added up"),
    "earliest": ("*{}* yang paling awal dari anggota", "the earliest *{}* of the members"),
    "latest": ("*{}* yang paling akhir dari anggota", "the latest *{}* of the members"),
    "so": (" dengan: {}", " with: {}"),
    "per": ("*{}* dibagi *{}*, dibulatkan ke bawah", "*{}* shared among *{}*, rounded down"),
    "lookup": ("dari `{}`, menurut *{}* dan tanggal", "from `{}`, by *{}* and the day"),
    "first": ("{} angka pertama dari *{}*", "the first {} digits of *{}*"),
    "of_head": ("*{}* dari kepala keluarga", "*{}* of the head"),
    "of_spouse": ("*{}* dari pasangan kepala keluarga", "*{}* of the spouse of the head"),
    "otherwise": ("bila tidak tercatat: `{}`", "where nothing is recorded: `{}`"),
    "not_known": ("berarti belum diketahui: {}", "mean not known: {}"),
}


def fact_book(pack: Pack) -> FactBook:
    """The facts of a pack, by themselves."""
    mistakes = Mistakes(pack.dir)
    file = read_toml(pack.dir / "policy" / "facts.toml", mistakes)
    mistakes.raise_if_any()
    assert file is not None  # else there is a mistake
    book = read_facts(file, pack)
    mistakes.raise_if_any()
    return book


class FactPage:
    """The facts of one pack in one language."""

    def __init__(self, pack: Pack, language: str, types: dict[str, tuple[str, str]]) -> None:
        self.pack, self.language, self.book = pack, language, fact_book(pack)
        self.position, self.types = ("id", "en").index(language), types
        self.words = words_of(self.book, pack)

    def word(self, key: str, *values: object) -> str:
        """A word of the page in this language."""
        return WORDS[key][self.position].format(*values)

    def page(self) -> str:
        """The whole page as Markdown, ending in one newline."""
        return "\n".join(self._lines()).rstrip() + "\n"

    def _lines(self) -> Iterator[str]:
        made = self.word("made", "scripts/make_reference.py", "packs/indonesia/policy/facts.toml")
        yield from (
            f"# {self.word('title')}: {self.pack.title}",
            "",
            made,
            "",
            self.word("other"),
            "",
        )
        notes = (self.word("columns_too"), self.word("not_zero"), self.word("day", ON.isoformat()))
        yield from (*(f"- {note}" for note in notes), "")
        for entity in (PERSON_TABLE, FAMILY_TABLE):
            derived = self.book.of(entity, given=False)
            given = self.book.of(entity, given=True)
            noted = [f for f in given if isinstance(f.derivation, FromColumn) and _noted(f)]
            past = [f for f in given if isinstance(f.derivation, History)]
            yield from self._table(entity, "derived", derived)
            yield from self._table(entity, "history", past)
            yield from self._table(entity, "columns", noted)
            yield from self._open([*derived, *noted])

    def _table(self, entity: str, kind: str, facts: list[Fact]) -> Iterator[str]:
        yield from (f"## {self.word(entity)}: {self.word(kind)}", "")
        heads = [
            "fact",
            "meaning",
            "how" if kind != "history" else "type",
            "privacy",
            "ask",
            "source",
        ]
        yield from (_row(*map(self.word, heads)), _row(*["---"] * len(heads)))
        for _, group in groupby(facts, key=lambda f: (f.place, f.name)[f.place is None]):
            yield self._fact(list(group), kind)
        yield ""

    def _fact(self, facts: list[Fact], kind: str) -> str:
        """One row: of a fact, or of all that one table of the file stands for."""
        fact = facts[0]
        made = self.types[fact.type.type][self.position] if kind == "history" else self._made(fact)
        source = fact.source if kind == "derived" else ""
        return _row(
            f"`{_shared([f.name for f in facts])}`",
            _shared([f.labels[self.language] for f in facts]),
            made,
            PRIVACY_LABELS[fact.privacy][self.position],
            _shared([f.ask.get(self.language, "") for f in facts]),
            source,
        )

    def _made(self, fact: Fact) -> str:
        match fact.derivation:
            case When(condition):
                return self._condition(condition, fact.entity)
            case CountOf(where) if where is EVERYONE:
                return self.word("members")
            case CountOf(where):
                return self.word("members_so", self._condition(where, PERSON_TABLE))
            case SumOf() | Earliest() | Latest() as over:
                return self._over(over)
            case Per(amount, among):
                labels = [self._label(fact.entity, name) for name in (amount, among)]
                return self.word("per", *labels)
            case Lookup(by, lines):
                return self.word("lookup", lines.path.name, self._label(fact.entity, by))
            case First(letters, of):
                return self.word("first", letters, self._label(fact.entity, of))
            case OfRelation(of, relation):
                key = "of_head" if relation == HEAD else "of_spouse"
                return self.word(key, self._label(PERSON_TABLE, of))
            case Birth():
                return self.word("birth")
            case _:
                return self._noted(fact)

    def _over(self, over: SumOf | Earliest | Latest) -> str:
        key = {SumOf: "sum", Earliest: "earliest", Latest: "latest"}[type(over)]
        said = self.word(key, self._label(PERSON_TABLE, over.fact))
        if over.where is EVERYONE:
            return said
        return said + self.word("so", self._condition(over.where, PERSON_TABLE))

    def _noted(self, fact: Fact) -> str:
        notes = []
        if fact.otherwise is not None:
            notes.append(self.word("otherwise", str(fact.otherwise).lower()))
        if fact.not_known:
            notes.append(self.word("not_known", ", ".join(f"`{code}`" for code in fact.not_known)))
        return "; ".join(notes)

    def _open(self, facts: list[Fact]) -> Iterator[str]:
        asked = [fact for fact in facts if fact.question]
        if asked:
            yield from (f"**{self.word('open')}**", "")
            yield from (f"- `{fact.name}`: {fact.question}" for fact in asked)
            yield ""

    def _condition(self, condition: Condition, subject: str) -> str:
        return phrase(condition, subject, ON, self.words, self.language)  # type: ignore[arg-type]

    def _label(self, entity: str, name: str) -> str:
        return self.book.labels(entity, name)[self.language]


def _noted(fact: Fact) -> bool:
    return bool(fact.ask or fact.not_known or fact.question or fact.otherwise is not None)


def _shared(texts: list[str]) -> str:
    """The text itself, or what several begin with and `…`."""
    first, length = texts[0], 0
    if len(texts) == 1:
        return first
    while all(text[length : length + 1] == first[length : length + 1] for text in texts):
        length += 1
    return first[:length] + "…"


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
