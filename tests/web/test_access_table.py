"""Who may do what, whole: the pack's table against this one, written by hand and read by people.

Both have to be changed together, so that nobody gets a right by a slip.
"""

from __future__ import annotations

import shutil
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tangga.errors import BadPack
from tangga.registry import load_pack
from tangga.registry.load import pack_dir
from tangga.registry.privacy import PRIVACY_LABELS
from tangga.registry.privacy import sight as audience_sight
from tangga.web.access import LEVELS, VERBS, level_of, load_access

# Levels: N nation, P province, K kabupaten or kota, C kecamatan, D desa.
# Verbs in the order of VERBS. Columns: open, personal, identity, financial, account, sensitive,
# case; F full, m masked, - hidden. 2: a second factor is compulsory.
#                     levels  figures families search | sources lists export reveal | upload jobs |
#     propose approve rollback | accounts audit lookers | case | policy tokens | propose endorse
#     verify recommend sign send_up | duplicates | visit assign | move_propose move_check
#     move_decide | empower | programmes rounds determine deliver | counter | appeals_take
#     appeals_check appeals_decide objectors | plan_propose plan_decide simulate |
#     papers delegate subject
EXPECTED = """
operator_desa        D     xxx .xxx xx ... ... . x. x....x . .. ... . x..x x x... ... x.. FFFFm-- 2
kepala_desa          D     xxx .x.. .. ... ..x . x. xx.... . .. ... . x... . .... ... ... FFFm--- 1
tksk                 C     xxx .xx. .. ... ... . x. x..... . x. ... . x..x . .... ... ... FFFFm-- 2
tagana               KC    xxx .x.. .. ... ... . x. x..... . x. ... . ...x . .... ... ... FFF---- 1
pelopor_perdamaian   KC    xxx .x.. .. ... ... . x. x..... . x. ... . .... . .... ... ... FFF---- 1
pendamping_pkh       CD    xxx .xx. .. ... ... . x. x..... . x. x.. x x... . .... ... ... FFFFm-- 2
pendamping_rehsos    KC    xxx .x.. .. ... ..x x x. x..... . x. x.. . .... . .... ... ... FFF--FF 2
koordinator_pkh      PK    xxx .xx. .. ... ..x . x. ...... . .x .x. x x... . .... ... ... FFFFm-- 2
operator_kabkota     K     xxx xxxx xx x.. ... . xx x....x x .x x.. x xx.x x x... x.x x.. FFFFmF- 2
verifikator_kabkota  K     xxx xxxx .x ... ..x . x. ..x... x .. .x. . x... . .x.x ... x.x FFFFmF- 2
kepala_dinas         K     xxx xx.. .. .xx ..x . x. ...x.. . .. ..x . x.x. . ..xx xxx xxx FFFFmF- 2
bupati               K     x.. .... .. ... ... . x. ....x. . .. ... . ..x. . .... .x. .x. FFF---- 2
dinas_provinsi       P     xxx xxxx xx xxx ..x . xx ...... x .x ..x . xxx. . .xxx xxx xxx FFFFmF- 2
sentra               PK    xx. .x.. .. ... ..x x x. ...... . .. ... . .... . .... ... ... FFF--FF 2
kemensos             N     xxx xxxx xx xxx ..x . xx ...... . .. ... . xxx. . .... xxx x.. FFFFmF- 2
disdukcapil          PK    .xx .xxx .. ... ... . x. x..... . .. ... . .... . .... ... ... F-F---- 2
bps                  NPK   xx. xx.. .. ... ... . xx ...... . .. ... . .... . .... ... ... FFmF-m- 2
auditor              NPK   xxx xx.. .. ... .xx . x. ...... . .. ... . x... . .... ... ... FFFFmm- 2
administrator        NPK   ... .... .. ... x.. . x. ...... . .. ... . .... . .... ... ... F------ 2
"""
SIGHTS = {"F": "full", "m": "masked", "-": "hidden"}
LETTERS = dict(zip(LEVELS, "NPKCD", strict=True))
AREA = {
    "country": "",
    "province": "18",
    "regency": "1811",
    "district": "181105",
    "village": "1811052001",
}
ACCESS = load_access(pack_dir("indonesia"))
VILLAGE_ROLES = (
    "operator_desa",
    "kepala_desa",
    "tksk",
    "tagana",
    "pelopor_perdamaian",
    "pendamping_pkh",
)


def expected() -> dict[str, tuple[str, str, str, bool]]:
    """Role -> levels, verbs, sights, second factor."""
    found = {}
    for line in EXPECTED.strip().splitlines():
        role, levels, *verbs, sights, factor = line.split()
        found[role] = (levels, "".join(verbs), sights, factor == "2")
    return found


def viewer(role: str, area: str) -> Any:
    """A viewer in a post; no database is asked."""
    from tangga.web.viewer import ActivePost, viewer_of

    return viewer_of(object(), ActivePost(1, ACCESS.roles[role], area))


def test_no_role_is_missing_and_none_is_new() -> None:
    assert list(expected()) == list(ACCESS.roles)


@pytest.mark.parametrize("role", ACCESS.roles)
def test_every_role_by_level_verb_and_class(role: str) -> None:
    levels, verbs, sights, factor = expected()[role]
    known = ACCESS.roles[role]
    assert known.second_factor is factor
    assert len(verbs) == len(VERBS)
    for level, area in AREA.items():
        may_hold = LETTERS[level] in levels
        assert known.may_hold(area) is may_hold, level
        if not may_hold:
            continue
        here = viewer(role, area)
        for verb, mark in zip(VERBS, verbs, strict=True):
            # The register of the tests is the nation's: only its posts hold it whole.
            wide = level == "country" or not ACCESS.verbs[verb].whole
            assert here.may(verb) is (mark == "x" and wide), (level, verb)
        for name, mark in zip(PRIVACY_LABELS, sights, strict=True):
            assert here.sight(name) == SIGHTS[mark], name


