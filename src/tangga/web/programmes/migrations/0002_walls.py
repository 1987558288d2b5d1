"""What the app's role may do with rounds and determinations, and what stays as it was signed."""

from pathlib import Path

from django.db import migrations

HERE = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = (("programmes", "0001_initial"),)
    operations = (
        migrations.RunSQL(
            (HERE / "walls.sql").read_text(encoding="utf-8"),
            (HERE / "walls_undo.sql").read_text(encoding="utf-8"),
        ),
    )
