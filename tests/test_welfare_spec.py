"""SPEC.toml: what it may say, what stands where it is silent, and every mistake with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tangga.engine.welfare.spec import Feature, Grouping
from tangga.engine.welfare.spec_file import KEYS, OF_NUMBERS, OF_WORDS, read_spec
from tangga.errors import BadPack

SPECS = Path(__file__).parents[1] / "docs" / "tutorial"
LEAST = """
version = "one"
[outcome]
column = "spending"
[features.rooms]
kind = "numeric"
"""
WHOLE = """
version = "all"
[outcome]
column = "spending"
kind   = "income"
per    = "household"
log    = false
unit   = "per person and month"
line   = 1250.5
[survey]
weight   = "w"
members  = "n"
speak_of = "households"
cluster  = "psu"
strata   = ["a", "b"]
region   = "province"
[model]
correction = true
cutoff  = "calibrated"
folds   = 5
repeats = 20
seed    = 7
held    = 0.2
[vulnerability]
spread = ["rooms", "region"]
persistence = 0.5
shock = 0.15
[features.rooms]
kind = "numeric"
column = "rooms_n"
fact = "room_count"
transform = "log1p"
low = 0
high = 9.5
monotone = 1
missing = "own"
not_known = [98, 99.0, "don't know"]
label_id = "kamar"
label_en = "rooms"
[features.wall]
kind = "categorical"
groups = { "zinc" = "metal", "tin" = "metal" }
order = ["bamboo", "metal", "brick"]
monotone = 1
missing = "average"
label_en = "wall"
[groups.residence]
column = "urban"
[groups.n]
cuts = [3, 5.5]
"""


def spec_of(folder: Path, text: str):
    file = folder / "spec.toml"
    file.write_text(text, encoding="utf-8")
    return read_spec(file)


def test_what_a_short_spec_means(tmp_path: Path) -> None:
    spec = spec_of(tmp_path, LEAST)
    assert (spec.kind, spec.per, spec.log, spec.line) == ("consumption", "person", True, None)
    assert (spec.weight, spec.members, spec.people, spec.cluster) == (None, None, False, None)
    assert (spec.folds, spec.repeats, spec.seed, spec.held) == (10, 200, 1, 0.1)
    assert (spec.correction, spec.cutoff, spec.persistence, spec.shock) == (
        False,
        "quota",
        0.0,
        0.0,
    )
    assert spec.features == (Feature("rooms", "rooms", "rooms", "numeric"),)
    assert spec.columns() == ("spending", "rooms")


def test_every_key_is_read(tmp_path: Path) -> None:
    spec = spec_of(tmp_path, WHOLE)
    assert (spec.outcome, spec.kind, spec.per, spec.log) == (
        "spending",
        "income",
        "household",
        False,
    )
    assert (spec.unit, spec.line, spec.people) == ("per person and month", 1250.5, False)
    assert (spec.weight, spec.members, spec.cluster) == ("w", "n", "psu")
    assert (spec.strata, spec.region) == (("a", "b"), "province")
    assert (spec.correction, spec.cutoff, spec.folds, spec.repeats) == (True, "calibrated", 5, 20)
    assert (spec.seed, spec.held, spec.persistence, spec.shock) == (7, 0.2, 0.5, 0.15)
    assert spec.spread == ("rooms", "region")
    rooms, wall, region = spec.features
    assert rooms == Feature(
        "rooms", "rooms_n", "room_count", "numeric", "log1p", 0.0, 9.5,
        monotone=1, missing="own", not_known=("98", "99", "don't know"),
        labels={"en": "rooms", "id": "kamar"},
    )  # fmt: skip
    assert wall.groups == {"zinc": "metal", "tin": "metal"}
    assert (wall.order, wall.monotone) == (("bamboo", "metal", "brick"), 1)
    assert wall.labels == {"en": "wall", "id": "wall"}
    assert (region.name, region.column, region.kind, region.missing) == (
        "region", "province", "categorical", "average",
    )  # fmt: skip
    assert spec.groupings == (Grouping("residence", "urban"), Grouping("n", "n", (3.0, 5.5)))
    assert spec.text == WHOLE


def test_a_region_can_be_described(tmp_path: Path) -> None:
    text = (
        LEAST + '[survey]\nregion = "p"\n[features.region]\nfact = "province"\nmissing = "unknown"'
    )
    region = spec_of(tmp_path, text).feature("region")
    assert (region.column, region.fact, region.missing) == ("p", "province", "unknown")
    with pytest.raises(BadPack, match="the region is a category, of the column 'p'"):
        spec_of(tmp_path, text + '\ncolumn = "q"')


def test_a_line_may_be_a_column(tmp_path: Path) -> None:
    spec = spec_of(tmp_path, LEAST.replace('"spending"', '"spending"\nline = "pl"'))
    assert spec.line == "pl"
    assert "pl" in spec.columns()


def test_every_unknown_key_is_told_with_its_line_and_the_nearest(tmp_path: Path) -> None:
    text = """verion = "one"