def test_releases_are_for_who_holds_the_whole_register(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.conf import settings

    asked = ("propose_release", "approve_release", "rollback")
    one, other = viewer("operator_kabkota", "1811"), viewer("kepala_dinas", "1811")
    assert not any(one.may(verb) or other.may(verb) for verb in asked)
    monkeypatch.setattr(settings, "ENV", replace(settings.ENV, root_area="1811"))
    assert [one.may(verb) for verb in asked] == [True, False, False]
    assert [other.may(verb) for verb in asked] == [False, True, True]
    assert not viewer("kepala_dinas", "1771").may("rollback"), "the neighbour's"


def test_nobody_may_do_anything() -> None:
    from tangga.web.viewer import NOBODY

    assert not any(NOBODY.may(verb) for verb in VERBS)
    assert {NOBODY.sight(name) for name in PRIVACY_LABELS} == {"hidden"}
    assert NOBODY.area is None and not NOBODY.covers("1811")


def test_a_class_that_nobody_declared_is_hidden() -> None:
    assert viewer("kemensos", "").sight("of_a_later_release") == "hidden"


def test_villages_and_social_workers_see_no_illness_pregnancy_or_case() -> None:
    for role in VILLAGE_ROLES:
        assert ACCESS.roles[role].sight("sensitive") == "hidden"
        for name in PRIVACY_LABELS:
            widest = audience_sight(name, "village")
            if widest == "hidden":
                assert ACCESS.roles[role].sight(name) == "hidden", (role, name)


def test_cases_are_the_case_teams_alone() -> None:
    see = {code for code, role in ACCESS.roles.items() if role.sight("case") != "hidden"}
    assert see == {"pendamping_rehsos", "sentra"}


def test_a_centre_is_kept_to_the_families_that_have_a_case() -> None:
    assert [code for code, role in ACCESS.roles.items() if role.cases_only] == ["sentra"]


def test_who_gives_accounts_sees_no_family_and_not_even_an_area() -> None:
    assert viewer("administrator", "18").area is None
    assert viewer("administrator", "18").post.area == "18"


def test_an_area_of_no_level_is_held_by_nobody() -> None:
    for code in ("1", "181", "18110", "1811052", "18110520012"):
        assert level_of(code) is None
        assert not any(role.may_hold(code) for role in ACCESS.roles.values())


BAD = {
    "an unknown key": ("why = ", "reason = ", "unknown key 'reason'"),
    "a verb of nobody": ('"figures", "families"', '"figures", "fly"', "'fly' is none"),
    "a level of nobody": ('levels = ["village"]', 'levels = ["hamlet"]', "'hamlet' is none"),
    "a sight of nobody": ('case = "hidden"', 'case = "blurred"', "'blurred' is none"),
    "a class too few": (', case = "hidden" }', " }", "each class of columns exactly once"),
    "a limit without its verb": ("limits = {}", "limits = { export_rows = 5 }", "limits"),
    "a limit that is no number": ("export_rows = 10000", 'export_rows = "many"', "whole number"),
    "reveal by a password alone": (
        "second_factor = true",
        "second_factor = false",
        "second factor",
    ),
    "a wrong type": ("second_factor = true", 'second_factor = "yes"', "wrong type"),
    "a verb that no page knows": ("[verbs.tokens]", "[verbs.dance]", "no page knows the verb"),
    "no TOML": ("[verbs.figures]", "[verbs.figures", "not readable as TOML"),
    "something twice": ('["figures", "families"', '["figures", "figures"', "twice"),
    "accounts and families": (
        'verbs = ["accounts", "policy"]',
        'verbs = ["accounts", "families", "policy"]',
        "who gives accounts sees no family",
    ),
    "cases only, without cases": (
        "second_factor = true",
        "second_factor = true\ncases_only = true",
        "cases_only goes with the verb case",
    ),
    "cases only, and a search of everybody": (
        '"lists", "lookers", "case", "policy"]\ncases_only',
        '"lists", "search", "lookers", "case", "policy"]\ncases_only',
        "without verbs that reach every family",
    ),
    "cases only, as a word": ("cases_only = true", 'cases_only = "yes"', "wrong type"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_mistake_names_file_line_and_key(case: str, tmp_path: Path) -> None:
    before, after, said = BAD[case]
    folder = tmp_path / "pack"
    (folder / "access").mkdir(parents=True)
    text = (pack_dir("indonesia") / "access/roles.toml").read_text(encoding="utf-8")
    assert before in text
    (folder / "access/roles.toml").write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(BadPack, match=said) as error:
        load_access(folder)
    assert "access/roles.toml" in str(error.value) and "line " in str(error.value)


def test_a_pack_without_roles_says_so(tmp_path: Path) -> None:
    with pytest.raises(BadPack, match="nobody could be given a post"):
        load_access(tmp_path)


def test_roles_are_part_of_the_packs_hash(tmp_path: Path) -> None:
    copy = tmp_path / "indonesia"
    shutil.copytree(pack_dir("indonesia"), copy)
    before = load_pack(copy).hash()
    file = copy / "access/roles.toml"
    file.write_text(file.read_text() + "\n# another\n")
    assert load_pack(copy).hash() != before


def test_every_text_of_the_table_is_there_in_both_languages() -> None:
    data = tomllib.loads((pack_dir("indonesia") / "access/roles.toml").read_text(encoding="utf-8"))
    for part in data.values():
        for code, said in part.items():
            assert said["id"].strip() and said["en"].strip(), code
