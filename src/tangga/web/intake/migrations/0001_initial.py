"""Uploads and jobs."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = (migrations.swappable_dependency(settings.AUTH_USER_MODEL),)

    operations = (
        migrations.CreateModel(
            name="Upload",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("area", models.CharField(db_collation="C", max_length=10)),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("changed", models.DateTimeField(auto_now=True)),
                ("delivery", models.UUIDField(db_index=True, default=uuid.uuid4)),
                ("state", models.CharField(default="received", max_length=12)),
                ("layout", models.CharField(blank=True, max_length=60)),
                ("kind", models.CharField(blank=True, max_length=30)),
                ("source", models.CharField(blank=True, max_length=60)),
                ("wanted", models.JSONField(blank=True, null=True)),
                ("words", models.TextField(blank=True)),
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
                "ordering": ("-at", "id"),
            },
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("area", models.CharField(db_collation="C", max_length=10)),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("kind", models.CharField(max_length=12)),
                ("state", models.CharField(default="queued", max_length=12)),
                ("as_of", models.DateField(blank=True, null=True)),
                ("progress", models.JSONField(blank=True, default=dict)),
                ("report", models.JSONField(blank=True, default=dict)),
                ("words", models.TextField(blank=True)),
                ("cancel_asked", models.BooleanField(default=False)),
                ("queued", models.BigIntegerField(blank=True, null=True)),
                ("seen", models.DateTimeField(blank=True, null=True)),
                ("begun", models.DateTimeField(blank=True, null=True)),
                ("ended", models.DateTimeField(blank=True, null=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "upload",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="jobs",
                        to="intake.upload",
                    ),
                ),
            ],
            options={
                "ordering": ("-at", "id"),
            },
        ),
        migrations.CreateModel(
            name="UploadFile",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("area", models.CharField(db_collation="C", max_length=10)),
                ("name", models.CharField(max_length=200)),
                ("stored", models.CharField(max_length=300, unique=True)),
                ("bytes", models.BigIntegerField()),
                ("sha256", models.CharField(db_index=True, max_length=64)),
                ("village", models.CharField(blank=True, max_length=10)),
                ("placed", models.CharField(blank=True, max_length=300)),
                ("words", models.TextField(blank=True)),
                (
                    "upload",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="intake.upload",
                    ),
                ),
            ],
            options={
                "ordering": ("name", "id"),
            },
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        ("received", "known", "refused", "matched", "placed", "withdrawn"),
                    )
                ),
                name="upload_has_a_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ("matched", "placed")), _negated=True),
                    models.Q(("source", ""), _negated=True),
                    _connector="OR",
                ),
                name="placed_as_a_source",
            ),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ("recognise", "place", "run"))),
                name="job_has_a_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        (
                            "queued",
                            "running",
                            "done",
                            "refused",
                            "failed",
                            "cancelled",
                            "interrupted",
                        ),
                    )
                ),
                name="job_has_a_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ("queued", "running")), ("ended__isnull", False), _connector="XOR"
                ),
                name="job_ended_or_active",
            ),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "run"), ("state__in", ("queued", "running"))),
                fields=("kind",),
                name="one_run_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="uploadfile",
            constraint=models.CheckConstraint(
                condition=models.Q(("sha256__regex", "^[0-9a-f]{64}$")), name="sha256_of_a_file"
            ),
        ),
    )
