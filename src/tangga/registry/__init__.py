"""What is recorded: tables, columns, codes, labels, checks, privacy.

    pack = load_pack("indonesia")
    pack.tables["person"].columns["floor"].sql_type
    check_record(pack.tables["person"], {"sex": "male"})

Knows no database, no web, and no country: what it reads is a country pack.
"""

from tangga.registry.checks import check_record
from tangga.registry.kinds import KIND_TABLE
from tangga.registry.load import load_pack, pack_dir
from tangga.registry.model import SQL_TYPES, Code, CodeList, Column, Order, Pack, Table, pack_files
from tangga.registry.privacy import AUDIENCE_LABELS, PRIVACY_LABELS, mask, sight
from tangga.registry.problems import PROBLEMS, Problem, ProblemText

__all__ = [
    "AUDIENCE_LABELS",
    "KIND_TABLE",
    "PRIVACY_LABELS",
    "PROBLEMS",
    "SQL_TYPES",
    "Code",
    "CodeList",
    "Column",
    "Order",
    "Pack",
    "Problem",
    "ProblemText",
    "Table",
    "check_record",
    "load_pack",
    "mask",
    "pack_dir",
    "pack_files",
    "sight",
]
