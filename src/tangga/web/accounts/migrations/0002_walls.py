"""What the app's role may do with accounts, posts and sessions."""

from pathlib import Path

from django.db import migrations

HERE = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = (
        ("accounts", "0001_initial"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("sessions", "0001_initial"),
    )
    operations = (
        migrations.RunSQL(
            (HERE / "walls.sql").read_text(encoding="utf-8"),
            (HERE / "walls_undo.sql").read_text(encoding="utf-8"),
        ),
    )
