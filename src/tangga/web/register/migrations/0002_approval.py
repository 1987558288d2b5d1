"""Approval and the way back as functions of the database; which bytes were approved."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations

COLUMNS = """
ALTER TABLE public.register_releases
    ADD COLUMN IF NOT EXISTS manifest_sha256 text NOT NULL DEFAULT '',
    ADD COLUMN IF NOT EXISTS demo boolean NOT NULL DEFAULT false;
"""
SQL = (Path(__file__).parents[1] / "approval.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    """Runs approval.sql, which may be repeated."""

    dependencies = (("register", "0001_ledger"),)
    operations = (migrations.RunSQL(COLUMNS + SQL, migrations.RunSQL.noop),)
