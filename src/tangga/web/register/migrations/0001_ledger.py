"""The ledger of releases."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = (Path(__file__).parents[1] / "ledger.sql").read_text(encoding="utf-8")


class Migration(migrations.Migration):
    """Runs ledger.sql, which may be repeated."""

    dependencies = ()
    operations = (migrations.RunSQL(SQL, migrations.RunSQL.noop),)
