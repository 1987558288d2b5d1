"""The audit trail and its seals, in plain SQL: what makes them trustworthy is not a model's."""

from pathlib import Path

from django.db import migrations

HERE = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = ()
    operations = (
        migrations.RunSQL(
            (HERE / "events.sql").read_text(encoding="utf-8"),
            (HERE / "events_undo.sql").read_text(encoding="utf-8"),
        ),
    )
