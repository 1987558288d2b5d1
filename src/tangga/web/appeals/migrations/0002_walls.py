"""Who sees what was lodged, and who reported."""

from pathlib import Path

from django.db import migrations

HERE = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = (("appeals", "0001_initial"), ("work", "0002_walls"))
    operations = (
        migrations.RunSQL(
            (HERE / "walls.sql").read_text(encoding="utf-8"),
            (HERE / "walls_undo.sql").read_text(encoding="utf-8"),
        ),
    )
