"""The documents: what they show runs, and nothing ships undocumented."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main

from public_data import CENSUS, SAMPLE, public_file
from tangga.cli.app import app
from tangga.engine import descriptor, mapping, workspace
from tangga.engine.catalogue import TABLES
from tangga.registry.kinds import KIND_TABLE
from tangga.rules import programme_files
from tangga.rules.versions import VERSION_KEYS

ROOT = Path(__file__).parents[1]
GUIDES = ROOT / "docs" / "guides"
TUTORIAL = ROOT / "docs" / "tutorial"
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
RUN = re.compile(r"<!-- run -->\n```sh\n(.*?)```", re.DOTALL)


def _id(page: Path) -> str:
    return str(page.relative_to(ROOT))


TO_RUN = [page for page in PAGES if RUN.search(page.read_text(encoding="utf-8"))]


@pytest.mark.slow
@pytest.mark.parametrize("document", TO_RUN, ids=_id)
def test_commands_of_a_page_run(document: Path, tmp_path: Path) -> None:
    """In a copy of what they need, with `./tangga` handing over to the Python that runs this."""
    shutil.copytree(GUIDES / "example", tmp_path / "docs" / "guides" / "example")
    if "var/public/" in document.read_text(encoding="utf-8"):
        shutil.copytree(TUTORIAL, tmp_path / "docs" / "tutorial")
        (tmp_path / "var" / "public").mkdir(parents=True)
        for name in (SAMPLE, CENSUS):
            (tmp_path / "var" / "public" / name).symlink_to(public_file(name))
    command = tmp_path / "tangga"
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m tangga "$@"\n')
    command.chmod(0o755)
    for block in RUN.findall(document.read_text(encoding="utf-8")):
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "COLUMNS": "120"},
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


def test_the_readme_shows_commands_that_run() -> None:
    assert ROOT / "README.md" in TO_RUN


def _commands() -> dict[str, list[str]]:
    """`linkage train` -> its options."""
    found = {}

    def walk(command: object, name: str) -> None:
        inside = getattr(command, "commands", None)
        if inside is None:
            names = [o for p in command.params for o in p.opts if o.startswith("--")]  # type: ignore[attr-defined]
            found[name] = [n for n in names if n != "--help"]
            return
        for part, sub in inside.items():
            walk(sub, f"{name} {part}".strip())

    walk(typer.main.get_command(app), "")
    return found


@pytest.mark.parametrize("name", _commands())
def test_each_command_and_option_is_described(name: str) -> None:
    page = (GUIDES / "commands.md").read_text(encoding="utf-8")
    sections = re.split(r"^## ", page, flags=re.MULTILINE)
    (section,) = [s for s in sections if re.match(rf"tangga {name}( [A-Z\[]|\n)", s)]
    described = re.findall(r"^\| `(--[a-z-]+)", section, flags=re.MULTILINE)
    assert sorted(described) == sorted(_commands()[name])


def test_what_is_no_command_stands_after_the_commands() -> None:
    page = (GUIDES / "commands.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.*)", page, flags=re.MULTILINE)
    assert headings == sorted(headings, key=lambda one: not one.startswith("tangga "))


def test_each_table_is_described() -> None:
    page = (GUIDES / "tables.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `([a-z_]+)` \|", page, flags=re.MULTILINE) == list(TABLES)


def test_each_setting_and_key_is_described() -> None:
    page = (GUIDES / "first-workspace.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`.+?) \|", page, flags=re.MULTILINE)
    described = {word for row in rows for word in re.findall(r"`([a-z_]+)`", row)}
    assert described == {*workspace.KEYS, *descriptor.KEYS, *mapping.KEYS}
    (kinds,) = re.findall(r"^\| `kind` \| what a row is: (.*) \|", page, flags=re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", kinds)) == set(KIND_TABLE)


def test_each_key_of_a_programme_is_described() -> None:
    page = (GUIDES / "policy.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| .+ \|$", page, flags=re.MULTILINE)
    described = set(re.findall(r"`\"?(\w+)\"?`", "\n".join(rows)))
    form = programme_files.FORM
    keys = {*form.head_keys, *form.says_keys, *VERSION_KEYS, *programme_files.BENEFIT_KEYS}
    keys |= {*programme_files.COMPONENT_KEYS, *programme_files.TOPICS}
    words = {*programme_files.FOCI, *programme_files.WAITING_KEYS, *programme_files.LEVELS}
    assert (keys | words) - described == set()


@pytest.mark.parametrize("document", PAGES, ids=_id)
def test_links_between_pages_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", PAGES, ids=_id)
def test_paths_that_pages_name_are_there(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    named = re.findall(r"`((?:src|docs|tests|scripts|requirements|bench)/[\w./-]+)`", text)
    fixed = [path for path in named if not re.search("[A-Z]{4}", path)]  # TABLE.toml is any
    assert [path for path in fixed if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("document", [p for p in PAGES if p.parent.name != "reference"], ids=_id)
def test_no_page_insults_its_reader(document: Path) -> None:
    text = document.read_text(encoding="utf-8").casefold()
    assert re.findall(r"\b(?:simply|just|obviously|easily|blazing\w*)\b", text) == []


def test_decisions_are_numbered_once() -> None:
    numbers = [f.name[:4] for f in sorted((ROOT / "docs" / "decisions").glob("*.md"))]
    assert numbers == [f"{n:04d}" for n in range(1, len(numbers) + 1)]
