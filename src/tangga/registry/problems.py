"""Every problem a value or a row can have, with its sentence in Indonesian and English.

A problem stands beside a kept row (table `problems`) or explains a quarantined one (table
`quarantine`). A code that is not listed here cannot be reported.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing wrong with one value: the column, the code of the problem, the value as text."""

    field: str
    problem: str
    value: str | None

    def __post_init__(self) -> None:
        if self.problem not in PROBLEMS:
            raise ValueError(f"problem {self.problem!r} is not listed in PROBLEMS")


@dataclass(frozen=True)
class ProblemText:
    """What a problem's code means to an officer."""

    label_id: str
    label_en: str

    def label(self, language: str) -> str:
        """The sentence in `id` or `en`."""
        return self.label_id if language == "id" else self.label_en


PROBLEMS: dict[str, ProblemText] = {
    # A value that is not what its column says. The registry's own checks report these.
    "missing": ProblemText("Wajib diisi tetapi kosong", "Required but empty"),
    "wrong_type": ProblemText("Jenis isian tidak sesuai", "Not a value of the column's type"),
    "unknown_field": ProblemText("Kolom tidak dikenal", "No such column"),
    "unknown_code": ProblemText("Kode tidak dikenal", "Code not in the code list"),
    "below_minimum": ProblemText("Di bawah batas terendah", "Below the lowest possible value"),
    "above_maximum": ProblemText("Di atas batas tertinggi", "Above the highest possible value"),
    "future_date": ProblemText(
        "Tanggal setelah tanggal data", "Date later than the day the record speaks of"
    ),
    "too_long": ProblemText("Teks terlalu panjang", "Text longer than the column allows"),
    "broken_text": ProblemText("Bentuk teks tidak sesuai", "Text not of the expected form"),
    "broken_area": ProblemText("Bentuk kode wilayah tidak sesuai", "Not the form of an area code"),
    "ends_before_start": ProblemText("Berakhir sebelum mulai", "Ends before it starts"),
    # Text that could not be read as the column's type.
    "not_a_number": ProblemText("Bukan angka", "Not a number"),
    "not_a_date": ProblemText("Bukan tanggal", "Not a date"),
    "not_a_boolean": ProblemText("Bukan ya/tidak", "Not yes or no"),
    "impossible_date": ProblemText("Tanggal tidak mungkin ada", "A date that cannot exist"),
    "incomplete_date": ProblemText("Tanggal tidak lengkap", "Date without its day or month"),
    "two_digit_year": ProblemText("Tahun hanya dua angka", "Year given with two digits"),
    # Areas.
    "unknown_area": ProblemText("Wilayah tidak dikenal", "Area not in any table of areas"),
    "area_not_translated": ProblemText(
        "Kode wilayah belum ada padanannya", "Area code of a system that no table explains"
    ),
    # National numbers (NIK, KK).
    "repaired": ProblemText("Diperbaiki otomatis", "Repaired, the received form is kept"),
    "broken_number": ProblemText("Nomor rusak", "Not the form of this number"),
    "rounded_number": ProblemText(
        "Nomor rusak oleh pembulatan lembar kerja", "Number rounded by a spreadsheet"
    ),
    "placeholder_number": ProblemText("Nomor isian semu", "Placeholder instead of a number"),
    "shared_number": ProblemText(
        "Nomor dipakai beberapa orang", "Number used by several different people"
    ),
    "nik_birth_date_differs": ProblemText(
        "Tanggal lahir dalam NIK berbeda", "Birth date inside the NIK differs"
    ),
    "nik_sex_differs": ProblemText("Jenis kelamin dalam NIK berbeda", "Sex inside the NIK differs"),
    "nik_area_differs": ProblemText(
        "Wilayah dalam NIK berbeda", "Area inside the NIK differs from the record's area"
    ),
    "nik_area_unknown": ProblemText(
        "Wilayah dalam NIK tidak dikenal", "Area inside the NIK is in no present table"
    ),
    # Rows.
    "repeated_id": ProblemText("Nomor baris sumber berulang", "The source's id repeats"),
    "empty_id": ProblemText("Nomor baris sumber kosong", "The source's id is empty"),
    "superseded": ProblemText("Diganti data lebih baru", "A later row of the same id exists"),
    "repeated_file": ProblemText("Berkas yang sama dua kali", "The same file twice"),
    "nobody": ProblemText(
        "Tanpa nama dan tanpa nomor: bukan data siapa pun",
        "Neither name nor number: a record of nobody",
    ),
    "wrong_width": ProblemText(
        "Jumlah kolom baris tidak sama dengan judul", "The row has more or fewer cells than columns"
    ),
    "broken_quotes": ProblemText("Tanda kutip tidak tertutup", "A quoted value never ends"),
    "broken_encoding": ProblemText(
        "Huruf tidak terbaca dalam pengodean berkas", "Bytes that the file's encoding does not have"
    ),
    "nul_bytes": ProblemText("Berisi byte NUL", "Holds NUL bytes"),
    "too_long_line": ProblemText("Baris terlalu panjang", "The line is longer than can be a row"),
    "unreadable": ProblemText("Tidak dapat dibaca", "Cannot be read"),
}
