"""Proposals and batches."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = (("work", "0001_initial"),)

    operations = (
        migrations.CreateModel(
            name="Batch",
            fields=[
                (
                    "item",
                    models.OneToOneField(
                        db_column="item_id",
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="batch",
                        serialize=False,
                        to="work.item",
                    ),
                ),
                ("document", models.CharField(max_length=200)),
                ("effect", models.JSONField(blank=True, default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                (
                    "item",
                    models.OneToOneField(
                        db_column="item_id",
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="proposal",
                        serialize=False,
                        to="work.item",
                    ),
                ),
                ("sort", models.CharField(max_length=40)),
                ("fields", models.JSONField(default=list)),
                ("said", models.BinaryField()),
                ("marks", models.JSONField(blank=True, default=list)),
                ("on", models.DateField()),
                ("basis", models.CharField(blank=True, max_length=40)),
                ("held_on", models.DateField(blank=True, null=True)),
                ("document", models.CharField(blank=True, max_length=200)),
            ],
            options={
                "indexes": [models.Index(fields=["sort"], name="proposal_sort")],
            },
        ),
    )
