"""No text and no page says, or lets one think, that an office here can change a decile."""

from __future__ import annotations

import html
import re
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from families import one
from walking import addresses

from tangga.registry.load import pack_dir
from tangga.texts import LANGUAGES, catalogue

CHANGES = {
    "id": re.compile(
        r"\b(?:(?:me|di|ter|pe)?(?:ng|m|n|ny)?)?(?:ubah|ganti|naikk|turunk|tetapk|koreksi|perbaik"
        r"|atur|edit|sesuaik|hapus|pindahk)\w*\W+(?:[\w-]+\W+){0,3}?(?:desil|peringkat)",
        re.I,
    ),
    "en": re.compile(
        r"\b(?:chang|set|edit|correct|adjust|rais|lower|overrid|assign|remov|mov)\w*\W+"
        r"(?:[\w-]+\W+){0,3}?(?:deciles?|ranks?)\b",
        re.I,
    ),
}
"""A word of changing, and a decile or rank soon behind it."""
TOLD = re.compile(
    r"\b(?:BPS|tidak|bukan|tak|never|not?|cannot|changes? of|changed decile|a lower decile"
    r"|pembuat peringkat|office that ranks)\b|\{office\}|\{ranker\}",
    re.I,
)
"""Who may, or that nobody here does; or it speaks of deciles that have changed."""
SENTENCE = re.compile(r"(?<=[.!?;:])\s+|\n")
OF_A_MODEL = "explain.rank_who_model"
"""Where a register has no official rank, and a model of its own ranks: facts, and a new run."""
OF_ENGINE = ("judge.", "welfare.", "card.", "train.", "rank_model.")
"""Words of the model of welfare and its judge, which no page shows."""


def suspect(text: str, language: str) -> list[str]:
    """Sentences that speak of changing a decile and do not say that only BPS does."""
    found = (one for one in SENTENCE.split(text) if CHANGES[language].search(one))
    return [one for one in found if not TOLD.search(one)]


def of_the_pack(data: Any, path: str) -> Iterator[tuple[str, str, str]]:
    """(where, language, text) of every text of a file of the pack."""
    if isinstance(data, dict):
        for key, value in data.items():
            if isinstance(value, str):
                yield f"{path}.{key}", "en" if key == "en" or key.endswith("_en") else "id", value
            else:
                yield from of_the_pack(value, f"{path}.{key}")
    elif isinstance(data, list):
        for value in data:
            yield from of_the_pack(value, path)


@pytest.mark.parametrize(
    ("text", "language", "wrong"),
    [
        ("Dinas dapat mengubah desil keluarga ini.", "id", True),
        ("Ubah desil", "id", True),
        ("Tekan untuk memperbaiki peringkat keluarga", "id", True),
        ("Hanya BPS yang mengubah desil.", "id", False),
        ("Usulan ini tidak mengubah desil.", "id", False),
        ("The office corrects the decile here.", "en", True),
        ("Set rank", "en", True),
        ("Only BPS sets the decile.", "en", False),
    ],
)
def test_what_would_be_wrong_is_seen(text: str, language: str, wrong: bool) -> None:
    assert bool(suspect(text, language)) is wrong


def test_no_text_says_that_a_decile_is_changed_here() -> None:
    wrong = [
        f"{key} ({language}): {one}"
        for key, said in catalogue().items()
        if not key.startswith(OF_ENGINE) and key != OF_A_MODEL
        for language in LANGUAGES
        for one in suspect(said[language], language)
    ]
    assert wrong == []


def test_no_word_of_the_pack_says_so() -> None:
    folder, wrong = pack_dir("indonesia"), []
    for part in ("workflows", "documents", "access", "policy", "work"):
        for file in sorted((folder / part).rglob("*.toml")):
            data = tomllib.loads(file.read_text(encoding="utf-8"))
            for where, language, text in of_the_pack(data, f"{part}/{file.name}"):
                wrong += [f"{where}: {one}" for one in suspect(text, language)]
    data = tomllib.loads((folder / "corrections.toml").read_text(encoding="utf-8"))
    for where, language, text in of_the_pack(data, "corrections.toml"):
        wrong += [f"{where}: {one}" for one in suspect(text, language)]
    assert wrong == []


def test_no_step_of_any_workflow_leads_a_decile_anywhere() -> None:
    """Nothing follows here from an appeal against a rank; and no value that is proposed is one."""
    from tangga.web.corrections.sorts import NOTHING, book

    ranks = [one for one in book().sorts.values() if one.workflow == "rank_appeal"]
    assert ranks and all(one.follows == NOTHING and not one.asks for one in ranks)
    for entity in ("person", "family"):
        named = book().correctable(entity)
        assert not [name for name in named if "decile" in name or "rank" in name]


ROLES = (
    ("operator_desa", 10), ("kepala_desa", 10), ("operator_kabkota", 4), ("verifikator_kabkota", 4),
    ("kepala_dinas", 4), ("bupati", 4), ("pendamping_pkh", 10),
)  # fmt: skip
FIELD = re.compile(r"<(?:input|select|textarea)\b[^>]*\bname=\"([^\"]+)\"")
FORM = re.compile(r"<form\b[^>]*method=\"post\".*?</form>", re.S)
RANKS = re.compile(r"desil|decile|peringkat|\brank", re.I)


@pytest.mark.slow
def test_no_page_offers_it(web: Any) -> None:
    """Every page without arguments, and every page of a family, before whoever works there."""
    family = one(
        web,
        "SELECT family_id, area FROM family_index WHERE area LIKE '1811%%' "
        "AND decile IS NOT NULL AND rung = 'protection' ORDER BY family_id LIMIT 1",
    )
    values = {"slug:family_id": family["family_id"], "str:family_id": family["family_id"]}
    plain = [one for one in addresses() if set(one.parameters) <= set(values)]
    plain = [one for one in plain if not one.route.startswith(("api/", "__", "static"))]
    wrong, seen = [], 0
    for role, digits in ROLES:
        client = web.client(role, family["area"][:digits])
        client.raise_request_exception = False  # that no page fails is for other tests to say
        for address in plain:
            answer = client.get(address.with_values(values))
            if answer.status_code == 200 and "html" in answer["Content-Type"]:
                seen += 1
                page = html.unescape(answer.content.decode())
                wrong += [f"{role} {address.route}: {one}" for one in offered(page)]
    assert seen > 100
    assert sorted(set(wrong)) == []


def offered(page: str) -> Iterator[str]:
    """What a page says, on its buttons too, or asks for, that it must not."""
    main = page.partition("<main")[2].partition("</main>")[0]
    for form in FORM.findall(main):
        yield from (f"field {name}" for name in FIELD.findall(form) if RANKS.search(name))
    words = re.sub(r"<(?:/?(?:b|strong|em|a|span|code|small)\b[^>]*)>", "", main)
    yield from suspect(re.sub(r"<[^>]+>", "\n", words), "id")
