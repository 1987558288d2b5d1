"""`tangga check` reads what was decided, overlays and all, and runs every example."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from small_policy import NEW, POLICY, write_files, write_pack
from tangga.cli.app import app
from tangga.engine.check_policy import PolicyFindings, check_policy
from tangga.engine.workspace import load_workspace
from tangga.errors import BadPack, UserError
from tangga.rules.on_date import PolicyGap

SETTINGS = 'pack = "pack"\nas_of = 2026-01-31\npolicy = ["local/"]\n'
SOURCE = 'kind = "people"\nfiles = ["a.csv"]\nas_of = 2025-01-01\ntrust = 10\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A workspace with a pack of its own and an overlay."""
    write_pack(tmp_path / "pack")
    announced = NEW.replace('id = "1"', 'id = "1"\nstatus = "announced"\nquestion = "When?"')
    write_files(tmp_path / "local", {"programmes/care.toml": announced})
    source = f'{SOURCE}id = "id"\n[columns]\nname = "nama"\n'
    files = {"tangga.toml": SETTINGS, "sources/a.toml": source, "a.csv": "id,nama\n1,NA70\n"}
    return write_files(tmp_path, files)


def findings(folder: Path) -> PolicyFindings:
    """What a check finds."""
    found = check_policy(load_workspace(folder))
    assert found is not None
    return found


def test_what_is_counted(folder: Path) -> None:
    found = findings(folder)
    assert (found.programmes, found.moves, found.cases) == (3, 2, 7)
    assert found.versions == 10
    assert found.announced == ("care",)
    assert found.questions == 2
    assert [gap.id for gap in found.gaps] == ["rice"]


def test_it_is_said_in_both_languages(folder: Path) -> None:
    done = CliRunner().invoke(app, ["check", str(folder)])
    said = " ".join(done.output.split())
    assert done.exit_code == 0
    assert "Kebijakan: 3 program, 2 langkah tangga, 10 versi aturan, 7 contoh cocok, 2 per" in said
    assert "Policy: 3 programmes, 2 moves of the ladder, 10 versions of rules, 7 examples" in said
    assert "Only announced on 2026-01-31, not acted upon: care" in said
    assert "Tidak berlaku pada 2026-01-31: rice" in said


def test_a_policy_with_nothing_open_says_only_what_it_holds(folder: Path) -> None:
    (folder / "local" / "programmes" / "care.toml").unlink()
    (folder / "tangga.toml").write_text(SETTINGS.replace("2026", "2025"))
    said = CliRunner().invoke(app, ["check", str(folder)]).output
    assert "Policy: 2 programmes" in said
    assert "announced" not in said
    assert "Without a version" not in said


def test_a_case_that_fails_is_told_with_what_else_is_wrong(folder: Path) -> None:
    text = POLICY["programmes/cash.toml"].replace("decile_seen = 2", "decile_seen = 7")
    write_files(folder / "pack" / "policy", {"programmes/cash.toml": text})
    (folder / "a.csv").write_text("")
    with pytest.raises(BadPack, match="case 'A family of decile 2: fits': expected fits"):
        findings(folder)
    done = CliRunner().invoke(app, ["check", str(folder)])
    assert isinstance(done.exception, UserError)
    assert "case 'A family of decile 2: fits'" in str(done.exception)
    assert "a.csv: empty file" in str(done.exception)


def test_a_day_before_every_rule(folder: Path) -> None:
    workspace = load_workspace(folder, as_of=date(2019, 1, 1))
    with pytest.raises(PolicyGap, match="no version of facts is in force on 2019-01-01"):
        check_policy(workspace)


def test_a_pack_without_policy_has_nothing_to_check(folder: Path) -> None:
    for name in ("pack/policy", "local"):
        for path in sorted((folder / name).rglob("*"), reverse=True):
            path.unlink() if path.is_file() else path.rmdir()
    assert check_policy(load_workspace(folder)) is None
    done = CliRunner().invoke(app, ["check", str(folder)])
    assert "Policy" not in done.output
    assert "1 sources, 1 files" in done.output
