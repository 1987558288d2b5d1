"""Reads SPEC.toml: what a welfare model is to be. Every mistake is told, with its line, at once."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from tangga.engine.welfare.spec import MISSING, REGION, TRANSFORMS, Feature, Grouping, Spec
from tangga.errors import BadPack
from tangga.registry.mistakes import Mistakes
from tangga.registry.model import NAME
from tangga.rules.names import Names
from tangga.rules.section import Section, Words, shown
from tangga.rules.toml_file import TomlFile, read_toml

KEYS: Mapping[str, tuple[str, ...]] = {
    "": ("version", "outcome", "survey", "model", "vulnerability", "features", "groups"),
    "outcome": ("column", "kind", "per", "log", "unit", "line"),
    "survey": ("weight", "members", "speak_of", "cluster", "strata", "region"),
    "model": ("correction", "cutoff", "folds", "repeats", "seed", "held"),
    "vulnerability": ("spread", "persistence", "shock"),
    "features": ("kind", "column", "fact", "monotone", "missing", "not_known"),
    "groups": ("column", "cuts"),
}
"""The keys of each table; of features those that every kind has."""
OF_NUMBERS = ("transform", "low", "high")
OF_WORDS = ("groups", "order")
LABEL = re.compile(r"label_([a-z]{2,3})")
PEOPLE, HOUSEHOLDS = "people", "households"
FOLDS, REPEATS, MOST = 10, 200, 10_000
HELD = 0.1


def read_spec(path: Path) -> Spec:
    """The spec of a file. Raises BadPack with every mistake, each with line and nearest key."""
    mistakes = Mistakes(path.parent, of="the spec")
    if not path.is_file():
        raise BadPack("this file does not exist", file=path)
    file = read_toml(path, mistakes)
    spec = _spec(file) if file is not None else None
    mistakes.raise_if_any()
    assert spec is not None
    return spec


def _spec(file: TomlFile) -> Spec:
    top = Section.whole(file, Words(_languages(file.data), {}, Names({}, {})))
    top.check_keys(KEYS[""])
    tables = {name: _table(top, name) for name in ("outcome", "survey", "model", "vulnerability")}
    survey = tables["survey"]
    region = _column(survey, "region")
    features = _features(top, region)
    if not features:
        top.wrong("features", "a model needs features, each as [features.NAME]")
    return Spec(
        file=file.path,
        version=top.text("version"),
        **_outcome(tables["outcome"], survey),
        **_design(survey),
        region=region,
        features=features,
        groupings=_groupings(top),
        **_model(tables["model"]),
        **_vulnerability(tables["vulnerability"], features),
        text=file.text,
    )


def _languages(data: Mapping[str, Any]) -> list[str]:
    """The languages in which any feature has a label."""
    said = data.get("features")
    tables = (
        [one for one in said.values() if isinstance(one, dict)] if isinstance(said, dict) else []
    )
    found = (LABEL.fullmatch(key) for table in tables for key in table)
    return sorted({match[1] for match in found if match})


def _table(top: Section, name: str) -> Section:
    """A table of the file; an empty one where it is left out."""
    section = top.table(name) or Section({}, top.spot.at(name), top.words)
    section.check_keys(KEYS[name])
    return section


def _outcome(section: Section, survey: Section) -> dict[str, Any]:
    per = section.choice("per", ("person", "household"), "person")
    if per == "household" and "members" not in survey.data:
        section.wrong("per", "a household's outcome is divided by its members: name their column")
    return {
        "outcome": section.text("column"),
        "kind": section.choice("kind", ("consumption", "income"), "consumption"),
        "per": per,
        "log": section.flag("log", True),
        "unit": section.text("unit", ""),
        "line": _line(section),
    }


def _line(section: Section) -> float | str | None:
    value = section.data.get("line")
    if value is None:
        return None
    if isinstance(value, str):
        return section.text("line")
    return _number(section, "line", above=0.0)


def _design(section: Section) -> dict[str, Any]:
    members = _column(section, "members")
    speak_of = section.choice("speak_of", (PEOPLE, HOUSEHOLDS), PEOPLE if members else HOUSEHOLDS)
    if speak_of == PEOPLE and members is None:
        section.wrong("speak_of", "to speak of people, name the column of members")
    return {
        "weight": _column(section, "weight"),
        "members": members,
        "people": speak_of == PEOPLE,
        "cluster": _column(section, "cluster"),
        "strata": _words(section, "strata"),
    }


def _model(section: Section) -> dict[str, Any]:
    return {
        "correction": section.flag("correction"),
        "cutoff": section.choice("cutoff", ("quota", "calibrated"), "quota"),
        "folds": section.whole_number("folds", FOLDS, low=2, high=MOST),
        "repeats": section.whole_number("repeats", REPEATS, low=2, high=MOST),
        "seed": section.whole_number("seed", 1),
        "held": _number(section, "held", HELD, low=0.0, high=0.5),
    }


def _vulnerability(section: Section, features: Sequence[Feature]) -> dict[str, Any]:
    return {
        "spread": section.several("spread", [feature.name for feature in features]),
        "persistence": _number(section, "persistence", 0.0, low=0.0, high=1.0),
        "shock": _number(section, "shock", 0.0, low=0.0),
    }


def _features(top: Section, region: str | None) -> tuple[Feature, ...]:
    found = [_feature(section, name, region) for name, section in _named(top, "features")]
    if region is not None and REGION not in {feature.name for feature in found}:
        found.append(Feature(REGION, region, REGION, "categorical", missing="average"))
    return tuple(found)


def _named(top: Section, key: str) -> list[tuple[str, Section]]:
    """The tables `[key.NAME]`, by name."""
    all_of_them = top.table(key)
    if all_of_them is None:
        return []
    found = []
    for name in all_of_them.data:
        if not NAME.fullmatch(name):
            all_of_them.wrong(name, f"{name!r}: names are lower-case letters, digits and _")
        table = all_of_them.table(name)
        if table is not None:
            found.append((name, table))
    return found


def _feature(section: Section, name: str, region: str | None) -> Feature:
    is_region = name == REGION and region is not None
    kind = section.choice("kind", ("numeric", "categorical"), "categorical" if is_region else None)
    numeric = kind == "numeric"
    section.check_keys(KEYS["features"], OF_NUMBERS if numeric else OF_WORDS, section.label_keys)
    column = section.text("column", region if is_region else name)
    if is_region and (numeric or column != region):
        section.wrong("column", f"the region is a category, of the column {region!r}")
    feature = Feature(
        name=name,
        column=column,
        fact=section.text("fact", name),
        kind=kind,
        transform=section.choice("transform", TRANSFORMS, "none"),
        low=_number(section, "low") if "low" in section.data else None,
        high=_number(section, "high") if "high" in section.data else None,
        groups=_groups(section),
        order=_words(section, "order"),
        monotone=_monotone(section),
        missing=section.choice("missing", MISSING, "average" if is_region else "unknown"),
        not_known=_not_known(section),
        labels=section.labels(dict.fromkeys(section.words.languages, name)),
    )
    _check_together(section, feature)
    return feature


def _monotone(section: Section) -> int:
    value = section.take("monotone", int, 0)
    if value not in (-1, 0, 1):
        section.wrong("monotone", f"monotone is 1, -1 or 0, not {value}")
    return value


def _groups(section: Section) -> dict[str, str]:
    given = section.take("groups", dict, {})
    if not all(isinstance(word, str) for word in given.values()):
        section.wrong("groups", 'groups are written { "word of the file" = "word of the model" }')
        return {}
    return {str(word): group for word, group in given.items()}


def _not_known(section: Section) -> tuple[str, ...]:
    given = section.take("not_known", list, [])
    if not all(isinstance(one, str) or _as_number(one) is not None for one in given):
        section.wrong("not_known", "not_known is a list of words and numbers")
        return ()
    return tuple(
        one.strip() if isinstance(one, str) else f"{_as_number(one):.15g}" for one in given
    )


def _check_together(section: Section, feature: Feature) -> None:
    """What no key alone shows."""
    if feature.low is not None and feature.high is not None and feature.low >= feature.high:
        section.wrong("low", "low must be below high")
    if feature.monotone and not feature.numeric and not feature.order:
        todo = 'Name them, the worst off first: order = ["bamboo", "wood", "brick"]'
        section.wrong("monotone", "words rise or fall only in an order", todo)
    if feature.order and not feature.monotone:
        section.wrong("order", "an order says something only with monotone = 1 or -1")


def _groupings(top: Section) -> tuple[Grouping, ...]:
    found = []
    for name, section in _named(top, "groups"):
        section.check_keys(KEYS["groups"])
        found.append(Grouping(name, section.text("column", name), _cuts(section)))
    return tuple(found)


def _cuts(section: Section) -> tuple[float, ...]:
    given = section.take("cuts", list, [])
    cuts = [_as_number(value) for value in given]
    if None in cuts or sorted(set(cuts)) != cuts:
        section.wrong("cuts", "cuts are numbers, each above the one before")
        return ()
    return tuple(cuts)


def _column(section: Section, key: str) -> str | None:
    """The name of a column; None where it is left out."""
    return section.text(key) if key in section.data else None


def _words(section: Section, key: str) -> tuple[str, ...]:
    """A list of different words; () where it is left out."""
    given = section.take(key, list, [])
    if not all(isinstance(word, str) and word.strip() for word in given):
        section.wrong(key, f"{key} must be a list of words")
        return ()
    if len(set(given)) < len(given):
        section.wrong(key, f"{key} holds a word twice")
    return tuple(given)


def _number(
    section: Section,
    key: str,
    default: float = 0.0,
    *,
    low: float = -math.inf,
    high: float = math.inf,
    above: float = -math.inf,
) -> float:
    """A number within bounds (`above`: not even equal); the default where it is left out."""
    if key not in section.data:
        return default
    value = _as_number(section.data[key])
    if value is None:
        section.wrong(key, f"{key} must be a number, not {shown(section.data[key])}")
        return default
    if not (low <= value <= high and value > above):
        bounds = f"from {low:g} to {high:g}" if math.isfinite(high) else f"at least {low:g}"
        bounds = f"above {above:g}" if math.isfinite(above) else bounds
        section.wrong(key, f"{key} must be {bounds}, not {shown(section.data[key])}")
    return value


def _as_number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    number = float(value)
    return number if math.isfinite(number) else None


def line_of_column(spec: Spec, column: str) -> tuple[str, int | None]:
    """(where a spec first names a column of the survey, on which line), for messages."""
    file = TomlFile(spec.file, spec.text, {}, Mistakes(spec.file.parent))
    path = next((path for path, name in _named_columns(spec) if name == column), ())
    return " ".join(path), file.line(path) if path else None


def _named_columns(spec: Spec) -> list[tuple[tuple[str, ...], str | None]]:
    """Where in the file each column is named."""
    found = [(("outcome", "column"), spec.outcome)]
    if isinstance(spec.line, str):
        found.append((("outcome", "line"), spec.line))
    found += [(("survey", key), getattr(spec, key)) for key in ("weight", "members", "cluster")]
    found += [(("survey", "strata"), name) for name in spec.strata]
    found += [(("survey", "region"), spec.region)]
    found += [(("features", f.name, "column"), f.column) for f in spec.features]
    return found + [(("groups", g.name, "column"), g.column) for g in spec.groupings]
