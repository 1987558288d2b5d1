"""What the app's role may do with rulings."""

from pathlib import Path

from django.db import migrations

HERE = Path(__file__).parents[1]


class Migration(migrations.Migration):
    dependencies = (("duplicates", "0001_initial"),)
    operations = (
        migrations.RunSQL(
            (HERE / "walls.sql").read_text(encoding="utf-8"),
            (HERE / "walls_undo.sql").read_text(encoding="utf-8"),
        ),
    )
