"""What the pack says of visits (`work/visits.toml`): order, forms, and what each pilar records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tangga.registry.mistakes import Mistakes, nearest
from tangga.registry.model import Pack
from tangga.rules.toml_file import Spot, TomlFile, read_toml

FILE = "work/visits.toml"
PARTS = ("roles", "order", "form", "whole", "pilar", "answers", "none", "sheet", "record")
BANDS = (
    *("overdue", "planned", "deadline", "struck", "revisit", "decides", "unknown", "stale"),
    *("rest", "done"),
)
FORM = {"left_out": list, "told": list, "sections": list, "open": list}
WHOLE = {"decides": list, "papers": list, "for_example": list, "numbers": list} | {
    "moves": list,
    "kinds": list,
}
OF_PILAR = {"sections": list, "purpose": str}
ORDER = {"bands": list, "near_days": int, "stale_days": int, "decides": list, "struck": list}
RECORD: dict[str, type] = {
    "id": str,
    "en": str,
    "pilar": list,
    "workflow": str,
    "events": list,
    "shocks": list,
    "topics": dict,
    "hours": int,
    "goods": bool,
    "person": bool,
    "programme": str,
}
VISIT = "visit"


@dataclass(frozen=True)
class Record:
    """What a pilar records besides visits. hours: within which it is to be recorded, 0: no limit.
    topics: code -> words. person: an event is recorded of one person of a family. programme: of
    which goods that are handed out are a delivery."""

    name: str
    labels: Mapping[str, str]
    pilar: tuple[str, ...]
    workflow: str
    events: tuple[str, ...] = ()
    shocks: tuple[str, ...] = ()
    topics: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    hours: int = 0
    goods: bool = False
    person: bool = False
    programme: str = ""

    def label(self, language: str) -> str:
        """What it is called."""
        return self.labels[language]


@dataclass(frozen=True)
class Form:
    """The form of one pilar. purpose: '' where the worker has to say it."""

    sections: tuple[str, ...]
    purpose: str = ""


@dataclass(frozen=True)
class Whole:
    """When a visit is complete; the keys are those of the file."""

    decides: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    for_example: tuple[str, ...] = ()
    moves: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wanted:
    """All of it. answers: (entity, question) -> columns of that entity. none: such a question ->
    the code that stands for "none of it"."""

    roles: Mapping[str, str]
    bands: tuple[str, ...]
    near_days: int
    stale_days: int
    decides: tuple[str, ...]
    struck: tuple[str, ...]
    left_out: tuple[str, ...]
    told: tuple[str, ...]
    form: Form
    open: tuple[str, ...]
    forms: Mapping[str, Form]
    answers: Mapping[tuple[str, str], tuple[str, ...]]
    none: Mapping[tuple[str, str], str]
    sheet: tuple[str, ...]
    records: Mapping[str, Record]
    whole: Whole = Whole()

    def form_of(self, pilar: str) -> Form:
        """The form that a worker of this pilar fills in."""
        return self.forms.get(pilar, self.form)

    def records_of(self, pilar: str) -> list[Record]:
        """What this pilar records besides visits."""
        return [one for one in self.records.values() if pilar in one.pilar]


@cache
def wanted() -> Wanted:
    """Of the pack that the service was set to."""
    from tangga.web.pack import pack

    return load_wanted(pack())


def load_wanted(pack: Pack) -> Wanted:
    """Of a pack; BadPack naming every mistake with its line. A pack without the file has visits in
    the plainest form."""
    path = Path(pack.dir) / FILE
    if not path.is_file():
        return _plain(pack)
    mistakes = Mistakes(Path(pack.dir))
    file = read_toml(path, mistakes)
    mistakes.raise_if_any()
    assert file is not None
    found = _read(file, pack)
    mistakes.raise_if_any()
    return found


def _plain(pack: Pack) -> Wanted:
    sections = tuple(pack.tables[VISIT].sections)
    form = Form(sections)
    return Wanted({}, BANDS, 14, 180, (), (), (), (), form, sections[:1], {}, {}, {}, (), {})


def _read(file: TomlFile, pack: Pack) -> Wanted:
    data, top = file.data, file.top
    top.check_keys(data, PARTS)
    order, form = data.get("order", {}), data.get("form", {})
    _fits(order, ORDER, top.at("order"))
    _fits(form, FORM, top.at("form"))
    columns = pack.tables[VISIT].columns
    _known(order.get("bands", ()), BANDS, top.at("order", "bands"))
    _known(order.get("struck", ()), pack.codes["event"].codes, top.at("order", "struck"))
    for key in ("left_out", "told"):
        _known(form.get(key, ()), columns, top.at("form", key))
    sheet = tuple(data.get("sheet", {}).get("columns", ()))
    _known(sheet, columns, top.at("sheet", "columns"))
    _known(data.get("roles", {}).values(), pack.codes["pilar"].codes, top.at("roles"))
    return Wanted(
        roles=dict(data.get("roles", {})),
        bands=tuple(order.get("bands", BANDS)),
        near_days=order.get("near_days", 14),
        stale_days=order.get("stale_days", 180),
        decides=tuple(order.get("decides", ())),
        struck=tuple(order.get("struck", ())),
        left_out=tuple(form.get("left_out", ())),
        told=tuple(form.get("told", ())),
        form=_form(form, pack, top.at("form")),
        open=tuple(form.get("open", ())),
        forms={
            code: _of_pilar(one, pack, top.at("pilar", code))
            for code, one in data.get("pilar", {}).items()
        },
        answers=dict(_answers(data.get("answers", {}), pack, top)),
        none=dict(_none(data, pack, top)),
        sheet=sheet,
        records={
            name: _record(name, one, pack, top.at("record", name))
            for name, one in data.get("record", {}).items()
        },
        whole=_complete(data.get("whole", {}), pack, top.at("whole")),
    )


def _complete(data: Mapping[str, Any], pack: Pack, spot: Spot) -> Whole:
    _fits(data, WHOLE, spot)
    for key in ("decides", "papers", "for_example", "numbers"):
        _known(data.get(key, ()), pack.tables[VISIT].columns, spot.at(key))
    return Whole(**{key: tuple(named) for key, named in data.items() if key in WHOLE})


def _form(data: Mapping[str, Any], pack: Pack, spot: Spot) -> Form:
    sections = tuple(data.get("sections", pack.tables[VISIT].sections))
    _known(sections, pack.tables[VISIT].sections, spot.at("sections"))
    purpose = data.get("purpose", "")
    if purpose:
        _known([purpose], pack.codes["visit_purpose"].codes, spot.at("purpose"))
    return Form(sections, purpose)


def _of_pilar(data: Mapping[str, Any], pack: Pack, spot: Spot) -> Form:
    _fits(data, OF_PILAR, spot)
    return _form(data, pack, spot)


def _answers(
    data: Mapping[str, Any], pack: Pack, top: Spot
) -> Iterable[tuple[tuple[str, str], tuple[str, ...]]]:
    for name, columns in data.items():
        entity, _, fact = name.partition("/")
        if entity in ("person", "family"):
            _known(columns, pack.tables[entity].columns, top.at("answers", name))
        else:
            top.at("answers", name).wrong("begins with person/ or family/")
        yield (entity, fact), tuple(columns)


def _none(data: Mapping[str, Any], pack: Pack, top: Spot) -> Iterable[tuple[tuple[str, str], str]]:
    answers = data.get("answers", {})
    for name, code in data.get("none", {}).items():
        _known([name], answers, top.at("none"))
        entity, _, fact = name.partition("/")
        table = pack.tables[entity].columns if entity in pack.tables else {}
        lists = [table[one].codes for one in answers.get(name, ()) if one in table]
        _known(
            [code], {one for codes in lists if codes for one in codes.codes}, top.at("none", name)
        )
        yield (entity, fact), code


def _record(name: str, data: Mapping[str, Any], pack: Pack, spot: Spot) -> Record:
    _fits(data, RECORD, spot)
    _known(data.get("pilar", ()), pack.codes["pilar"].codes, spot.at("pilar"))
    _known(data.get("shocks", ()), pack.codes["shock"].codes, spot.at("shocks"))
    _known(data.get("events", ()), pack.codes["event"].codes, spot.at("events"))
    if data.get("programme"):
        _known([data["programme"]], pack.codes["programme"].codes, spot.at("programme"))
    return Record(
        name=name,
        labels={"id": data.get("id", name), "en": data.get("en", name)},
        pilar=tuple(data.get("pilar", ())),
        workflow=data.get("workflow", ""),
        events=tuple(data.get("events", ())),
        shocks=tuple(data.get("shocks", ())),
        topics=data.get("topics", {}),
        hours=data.get("hours", 0),
        goods=data.get("goods", False),
        person=data.get("person", False),
        programme=data.get("programme", ""),
    )


def _known(words: Iterable[str], known: Iterable[str], spot: Spot) -> None:
    valid = list(known)
    for word in words:
        if word not in valid:
            spot.wrong(f"there is no {word!r}", todo=nearest(word, valid))


def _fits(data: Mapping[str, Any], kinds: Mapping[str, type], spot: Spot) -> None:
    spot.check_keys(data, kinds)
    for key in data:
        if key in kinds and type(data[key]) is not kinds[key]:
            spot.at(key).wrong(f"{key} is of the wrong type")
