"""openIMIS as it is installed: its tables, a user, and its own import of people from CSV.

    PYTHON bench/imis_peer.py tables
    PYTHON bench/imis_peer.py import PEOPLE.csv FILE.json

Run by an interpreter that has the packages of bench/imis.lock; libpq's variables name the server
and database. The assembly that openIMIS is run from (settings, an image with the tables it had
before Django) is no package, so the settings are ours and the tables are made from its models.
"""

from __future__ import annotations

import json
import logging
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

MODULES = ["core", "location", "medical", "medical_pricelist", "workflow", "tasks_management",
           "individual"]  # fmt: skip
COLUMNS = ("nik", "sex", "address")
"""Columns beside those that it knows; its schema of a person has to name them."""
ASKED_FOR = {
    "MODE": "PROD", "IS_TESTING": False, "MSSQL": False, "ROW_SECURITY": True, "USE_TZ": False,
    "SCHEDULER_AUTOSTART": False, "SCHEDULER_CONFIG": {}, "SCHEDULER_JOBS": [],
    "SCHEDULER_CUSTOM": [], "CACHE_OBJECT_TTL": 3600, "CACHE_OBJECT_DEFAULT": True,
    "RATELIMIT_GROUP": "graphql", "RATELIMIT_KEY": "ip", "RATELIMIT_RATE": "150/m",
    "PASSWORD_MIN_LENGTH": 8, "PASSWORD_UPPERCASE": 1, "PASSWORD_LOWERCASE": 1,
    "PASSWORD_DIGITS": 1, "PASSWORD_SYMBOLS": 1,
}  # fmt: skip
"""Settings that its modules read and have no default for; the values are its assembly's."""
TABLES = ("Individual", "Group", "GroupIndividual")
FUNCTION = """CREATE OR REPLACE FUNCTION validate_json_schema(jsonb, jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE AS 'SELECT true'"""
"""Of its database image. Its import calls it with an empty schema, for which it says true."""


class NoMigrations(dict[str, None]):
    """Tells Django to make the tables from the models: migrations start from the image's tables."""

    def __contains__(self, app: object) -> bool:
        return True

    def __getitem__(self, app: str) -> None:
        return None


def set_up() -> None:
    """The settings that the modules ask for; nothing is scheduled, no page is served."""
    import django
    from django.conf import settings

    memory = "django.core.cache.backends.locmem.LocMemCache"
    settings.configure(
        SECRET_KEY="of-the-bench",  # pragma: allowlist secret
        AUTH_USER_MODEL="core.User",
        INSTALLED_APPS=[
            *(f"django.contrib.{app}" for app in ("auth", "contenttypes", "sessions", "messages")),
            *("graphene_django", "graphql_jwt.refresh_token.apps.RefreshTokenConfig"),
            *("rest_framework", "django_apscheduler", "axes", *MODULES),
        ],
        OPENIMIS_APPS=MODULES,
        DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", **_database()}},
        CACHES={name: {"BACKEND": memory, "LOCATION": name} for name in ("default", "location")},
        MIGRATION_MODULES=NoMigrations(),
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        SILENCED_SYSTEM_CHECKS=["axes.W002", "axes.W003"],
        **ASKED_FOR,
    )
    logging.disable(logging.WARNING)
    django.setup()


def _database() -> dict[str, str]:
    names = {"NAME": "PGDATABASE", "USER": "PGUSER", "HOST": "PGHOST", "PORT": "PGPORT"}
    return {name: os.environ[variable] for name, variable in names.items()}


def tables() -> None:
    """Its tables, the function of its image, and somebody who imports."""
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", "--run-syncdb", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(FUNCTION)
    from core.models import InteractiveUser, User
    from core.models.user import Language

    Language.objects.create(code="en", name="English", sort_order=1)
    known = InteractiveUser.objects.create(
        language_id="en", last_name="Bench", other_names="Bench", login_name="bench", role_id=1
    )
    User(username="bench", i_user=known).save()


def bring_in(file: Path) -> dict[str, Any]:
    """What its upload page calls with this file, approval by a second person switched off.

    Its settings say whether approval is asked for; without it the people are validated and taken,
    and groups made of them, within the call.
    """
    import individual.models as kept
    from core.models import User
    from django.core.files.uploadedfile import SimpleUploadedFile
    from individual.apps import IndividualConfig
    from individual.services import IndividualImportService
    from workflow.services import WorkflowService

    IndividualConfig.enable_maker_checker_for_individual_upload = False
    IndividualConfig.enable_maker_checker_for_group_upload = False
    IndividualConfig.individual_base_fields = ["first_name", "last_name", "dob", "id"]
    properties = {column: {"type": "string"} for column in COLUMNS}
    IndividualConfig.individual_schema = json.dumps({"properties": properties})
    found = WorkflowService.get_workflows("Python Import Individuals", "individual")
    upload = SimpleUploadedFile(file.name, file.read_bytes(), content_type="text/csv")
    service = IndividualImportService(User.objects.get(username="bench"))
    started, used = time.perf_counter(), time.process_time()
    service.import_individuals(upload, found["data"]["workflows"][0], "group_code")
    told: dict[str, Any] = {"seconds_inside": time.perf_counter() - started}
    told["cpu_seconds_inside"] = time.process_time() - used
    last = kept.IndividualDataSourceUpload.objects.get()
    told |= {"status": last.status, "error": last.error}
    return told | {name: getattr(kept, name).objects.count() for name in TABLES}


def main() -> None:
    """Make the tables, or import and write what came of it."""
    set_up()
    if sys.argv[1] == "tables":
        tables()
        return
    told = bring_in(Path(sys.argv[2]))
    told["peak_bytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    Path(sys.argv[3]).write_text(json.dumps(told, default=str) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
