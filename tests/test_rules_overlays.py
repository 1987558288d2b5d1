"""Overlays: a folder beside the pack adds to its policy, and never changes what it says."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from small_policy import NEW, SENTRA, write_files, write_pack
from tangga.errors import BadPack
from tangga.registry import load_pack
from tangga.registry.mistakes import Mistakes
from tangga.registry.model import Pack
from tangga.rules import setting_kinds
from tangga.rules.load import load_policy
from tangga.rules.on_date import Policy
from tangga.rules.policy import Dated, Period, Place
from tangga.rules.settings_files import SETTINGS_KEYS
from tangga.rules.versions import join

DAY = date(2025, 7, 1)
HEADER = 'id = "local-1"\nvalid_from = 2025-06-01\nbasis = "Perbup"\nsource = "A page"\n'
MORE = f"""id = "cash"

[[version]]
{HEADER}supersedes = "2025"

[[version.requires]]
id = "decile"
label_id = "Desil 1 sampai 5"
label_en = "Decile 1 to 5"
if = {{ fact = "decile_seen", at_most = 5 }}
"""


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    """The small pack."""
    return load_pack(write_pack(tmp_path / "pack"))


def overlay(pack: Pack, files: dict[str, str], name: str = "local") -> Path:
    """An overlay beside the pack."""
    folder = pack.dir.parent / name
    folder.mkdir(exist_ok=True)
    return write_files(folder, files)


def loaded(pack: Pack, files: dict[str, str]) -> Policy:
    """The policy of the pack with one overlay."""
    return load_policy(pack, [overlay(pack, files)], cases=True)


def refused(pack: Pack, files: dict[str, str]) -> str:
    """What is said of an overlay that is refused."""
    with pytest.raises(BadPack) as raised:
        loaded(pack, files)
    return str(raised.value)


def test_a_new_programme_stands_beside_those_of_the_pack(pack: Pack) -> None:
    policy = loaded(pack, {"programmes/care.toml": NEW})
    assert list(policy.on(DAY).programmes) == ["cash", "rice", "care"]
    care = policy.programmes["care"]
    assert (care.unit, care.area, care.determined_by) == ("person", "village", "mayor")
    assert list(load_policy(pack).programmes) == ["cash", "rice"]


def test_a_later_version_ends_the_one_that_it_supersedes(pack: Pack) -> None:
    policy = loaded(pack, {"programmes/cash.toml": MORE})
    before, after = policy.on(date(2025, 5, 31)), policy.on(date(2025, 6, 1))
    assert before.programmes["cash"][1].period.id == "2025"
    assert before.programmes["cash"][1].period.valid_to == date(2025, 6, 1)
    assert after.programmes["cash"][1].period.id == "local-1"
    assert [r.id for r in after.programmes["cash"][1].says.requires] == ["decile"]
    assert policy.programmes["cash"].unit == "family"


def test_overlays_build_on_each_other_in_their_order(pack: Pack) -> None:
    second = MORE.replace("local-1", "local-2").replace("2025-06-01", "2025-09-01")
    folders = [
        overlay(pack, {"programmes/cash.toml": MORE}, "one"),
        overlay(pack, {"programmes/cash.toml": second.replace('= "2025"', '= "local-1"')}, "two"),
    ]
    policy = load_policy(pack, folders)
    versions = [v.period.id for v in policy.programmes["cash"].rule.versions]
    assert versions == ["2025", "local-1", "local-2"]
    assert policy.hash() != load_policy(pack, folders[:1]).hash()
    with pytest.raises(BadPack, match="supersedes no version that is there: 'local-1'"):
        load_policy(pack, folders[::-1])


def test_the_order_of_overlays_is_part_of_the_hash(pack: Pack) -> None:
    one = overlay(pack, {"README.md": "one"}, "one")
    two = overlay(pack, {"README.md": "two"}, "two")
    hashes = {load_policy(pack, order).hash() for order in ([], [one], [one, two], [two, one])}
    assert len(hashes) == 4


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('supersedes = "2025"\n', "", 3,
         "version 'local-1' (from 2025-06-01) overlaps '2025' (from 2025-01-01)"),
        ("valid_from = 2025-06-01", "valid_from = 2025-01-01", 3,
         "version 'local-1' cannot supersede '2025' (from 2025-01-01): that must have begun"),
        ("valid_from = 2025-06-01", "valid_from = 2024-01-01", 3,
         "version 'local-1' cannot supersede '2025'"),
        ('id = "local-1"', 'id = "2025"', 3, "version '2025' is there already"),
        ('id = "cash"\n', 'id = "cash"\nunit = "person"\n', 2,
         "'cash' is there already: what is added to it are versions, not 'unit'"),
        ('id = "cash"\n', 'id = "cash"\nlabel_id = "Uang"\n', 2,
         "'cash' is there already: what is added to it are versions, not 'label_id'"),
    ],
)  # fmt: skip
def test_what_is_there_is_never_replaced(
    pack: Pack, old: str, new: str, line: int, words: str
) -> None:
    assert old in MORE
    said = refused(pack, {"programmes/cash.toml": MORE.replace(old, new, 1)})
    assert "the policy has 1 mistake" in said
    assert f"local/programmes/cash.toml, line {line}: {words}" in said


def test_what_has_ended_is_not_superseded(pack: Pack) -> None:
    text = MORE.replace('"cash"', '"rice"').replace('= "2025"', '= "2024"')
    text = text.replace("2025-06-01", "2026-06-01")
    assert "cannot supersede '2024' (2024-01-01 to 2026-01-01)" in refused(
        pack, {"programmes/rice.toml": text}
    )
    after = text.replace('supersedes = "2024"\n', "")
    policy = loaded(pack, {"programmes/rice.toml": after})
    assert "rice" not in policy.on(date(2026, 3, 1)).programmes
    assert "rice" in policy.on(date(2026, 6, 1)).programmes


def test_a_programme_needs_a_code(pack: Pack) -> None:
    said = refused(pack, {"programmes/food.toml": NEW.replace('"care"', '"food"')})
    assert (
        "local/programmes/food.toml, line 1: id cannot be 'food'. Valid: care, cash, rice" in said
    )


def test_the_cap_is_put_in_force_from_a_day(pack: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the village and the demo do."""
    monkeypatch.setitem(SETTINGS_KEYS, "cap", {"months": setting_kinds.whole()})
    monkeypatch.setitem(SETTINGS_KEYS, "clock", {})
    header = 'id = "{}"\nvalid_from = {}\nbasis = "A law"\nsource = "A page"\n'
    announced = header.format("announced", "2024-01-01") + 'status = "announced"\nmonths = 60\n'
    clock = f"[[version]]\n{header.format('1', '2024-01-01')}[[cap]]\n{announced}"
    write_files(pack.dir / "policy", {"clock.toml": clock})
    forced = header.format("in-force", "2025-07-01") + 'supersedes = "announced"\nmonths = 60\n'
    policy = loaded(pack, {"clock.toml": f"[[cap]]\n{forced}"})
    assert [policy.on(day).cap_in_force for day in (date(2025, 6, 30), DAY)] == [False, True]
    assert policy.on(DAY).clock.period.id == "1"


