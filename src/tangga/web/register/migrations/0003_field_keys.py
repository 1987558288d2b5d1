"""Which field keys this database was sealed with."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parents[1] / "field_key.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    """Runs field_key.sql, which may be repeated."""

    dependencies = (("register", "0002_approval"),)
    operations = (migrations.RunSQL(SQL, "DROP TABLE public.register_field_keys"),)
