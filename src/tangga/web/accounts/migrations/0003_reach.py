"""How far the posts of an account reach: asked before anybody manages it."""

from pathlib import Path

from django.db import migrations

HERE = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = (("accounts", "0002_walls"),)
    operations = (
        migrations.RunSQL(
            (HERE / "reach.sql").read_text(encoding="utf-8"),
            (HERE / "reach_undo.sql").read_text(encoding="utf-8"),
        ),
    )
