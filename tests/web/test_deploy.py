"""What deploy/ says can be followed: its commands and settings exist, its SQL prepares."""

from __future__ import annotations

import re
import shlex
import shutil
import stat
import subprocess
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import psycopg
import pytest
import typer.main

from tangga.cli.app import app
from tangga.web.database.bootstrap import prepare
from tangga.web.database.web_login import hold_to

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
SERVICES = sorted(DEPLOY.glob("*.service"))
UNITS = sorted([*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")])
SET = re.compile(r"^#?([A-Z][A-Z_]+)=(.*)$", re.MULTILINE)


def _command(arguments: list[str]) -> None:
    """That there is such a command with such options."""
    command: Any = typer.main.get_command(app)
    while arguments and arguments[0] in getattr(command, "commands", {}):
        command = command.commands[arguments.pop(0)]
    assert not hasattr(command, "commands"), arguments
    options = {option for parameter in command.params for option in parameter.opts}
    assert {a for a in arguments if a.startswith("--")} <= options


@pytest.mark.parametrize("unit", SERVICES, ids=lambda u: u.name)
def test_units_start_commands_that_exist(unit: Path) -> None:
    lines = unit.read_text(encoding="utf-8").splitlines()
    (start,) = [line.removeprefix("ExecStart=") for line in lines if line.startswith("ExecStart=")]
    program, *arguments = shlex.split(start)
    assert program == "/opt/tangga/.venv/bin/tangga"
    _command(arguments)
    assert "UMask=0077" in lines
    assert "User=tangga" in lines


@pytest.mark.parametrize("unit", SERVICES, ids=lambda u: u.name)
def test_units_ask_nobody_but_this_machine_and_the_office(unit: Path) -> None:
    """All is forbidden but what is named: never the internet, and the office to pages alone."""
    lines = unit.read_text(encoding="utf-8").splitlines()
    assert "IPAddressDeny=any" in lines
    (allowed,) = [
        line.removeprefix("IPAddressAllow=").split()
        for line in lines
        if line.startswith("IPAddressAllow=")
    ]
    if unit.name != "tangga-web.service":
        assert allowed == ["localhost"]
        return
    networks = [ip_network(one) for one in allowed if one not in ("localhost", "link-local")]
    assert len(networks) >= 4 and all(one.is_private for one in networks)


def test_the_drop_ins_of_the_readme_open_one_thing_each() -> None:
    """As written, for both languages; no example opens everything."""
    text = (DEPLOY / "README.md").read_text(encoding="utf-8")
    opened = re.findall(r"^IPAddressAllow=(.+)$", text, re.MULTILINE)
    assert len(opened) >= 2
    for one in opened:
        assert ip_network(one).num_addresses == 1 and "any" not in one


@pytest.mark.parametrize("unit", UNITS, ids=lambda u: u.name)
def test_systemd_can_read_them(unit: Path, tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze on this machine")
    for each in UNITS:
        text = re.sub(r"ExecStart=\S+", "ExecStart=/bin/true", each.read_text(encoding="utf-8"))
        (tmp_path / each.name).write_text(text.replace("Documentation=file:", "# "))
    command = ["systemd-analyze", "verify", "--recursive-errors=no", str(tmp_path / unit.name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert not [line for line in done.stderr.splitlines() if unit.name in line], done.stderr


def test_the_settings_of_the_example_are_read() -> None:
    """Each name is one that the program reads, and no secret has a value."""
    text = (DEPLOY / "tangga.env.example").read_text(encoding="utf-8")
    code = "".join(
        file.read_text(encoding="utf-8")
        for folder in ("web", "cli")
        for file in (ROOT / "src" / "tangga" / folder).rglob("*.py")
    )
    settings = dict(SET.findall(text))
    for name, value in settings.items():
        assert f'"{name}"' in code, name
        assert "KEY" not in name or value == "", name
    assert {"TANGGA_SECRET_KEY", "TANGGA_FIELD_KEY", "DATABASE_URL"} <= set(settings)
    assert stat.S_ISREG((DEPLOY / "tangga.env.example").stat().st_mode)


def test_commands_of_the_readme_exist() -> None:
    text = (DEPLOY / "README.md").read_text(encoding="utf-8")
    found = re.findall(r"^tangga_sebagai (web [^#\n]+)", text, re.MULTILINE)
    assert len(found) >= 4
    for line in found:
        _command(shlex.split(line))


def test_the_sql_of_the_readme_prepares_a_database(cluster: Any) -> None:
    """As written, by a superuser; roles are there already where other tests came first."""
    text = (DEPLOY / "README.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```sql\n(.*?)```", text, re.DOTALL)
    name = "by_readme"
    before, after = block.replace("DATABASE tangga ", f"DATABASE {name} ").split(
        "\\connect tangga\n"
    )
    try:
        _run_all(cluster.url("postgres"), before)
        _run_all(cluster.url(name), after)
        prepare(cluster.url(name, "tangga_owner"))
        hold_to(cluster.url(name, "tangga_web"))
        with psycopg.connect(cluster.url(name, "tangga_backup")) as con:
            con.execute("SELECT 1")
    finally:
        _run_all(cluster.url("postgres"), f"DROP DATABASE {name}; DROP ROLE tangga_backup")


def _run_all(url: str, statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as con:
        for statement in filter(str.strip, statements.split(";")):
            try:
                con.execute(statement.encode())
            except psycopg.errors.DuplicateObject:
                continue
