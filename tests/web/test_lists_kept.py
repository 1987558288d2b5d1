"""Filters that are kept: their owner's alone, in the post in which they were kept."""

from __future__ import annotations

from typing import Any

import pytest

REGENCY, OTHER = "1811", "1771"


def keep(client: Any, name: str, query: str = "desil=1&urutan=rung&arah=turun") -> Any:
    return client.post(f"/daftar/families/simpan/?{query}", {"nama": name})


def kept(client: Any) -> str:
    text = client.get("/daftar/").content.decode()
    return text.split('id="simpanan"', 1)[1].split("</section>", 1)[0] if "simpanan" in text else ""


def test_a_filter_is_kept_opened_and_removed(web: Any) -> None:
    client = web.client("operator_kabkota", REGENCY)
    assert keep(client, "Desil satu").status_code == 302
    text = kept(client)
    assert "Desil satu" in text
    assert 'href="/daftar/families/?desil=1&amp;urutan=rung&amp;arah=turun"' in text
    number = text.split("/daftar/simpanan/", 1)[1].split("/", 1)[0]
    assert client.post(f"/daftar/simpanan/{number}/hapus/").status_code == 302
    assert "Desil satu" not in kept(client)
    assert client.post(f"/daftar/simpanan/{number}/hapus/").status_code == 404


def test_nobody_else_sees_or_removes_it(web: Any) -> None:
    mine = web.client("verifikator_kabkota", REGENCY)
    keep(mine, "Hanya saya")
    number = kept(mine).split("/daftar/simpanan/", 1)[1].split("/", 1)[0]
    for role, area in (("operator_kabkota", REGENCY), ("verifikator_kabkota", OTHER)):
        other = web.client(role, area)
        assert "Hanya saya" not in other.get("/daftar/").content.decode()
        assert "Hanya saya" not in other.get("/daftar/families/").content.decode()
        assert other.post(f"/daftar/simpanan/{number}/hapus/").status_code == 404
    assert "Hanya saya" in kept(mine)


@pytest.mark.parametrize("name", ["", "   ", "1811051612140001", "x" * 61, "<b>", "a\nb"])
def test_a_name_that_could_be_a_number_is_refused(web: Any, name: str) -> None:
    client = web.client("koordinator_pkh", REGENCY)
    keep(client, name)
    assert kept(client) == ""


def test_a_forged_filter_is_not_kept(web: Any) -> None:
    client = web.client("kepala_dinas", REGENCY)
    assert keep(client, "Palsu", "desil=99").status_code == 400
    assert keep(client, "Jauh", "wilayah=1771").status_code == 404
    keep(client, "Bersih", "desil=1&nik=1811051612140001&lain=x")
    assert "1811051612140001" not in kept(client) and "Bersih" in kept(client)


def test_a_filter_of_the_same_name_takes_its_place(web: Any) -> None:
    client = web.client("dinas_provinsi", "18")
    keep(client, "Satu", "desil=1")
    keep(client, "Satu", "desil=2")
    assert kept(client).count("<strong>Satu</strong>") == 1 and "desil=2" in kept(client)
