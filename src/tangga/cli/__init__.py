"""The command `tangga`: what is asked for, what is said, and how it ends."""

from __future__ import annotations

import os
import sys
import traceback

from tangga.errors import TanggaError, UserError

USER_MISTAKE, FAILED, INTERRUPTED = 2, 1, 130


def main() -> None:
    """Run the command line; every end of it but a crash of Python itself is one line.

    Files are made for their owner's eyes only (0700 folders, 0600 files): what is written here
    is personal data. A full traceback, which may hold values of people's records, is printed
    with TANGGA_DEBUG=1 and never otherwise.
    """
    os.umask(0o077)
    # Many small systems of equations: threads for each would wait for one another longer than they
    # work, most of all beside another program. Read when NumPy is first imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from tangga.cli.app import app

    try:
        app(prog_name="tangga")
    except TanggaError as wrong:
        _end(str(wrong), USER_MISTAKE if isinstance(wrong, UserError) else FAILED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(FAILED)
    except Exception as wrong:
        refused = _of_the_machine(wrong)
        if refused is not None:
            _end(str(refused), USER_MISTAKE)
        if isinstance(wrong, OSError):
            why = wrong.strerror or type(wrong).__name__
            _end(f"{wrong.filename or 'the system'}: {why}", FAILED)
        _end(unexpected(wrong), FAILED)


def _of_the_machine(wrong: Exception) -> UserError | None:
    """What the machine or the database refused, in words; None for a fault of the program."""
    if "psycopg" in sys.modules:
        from tangga.web.database.outage import outage

        told = outage(wrong)
        if told is not None:
            return told
    from tangga.engine.shortage import refusal

    return refusal(wrong)


def unexpected(wrong: BaseException) -> str:
    """What is said of an error nobody foresaw: its kind and place, never its values."""
    last = traceback.extract_tb(wrong.__traceback__)[-1]
    where = f"{os.path.basename(last.filename)}:{last.lineno}"  # noqa: PTH119 - import is dear here
    return (
        f"unexpected {type(wrong).__name__} at {where}. This is a fault of the program. Its full "
        "text may hold personal data; to see it, run the command again with TANGGA_DEBUG=1"
    )


def _end(sentence: str, code: int) -> None:
    """One line on stderr, then the exit code."""
    if os.environ.get("TANGGA_DEBUG") == "1":
        traceback.print_exc()
    else:  # what is torn down half written would print a trace of its own after the sentence
        sys.unraisablehook = lambda _: None
    from rich.console import Console
    from rich.text import Text

    # Breaking lines is left to the terminal, so that a path can be copied whole.
    Console(stderr=True, soft_wrap=True).print(Text(f"tangga: {sentence}", style="red"))
    sys.exit(code)