MOVE = f"""[[move]]
id = "down"
before = "care"
label_id = "Turun"
label_en = "Down"
subject = "family"
from = ["empowerment"]
to = "protection"

[[move.version]]
{HEADER}
[[move.version.requires]]
id = "worse"
label_id = "Desil 1"
label_en = "Decile 1"
if = {{ fact = "decile_seen", at_most = 1 }}

[[move]]
id = "up"

[[move.version]]
{HEADER}supersedes = "1"

[[move.version.requires]]
id = "much_better"
label_id = "Desil 8"
label_en = "Decile 8"
if = {{ fact = "decile_seen", at_least = 8 }}
"""


def test_moves_are_added_at_their_place_and_changed_from_a_day(pack: Pack) -> None:
    policy = load_policy(pack, [overlay(pack, {"ladder.toml": MOVE})])
    moves = policy.on(DAY).moves
    assert [move.id for move, _ in moves] == ["up", "down", "care"]
    assert [r.id for r in moves[0][1].says.requires] == ["much_better"]
    said = refused(pack, {"ladder.toml": MOVE})
    assert "case 'Decile 6 on protection: up': expected due, found not_due" in said


def test_a_move_stands_before_one_that_there_is(pack: Pack) -> None:
    said = refused(pack, {"ladder.toml": MOVE.replace('before = "care"', 'before = "cares"')})
    assert "local/ladder.toml, line 3: before cannot be 'cares'. Did you mean 'care'?" in said
    for path in (pack.dir / "policy").glob("*.toml"):
        path.unlink() if path.stem in ("ladder", "signals", "payee") else None
    said = refused(pack, {"ladder.toml": MOVE[: MOVE.index("[[move]]", 5)]})
    assert "local/ladder.toml, line 3: before cannot be 'care'" in said


