"""The reminder of each morning."""

from __future__ import annotations

from django.db import connection, transaction
from procrastinate.contrib.django import app

from tangga.web.appeals import telling
from tangga.web.work.clock_job import as_the_service


@app.periodic(cron="15 6 * * *")
@app.task(name="appeals.remind", queue="intake", queueing_lock="appeals_remind")
def remind(timestamp: int) -> None:
    """Whose deadline comes near."""
    try:
        with transaction.atomic():
            as_the_service()
            telling.remind()
            telling.remind_residents()
    finally:
        connection.close()
