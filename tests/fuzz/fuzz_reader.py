"""What a reader is to the harness, and what it promises."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from fuzz_inputs import Input

from tangga.errors import UserError

NIK, NAME = "1811010101900001", "SITI RAHASIANI"
"""Of an invented person in the seeds: neither may reach a log or what a refusal says."""
Mutator = Callable[[Random, Input, Sequence[Input]], Input]
Read = Callable[[Input], None]


@dataclass(frozen=True)
class Reader:
    """One reader of the program.

    seeds: small inputs that it accepts. open: a folder of its own -> the function that reads one
    input; it returns where the input is accepted, and raises one of `refusals` where it is not.
    guides: parts of paths of the source files whose lines guide the search. told: whether a refusal
    must name the file. silent: whether a refusal must not hold what the file says of a person.
    watched: one input in so many is read with its lines watched, which takes several times as long;
    new words of a refusal make an input a parent too. seconds of processor, megabytes: the most
    that one input may take.
    """

    name: str
    seeds: Callable[[], Sequence[Input]]
    mutate: Mutator
    open: Callable[[Path], Read]
    guides: tuple[str, ...]
    refusals: tuple[type[Exception], ...] = (UserError,)
    told: bool = True
    silent: bool = True
    watched: int = 1
    seconds: float = 5
    megabytes: int = 400


class Broken(Exception):
    """A promise that a reader did not keep, though it raised nothing."""
