"""Files of rehabilitation, support under check, and moves."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = (
        ("work", "0002_walls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    )

    operations = (
        migrations.CreateModel(
            name="AreaMove",
            fields=[
                (
                    "item",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="move_of",
                        serialize=False,
                        to="work.item",
                    ),
                ),
                ("from_village", models.CharField(max_length=10)),
                ("to_village", models.CharField(max_length=10)),
                ("moved_on", models.DateField()),
                ("packet", models.BinaryField()),
                ("consent_on", models.DateField()),
                ("consent_document", models.CharField(blank=True, max_length=200)),
                ("accepted_on", models.DateField(blank=True, null=True)),
                ("correction_id", models.CharField(blank=True, max_length=60)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("from_village", models.F("to_village")), _negated=True),
                        name="move_goes_elsewhere",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Assessment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("person_id", models.CharField(db_index=True, max_length=40)),
                ("on_date", models.DateField()),
                ("sealed", models.BinaryField()),
                ("document", models.CharField(blank=True, max_length=200)),
                ("by_called", models.CharField(max_length=200)),
                ("worker", models.CharField(blank=True, max_length=60)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assessments",
                        to="work.item",
                    ),
                ),
            ],
            options={
                "ordering": ("-on_date", "-at"),
            },
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                (
                    "item",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="care",
                        serialize=False,
                        to="work.item",
                    ),
                ),
                ("sealed", models.BinaryField()),
                ("mode", models.CharField(blank=True, max_length=40)),
                ("provider", models.CharField(blank=True, max_length=10)),
                ("sentra", models.CharField(blank=True, max_length=60)),
                ("place", models.CharField(blank=True, max_length=200)),
                ("opened", models.DateField(blank=True, null=True)),
                ("closed", models.DateField(blank=True, null=True)),
                ("reviewed", models.DateField(blank=True, null=True)),
                ("state_on", models.DateField()),
                ("goals_met", models.BooleanField(blank=True, null=True)),
                ("worker", models.CharField(blank=True, max_length=60)),
                ("violence", models.BooleanField(default=False)),
                ("against_payee", models.BooleanField(default=False)),
                ("against", models.CharField(blank=True, max_length=40)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("provider__in", ("", "sentra", "local"))),
                        name="care_provider",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("closed", None),
                            ("opened", None),
                            ("closed__gte", models.F("opened")),
                            _connector="OR",
                        ),
                        name="care_opened_before_closed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("violence", True),
                            models.Q(("against", ""), ("against_payee", False)),
                            _connector="OR",
                        ),
                        name="care_violence_first",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Check",
            fields=[
                (
                    "item",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="check_of",
                        serialize=False,
                        to="work.item",
                    ),
                ),
                ("signal", models.CharField(blank=True, max_length=60)),
                ("reason", models.CharField(max_length=60)),
                ("exit", models.CharField(blank=True, max_length=60)),
                ("finding", models.CharField(blank=True, max_length=10)),
                ("fact_on", models.DateField(blank=True, null=True)),
                ("checked_by", models.CharField(blank=True, max_length=200)),
                ("decided_by", models.CharField(blank=True, max_length=200)),
                ("decided_on", models.DateField(blank=True, null=True)),
                ("notice", models.CharField(blank=True, max_length=100)),
                ("object_by", models.DateField(blank=True, null=True)),
                ("objection", models.CharField(blank=True, max_length=100)),
                ("stopped_on", models.DateField(blank=True, null=True)),
                ("restored_on", models.DateField(blank=True, null=True)),
                ("ends", models.JSONField(blank=True, default=list)),
                ("owed", models.JSONField(blank=True, default=list)),
                ("overpaid", models.JSONField(blank=True, default=list)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("finding__in", ("", "yes", "no", "not_known"))),
                        name="check_finding",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("stopped_on", None), ("finding", "yes"), _connector="OR"
                        ),
                        name="check_stop_needs_proof",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("stopped_on", None),
                            ("object_by__lt", models.F("stopped_on")),
                            _connector="OR",
                        ),
                        name="check_stop_after_notice",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Note",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("n", models.IntegerField()),
                ("step", models.CharField(max_length=40)),
                ("text", models.BinaryField()),
                ("by_called", models.CharField(max_length=200)),
                ("on_day", models.DateField()),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notes",
                        to="work.item",
                    ),
                ),
            ],
            options={
                "ordering": ("-at", "-n"),
            },
        ),
    )