[outcome]
colum = "spending"
[survey]
wieght = "w"
[model]
fold = 3
[vulnerability]
spred = []
[features.rooms]
kind = "numeric"
transfrom = "log"
groups = {}
[groups.x]
cut = [1]
"""
    with pytest.raises(BadPack) as caught:
        spec_of(tmp_path, text)
    said = str(caught.value)
    for line, key, meant in (
        (1, "verion", "version"), (3, "colum", "column"), (5, "wieght", "weight"),
        (7, "fold", "folds"), (9, "spred", "spread"), (12, "transfrom", "transform"),
        (15, "cut", "cuts"),
    ):  # fmt: skip
        assert f"spec.toml, line {line}: unknown key '{key}'. Did you mean '{meant}'?" in said
    assert "line 13: unknown key 'groups'" in said  # of categories only
    assert "the spec has 10 mistakes" in said  # these, and two that are missing


WRONG = [
    ("kind = 3", "kind", "kind must be text, not 3"),
    ('kind = "number"', "kind", "kind cannot be 'number'"),
    ('kind = "numeric"\ntransform = "ln"', "transform", "transform cannot be 'ln'"),
    ('kind = "numeric"\nmonotone = 2', "monotone", "monotone is 1, -1 or 0, not 2"),
    ('kind = "numeric"\nmonotone = true', "monotone", "must be a whole number, not true"),
    ('kind = "numeric"\nlow = 3\nhigh = 3', "low", "low must be below high"),
    ('kind = "numeric"\nlow = "3"', "low", "low must be a number, not '3'"),
    ('kind = "numeric"\nlow = inf', "low", "low must be a number"),
    ('kind = "numeric"\nmissing = "zero"', "missing", "missing cannot be 'zero'"),
    ('kind = "categorical"\nmonotone = 1', "monotone", "words rise or fall only in an order"),
    ('kind = "categorical"\norder = ["a", "b"]', "order", "says something only with monotone"),
    ('kind = "categorical"\nmonotone = 1\norder = ["a", "a"]', "order", "holds a word twice"),
    ('kind = "categorical"\nmonotone = 1\norder = [1]', "order", "must be a list of words"),
    ('kind = "categorical"\ngroups = { a = 1 }', "groups", "groups are written"),
    ('kind = "numeric"\nnot_known = [true]', "not_known", "is a list of words and numbers"),
    ("label_en = 1", "label_en", "label_en must be text"),
]


@pytest.mark.parametrize(("keys", "at", "what"), WRONG)
def test_mistakes_of_a_feature(tmp_path: Path, keys: str, at: str, what: str) -> None:
    text = LEAST.replace('kind = "numeric"', keys)
    with pytest.raises(BadPack) as caught:
        spec_of(tmp_path, text)
    line = next(n for n, row in enumerate(text.splitlines(), 1) if row.startswith(at))
    assert f"line {line}: " in str(caught.value)
    assert what in str(caught.value)


OTHERS = [
    ("held = 0.1", "held = 0.6", "held must be from 0 to 0.5, not 0.6"),
    ("folds   = 5", "folds = 1", "folds must be at least 2, not 1"),
    ("persistence = 0.5", "persistence = -0.1", "persistence must be from 0 to 1, not -0.1"),
    ("shock = 0.15", "shock = -1", "shock must be at least 0, not -1"),
    ("line   = 1250.5", "line = 0", "line must be above 0, not 0"),
    ("line   = 1250.5", "line = true", "line must be a number, not true"),
    ('["rooms", "region"]', '["room"]', "spread cannot hold 'room'. Did you mean 'rooms'?"),
    ('members  = "n"', "", "per: a household's outcome is divided by its members"),
    ('speak_of = "households"', 'speak_of = "men"', "speak_of cannot be 'men'"),
    ("cuts = [3, 5.5]", "cuts = [3, 3]", "cuts are numbers, each above the one before"),
    ("cuts = [3, 5.5]", 'cuts = ["3"]', "cuts are numbers, each above the one before"),
    ("[groups.n]", "[groups.N]", "'N': names are lower-case letters, digits and _"),
    ("[model]", "[[model]]", "model must be a table"),
]


@pytest.mark.parametrize(("instead_of", "text", "what"), OTHERS)
def test_mistakes_elsewhere(tmp_path: Path, instead_of: str, text: str, what: str) -> None:
    changed = WHOLE.replace("held    = 0.2", "held = 0.1").replace(instead_of, text)
    with pytest.raises(BadPack) as caught:
        spec_of(tmp_path, changed)
    assert what.removeprefix("per: ") in str(caught.value)
    assert "spec.toml, line " in str(caught.value)


def test_to_speak_of_people_members_are_needed(tmp_path: Path) -> None:
    with pytest.raises(BadPack, match="to speak of people, name the column of members"):
        spec_of(tmp_path, LEAST + '[survey]\nspeak_of = "people"')


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('version = "one', "not readable as TOML"),
        ('version = "x"\n[outcome]\ncolumn = "y"', "a model needs features"),
        (LEAST + '[features.Rooms]\nkind = "numeric"', "names are lower-case letters"),
        (
            LEAST.replace("[features.rooms]", "[features]\nrooms = 3\n[other]"),
            "rooms must be a table",
        ),
    ],
)
def test_what_is_no_spec(tmp_path: Path, text: str, what: str) -> None:
    with pytest.raises(BadPack, match=what):
        spec_of(tmp_path, text)


def test_no_file(tmp_path: Path) -> None:
    with pytest.raises(BadPack, match="does not exist"):
        read_spec(tmp_path / "spec.toml")


def test_the_specs_that_others_use_are_right() -> None:
    for file in sorted(SPECS.glob("*.toml")):
        assert read_spec(file).features


def test_the_guide_names_every_key() -> None:
    guide = Path(__file__).parents[1] / "docs" / "guides" / "welfare.md"
    text = guide.read_text(encoding="utf-8")
    keys = {key for name, some in KEYS.items() if name for key in some}
    keys |= {*OF_NUMBERS, *OF_WORDS, "version", "label_id", "label_en"}
    assert sorted(key for key in keys if f"`{key}`" not in text) == []
