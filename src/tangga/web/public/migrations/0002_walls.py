"""What requests may do with telephones and codes, and the count of tries."""

from pathlib import Path

from django.db import migrations

HERE = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = (("public", "0001_initial"),)
    operations = (
        migrations.RunSQL(
            (HERE / "walls.sql").read_text(encoding="utf-8"),
            (HERE / "walls_undo.sql").read_text(encoding="utf-8"),
        ),
    )
