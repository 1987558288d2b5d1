"""What must hold for the files of the repository themselves."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))
LONGEST_FILE, LONGEST_FUNCTION, MEDIAN_FUNCTION = 400, 40, 10

# Longer than the budget, and why.
LONG = {
    "src/tangga/cli/app.py:run": "one parameter an option, each with its help",
    "src/tangga/engine/run.py:run_workspace": "one parameter an option; the body is short",
    "src/tangga/engine/resolve/attach.py:find_persons": "named statements, one after the other",
    "src/tangga/engine/adding/resolve.py:_who_counts": "named SELECTs, one after the other",
    "src/tangga/engine/adding/scoped.py:_adjust": "named SELECTs, one after the other",
}


def _tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


TRACKED = _tracked()
SOURCES = [f for f in TRACKED if f.suffix == ".py" and f.is_relative_to(ROOT / "src")]


def _texts() -> list[tuple[Path, str]]:
    """Tracked files that are text."""
    found = []
    for file in TRACKED:
        raw = file.read_bytes()
        if b"\0" not in raw[:8192]:
            found.append((file, raw.decode("utf-8", "replace")))
    return found


def _locked(file: Path) -> dict[str, str]:
    """package -> its version, markers and hashes."""
    entries = re.split(r"\n(?=\S)", file.read_text().strip())
    return {re.split(r"[=\s]", entry)[0]: entry for entry in entries}


@pytest.mark.parametrize("file", LOCKS, ids=lambda f: f.name)
def test_lock_files_pin_with_hashes_and_name_no_host(file: Path) -> None:
    assert "://" not in file.read_text()
    for name, entry in _locked(file).items():
        assert re.match(rf"{re.escape(name)}==\S+", entry), entry.splitlines()[0]
        assert "--hash=sha256:" in entry, name


def test_what_builds_the_package_is_locked_too() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    (backend,) = project["build-system"]["requires"]
    for file in LOCKS:
        locked = _locked(file)
        assert locked["hatchling"].startswith(backend)
        assert "editables" in locked


def test_the_developers_lock_holds_all_that_users_install() -> None:
    run, dev = (_locked(ROOT / "requirements" / f"{name}.lock") for name in ("run", "dev"))
    assert {n: e.split()[0] for n, e in run.items()}.items() <= {
        n: e.split()[0] for n, e in dev.items()
    }.items()


def test_users_install_no_pandas_and_no_polars() -> None:
    assert not {"pandas", "polars"} & set(_locked(ROOT / "requirements" / "run.lock"))


def test_every_dependency_says_why() -> None:
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    start = lines.index("dependencies = [")
    stop = lines.index("[project.scripts]", start)
    silent = [
        line.strip()
        for before, line in pairwise(lines[start:stop])
        if re.match(r'\s*"[a-z]', line) and not before.strip().startswith("#")
    ]
    assert silent == []


def test_no_tracked_file_names_a_package_registry() -> None:
    # Put together here, so that this file does not name one either.
    hosts = [("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("conda", "anaconda.org")]
    pattern = re.compile("|".join(re.escape(".".join(host)) for host in hosts))
    named = [str(file) for file, text in _texts() if pattern.search(text)]
    assert named == []


def test_no_tracked_file_names_a_folder_of_this_machine() -> None:
    ours = [f"{ROOT}/"] + [f"{Path.home()}/"] * (len(Path.home().parts) > 1)
    named = [str(file) for file, text in _texts() for path in ours if path in text]
    assert named == []


def test_no_tracked_file_is_large() -> None:
    assert [str(f) for f in TRACKED if f.stat().st_size > 2**20] == []


def test_the_licence_is_apache_2() -> None:
    text = (ROOT / "LICENSE").read_text()
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["license"] == "Apache-2.0"


def test_the_version_is_that_of_the_changelog() -> None:
    from tangga import __version__

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest is not None
    assert project["version"] == __version__ == newest[1]


def test_no_module_is_a_drawer_for_odds_and_ends() -> None:
    assert not [f for f in SOURCES if f.stem in ("utils", "helpers", "common", "core")]
    for file in SOURCES:
        stars = [
            node
            for node in ast.walk(ast.parse(file.read_text()))
            if isinstance(node, ast.ImportFrom) and any(a.name == "*" for a in node.names)
        ]
        assert stars == [], file


def _functions() -> list[tuple[str, int]]:
    """(file:function, lines of it without its texts) of everything under src."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [
        (f"{file.relative_to(ROOT)}:{node.name}", _lines(node) - _lines_of_text(node))
        for file in SOURCES
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, kinds)
    ]


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.expr) -> int:
    return (node.end_lineno or 0) - node.lineno + 1


def _lines_of_text(function: ast.AST) -> int:
    """Docstrings and SQL are read otherwise than code: their further lines do not count."""
    spans = {
        line
        for node in ast.walk(function)
        if isinstance(node, ast.JoinedStr)
        or (isinstance(node, ast.Constant) and isinstance(node.value, str))
        for line in range(node.lineno + 1, (node.end_lineno or 0) + 1)
    }
    return len(spans)


def test_functions_and_files_are_short() -> None:
    lengths = _functions()
    assert statistics.median(lines for _, lines in lengths) < MEDIAN_FUNCTION
    assert [f"{name} {n}" for name, n in lengths if n > LONGEST_FUNCTION and name not in LONG] == []
    written = [f for f in SOURCES if f.parent.name != "migrations"]  # those are generated
    files = {str(f.relative_to(ROOT)): len(f.read_text().splitlines()) for f in written}
    assert [
        f"{name} {n}" for name, n in files.items() if n > LONGEST_FILE and name not in LONG
    ] == []


def test_each_glossary_word_stands_once_with_its_indonesian() -> None:
    rows = re.findall(r"^\| \*\*(.+?)\*\* \| (.*?) \|", (ROOT / "GLOSSARY.md").read_text(), re.M)
    words = [word.casefold() for word, _ in rows]
    assert len(words) > 40
    assert sorted(words) == sorted(set(words))
    assert [word for word, indonesian in rows if not indonesian.strip(" -")] == []


def test_no_two_files_of_tests_have_one_name() -> None:
    """They are imported by their names alone; of two that are the same one is never run."""
    names = [file.name for file in (ROOT / "tests").rglob("*.py") if file.name != "conftest.py"]
    assert [name for name in sorted(set(names)) if names.count(name) > 1] == []
