"""A backup: dump, wipe, restore, and every table, every id and every file is the same."""

from __future__ import annotations

import json
import os
import shutil
import stat
import tarfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tangga.errors import Conflict, UserError
from tangga.web.backup.dump import libpq
from tangga.web.backup.files import Places
from tangga.web.backup.folder import (
    DATABASE,
    FILES,
    MANIFEST,
    WORKSPACE,
    all_of,
    newest,
    read,
    seal_of,
)
from tangga.web.backup.restore import Restored, restore, unpack
from tangga.web.backup.tables import hashes
from tangga.web.backup.write import write
from tangga.web.database.bootstrap import bootstrap

NEW = "restored"


@pytest.fixture
def places(web: Any, workspace: Path, tmp_path: Path) -> Places:
    """A database with a release and an account, a workspace with a run, an upload."""
    web.user("kepala_dinas", "1811")
    var = tmp_path / "var"
    for name in ("uploads/1/berkas.csv", "backups/old/database.dump", "postgres/cluster/x"):
        (var / name).parent.mkdir(parents=True)
        (var / name).write_text("isi")
    (var / "secrets.json").write_text("{}")
    return Places(web.superuser_url, var, workspace)


@pytest.fixture
def empty(cluster: Any) -> Iterator[str]:
    """The owner's URL of a new database."""
    yield bootstrap(cluster.url("postgres"), database=NEW)
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as con:
        con.execute(f"DROP DATABASE {NEW} WITH (FORCE)")


def _hashes(url: str) -> dict[str, dict[str, object]]:
    with psycopg.connect(url) as con:
        return hashes(con)


def _contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.mark.slow
def test_dump_wipe_restore_and_all_is_the_same(
    places: Places, empty: str, web: Any, cluster: Any, tmp_path: Path
) -> None:
    assert places.workspace is not None
    run = (places.workspace / "runs" / "CURRENT").read_text().strip()
    done = write(places, tmp_path / "backups")
    assert "public.accounts_user" in done.manifest["tables"]
    again, var = tmp_path / "again", tmp_path / "var2"
    found = restore(done, empty, var=var, workspace=again)
    assert found == Restored(
        tables=len(done.manifest["tables"]),
        rows=sum(t["rows"] for t in done.manifest["tables"].values()),
        files=len(done.manifest["workspace"]) + len(done.manifest["kept"]),
    )
    before, after = _hashes(web.superuser_url), _hashes(cluster.url(NEW))
    assert before == after
    assert sum(int(str(t["rows"])) for t in before.values()) > 10_000
    for stage in ("resolve", "plan", "rank", "publish"):  # the ledger of ids is in the first
        assert _contents(again / "runs" / run / stage) == _contents(
            places.workspace / "runs" / run / stage
        )
    assert list((again / "runs" / run / "resolve" / "ledger").glob("*.parquet"))
    assert _contents(var) == {"uploads/1/berkas.csv": b"isi"}
    _same_protection(cluster.url(web_name(web)), cluster.url(NEW))


def web_name(web: Any) -> str:
    """Of its database."""
    return libpq(web.url)["PGDATABASE"]


def _same_protection(old: str, new: str) -> None:
    """Policies, grants, owners and functions too; of the schemas that are ours."""
    query = """
        SELECT 'policy', schemaname || '.' || tablename || policyname,
            concat(cmd, qual, with_check, roles)
        FROM pg_policies
        UNION ALL SELECT 'table', relnamespace::regnamespace || '.' || relname, concat(
            relrowsecurity, relforcerowsecurity, relowner::regrole, coalesce(
                -- Nothing granted is written in two ways.
                relacl, acldefault(
                    (CASE relkind WHEN 'S' THEN 's' ELSE 'r' END)::"char", relowner)))
        FROM pg_class WHERE relkind IN ('r', 'S', 'v') AND relowner = 'tangga_owner'::regrole
        UNION ALL SELECT 'column', attrelid::regclass || '.' || attname, attacl::text
        FROM pg_attribute WHERE attacl IS NOT NULL AND attrelid >= 16384
        UNION ALL SELECT 'function', p.oid::regprocedure::text, concat(prosecdef, proacl, prosrc)
        FROM pg_proc AS p WHERE proowner = 'tangga_owner'::regrole
        ORDER BY 1, 2, 3
    """
    found = []
    for url in (old, new):
        with psycopg.connect(url) as con:
            found.append(con.execute(query).fetchall())
    assert found[0] == found[1]
    assert len(found[0]) > 100


