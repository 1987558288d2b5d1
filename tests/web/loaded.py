"""For the tests of the loader: releases in pieces, databases of their own, what a request sees."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
from psycopg import sql

from tangga.registry.areas import load_areas
from tangga.registry.load import load_pack
from tangga.web.register import loading
from tangga.web.register.loading import Entry, Service
from tangga.web.secrets import Secrets

KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="  # pragma: allowlist secret
MANIFEST = "manifest.json"


def service(root: str = "", **more: Any) -> Service:
    """The Indonesian pack, and a key of the tests."""
    pack = load_pack("indonesia")
    return Service(pack, load_areas(pack.dir), Secrets.of(KEY), root=root, **more)


def copied(release: Path, folder: Path) -> Path:
    """A release of one's own to break or change."""
    return Path(shutil.copytree(release, folder))


def said(folder: Path) -> dict[str, Any]:
    """Its manifest."""
    found: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return found


def say(folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write its manifest."""
    (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")


def change(folder: Path, table: str, by: Callable[[pa.Table], pa.Table]) -> None:
    """Rewrite a table and let the manifest be right about the new one: rows, bytes and hash."""
    manifest = said(folder)
    about = manifest["tables"][table]
    file = folder / about["file"]
    rows = by(pq.read_table(file))
    file.unlink()
    pq.write_table(rows, file)
    about["rows"], about["bytes"] = rows.num_rows, file.stat().st_size
    about["sha256"] = hashlib.sha256(file.read_bytes()).hexdigest()
    say(folder, manifest)


def edited(rows: pa.Table, key: str, of: str, **values: Any) -> pa.Table:
    """The row whose key is `of`, with other values."""
    at = rows[key].to_pylist().index(of)
    for name, value in values.items():
        column = rows[name].to_pylist()
        column[at] = value
        at_column, kept = rows.column_names.index(name), rows.schema.field(name)
        rows = rows.set_column(at_column, kept, pa.array(column, kept.type))
    return rows


def put_in_force(con: psycopg.Connection[Any], folder: Path, where: Service) -> Entry:
    """Load, approve by another, switch."""
    entry = loading.load(folder, connection=con, by="loader", service=where)
    loading.approve(entry.number, connection=con, by="approver")
    return loading.switch(entry.number, connection=con, by="approver")


@contextmanager
def request(
    con: psycopg.Connection[Any], schema: str, low: str = "", high: str = "", case: str = ""
) -> Iterator[psycopg.Connection[Any]]:
    """A transaction as a request has one: as the app's role, with these settings; '' sets none."""
    with con.transaction(force_rollback=True):
        path = sql.SQL("SET LOCAL search_path = {}, public").format(sql.Identifier(schema))
        con.execute(path)
        con.execute("SET LOCAL ROLE tangga_app")
        for name, value in (("area_from", low), ("area_to", high), ("case", case)):
            if value:
                con.execute("SELECT set_config(%s, %s, true)", [f"app.{name}", value])
        yield con


def values(con: psycopg.Connection[Any], query: str, *params: Any) -> list[Any]:
    """The first column of every row."""
    return [row[0] for row in con.execute(query.encode(), params or None).fetchall()]


def tables(con: psycopg.Connection[Any], schema: str) -> list[str]:
    """Every table of a schema."""
    query = "SELECT tablename FROM pg_tables WHERE schemaname = %s ORDER BY 1"
    return values(con, query, schema)
