"""A request sees its own password's hash, second factor and session, and of others what it must."""

from pathlib import Path

from django.db import migrations, models

HERE = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = (("accounts", "0003_reach"),)
    operations = (
        migrations.AlterModelOptions("user", {"base_manager_name": "objects"}),
        migrations.AlterField("user", "password", models.CharField(max_length=255)),
        migrations.RunSQL(
            (HERE / "own_rows.sql").read_text(encoding="utf-8"),
            (HERE / "own_rows_undo.sql").read_text(encoding="utf-8"),
        ),
    )