@pytest.mark.slow
def test_the_next_run_goes_on_with_the_same_ids(places: Places, empty: str, tmp_path: Path) -> None:
    """The ledger is worth something: run anew on the restored workspace, nobody gets another id."""
    from tangga.engine.current import last_complete
    from tangga.engine.run import run_workspace

    assert places.workspace is not None
    done = write(Places(places.url, places.var, places.workspace, sources=True), tmp_path / "b")
    again = tmp_path / "again"
    restore(done, empty, var=tmp_path / "var2", workspace=again)
    old = _contents(last_complete(places.workspace) / "resolve" / "ledger")
    run_workspace(again, full=True)
    assert (again / "runs" / "CURRENT").read_text().strip() == "00002"
    assert _ids(last_complete(again)) == _ids(last_complete(places.workspace))
    assert old


def _ids(run: Path) -> list[tuple[object, ...]]:
    from tangga.engine.connection import connect

    files = run / "resolve" / "crosswalk" / "*.parquet"
    with connect() as con:
        query = f"SELECT source, source_id, person_id FROM '{files}' ORDER BY ALL"
        return con.execute(query).fetchall()


@pytest.mark.slow
def test_what_is_in_it_and_what_is_not(places: Places, tmp_path: Path) -> None:
    backups = tmp_path / "backups"
    done = write(places, backups)
    for path in (backups, done.folder):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    for path in done.folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    key = os.environ["TANGGA_FIELD_KEY"].encode()
    assert all(key not in path.read_bytes() for path in done.folder.iterdir())
    assert "TANGGA_FIELD_KEY" in done.manifest["without"]
    with tarfile.open(done.folder / WORKSPACE) as tar:
        names = tar.getnames()
    assert "tangga.toml" in names
    assert "runs/CURRENT" in names
    assert not [n for n in names if n.startswith("data/") or "/ingest/" in n]
    with tarfile.open(done.folder / FILES) as tar:
        assert tar.getnames() == ["uploads/1/berkas.csv"]
    one = write(places, backups, keep=1)
    assert [b.folder for b in all_of(backups)] == [one.folder]


@pytest.mark.slow
def test_what_is_there_is_never_overwritten(
    places: Places, empty: str, web: Any, tmp_path: Path
) -> None:
    done = write(places, tmp_path / "backups")
    var = tmp_path / "var2"
    with pytest.raises(UserError, match="is not empty: it holds"):
        restore(done, web.url, var=var, workspace=tmp_path / "again")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").touch()
    with pytest.raises(UserError, match="is not empty"):
        restore(done, empty, var=var, workspace=tmp_path / "full")
    broken = tmp_path / "broken"
    shutil.copytree(done.folder, broken)
    with (broken / DATABASE).open("ab") as file:
        file.write(b"x")
    with pytest.raises(UserError, match="its hash differs"):
        restore(read(broken), empty, var=var, workspace=tmp_path / "again")
    assert not (tmp_path / "again").exists()
    (var / "uploads/1").mkdir(parents=True)
    (var / "uploads/1/berkas.csv").write_text("a later one")
    with pytest.raises(UserError, match=r"berkas\.csv: is there and is not as it was"):
        restore(done, empty, var=var, workspace=tmp_path / "again")
    assert (var / "uploads/1/berkas.csv").read_text() == "a later one"
    assert not (tmp_path / "again").exists()
    (var / "uploads/1/berkas.csv").unlink()
    told = json.loads((done.folder / MANIFEST).read_text())
    told["tables"]["public.accounts_user"]["hash"] = "0-0"
    with pytest.raises(Conflict, match=r"public\.accounts_user.*DROP DATABASE restored"):
        restore(type(done)(done.folder, done.made, told), empty, var=var, workspace=None)
    with pytest.raises(UserError, match="broken off in it: as a superuser DROP DATABASE restored"):
        restore(done, empty, var=var, workspace=None)


