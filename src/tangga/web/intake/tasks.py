"""The jobs: the worker does them, as the owner of the database, by the command `tangga`.

One at a time of those that touch the workspace; recognising touches nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

from tangga.errors import UserError
from tangga.web.database.outage import outage
from tangga.web.intake import actions
from tangga.web.intake.models import Job
from tangga.web.intake.work import place, recognise, run_all
from tangga.web.intake.work.state import Cancelled, place_of

WORKSPACE = "workspace"


@app.task(name="intake.recognise", queue="intake")
def recognise_upload(job: str) -> None:
    """What the files of an upload are."""
    _work(job, recognise.do)


@app.task(name="intake.place", queue="intake", lock=WORKSPACE)
def place_upload(job: str) -> None:
    """The files of an upload into the workspace, if the workspace is sound with them."""
    _work(job, place.do)


@app.task(name="intake.run", queue="intake", lock=WORKSPACE)
def run_workspace(job: str) -> None:
    """All files of the workspace to a release, and that into the service."""
    _work(job, run_all.do)


@app.periodic(cron="* * * * *")
@app.task(name="intake.find_interrupted", queue="intake", queueing_lock="find_interrupted")
def find_interrupted(timestamp: int) -> None:
    """Jobs whose worker was killed."""
    try:
        actions.find_interrupted()
    finally:
        connection.close()


TASKS = {Job.RECOGNISE: recognise_upload, Job.PLACE: place_upload, Job.RUN: run_workspace}


def _work(number: str, do: Callable[[Job], dict[str, Any]]) -> None:
    """One job from waiting to its end, whatever becomes of it.

    Nothing of an error that nobody foresaw is told but its kind and place: its text may hold
    somebody's data.
    """
    try:
        job = _begin(number)
        if job is None:
            return
        state, words, report = Job.DONE, "", {}
        try:
            report = do(job)
        except Cancelled:
            state = Job.CANCELLED
        except UserError as wrong:
            state, words = Job.REFUSED, str(wrong)
        except Exception as wrong:
            told = outage(wrong)
            state = Job.FAILED if told is None else Job.REFUSED
            words = place_of(wrong) if told is None else str(told)
        _end(job, state, words, report)
    finally:
        connection.close()


def _begin(number: str) -> Job | None:
    """The job, at work from now on; None where it was called off meanwhile."""
    now = timezone.now()
    begun = Job.objects.filter(pk=number, state=Job.QUEUED).update(
        state=Job.RUNNING, begun=now, seen=now
    )
    return Job.objects.select_related("upload", "by").get(pk=number) if begun else None


def _end(job: Job, state: str, words: str, report: dict[str, Any]) -> None:
    Job.objects.filter(pk=job.pk, state=Job.RUNNING).update(
        state=state, words=words, report=report, ended=timezone.now(), seen=timezone.now()
    )
