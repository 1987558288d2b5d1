"""Since when no older session of an account holds: its telephone was lost, or it was locked."""

from django.db import migrations, models

GRANT = """
GRANT SELECT (sessions_ended_at) ON accounts_user TO tangga_app;
GRANT UPDATE (sessions_ended_at) ON accounts_user TO tangga_app;
"""


class Migration(migrations.Migration):
    dependencies = (("accounts", "0004_own_rows"),)
    operations = (
        migrations.AddField(
            "user", "sessions_ended_at", models.DateTimeField(null=True, blank=True)
        ),
        migrations.RunSQL(GRANT, migrations.RunSQL.noop),
    )
