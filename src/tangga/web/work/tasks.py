"""What the worker does by the clock."""

from __future__ import annotations

from django.db import connection
from procrastinate.contrib.django import app

from tangga.web.work.clock_job import overdue


@app.periodic(cron="7 * * * *")
@app.task(name="work.overdue", queue="intake", queueing_lock="work_overdue")
def take_overdue(timestamp: int) -> None:
    """Each hour: what nobody answered in time goes where the workflow says."""
    try:
        overdue()
    finally:
        connection.close()
