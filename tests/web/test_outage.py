"""Who is killed, and a database that goes away: said in words that tell what to do."""

from __future__ import annotations

import signal

import psycopg
import pytest
from psycopg import errors

from tangga.errors import UserError
from tangga.web.database.outage import outage
from tangga.web.intake.engine import Ended
from tangga.web.intake.work.state import EngineFailed, sound


def test_a_run_that_the_system_ended_is_said() -> None:
    with pytest.raises(UserError, match=r"karena memori habis.*Jalankan lagi"):
        sound(Ended(-signal.SIGKILL))
    with pytest.raises(EngineFailed):
        sound(Ended(1))


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (errors.AdminShutdown("x"), "basis data berhenti menjawab"),
        (errors.CrashShutdown("x"), "basis data berhenti menjawab"),
        (psycopg.OperationalError("server closed the connection"), "basis data berhenti menjawab"),
        (errors.DiskFull("x"), "disk basis data penuh"),
    ],
)
def test_a_database_that_goes_away_is_said(error: psycopg.Error, said: str) -> None:
    wrapped = RuntimeError("Django's own")
    wrapped.__cause__ = error
    for one in (error, wrapped):
        told = outage(one)
        assert told is not None and said in str(told) and "ulangi" in str(told)


def test_other_errors_of_the_database_are_faults_of_ours() -> None:
    assert outage(errors.UniqueViolation("x")) is None
    assert outage(errors.LockNotAvailable("x")) is None
    assert outage(ValueError("x")) is None
