"""The command line: quick, private, and one line where something is wrong."""

from __future__ import annotations

import os
import re
import resource
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tangga import texts
from tangga.cli import unexpected
from tangga.cli.linkage import decimal
from tangga.cli.run import read_day
from tangga.engine import tables
from tangga.engine.connection import connect
from tangga.engine.link.model import LEVELS
from tangga.engine.workspace import load_workspace
from tangga.errors import UserError

ROOT = Path(__file__).parents[1]
HEAVY = {"duckdb", "pyarrow", "numpy", "scipy", "sqlglot", "fastexcel", "rich.progress"}


def _tangga(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tangga", *map(str, arguments)],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "COLUMNS": "100", **environment},
    )


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose last run holds one table."""
    run = tmp_path_factory.mktemp("ran") / "runs" / "00001"
    with connect() as con:
        rows = "(VALUES ('1', 'Budi' || chr(9) || 'Ar'), ('2', NULL)) AS t (person_id, name)"
        tables.write(con, f"SELECT * FROM {rows}", run / "resolve" / "persons")
    (run.parent / "CURRENT").write_text(run.name)
    return run.parents[1]


def test_help_is_there_at_once() -> None:
    """CPU time, so that a busy machine does not fail the test."""

    def spent() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    times = []
    for _ in range(3):
        before = spent()
        assert "One register" in _tangga("--help").stdout
        times.append(spent() - before)
    assert min(times) < 0.3


def test_help_loads_no_engine() -> None:
    code = "import sys; from tangga.cli.app import app; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not HEAVY & set(done.stdout.split())


def test_a_users_mistake_is_one_line_and_two(tmp_path: Path) -> None:
    for arguments in (["run", tmp_path], ["check", tmp_path], ["show", tmp_path, "persons"]):
        done = _tangga(*arguments)
        assert done.returncode == 2, done.stderr
        assert re.fullmatch(r"tangga: .+\n", done.stderr)
        assert str(tmp_path) in done.stderr


def test_a_missing_argument_is_two() -> None:
    assert _tangga("run").returncode == 2
    assert _tangga("fly").returncode == 2


def test_debug_shows_where(tmp_path: Path) -> None:
    assert "Traceback" in _tangga("check", tmp_path, TANGGA_DEBUG="1").stderr


def test_an_error_nobody_foresaw_keeps_values_to_itself() -> None:
    try:
        raise ValueError("Siti Nurhalimah")
    except ValueError as wrong:
        said = unexpected(wrong)
    assert "Siti" not in said
    assert re.search(r"ValueError at test_cli.py:\d+", said)
    assert "TANGGA_DEBUG=1" in said


@pytest.mark.parametrize("day", ["31-01-2026", "2026-02-30", "", "today"])
def test_a_day_that_is_none(day: str) -> None:
    with pytest.raises(UserError, match="no date"):
        read_day(day)


def test_init_makes_a_workspace_that_can_be_read(tmp_path: Path) -> None:
    new = tmp_path / 'the "new" one'
    assert _tangga("init", new).returncode == 0
    assert stat.S_IMODE(new.stat().st_mode) == 0o700
    example = new / "sources" / "contoh.toml.example"
    example.rename(example.with_name("regsosek.toml"))
    (new / "regsosek1.csv").write_text("id_art,nama_art\n1,NA70\n")
    read = load_workspace(new)
    assert (read.name, [s.name for s in read.sources]) == ('the "new" one', ["regsosek"])
    again = _tangga("init", new)
    assert (again.returncode, "not empty" in again.stderr) == (2, True)


def test_check_looks_into_the_files(tmp_path: Path) -> None:
    example = shutil.copytree(ROOT / "docs" / "guides" / "example", tmp_path / "example")
    good = _tangga("check", example)
    assert (good.returncode, good.stderr) == (0, "")
    assert "2 sources, 2 files" in good.stdout
    (example / "pkh.csv").write_text("id_pkh,nik,nama,kelamin,lahir\n")
    (example / "desa.csv").write_text("")
    bad = _tangga("check", example)
    assert bad.returncode == 2
    assert "'nokk', which the descriptor needs for 'kk', is absent" in bad.stderr
    assert "desa.csv: empty file" in bad.stderr
    left = {f.name for f in example.iterdir()}
    assert left == {"desa.csv", "local", "pkh.csv", "places", "sources", "tangga.toml"}


def test_show_in_a_pipe_is_tab_separated(ran: Path) -> None:
    done = _tangga("show", ran, "persons")
    assert done.stdout == "person_id\tname\n1\tBudi Ar\n2\t\n"
    assert _tangga("show", ran).stdout.splitlines() == ["table\tone row is", "persons\tone person"]
    chosen = _tangga("show", ran, "persons", "--columns", "person_id", "--limit", "1")
    assert chosen.stdout == "person_id\n1\n"


def test_a_closed_pipe_is_no_crash(ran: Path) -> None:
    command = f"{sys.executable} -m tangga show '{ran}' persons | true"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    assert "Traceback" not in done.stderr


def test_export_is_for_its_owner_only(ran: Path, tmp_path: Path) -> None:
    to = tmp_path / "persons.csv"
    done = _tangga("export", ran, "persons", "--to", to, "--where", "person_id = '1'")
    assert "1 baris ditulis" in done.stdout
    assert stat.S_IMODE(to.stat().st_mode) == 0o600


def test_shares_are_cut_never_rounded_up() -> None:
    from fractions import Fraction

    assert decimal(Fraction(99999, 100000)) == "0.9999"
    assert decimal(Fraction(1)) == "1.0000"
    assert decimal(Fraction(100, 3), 2) == "33.33"


def test_numbers_are_said_in_the_language_of_the_sentence() -> None:
    said = texts.both("demo.invent", people=20_000)
    assert "20.000 orang" in said.splitlines()[0]
    assert "20,000 people" in said.splitlines()[1]


def test_every_text_has_both_languages_with_the_same_blanks() -> None:
    for key, entry in texts.catalogue().items():
        assert set(entry) == set(texts.LANGUAGES), key
        blanks = [sorted(re.findall(r"\{\w+\}", text)) for text in entry.values()]
        assert blanks[0] == blanks[1], key


def test_every_text_is_said_somewhere() -> None:
    package = ROOT / "src/tangga"
    files = [*package.rglob("*.py"), *package.glob("web/**/*.html"), *package.glob("web/**/*.toml")]
    read = [f for f in files if f.parent.name != "texts"]
    code = _keys_in("\n".join(f.read_text(encoding="utf-8") for f in read))
    # Of these the rest of the key is put together.
    built = (
        "access.",
        "adding.",
        "card.",
        "check.",
        "demo.",
        "evaluate.",
        "explain.",
        "judge.",
        "left_out.",
        "measures.",
        "open.",
        "optimise.",
        "plots.",
        "problem.",
        "ranks.",
        "recognise.",
        "rules.",
        "run.kind_",
        "run.",
        "targets.",
        "web_check.",
        "web_intake.",
        "welfare.",
    )
    for key in texts.catalogue():
        rests = [key, *(key.removeprefix(b) for b in built if key.startswith(b))]
        rests += [key.partition(".")[2]] if _of_a_page(key) else []
        said = any(f'"{rest}"' in code or f"'{rest}'" in code for rest in rests)
        said = said or (_of_a_page(key) and _begun(key, code))
        assert said or any(_put_together(rest, code) for rest in rests), key


def _keys_in(code: str) -> str:
    """Of the code only that in which a key, its beginning or its end can stand, each once."""
    signs = r"[\w.-]"
    assert all(re.fullmatch(f"{signs}+", key) for key in texts.catalogue())
    quoted = re.findall(rf"""(?=(["'}}]{signs}*["'{{]))""", code)
    begun = re.findall(rf"{signs}+\{{", code)
    given = re.findall(rf'code_words\("{signs}*"', code)
    return "\n".join(sorted({*quoted, *begun, *given}))


def _of_a_page(key: str) -> bool:
    return key.startswith(
        ("web", "work.", "access.", "accounts.", "audit.", "errors.", "quarantine.")
    )


def _begun(key: str, code: str) -> bool:
    """Whether the code has the key's beginning, up to a point or a line, and goes on by itself."""
    heads = [key[: x + 1] for x, sign in enumerate(key) if sign in "._"]
    # As lists name the words of a column: `codes = "web_list_word.gone"`.
    named = [key[:x] for x, sign in enumerate(key) if sign == "_" and "." in key[:x]]
    quoted = [f"{sign}{head}{sign}" for head in (*heads, *named) for sign in "\"'"]
    return any(f"{head}{{" in code for head in heads) or any(one in code for one in quoted)


def _put_together(key: str, code: str) -> bool:
    """Whether the code makes such a key of its beginning and something else; what evidence is
    called is made of a kind of comparison and a level (tests/test_explain.py has them all)."""
    heads = [key[:x] for x, sign in enumerate(key) if sign == "_"]
    made = any(
        f'"{head}_{{' in code or f"'{head}_{{" in code or f'code_words("{head}"' in code
        for head in heads
    )
    tails = [key[x:] for x, sign in enumerate(key) if sign == "_"]
    made = made or any(f'}}{tail}"' in code for tail in tails)
    made = made or f'"{key.rstrip("0123456789")}{{' in code
    return made or key.split("_")[0] in LEVELS or key.endswith(("_for", "_against"))
