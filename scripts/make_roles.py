"""Writes the reference page of the roles, in Indonesian and English.

    python scripts/make_roles.py           writes docs/reference/roles.md
    python scripts/make_roles.py --check   exits 1 when the committed file is stale

Everything in it comes from `packs/indonesia/access/roles.toml`; nobody edits the result.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from made_pages import LEVELS, heading, keep, row

from tangga.registry.load import pack_dir
from tangga.registry.privacy import PRIVACY_LABELS
from tangga.web.access.model import Access
from tangga.web.access.read import load_access

FILE = Path(__file__).parent.parent / "docs" / "reference" / "roles.md"
SIGHT = {"full": "●", "masked": "◐", "hidden": "–"}
LIMITS = {
    "reveals_a_day": "nomor utuh sehari / numbers in full a day",
    "export_rows": "baris per berkas / rows in one file",
}
HEAD = """# Peran / Roles

Dibuat oleh `scripts/make_roles.py` dari `packs/indonesia/access/roles.toml`. Jangan disunting.
Made by `scripts/make_roles.py` from `packs/indonesia/access/roles.toml`. Do not edit.

Apa yang tidak tertulis, tidak boleh. Baris di luar wilayah jabatan tidak ada bagi siapa pun, apa
pun perannya. NIK, KK, nomor rekening dan kartu selalu disamarkan; `reveal` menunjukkan satu nomor,
dengan tujuan dan alasan, dan dicatat.

What is not written is not allowed. Rows outside the area of a post exist for nobody, whatever their
role. NIK, KK, numbers of accounts and cards are always masked; `reveal` shows one, with purpose and
reason, and is recorded.

How accounts and posts are given: [access](../guides/access.md).
"""


def page(access: Access) -> str:
    """The whole page as Markdown, ending in one newline."""
    return "\n".join(_lines(access)).rstrip() + "\n"


def _lines(access: Access) -> Iterator[str]:
    yield HEAD
    yield from ("## Wewenang / Verbs", "")
    yield from heading("wewenang / verb", "artinya / meaning")
    for verb in access.verbs.values():
        whole = " (hanya untuk seluruh data / only over the whole register)" if verb.whole else ""
        yield row(f"`{verb.code}`", f"{verb.labels['id']} / {verb.labels['en']}{whole}")
    yield from ("", "## Peran menurut wewenang / Roles by verb", "")
    yield from heading("peran / role", *[f"`{verb}`" for verb in access.verbs], "2FA")
    for role in access.roles.values():
        marks = ["●" if verb in role.verbs else "–" for verb in access.verbs]
        yield row(f"[`{role.code}`](#{role.code})", *marks, "●" if role.second_factor else "–")
    yield from ("", "## Peran menurut kolom / Roles by class of columns", "")
    yield from ("● utuh / full, ◐ disamarkan / masked, – tidak tampak / hidden", "")
    yield from heading("peran / role", *[f"{i} / {e}" for i, e in PRIVACY_LABELS.values()])
    for role in access.roles.values():
        yield row(f"`{role.code}`", *[SIGHT[role.sight(name)] for name in PRIVACY_LABELS])
    yield from ("", "## Satu per satu / One by one", "")
    for role in access.roles.values():
        yield from (f'<a id="{role.code}"></a>', f"### {role.labels['id']} / {role.labels['en']}")
        yield from ("", f"- Wilayah / Area: {'; '.join(LEVELS[level] for level in role.levels)}")
        for limit, most in role.limits.items():
            yield f"- Paling banyak / At most: {most:,} {LIMITS[limit]}".replace(",", ".")
        yield from (f"- {role.why}", "")
    yield from ("## Tujuan melihat nomor utuh / Purposes for a number in full", "")
    yield from heading("kode / code", "tujuan / purpose")
    for code, said in access.purposes.items():
        yield row(f"`{code}`", f"{said['id']} / {said['en']}")


if __name__ == "__main__":
    sys.exit(keep({FILE: page(load_access(pack_dir("indonesia")))}, __doc__))
