"""The commands of the service. What one does is imported when it is called."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

web = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="The service: the register in a browser, each to their own area.",
)

By = Annotated[
    str | None,
    typer.Option(metavar="WHO", help="An account that may do it (else this machine's account)."),
]


@web.command()
def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, help="Processes that answer.")] = 2,
    certificate: Annotated[
        Path | None, typer.Option(metavar="FILE", help="To speak TLS: the certificate (PEM).")
    ] = None,
    key: Annotated[
        Path | None, typer.Option(metavar="FILE", help="And its key (PEM, PKCS#8).")
    ] = None,
    without_worker: Annotated[
        bool, typer.Option("--without-worker", help="Jobs are done by another process.")
    ] = False,
) -> None:
    """Start the service; it runs until Ctrl-C."""
    from tangga.cli.web_serve import serve

    serve(
        host=host,
        port=port,
        workers=workers,
        certificate=certificate,
        key=key,
        jobs=not without_worker,
    )


@web.command()
def worker() -> None:
    """Do the jobs of the service only (`serve` starts one of these)."""
    from tangga.cli.web_serve import worker

    worker()


@web.command()
def migrate() -> None:
    """Prepare the database, and bring its tables up to date."""
    from tangga.cli.web import migrate_database

    migrate_database()


@web.command()
def check() -> None:
    """List what is unsafe for production; end with 2 if there is anything."""
    from tangga.cli.web import check

    check()


@web.command()
def user(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What to log in with.")],
    role: Annotated[str, typer.Option(help="A role of the pack.")] = "administrator",
    area: Annotated[str, typer.Option(metavar="CODE", help="Its area (else the nation).")] = "",
    called: Annotated[str, typer.Option(metavar="TEXT", help="Name of the person.")] = "",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from the standard input.")
    ] = False,
) -> None:
    """Make an account: the first administrator, who makes all others in the browser."""
    from tangga.cli.web import user

    user(name, role=role, area=area, called=called, password_stdin=password_stdin)


@web.command()
def load(
    folder: Annotated[
        Path, typer.Argument(metavar="RELEASE", help="A release's folder, or a workspace.")
    ],
    by: By = None,
    approve: Annotated[
        bool, typer.Option("--approve", help="The demo only: put it in force at once.")
    ] = False,
) -> None:
    """Load and check a release; it waits for a second person's approval."""
    from tangga.cli.web import load

    load(folder, by=by, approve=approve)


@web.command()
def approve(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="See: tangga web releases")],
    by: By = None,
) -> None:
    """Approve a release that somebody else loaded, and put it in force."""
    from tangga.cli.web import approve

    approve(number, by=by)


@web.command()
def discard(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="See: tangga web releases")],
    by: By = None,
) -> None:
    """Drop the tables of a release that waits for approval; its line in the ledger stays."""
    from tangga.cli.web import discard

    discard(number, by=by)


@web.command()
def rollback(
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why.")], by: By = None
) -> None:
    """Put the release before in force again."""
    from tangga.cli.web import rollback

    rollback(by=by, reason=reason)


@web.command()
def releases() -> None:
    """Print every release that was loaded, and which one is in force."""
    from tangga.cli.web import releases

    releases()


@web.command()
def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A workspace, or a new folder.")],
) -> None:
    """Write what was decided in the service as sources of the next `tangga run --full`."""
    from tangga.cli.web_export import export

    export(folder)


@web.command("verify-audit")
def verify_audit(
    known: Annotated[
        str, typer.Option(metavar="HASH", help="Of a seal that was kept outside the database.")
    ] = "",
) -> None:
    """Check that nobody changed the trail of who saw and did what; end with 2 if somebody did."""
    from tangga.cli.web import verify_audit

    verify_audit(known=known)


@web.command()
def tick() -> None:
    """Take what is overdue where the workflows say, as the worker does each hour."""
    from tangga.cli.web import tick

    tick()


@web.command()
def retain(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only reckon what would go.")] = False,
) -> None:
    """Remove personal data past its time by the pack's rules, as the worker does each night."""
    from tangga.cli.web import retain

    retain(dry=dry_run)


@web.command()
def backup(
    to: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Where to (else TANGGA_BACKUPS).")
    ] = None,
    keep: Annotated[int, typer.Option(metavar="N", min=0, help="Keep the last N; 0: all.")] = 0,
    sources: Annotated[
        bool, typer.Option("--sources", help="The source files of the workspace too.")
    ] = False,
) -> None:
    """Write a backup: the database, the ids ever given, the run in force. Not the field key."""
    from tangga.cli.web_backup import backup

    backup(to=to, keep=keep, sources=sources)


@web.command()
def restore(
    folder: Annotated[Path, typer.Argument(metavar="BACKUP", help="The folder of one backup.")],
    workspace: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A new folder (else TANGGA_WORKSPACE).")
    ] = None,
) -> None:
    """Restore a backup into an empty database, and prove that it is the same."""
    from tangga.cli.web_backup import restore

    restore(folder, workspace=workspace)
