"""`tangga web serve` and `tangga web worker`: the service, until it is asked to stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tangga.cli import screen
from tangga.errors import UserError
from tangga.texts import both

if TYPE_CHECKING:
    from tangga.cli.web_service import Service
    from tangga.web.serving.processes import Listening

LOOK_AT_DATABASE = 5.0
"""Seconds between two looks at a server of our own."""

PAUSE_WITHOUT_DATABASE = 5.0
"""Seconds until the worker asks again for a database that went away."""

JOBS_AT_ONCE = 4
PATIENCE_WITH_A_JOB = 15.0
"""Seconds that a job may go on after we were asked to stop; then it is broken off."""


def serve(
    *, host: str, port: int, workers: int, certificate: Path | None, key: Path | None, jobs: bool
) -> None:
    """Migrate, answer and work, until Ctrl-C or SIGTERM; what dies is started again."""
    from tangga.cli.web_service import migrate, service
    from tangga.web.database.web_login import hold_to
    from tangga.web.serving.processes import Listening, is_free

    if (certificate is None) != (key is None):
        raise UserError("a certificate needs its key, and a key its certificate")
    listening = Listening(host, port, workers, certificate, key)
    with service() as running:
        if not is_free(host, port):
            raise UserError(f"port {port} is in use", todo="Name another one with --port")
        if running.web_url:
            hold_to(running.web_url)
        migrate()
        _warn_of_plain_http(running, listening)
        run(running, listening, jobs=jobs, ready=lambda: _say_ready(address(running, listening)))


def run(
    running: Service,
    listening: Listening,
    *,
    jobs: bool = True,
    meanwhile: Callable[[], None] = lambda: None,
    ready: Callable[[], bool],
) -> None:
    """The processes of the service, until asked to stop, or `ready` gives back True.

    meanwhile: called while they start. ready: called once, when the service answers.
    """
    from tangga.web.serving.processes import (
        answering,
        service_environment,
        wait_until_it_answers,
        working,
    )
    from tangga.web.serving.supervisor import Supervisor, until_asked_to_stop

    # Or the server of static files complains of it at each start.
    (running.env.var / "static").mkdir(parents=True, exist_ok=True)
    answers = answering(listening, service_environment(running.web_url or running.url))
    children = [answers, *([working(service_environment(running.url))] if jobs else [])]
    supervisor = Supervisor(children, _say_death)
    with until_asked_to_stop() as asked:
        supervisor.start()
        try:
            meanwhile()
            wait_until_it_answers(listening, _host_name(running), children, asked)
            if asked.is_set() or ready():
                return
            _watch(supervisor, running, asked)
        finally:
            screen.beside.print(both("web_serve.stopping", between=" / "), style="dim")
            supervisor.stop()


def _watch(supervisor: object, running: Service, asked: threading.Event) -> None:
    """Until asked to stop. Looks after a server of our own too."""
    from tangga.web.database.postgres import start
    from tangga.web.serving.supervisor import Supervisor

    assert isinstance(supervisor, Supervisor)
    due = time.monotonic() + LOOK_AT_DATABASE
    while not asked.wait(0.25):
        supervisor.look()
        if running.server is not None and time.monotonic() > due:
            if not running.server.answers():
                screen.beside.print(both("web_serve.database_died"), style="red")
                start(running.server.data)
            due = time.monotonic() + LOOK_AT_DATABASE


def worker() -> None:
    """Do the jobs of the queue until asked to stop; one that is at work may finish. Pages go first.

    A database that goes away is waited for: nobody may stand beside us to start us again.
    """
    from tangga.cli.web_service import service
    from tangga.web.database.behind import step_back
    from tangga.web.secrets import of_the_service

    step_back()
    with service():
        from tangga.web.register.field_key import hold_to_known

        hold_to_known(of_the_service())
        while not _worked():
            time.sleep(PAUSE_WITHOUT_DATABASE)


def _worked() -> bool:
    """Whether we were asked to stop; False where the database went away."""
    import asyncio

    import psycopg
    from procrastinate.contrib.django import app
    from procrastinate.exceptions import ConnectorException

    try:
        with app.replace_connector(app.connector.get_worker_connector()) as jobs:  # type: ignore[attr-defined]
            asyncio.run(_work(jobs))
    except (ConnectorException, psycopg.OperationalError):
        pause = f"{PAUSE_WITHOUT_DATABASE:g}"
        told = both("web_serve.waits_for_database", between=" / ", pause=pause)
        screen.beside.print(told, style="red", soft_wrap=True)
        return False
    return True


async def _work(jobs: Any) -> None:
    async with jobs.open_async():
        await jobs.run_worker_async(
            concurrency=JOBS_AT_ONCE, shutdown_graceful_timeout=PATIENCE_WITH_A_JOB
        )


def _host_name(running: Service) -> str:
    """A name that the service answers to."""
    names = [name for name in running.env.hosts if name != "*"]
    return names[0].lstrip(".") if names else "localhost"


def address(running: Service, listening: Listening) -> str:
    """What one types into a browser: a name that the service answers to."""
    from tangga.web.serving.processes import EVERYWHERE

    name = _host_name(running)
    if listening.host not in {EVERYWHERE, "::"} or "127.0.0.1" in running.env.hosts:
        return listening.url
    scheme = "https" if listening.certificate else "http"
    return f"{scheme}://{name}:{listening.port}"


def _say_ready(url: str) -> bool:
    screen.out.print(both("web_serve.ready", url=url), soft_wrap=True)
    return False


def _say_death(name: str, code: int, pause: float) -> None:
    told = both("web_serve.died", name=name, code=str(code), pause=f"{pause:g}")
    screen.beside.print(told, style="red", soft_wrap=True)


def _warn_of_plain_http(running: Service, listening: Listening) -> None:
    """Passwords in clear on a network are said at each start."""
    loopback = {"127.0.0.1", "::1", "localhost"}
    open_to_all = listening.host not in loopback and not running.env.behind_proxy
    if listening.certificate is None and open_to_all:
        screen.beside.print(both("web_serve.in_clear"), style="yellow", soft_wrap=True)
