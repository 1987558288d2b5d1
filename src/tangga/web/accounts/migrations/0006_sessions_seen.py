"""One sees one's own sessions and ends them, without the key of any."""

from pathlib import Path

from django.db import migrations

HERE = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = (("accounts", "0005_sessions_ended"), ("sessions", "0001_initial"))
    operations = (
        migrations.RunSQL(
            (HERE / "sessions_seen.sql").read_text(encoding="utf-8"),
            (HERE / "sessions_seen_undo.sql").read_text(encoding="utf-8"),
        ),
    )
