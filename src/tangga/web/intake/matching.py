"""The second step: which column of a file is which of the register; as a form, and as a descriptor.

Everything stands in the form's own fields, so that a page that is sent again loses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from tangga.registry.kinds import KIND_TABLE
from tangga.registry.model import Column
from tangga.texts import Language, say
from tangga.web.intake.guesses import MOST_CODES, slug, village_in
from tangga.web.intake.remembered import NOTHING, Recalled
from tangga.web.intake.workspace import DATED, NAME
from tangga.web.pack import area_name, areas, pack

AS_PROPOSED = "*"


@dataclass(frozen=True)
class Value:
    """A text of the file that stands for a code. field: its name in the form."""

    field: str
    text: str
    rows: int
    code: str


@dataclass(frozen=True)
class Line:
    """One column of the register. choice: '' none, `=N` the file's column N, `*` as proposed.
    proposed: what `*` is in words. open: has texts that nobody has matched."""

    name: str
    label: str
    required: bool
    usual: bool
    choice: str
    proposed: str = ""
    values: tuple[Value, ...] = ()
    codes: tuple[tuple[str, str], ...] = ()
    systems: tuple[str, ...] = ()
    system: str = ""

    @property
    def open(self) -> bool:
        """Whether something is left for the officer to say."""
        return any(not value.code for value in self.values)

    @property
    def numbers(self) -> bool:
        """Whether its codes are numbers, which each form counts in its own way: to be looked at."""
        return any(value.text.isdigit() for value in self.values)


@dataclass
class Matching:
    """What was recognised, and what the officer said so far.

    seen: as `tangga recognise` wrote it. said: the form as sent, None when it is opened. files: the
    names of the files of the upload, by id. root: the area in which its villages have to be.
    recalled: how the same header was matched before; the form begins with it.
    """

    seen: Mapping[str, Any]
    said: Mapping[str, str] | None
    language: Language
    files: Mapping[str, str]
    taken: Mapping[str, Mapping[str, Any]]
    root: str = ""
    kind_asked: str = ""
    recalled: Recalled = NOTHING
    errors: dict[str, str] = field(default_factory=dict)

    @cached_property
    def kind(self) -> str:
        """What a row of the file is."""
        given = self.said.get("jenis", "").strip() if self.said is not None else ""
        asked = given or self.kind_asked or self.recalled.form.get("jenis", "")
        return asked if asked in self.seen["kinds"] else self.seen["kind"]

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """Every kind with its title."""
        return [(k, self._title(said["title"], k)) for k, said in self.seen["kinds"].items()]

    @cached_property
    def layout(self) -> Mapping[str, Any] | None:
        """The shipped layout that fits, if the officer did not choose another kind."""
        name = self.seen.get("recognised")
        found = next((one for one in self.seen["layouts"] if one["layout"] == name), None)
        return found if found and found["kind"] == self.kind else None

    @cached_property
    def near(self) -> Mapping[str, Any] | None:
        """The layout that fits best but lacks columns."""
        name = self.seen.get("nearest")
        found = next((one for one in self.seen["layouts"] if one["layout"] == name), None)
        return found if found and found["kind"] == self.kind else None

    @property
    def title(self) -> str:
        """What the file is, in words."""
        if self.layout is not None:
            return self._title(self.layout["title"], self.layout["layout"])
        return dict(self.kinds).get(self.kind, self.kind)

    def _title(self, titles: Mapping[str, str], otherwise: str) -> str:
        return titles.get(self.language) or otherwise

    @cached_property
    def proposal(self) -> Mapping[str, Any]:
        """The descriptor that the engine proposes for this kind."""
        found: Mapping[str, Any] = self.seen["proposals"].get(self.kind, {"columns": {}})
        return found

    @property
    def columns(self) -> list[str]:
        """The columns of the file."""
        return list(self.seen["columns"])

    @cached_property
    def registry(self) -> dict[str, Column]:
        """The columns that this kind may fill."""
        return pack().table_of(self.kind).for_kind(self.kind) if self.kind in KIND_TABLE else {}

    @cached_property
    def lines(self) -> list[Line]:
        """Every column of the register that this kind may fill, the usual ones first."""
        said = self.seen["kinds"][self.kind]
        usual = [name for name in said["usual"] if name in self.registry]
        proposed = [name for name in self.proposal["columns"] if name not in usual]
        others = [n for n in self.registry if n not in usual and n not in proposed]
        needed = {name for group in said["needs"] for name in group}
        shown = {*usual, *proposed}
        return [
            self._line(name, required=name in needed, usual=name in shown)
            for name in (*usual, *proposed, *others)
        ]

    def _line(self, name: str, *, required: bool, usual: bool) -> Line:
        column = self.registry[name]
        entry = self._entry(name)
        system = self._given(f"sistem__{name}") or (entry or {}).get("system", "")
        return Line(
            name,
            column.label_id if self.language == "id" else column.label_en,
            required,
            usual,
            self._choice(name),
            _in_words(self.proposal["columns"].get(name)),
            tuple(self._values(name, entry, column)),
            self._codes(column),
            tuple(self.systems) if column.type == "area" and entry is not None else (),
            system or (self.fitting[0] if len(self.fitting) == 1 else ""),
        )

    @property
    def systems(self) -> list[str]:
        """Every system of area codes that is known."""
        return [name for name in (areas().own, *sorted(areas().systems)) if name]

    @property
    def fitting(self) -> list[str]:
        """Those that a run would take for this file's codes."""
        return list(self.seen["areas"]["fits"])

    @property
    def refused(self) -> Mapping[str, str]:
        """Those that it would not, and why."""
        found: Mapping[str, str] = self.seen["areas"]["refused"]
        return found

    def _choice(self, name: str) -> str:
        key = f"kolom__{name}"
        given = self._given(key)
        if self.said is not None or self.recalled.says(key):
            return given if given in self._choices(name) else self._by_name(given)
        entry = self.proposal["columns"].get(name)
        if entry is None:
            return ""
        if set(entry) - {"column", "codes", "format", "system"}:
            return AS_PROPOSED
        return f"={self.columns.index(entry['column'])}"

    def _choices(self, name: str) -> set[str]:
        own = {AS_PROPOSED} if name in self.proposal["columns"] else set()
        return {"", *own, *(f"={n}" for n in range(len(self.columns)))}

    def _by_name(self, given: str) -> str:
        """A column that was typed, from the list of names."""
        return f"={self.columns.index(given)}" if given in self.columns else ""

    def _entry(self, name: str) -> dict[str, Any] | None:
        """The descriptor's entry as chosen, without codes that the officer said."""
        choice = self._choice(name)
        proposed = self.proposal["columns"].get(name)
        if not choice:
            return None
        if choice == AS_PROPOSED:
            return dict(proposed or {})
        column = self.columns[int(choice[1:])]
        if proposed is not None and proposed.get("column") == column:
            return dict(proposed)
        return {"column": column}

    def _values(
        self, name: str, entry: Mapping[str, Any] | None, column: Column
    ) -> Iterable[Value]:
        if entry is None or column.codes is None or "column" not in entry:
            return
        counted = self.seen["values"].get(entry["column"], {})
        known = entry.get("codes", {})
        for number, (text, rows) in enumerate(list(counted.items())[:MOST_CODES]):
            key = f"kode__{name}__{number}"
            given = self._given(key)
            before = self.recalled.code(name, text) or known.get(text, "")
            code = before if self.said is None or key not in self.said else given
            yield Value(key, text, rows, code if code in column.codes else "")

    def _codes(self, column: Column) -> tuple[tuple[str, str], ...]:
        if column.codes is None:
            return ()
        return tuple((c, column.codes.label(c, self.language)) for c in column.codes.codes)

    def _given(self, key: str) -> str:
        said = self.recalled.form if self.said is None else self.said
        return said.get(key, "").strip()

    # What is asked beside the columns.

    @cached_property
    def as_of_column(self) -> str:
        """The column that says of when each row is; '' where the whole file has one day."""
        said = self.proposal.get("as_of")
        if self.said is not None and self._given("per_kolom") == "" and "per_kolom" in self.said:
            return ""
        return said.get("column", "") if isinstance(said, Mapping) else ""

    @property
    def as_of(self) -> str:
        """The day that the file speaks of, as typed or as its name says."""
        if self.said is not None:
            return self._given("per")
        stated = (self.layout or {}).get("as_of") if not self._asks("as_of") else None
        return (self.seen["dates"] or [stated or ""])[-1]

    def _asks(self, what: str) -> bool:
        return self.layout is None or what in self.layout["ask"]

    @property
    def source(self) -> str:
        """The name of the source."""
        if self.said is not None or self.recalled.says("sumber"):
            return self._given("sumber")
        near = self.seen.get("recognised") or ""
        return near or slug(next(iter(self.files.values()), ""))

    @property
    def base(self) -> bool:
        """Whether it is the official release whose family grouping stands."""
        return self._given("dasar") == "ya"

    @property
    def may_be_base(self) -> bool:
        """Only lists of people group families."""
        return self.kind == "people"

    @property
    def one_village(self) -> bool:
        """Whether each file holds one village and does not say which."""
        village = self.registry.get("village")
        entry = self.proposal["columns"].get("village")
        asked = self._choice("village") if village is not None else ""
        constant = asked == AS_PROPOSED and entry is not None and "constant" in entry
        return village is not None and (constant or asked == "")

    @cached_property
    def villages(self) -> dict[str, str]:
        """Id of a file -> the village that it holds, as said or as its name says."""
        found = {}
        for key, name in self.files.items():
            given = self._given(f"desa__{key}").split(" ")[0]
            found[key] = given if self.said is not None else village_in(name, self.root)
        return found

    # What comes of it.

    def check(self) -> bool:
        """Whether a descriptor can be made of it; what is wrong goes to `errors` by field."""
        self.errors = dict(self._wrong())
        return not self.errors

    def _wrong(self) -> Iterable[tuple[str, str]]:
        for group in self.seen["kinds"][self.kind]["needs"]:
            if not any(self._entry(name) for name in group):
                labels = [line.label for line in self.lines if line.name in group]
                yield f"kolom__{group[0]}", self._say("needed", columns=" / ".join(labels))
        yield from self._wrong_twice()
        for line in self.lines:
            if line.systems and not line.system:
                yield f"sistem__{line.name}", self._say("system_needed")
            if line.systems and line.system in self.refused:
                why = self.refused[line.system]
                yield (
                    f"sistem__{line.name}",
                    self._say("refused_system", system=line.system, why=why),
                )
        if not self.as_of_column and not _is_day(self.as_of):
            yield "per", self._say("day_needed")
        if not NAME.fullmatch(self.source):
            yield "sumber", self._say("source_name")
        elif self.source in self.taken and not self.adds:
            yield "sumber", self._say("source_taken", source=self.source)
        for key, code in self.villages.items() if self.one_village and len(self.files) else ():
            if code and code not in areas().by_code:
                yield f"desa__{key}", self._say("no_village", code=code[:20])
            elif code and not code.startswith(self.root):
                yield f"desa__{key}", self._outside(code)

    def _outside(self, code: str) -> str:
        village, own = (area_name(one, self.language) for one in (code, self.root))
        return self._say("village_outside", code=code, village=village, area=own)

    def _wrong_twice(self) -> Iterable[tuple[str, str]]:
        used: dict[str, str] = {}
        for line in self.lines:
            entry = self._entry(line.name)
            column = (entry or {}).get("column")
            if column is None or line.name in self.proposal["columns"]:
                continue
            if column in used:
                yield f"kolom__{line.name}", self._say("twice", column=column)
            used[column] = line.name

    def _say(self, key: str, **values: object) -> str:
        return say(f"web_intake.{key}", self.language, **values)

    @property
    def adds(self) -> bool:
        """Whether the files go to a source that is there, told apart by their day alone."""
        there = self.taken.get(self.source)
        return there is not None and _same(there, self.descriptor())

    def descriptor(self) -> dict[str, Any]:
        """What sources/NAME.toml has to say, but for its files."""
        kept = {k: v for k, v in self.proposal.items() if k in ("trust", "id", "family")}
        columns = {line.name: self._said(line) for line in self.lines if line.choice}
        if self.one_village and any(self.villages.values()):
            columns["village"] = {"file": 10, "system": areas().own}
        elif self.one_village:
            columns.pop("village", None)
        as_of: Any = {"column": self.as_of_column} if self.as_of_column else dict(DATED)
        role = {"role": "base"} if self.base and self.may_be_base else {}
        return {"kind": self.kind, "as_of": as_of, **kept, **role, "columns": columns}

    def _said(self, line: Line) -> Any:
        entry = self._entry(line.name) or {}
        codes = {**entry.get("codes", {}), **{v.text: v.code for v in line.values if v.code}}
        codes = {text: code for text, code in codes.items() if code}
        unmatched = {v.text for v in line.values if not v.code}
        codes = {text: code for text, code in codes.items() if text not in unmatched}
        if codes:
            entry["codes"] = codes
        else:
            entry.pop("codes", None)
        if line.systems:
            entry["system"] = line.system
        return entry["column"] if set(entry) == {"column"} else entry


def _is_day(text: str) -> bool:
    try:
        return 1945 <= date.fromisoformat(text).year <= 2200
    except ValueError:
        return False


def _same(there: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether two descriptors read a file alike."""
    keys = ("kind", "as_of", "id", "family", "columns")
    return all(there.get(key) == new.get(key) for key in keys)


def _in_words(entry: Mapping[str, Any] | None) -> str:
    """Where a proposed value comes from."""
    if entry is None:
        return ""
    if "constant" in entry:
        return str(entry["constant"])
    parts = [entry.get(key) for key in ("column", "day", "month", "year")]
    return " + ".join(part for part in (*parts, *entry.get("columns", ())) if part)