FACT = """[family.old_people]
count = { fact = "born", age_at_least = 60 }
label_id = "Lansia"
label_en = "Old people"
"""


def test_an_overlay_has_facts_of_its_own(pack: Pack) -> None:
    text = NEW.replace('"person"', '"family"').replace(
        '"born", age_at_least = 60', '"old_people", at_least = 1'
    )
    policy = loaded(pack, {"facts.toml": FACT, "programmes/care.toml": text})
    assert ("family", "old_people") in policy.facts.facts
    assert "care" in policy.on(DAY).programmes
    other = FACT.replace("old_people", "children")
    said = refused(pack, {"facts.toml": other})
    assert "local/facts.toml, line 1: family has the fact 'children' already" in said


def test_the_first_facts_of_all_need_a_version(pack: Pack) -> None:
    """A pack may leave all facts to an overlay; then that says since when they hold."""
    for name in ("ladder.toml", "signals.toml", "payee.toml", "programmes/cash.toml"):
        (pack.dir / "policy" / name).unlink()
    (pack.dir / "policy" / "programmes" / "rice.toml").unlink()
    (pack.dir / "policy" / "facts.toml").unlink()
    born = '[person.born]\nbirth = true\nlabel_id = "Lahir"\nlabel_en = "Born"\n'
    said = refused(pack, {"facts.toml": born + FACT})
    assert "local/facts.toml: the file has no [[version]]" in said
    assert loaded(pack, {"facts.toml": f"{born}{FACT}[[version]]\n{HEADER}"}).on(DAY)


def test_an_overlay_adds_sentras_for_narrower_areas(pack: Pack) -> None:
    header = SENTRA.splitlines()[0]
    row = "local,Sentra Lokal,181105,,2020-01-01,,A page,"
    policy = loaded(pack, {"sentra.csv": f"{header}\n{row}\n"})
    found = policy.sentras.sentra_for("1811052001", DAY)
    assert found is not None
    assert found.id == "local"
    other = row.replace("181105", "1811")
    said = refused(pack, {"sentra.csv": f"{header}\n{other}\n"})
    assert "local/sentra.csv, line 2: area 1811 is served by" in said


def test_an_overlay_is_a_folder_that_is_there(pack: Pack) -> None:
    with pytest.raises(BadPack, match="no such folder of policy"):
        load_policy(pack, [pack.dir.parent / "nowhere"])
    with pytest.raises(BadPack, match="no such folder of policy"):
        load_policy(pack, [pack.dir / "pack.toml"])


def test_a_file_that_nobody_reads_is_refused_in_an_overlay(pack: Pack) -> None:
    said = refused(pack, {"cash.toml": MORE})
    assert "local/cash.toml: no file of policy" in said


# --- versions: whatever is given, one at most covers a day --------------------------------------

PLACE = Place(Path("rule.toml"), 1)


@st.composite
def _versions(draw: st.DrawFn) -> list[list[Dated[int]]]:
    """Layers of versions with days of one month, some superseding another."""
    layers = []
    for layer in range(draw(st.integers(1, 3))):
        found = []
        for n in range(draw(st.integers(0, 3))):
            first = draw(st.integers(1, 28))
            last = draw(st.none() | st.integers(first + 1, 29))
            other = draw(st.sampled_from(["", "", "0-0", "0-1", "1-0"]))
            period = Period(
                *(f"{layer}-{n}", date(2025, 1, first), "A law", "A page"),
                valid_to=None if last is None else date(2025, 1, last),
                supersedes=other,
                place=PLACE,
            )
            found.append(Dated(period, 10 * layer + n))
        layers.append(found)
    return layers


@given(_versions())
def test_at_most_one_version_covers_a_day(layers: list[list[Dated[int]]]) -> None:
    """Or it is refused; and what stands says what was written, within the days written."""
    mistakes = Mistakes(Path())
    versions: tuple[Dated[int], ...] = ()
    for layer in layers:
        versions = join(versions, layer, mistakes)
    written = {v.period.id: v for layer in layers for v in layer}
    days = [date(2025, 1, day) for day in range(1, 31)]
    covering = [[v for v in versions if v.period.covers(day)] for day in days]
    if mistakes.found:
        return
    assert all(len(some) <= 1 for some in covering)
    assert {v.period.id for v in versions} == set(written)
    for version in versions:
        asked = written[version.period.id]
        assert version.says == asked.says
        ended = [v for v in written.values() if v.period.supersedes == version.period.id]
        for day in days:
            superseded = any(day >= v.period.valid_from for v in ended)
            assert version.period.covers(day) == (asked.period.covers(day) and not superseded)
