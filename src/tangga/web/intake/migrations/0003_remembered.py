"""Matchings by hand that an office keeps."""

import uuid
from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

HERE = Path(__file__).parent


class Migration(migrations.Migration):
    dependencies = (
        ("intake", "0002_walls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    )
    operations = (
        migrations.CreateModel(
            name="Remembered",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("area", models.CharField(db_collation="C", max_length=10)),
                ("header", models.CharField(max_length=64)),
                ("kind", models.CharField(max_length=30)),
                ("source", models.CharField(max_length=60)),
                ("said", models.JSONField(default=dict)),
                ("at", models.DateTimeField(auto_now=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("area", "header"), name="a_header_once"),
                    models.CheckConstraint(
                        condition=models.Q(header__regex="^[0-9a-f]{64}$"), name="header_is_a_hash"
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            (HERE / "remembered.sql").read_text(encoding="utf-8"),
            (HERE / "remembered_undo.sql").read_text(encoding="utf-8"),
        ),
    )