@pytest.mark.slow
def test_a_restore_that_was_broken_off_can_be_tried_again(
    places: Places, empty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the disk was full within the files, or the database within its own."""
    done = write(places, tmp_path / "backups")
    var, again = tmp_path / "var2", tmp_path / "again"
    for breaks in ("shutil.copyfileobj", "tangga.web.backup.restore.pour"):
        with monkeypatch.context() as patched:
            patched.setattr(breaks, _full)
            with pytest.raises(OSError, match="no space left"):
                restore(done, empty, var=var, workspace=again)
        assert var.exists()
    assert restore(done, empty, var=var, workspace=again).tables == len(done.manifest["tables"])
    assert not list(again.rglob("*.part"))


def _full(*_: object) -> None:
    raise OSError("no space left on device")


def test_what_a_failed_restore_left_is_told(cluster: Any, tmp_path: Path) -> None:
    from tangga.web.backup.dump import call, pour, programs

    archive, url = tmp_path / "database.dump", cluster.url("postgres")
    with psycopg.connect(url) as con:
        major = con.info.server_version // 10000
    call([programs(major)["pg_dump"], "--format=custom", f"--file={archive}"], url)
    # No pg_trgm stands in this database, so the first statement fails.
    with pytest.raises(UserError, match=r"psql failed: .*Nothing of it is in the database"):
        pour(archive, cluster.url("template1"), major)


def test_a_role_that_sees_not_all_writes_none(web: Any, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="does not see all rows"):
        write(Places(web.url, tmp_path / "var"), tmp_path / "backups")
    assert list((tmp_path / "backups").iterdir()) == []
    assert newest(tmp_path / "backups") is None


def test_what_is_no_backup(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is no backup"):
        read(tmp_path)
    (tmp_path / MANIFEST).write_text("[")
    with pytest.raises(UserError, match="cannot be read"):
        read(tmp_path)
    (tmp_path / MANIFEST).write_text('{"version": 9, "made": "2026-01-31T00:00:00+00:00"}')
    with pytest.raises(UserError, match="of version 9"):
        read(tmp_path)


@pytest.mark.parametrize("form", ["../out", "/out", "link", "hard"])
def test_an_archive_that_leads_elsewhere_writes_nothing_there(tmp_path: Path, form: str) -> None:
    outside = tmp_path / "secret"
    outside.write_text("kept")
    archive = tmp_path / "files.tar"
    with tarfile.open(archive, "w") as tar:
        member = tarfile.TarInfo("inside/x" if form in {"link", "hard"} else form)
        if form in {"link", "hard"}:
            member.type = tarfile.SYMTYPE if form == "link" else tarfile.LNKTYPE
            member.linkname = str(outside)
        tar.addfile(member)
    with pytest.raises(Conflict, match=r"files\.tar holds"):
        unpack(archive, tmp_path / "to", {})
    assert not (tmp_path / "out").exists() and outside.read_text() == "kept"
    assert [path for path in (tmp_path / "to").rglob("*") if path.is_file()] == []


def test_a_manifest_with_another_byte_is_no_backup(tmp_path: Path) -> None:
    said = {"version": 1, "made": "2026-01-31T00:00:00+00:00", "files": {}}
    folder = tmp_path / "b"
    folder.mkdir()
    (folder / MANIFEST).write_text(json.dumps({**said, "sha256": seal_of(said)}))
    assert newest(tmp_path) == read(folder)
    text = (folder / MANIFEST).read_text()
    (folder / MANIFEST).write_text(text.replace("01-31", "01-30"))
    with pytest.raises(UserError, match=r"manifest is damaged.*Use another backup"):
        read(folder)
    assert newest(tmp_path) is None, "and it stands in nobody's way"


@pytest.mark.slow
def test_a_clock_set_back_does_not_cost_the_new_backup(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tangga.web.backup import write as writing

    backups = tmp_path / "backups"
    first, second = (write(places, backups) for _ in range(2))

    class Earlier(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime(2020, 1, 1, tzinfo=tz)

    monkeypatch.setattr(writing, "datetime", Earlier)
    third = write(places, backups, keep=2)
    assert third.made < first.made
    assert {one.folder for one in all_of(backups)} == {second.folder, third.folder}


def test_no_password_on_a_command_line() -> None:
    given = libpq("postgresql://tangga_owner:geheim@db.local:5433/tangga?sslmode=require")
    assert given == {
        "PGHOST": "db.local",
        "PGPORT": "5433",
        "PGUSER": "tangga_owner",
        "PGPASSWORD": "geheim",  # pragma: allowlist secret
        "PGDATABASE": "tangga",
        "PGSSLMODE": "require",
    }
