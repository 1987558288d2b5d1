"""Who sees a paper, how it gets its number, what anybody may check, and that it never changes."""

from pathlib import Path

from django.db import migrations

HERE = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = (("papers", "0001_initial"),)
    operations = (
        migrations.RunSQL(
            (HERE / "walls.sql").read_text(encoding="utf-8"),
            (HERE / "walls_undo.sql").read_text(encoding="utf-8"),
        ),
    )
