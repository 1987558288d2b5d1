"""Reads `policy/facts.toml`: the derived facts of a pack, in words and as data.

    [person.disabled]
    label_id = "Penyandang disabilitas"
    label_en = "Disabled"
    when = { any = [ { fact = "disability_card", is = true }, ... ] }

    [family.children_under_six]
    label_id = ...
    count = { fact = "born", age_under = 6 }

`each = "LIST"` stands for one fact a code of a list: `[family.receives]` for `receives_pkh` and so
on, with `{}` in its words for the code's own. A table of a name that the register has as a column
says only what to ask (`ask_id`, `ask_en`), what is usual of it in examples (`usual`), and what
holds where nothing is recorded (`otherwise`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from tangga.registry import Code, Pack
from tangga.registry.mistakes import nearest
from tangga.registry.model import NAME
from tangga.rules.fact_kinds import KINDS, Draft, build, privacy_of, type_of
from tangga.rules.facts import (
    Fact,
    FactBook,
    FromColumn,
    History,
    Key,
    counts_members,
    narrowest,
    shows_the_value,
)
from tangga.rules.lines import Lines, read_lines
from tangga.rules.names import FAMILY_TABLE, PERSON_TABLE, FactType, Names
from tangga.rules.parse_values import read_plain
from tangga.rules.section import Section, Words
from tangga.rules.toml_file import TomlFile
from tangga.rules.values import Plain

ENTITIES = (PERSON_TABLE, FAMILY_TABLE)
EACH = "each"
IDENTITY = "identity"
OTHER_KEYS = ("version", "case")
COLUMN_KEYS = {"usual", "otherwise", "not_known", "question"}
FACT_KEYS = {"usual", "source", "question"}


def empty_book(pack: Pack) -> FactBook:
    """The columns of the register, and nothing derived."""
    facts = {}
    for entity in ENTITIES:
        table = pack.tables.get(entity)
        for name, column in table.columns.items() if table else ():
            codes = frozenset(column.codes.codes) if column.codes else None
            facts[entity, name] = Fact(
                entity,
                name,
                FactType(column.type, codes=codes),
                column.labels,
                privacy=column.privacy,
                source=column.source,
            )
    return FactBook(facts)


def read_facts(file: TomlFile, pack: Pack, base: FactBook | None = None) -> FactBook:
    """The facts of a file, added to those of `base` (none given: the columns of the register).

    Mistakes go to `file.mistakes`; then the book holds blanks and must not be used, save to read on
    for further mistakes. The keys `version` and `case` are left to others.
    """
    return _Reader(file, pack, base or empty_book(pack)).read()


class _Reader:
    """Reads one file of facts."""

    def __init__(self, file: TomlFile, pack: Pack, base: FactBook) -> None:
        self.file, self.pack, self.base = file, pack, base
        self.words = Words(pack.languages, pack.codes, base.names)
        self.drafts: dict[Key, Draft] = {}
        self.types: dict[Key, FactType | None] = {}
        self.trail: list[Key] = []
        self.lines: dict[str, Lines | None] = {}

    def read(self) -> FactBook:
        """The book: first what is said of columns, then the derived facts in order of need."""
        self.file.top.check_keys(self.file.data, (*ENTITIES, *OTHER_KEYS))
        known = dict(self.base.facts)
        for section, key in self._sections():
            if key in known and not any(kind in section.data for kind in KINDS):
                known[key] = self._asked(section, known[key])
            else:
                self._add_draft(section, key)
        for key in self.drafts:
            self._type(key)
        types = {key: kind for key, kind in self.types.items() if kind is not None}
        words = replace(self.words, names=_with(self.base.names, types))
        made = {key: self._made(self.drafts[key], kind, words) for key, kind in types.items()}
        ordered = self._in_order(known, made)
        if self.file.mistakes.found:
            ordered = {key: replace(fact, derivation=History()) for key, fact in ordered.items()}
        return FactBook(known | ordered)

    def _sections(self) -> Iterator[tuple[Section, Key]]:
        """Every table `[person.NAME]` and `[family.NAME]`."""
        top = Section.whole(self.file, self.words)
        for entity in ENTITIES:
            group = top.table(entity) or Section({}, top.spot, self.words)
            for name, said in group.data.items():
                section = Section(said, group.spot.at(name), self.words)
                if not isinstance(said, dict):
                    group.wrong(name, f"{name} must be a table [{entity}.{name}]")
                elif EACH in said:
                    yield from self._one_a_code(section, (entity, name))
                else:
                    yield section, (entity, name)

    def _one_a_code(self, section: Section, key: Key) -> Iterator[tuple[Section, Key]]:
        """A table that stands for one fact a code of a list: `{}` in its words is the code's."""
        codes = section.choice(EACH, self.pack.codes)
        for code, one in self.pack.codes[codes].codes.items() if codes in self.pack.codes else ():
            said = {at: _filled(at, value, one) for at, value in section.data.items() if at != EACH}
            yield Section(said, section.spot, section.words), (key[0], f"{key[1]}_{code}")

    def _asked(self, section: Section, fact: Fact) -> Fact:
        """A fact that is there already, with what to ask and what is usual of it."""
        section.check_keys(COLUMN_KEYS, self._ask_keys())
        if not isinstance(fact.derivation, FromColumn):
            section.spot.wrong(f"{fact.entity}.{fact.name} is there already")
        return replace(
            fact,
            ask=section.translated("ask") or fact.ask,
            usual=_plain(section, "usual", fact.type),
            otherwise=_plain(section, "otherwise", fact.type),
            not_known=section.several("not_known", fact.type.codes or ()),
            question=section.text("question", fact.question),
        )

    def _ask_keys(self) -> set[str]:
        return {f"ask_{language}" for language in self.pack.languages}

    def _add_draft(self, section: Section, key: Key) -> None:
        """Note a derived fact; or what is wrong with the way in which it is to be made."""
        entity, name = key
        kinds = [kind for kind in KINDS if kind in section.data]
        if not NAME.fullmatch(name):
            section.spot.wrong(f"{name!r}: names are lower-case letters, digits and _")
        elif key in self.base.facts:
            section.spot.wrong(f"{entity} has the fact {name!r} already")
        elif len(kinds) != 1:
            todo = f"Write exactly one of {', '.join(KINDS)}"
            section.spot.wrong(f"{name!r} is made in {len(kinds) or 'no'} ways", todo=todo)
        elif entity not in KINDS[kinds[0]][0]:
            section.wrong(kinds[0], f"{kinds[0]} makes no fact of a {entity}")
        else:
            section.check_keys(
                {kinds[0]}, KINDS[kinds[0]][1], FACT_KEYS, section.label_keys, self._ask_keys()
            )
            self.drafts[key] = Draft(entity, name, section, kinds[0])

    def _type(self, key: Key) -> FactType | None:
        """The type of a fact of this file, found once."""
        if key in self.trail:
            way = [*self.trail[self.trail.index(key) :], key]
            self._wrong_way(way)
            return None
        if key not in self.types:
            self.trail.append(key)
            draft = self.drafts[key]
            self.types[key] = type_of(draft, lambda *asked: self._found(draft, *asked))
            self.trail.pop()
        return self.types[key]

    def _found(self, draft: Draft, at: str, entity: str, name: str) -> FactType | None:
        """The type of another fact that a key of a draft names."""
        if (entity, name) in self.base.facts:
            return self.base.facts[entity, name].type
        if (entity, name) in self.drafts:
            return self._type((entity, name))
        if name:
            others = [n for of, n in (*self.base.facts, *self.drafts) if of == entity]
            draft.section.wrong(at, f"no fact {name!r} of a {entity}", nearest(name, others))
        return None

    def _made(self, draft: Draft, kind: FactType, words: Words) -> Fact:
        """A whole fact but for what follows from others: `of_members` and `privacy`."""
        section = replace(draft.section, words=words)
        return Fact(
            draft.entity,
            draft.name,
            kind,
            section.labels(),
            build(replace(draft, section=section), kind, self._lines),
            section.translated("ask"),
            _plain(section, "usual", kind),
            not_known=section.several("not_known", kind.codes or ()),
            privacy=privacy_of(draft),
            source=section.text("source", ""),
            question=section.text("question", ""),
            place=section.place,
        )

    def _lines(self, section: Section) -> Lines | None:
        """The file of a `lookup`, which stands beside this one; read once."""
        name = section.text("lookup")
        if name not in self.lines:
            self.lines[name] = read_lines(self.file.path.parent / name, self.file.mistakes)
        return self.lines[name]

    def _in_order(self, known: Mapping[Key, Fact], made: Mapping[Key, Fact]) -> dict[Key, Fact]:
        """Each fact after those that it needs, and with what follows from them."""
        done: dict[Key, Fact] = {}

        def put(key: Key) -> None:
            if key in done or key in known or key not in made:
                return
            if key in self.trail:
                self._wrong_way([*self.trail[self.trail.index(key) :], key])
                return
            self.trail.append(key)
            for need in sorted(made[key].needs):
                put(need)
            self.trail.pop()
            needed = [(done.get(need) or known.get(need)) for need in made[key].needs]
            done[key] = self._finished(made[key], [fact for fact in needed if fact is not None])

        for key in made:
            put(key)
        return done

    def _finished(self, fact: Fact, needed: list[Fact]) -> Fact:
        """A fact with what follows from those that it needs."""
        counts = fact.entity == FAMILY_TABLE and counts_members(fact.derivation)
        classes = [one.privacy for one in needed]
        if not shows_the_value(fact.derivation):  # of full age: tells no birth date
            classes = [one for one in classes if one != IDENTITY]
        return replace(
            fact,
            of_members=counts or any(one.of_members for one in needed),
            privacy=narrowest([fact.privacy, *classes]),
        )

    def _wrong_way(self, way: list[Key]) -> None:
        """Note a fact that rests on itself."""
        shown = " -> ".join(f"{entity}.{name}" for entity, name in way)
        self.drafts[way[0]].section.spot.wrong(f"a fact rests on itself: {shown}")


def _with(names: Names, types: Mapping[Key, FactType]) -> Names:
    """The names, and those of derived facts."""
    person, family = (
        {name: kind for (of, name), kind in types.items() if of == entity} for entity in ENTITIES
    )
    return Names({**names.person, **person}, {**names.family, **family})


def _filled(key: str, value: object, code: Code) -> object:
    """A value with the label of a code, in the language of its key, for `{}`."""
    label = code.labels.get(key.rpartition("_")[2], code.code)
    return value.replace("{}", label) if isinstance(value, str) else value


def _plain(section: Section, key: str, kind: FactType) -> Plain | None:
    """The value under a key, of a fact's type; None where it is left out or wrong (noted)."""
    if key not in section.data:
        return None
    return read_plain(section.data[key], kind, section.spot.at(key))
