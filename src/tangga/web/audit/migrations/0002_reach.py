"""The owner sees the whole trail, nobody writes for another, and a day's limit counts all posts."""

from pathlib import Path

from django.db import migrations

HERE = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = (("audit", "0001_events"),)
    operations = (
        migrations.RunSQL(
            (HERE / "reach.sql").read_text(encoding="utf-8"),
            (HERE / "reach_undo.sql").read_text(encoding="utf-8"),
        ),
    )
