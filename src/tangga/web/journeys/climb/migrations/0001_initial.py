"""The tables of the ladder's matters."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("work", "0002_walls"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Potential",
            fields=[
                ("area", models.CharField(db_collation="C", max_length=10)),
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                ("name", models.CharField(max_length=200)),
                ("business", models.CharField(blank=True, max_length=40)),
                ("capacity", models.IntegerField(blank=True, null=True)),
                ("note", models.TextField(blank=True)),
                ("source", models.CharField(max_length=200)),
                ("on_date", models.DateField()),
                ("gone", models.DateField(blank=True, null=True)),
                ("version", models.IntegerField(default=1)),
                ("at", models.DateTimeField(auto_now_add=True)),
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
                "ordering": ("kind", "name", "id"),
            },
        ),
        migrations.CreateModel(
            name="Place",
            fields=[
                ("area", models.CharField(db_collation="C", max_length=10)),
                (
                    "item",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="place_of",
                        serialize=False,
                        to="work.item",
                    ),
                ),
                ("family_id", models.CharField(db_index=True, max_length=40)),
                ("person_id", models.CharField(blank=True, max_length=40)),
                ("programme", models.CharField(max_length=60)),
                ("provider", models.CharField(blank=True, max_length=200)),
                ("document", models.CharField(blank=True, max_length=200)),
                ("begun", models.DateField(blank=True, null=True)),
                ("ended", models.DateField(blank=True, null=True)),
                ("result", models.CharField(blank=True, max_length=20)),
                (
                    "potential",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="places",
                        to="climb.potential",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Line",
            fields=[
                ("area", models.CharField(db_collation="C", max_length=10)),
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("family_id", models.CharField(db_index=True, max_length=40)),
                ("person_id", models.CharField(blank=True, max_length=40)),
                ("programme", models.CharField(max_length=60)),
                ("by_when", models.DateField(blank=True, null=True)),
                ("state", models.CharField(default="planned", max_length=10)),
                ("state_on", models.DateField()),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="climb_lines",
                        to="work.item",
                    ),
                ),
                (
                    "potential",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lines",
                        to="climb.potential",
                    ),
                ),
            ],
            options={
                "ordering": ("at", "id"),
            },
        ),
        migrations.CreateModel(
            name="Group",
            fields=[
                ("area", models.CharField(db_collation="C", max_length=10)),
                (
                    "item",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="group",
                        serialize=False,
                        to="work.item",
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("name", models.CharField(max_length=200)),
                ("business", models.CharField(blank=True, max_length=40)),
                ("companion", models.CharField(blank=True, max_length=100)),
                ("formed_on", models.DateField(blank=True, null=True)),
                ("minutes", models.CharField(blank=True, max_length=200)),
                ("plan", models.TextField(blank=True)),
                ("plan_cost", models.BigIntegerField(blank=True, null=True)),
                ("aided_on", models.DateField(blank=True, null=True)),
                ("aid_document", models.CharField(blank=True, max_length=200)),
                ("aid_amount", models.BigIntegerField(blank=True, null=True)),
                ("account", models.BinaryField(blank=True, null=True)),
                ("bank", models.CharField(blank=True, max_length=100)),
                ("state_on", models.DateField()),
                (
                    "potential",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="groups",
                        to="climb.potential",
                    ),
                ),
            ],
            options={
                "ordering": ("name", "item_id"),
            },
        ),
        migrations.CreateModel(
            name="Step",
            fields=[
                ("area", models.CharField(db_collation="C", max_length=10)),
                (
                    "item",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="ladder",
                        serialize=False,
                        to="work.item",
                    ),
                ),
                ("family_id", models.CharField(db_index=True, max_length=40)),
                ("move", models.CharField(blank=True, max_length=60)),
                ("choice", models.CharField(blank=True, max_length=20)),
                ("rung_before", models.CharField(blank=True, max_length=40)),
                ("worker", models.CharField(blank=True, max_length=100)),
                ("agreed", models.CharField(blank=True, max_length=10)),
                ("until", models.DateField(blank=True, null=True)),
                ("due_since", models.DateField(blank=True, null=True)),
                ("told_on", models.DateField(blank=True, null=True)),
                ("effect_on", models.DateField(blank=True, null=True)),
                ("notice", models.CharField(blank=True, max_length=100)),
                ("minutes", models.CharField(blank=True, max_length=200)),
                ("checked", models.JSONField(blank=True, default=list)),
                ("objection", models.CharField(blank=True, max_length=100)),
                ("owed", models.JSONField(blank=True, default=list)),
                (
                    "place",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="work.item",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Turnover",
            fields=[
                ("area", models.CharField(db_collation="C", max_length=10)),
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("month", models.IntegerField()),
                ("amount", models.BigIntegerField()),
                ("on_date", models.DateField()),
                ("by_called", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="turnovers",
                        to="work.item",
                    ),
                ),
            ],
            options={
                "ordering": ("on_date", "at"),
            },
        ),
        migrations.CreateModel(
            name="Effect",
            fields=[
                ("area", models.CharField(db_collation="C", max_length=10)),
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("family_id", models.CharField(db_index=True, max_length=40)),
                ("person_id", models.CharField(blank=True, max_length=40)),
                ("programme", models.CharField(max_length=60)),
                ("component", models.CharField(blank=True, max_length=60)),
                ("ends", models.BooleanField()),
                ("on_date", models.DateField()),
                ("amount_year", models.BigIntegerField(blank=True, null=True)),
                ("freed", models.BigIntegerField(blank=True, null=True)),
                (
                    "item",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="climb_effects",
                        to="work.item",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("item", "programme", "component", "person_id"),
                        name="climb_effect_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends", True), ("freed", None), ("freed", 0), _connector="OR"
                        ),
                        name="climb_only_ends_free",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Asset",
            fields=[
                ("area", models.CharField(db_collation="C", max_length=10)),
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("value", models.BigIntegerField(blank=True, null=True)),
                ("got_on", models.DateField()),
                ("document", models.CharField(max_length=200)),
                ("gone_on", models.DateField(blank=True, null=True)),
                ("gone_document", models.CharField(blank=True, max_length=200)),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assets",
                        to="climb.group",
                    ),
                ),
            ],
            options={
                "ordering": ("got_on", "name", "id"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("document", ""), _negated=True),
                        name="climb_asset_has_a_paper",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("gone_on", None),
                            models.Q(("gone_document", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="climb_gone_with_a_paper",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Member",
            fields=[
                ("area", models.CharField(db_collation="C", max_length=10)),
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("family_id", models.CharField(db_index=True, max_length=40)),
                ("person_id", models.CharField(db_index=True, max_length=40)),
                ("role", models.CharField(default="member", max_length=40)),
                ("counts", models.BooleanField(default=False)),
                ("joined_on", models.DateField()),
                ("left_on", models.DateField(blank=True, null=True)),
                ("why", models.CharField(blank=True, max_length=12)),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="members",
                        to="climb.group",
                    ),
                ),
            ],
            options={
                "ordering": ("joined_on", "id"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("left_on", None)),
                        fields=("person_id",),
                        name="climb_one_group_at_a_time",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("left_on", None), models.Q(("role", "member"), _negated=True)
                        ),
                        fields=("group", "role"),
                        name="climb_one_of_each_role",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("left_on", None),
                            ("left_on__gte", models.F("joined_on")),
                            _connector="OR",
                        ),
                        name="climb_left_after_joined",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="potential",
            constraint=models.CheckConstraint(
                condition=models.Q(("source", ""), _negated=True),
                name="climb_potential_has_a_source",
            ),
        ),
        migrations.AddConstraint(
            model_name="potential",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        (
                            "commodity",
                            "buyer",
                            "bumdes",
                            "cooperative",
                            "trainer",
                            "employer",
                            "place",
                        ),
                    )
                ),
                name="climb_potential_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="line",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        ("planned", "offered", "accepted", "placed", "refused", "dropped"),
                    )
                ),
                name="climb_line_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="line",
            constraint=models.UniqueConstraint(
                fields=("item", "person_id", "programme"), name="climb_line_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="group",
            constraint=models.CheckConstraint(
                condition=models.Q(("plan_cost", None), ("plan_cost__gt", 0), _connector="OR"),
                name="climb_plan_costs",
            ),
        ),
        migrations.AddConstraint(
            model_name="step",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("effect_on", None),
                    ("told_on", None),
                    ("effect_on__gte", models.F("told_on")),
                    _connector="OR",
                ),
                name="climb_told_before_effect",
            ),
        ),
        migrations.AddConstraint(
            model_name="turnover",
            constraint=models.CheckConstraint(
                condition=models.Q(("amount__gte", 0)), name="climb_turnover_is_no_debt"
            ),
        ),
        migrations.AddConstraint(
            model_name="turnover",
            constraint=models.CheckConstraint(
                condition=models.Q(("month__gte", 0)), name="climb_month_of_a_check_up"
            ),
        ),
        migrations.AddConstraint(
            model_name="turnover",
            constraint=models.UniqueConstraint(
                condition=models.Q(("month", 0), _negated=True),
                fields=("item", "month"),
                name="climb_check_up_once",
            ),
        ),
    ]
