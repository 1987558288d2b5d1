"""One account of the machine is not two people; by which field key each release was sealed."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations

COLUMNS = """
ALTER TABLE public.register_releases ADD COLUMN IF NOT EXISTS field_key text NOT NULL DEFAULT '';
ALTER TABLE public.register_field_keys ADD COLUMN IF NOT EXISTS held boolean NOT NULL DEFAULT true;
"""
SQL = (Path(__file__).parents[1] / "approval.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    """Runs approval.sql again."""

    dependencies = (("register", "0003_field_keys"),)
    operations = (migrations.RunSQL(COLUMNS + SQL, migrations.RunSQL.noop),)
