"""Why a register cannot be added to."""

from __future__ import annotations

from tangga.texts import LANGUAGES, say


class Rebuild(Exception):
    """The register has to be made whole again; `key` names a text of the section `adding`."""

    def __init__(self, key: str, **values: object) -> None:
        self.key, self.values = key, values
        super().__init__(key)

    def note(self) -> str:
        """The sentence for the manifest, in both languages."""
        return note("full", self.key, **self.values)


def note(kind: str, key: str, **values: object) -> str:
    """`adding.KIND` with the reason `adding.KEY` in it, in both languages."""
    said = (
        say(f"adding.{kind}", language, why=say(f"adding.{key}", language, **values), **values)
        for language in LANGUAGES
    )
    return " / ".join(said)
