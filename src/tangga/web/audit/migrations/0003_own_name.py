"""No request writes an event in the name of another, not even before it is known who asks."""

from pathlib import Path

from django.db import migrations

HERE = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = (("audit", "0002_reach"),)
    operations = (
        migrations.RunSQL(
            (HERE / "own_name.sql").read_text(encoding="utf-8"),
            (HERE / "own_name_undo.sql").read_text(encoding="utf-8"),
        ),
    )
