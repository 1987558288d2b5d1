"""`./tangga`: from nothing but a Python to the installed command."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "tangga"
SYSTEM_PYTHON = Path("/usr/bin/python3")

PRETEND = """
import os, runpy, sys
{pretend}
sys.argv = [{script!r}, "--version"]
runpy.run_path({script!r}, run_name="__main__")
"""


def _pretending(pretend: str, script: Path, path: str = "") -> subprocess.CompletedProcess[str]:
    """Run the script in a Python that is made to look poorer than it is."""
    code = PRETEND.format(pretend=pretend, script=str(script))
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": path},
        stdin=subprocess.DEVNULL,
    )


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A folder with what the script reads, and no .venv."""
    return _copy(tmp_path / "a bare one")


def _copy(to: Path) -> Path:
    (to / "requirements").mkdir(parents=True)
    for name in ("tangga", "pyproject.toml", "requirements/run.lock", "requirements/dev.lock"):
        shutil.copy(ROOT / name, to / name)
    return to


def _one_line(done: subprocess.CompletedProcess[str]) -> str:
    assert done.stdout == ""
    assert done.returncode == 2, done.stderr
    (line,) = done.stderr.splitlines()
    return line


def test_old_pythons_can_read_the_script() -> None:
    ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 4))


def test_the_script_needs_the_standard_library_only() -> None:
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"))
    names = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    assert names <= sys.stdlib_module_names
    assert not [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]


def test_an_old_python_says_what_is_missing() -> None:
    done = _pretending("sys.version_info = (3, 9, 2)", SCRIPT)
    assert "needs Python 3.11 or later; this is 3.9" in _one_line(done)


def test_an_old_python_hands_over_to_a_newer_one_on_the_path(tmp_path: Path) -> None:
    newer = tmp_path / "python3.13"
    newer.write_text('#!/bin/sh\n[ "$2" = -c ] || echo "$@"\n')
    newer.chmod(0o755)
    done = _pretending("sys.version_info = (3, 9, 2)", SCRIPT, str(tmp_path))
    assert (done.stdout, done.stderr) == (f"{SCRIPT} --version\n", "")


def test_without_ensurepip_an_ordinary_user_is_told_the_command(bare: Path, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "apt-get").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "bin" / "apt-get").chmod(0o755)
    pretend = "sys.modules['ensurepip'] = None; os.geteuid = lambda: 1000"
    pretend += "; sys.executable = '/usr/bin/python3'"
    done = _pretending(pretend, bare / "tangga", str(tmp_path / "bin"))
    assert done.returncode == 2
    assert "sudo apt-get install python3-venv" in done.stderr.splitlines()[-1]


@pytest.mark.skipif(
    os.name == "nt" or os.geteuid() != 0 or not SYSTEM_PYTHON.exists(),
    reason="only root can become somebody who may not write here",
)
def test_a_folder_that_is_not_ours_is_said_in_one_line(shared_folder: Path) -> None:
    bare = _copy(shared_folder / "checkout")
    nobody = subprocess.run(
        [SYSTEM_PYTHON, bare / "tangga", "demo"],
        capture_output=True,
        text=True,
        user=65534,
        stdin=subprocess.DEVNULL,
    )
    assert "copy this folder to a place of your own" in _one_line(nobody)


@pytest.fixture
def shared_folder() -> Iterator[Path]:
    """A folder that every user of the machine may read (pytest's own are private)."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.mark.slow
def test_a_fresh_clone_sets_itself_up_once(tmp_path: Path) -> None:
    clone = tmp_path / "fresh clone"
    subprocess.run(["git", "clone", "--quiet", "--depth=1", f"file://{ROOT}", clone], check=True)
    first, second = _version(clone, tmp_path), _version(clone, tmp_path)
    assert first.stdout == second.stdout == "tangga 0.1.0\n"
    assert first.stderr.endswith("tangga: ready\n")
    assert second.stderr == ""


def _version(clone: Path, elsewhere: Path) -> subprocess.CompletedProcess[str]:
    """From another working directory, without a terminal, with misleading settings."""
    began = time.monotonic()
    done = subprocess.run(
        [clone / "tangga", "--version"],
        cwd=elsewhere,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "PIP_USER": "1", "PYTHONPATH": "/nowhere", "PIP_REQUIRE_HASHES": "1"},
    )
    print(f"{time.monotonic() - began:.1f} s\n{done.stderr}")
    assert done.returncode == 0, done.stderr
    return done
