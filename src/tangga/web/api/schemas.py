"""The shapes of what the API takes and gives."""

from __future__ import annotations

from typing import Annotated, Any

from ninja import Field, Schema
from pydantic import AfterValidator, ConfigDict

OWN_ID = r"^[0-9A-Za-z_-]{1,40}$"
AREA = r"^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{10})?$"
CODE = r"^[0-9a-z_]{1,60}$"
CURSOR = r"^[0-9A-Za-z_-]{0,400}$"


def _without_control_signs(text: str) -> str:
    # Nor halves of signs (surrogates), which are no text in UTF-8.
    if any(ord(sign) < 32 or 0xD800 <= ord(sign) <= 0xDFFF for sign in text):
        raise ValueError("no control signs")
    return text


Text = Annotated[str, AfterValidator(_without_control_signs)]
Id = Annotated[str, Field(pattern=OWN_ID, description="An id of the register: F8035F75719F47")]
AreaCode = Annotated[
    str,
    Field(pattern=AREA, description="Code of an area: 2, 4, 6 or 10 digits; empty: the nation"),
]
Code = Annotated[str, Field(pattern=CODE)]
Cursor = Annotated[
    str,
    Field(pattern=CURSOR, description="`next` of the page before, with the same filters"),
]
Families = Annotated[
    int, Field(ge=1, le=200, description="Families a page; a page can hold fewer, also none")
]


class Strict(Schema):
    """Nothing but what is named."""

    model_config = ConfigDict(extra="forbid")


class Place(Strict):
    code: str
    name: str
    level: str = Field(description="country, province, regency, district or village")


class AreaOut(Place):
    above: list[Place] = Field(description="Those above it that the token may see, nearest first")
    below: list[Place] = Field(description="The areas right below it")


class FamilyBrief(Strict):
    """A family in a list. Null: not known, or hidden for this token (see `hidden`)."""

    family_id: str
    area: str
    head_name: str | None
    members: int | None
    rung: str | None
    due_move: str | None
    decile: int | None
    decile_used: str | None
    months_protected: int | None
    months_left: int | None
    programmes: list[str] | None
    programmes_waiting: list[str] | None
    programmes_unknown: list[str] | None
    needs_visit: bool | None
    visit_deadline: str | None


class Row(Strict):
    """A row of the release: its ids, its place, and what the token may read of it."""

    family_id: str | None = None
    person_id: str | None = None
    area: str
    values: dict[str, Any] = Field(
        description="Column -> value; a number such as NIK is always masked"
    )


class Found(Strict):
    """A person that was searched for."""

    person_id: str
    family_id: str | None
    area: str
    name: str | None
    birth_year: int | None
    sex: str | None
    numbers: dict[str, str | None] = Field(description="National numbers, masked")
    likeness: float | None = Field(description="1: the same name; null for a look-up by number")


class Seen(Strict):
    masked: list[str] = Field(default=[], description="Columns that are shown in part")
    hidden: list[str] = Field(default=[], description="Columns that the token may not see")


class FamiliesOut(Seen):
    items: list[FamilyBrief]
    next: str | None = Field(description="Cursor of the next page; null: this is the last one")


class RowsOut(Seen):
    items: list[Row]
    next: str | None = Field(description="Cursor of the next page; null: this is the last one")


class RowOut(Seen):
    item: Row


class FoundOut(Seen):
    items: list[Found]


class FigureOut(Strict):
    figure: str
    key: str
    value: float | None = Field(description="Null: too few families to be told")
    list: str | None = Field(description="The list whose rows it counts")
    sum: str | None = Field(description="A column of that list that it adds up instead; or empty")


class FiguresOut(Strict):
    area: str
    items: list[FigureOut]


class ReleaseOut(Strict):
    number: int
    release: str
    as_of: str


class ListOut(Strict):
    name: str
    title: str
    title_en: str
    rows: str = Field(description="What one row is: family, person or row")


class ListsOut(Strict):
    items: list[ListOut]


class SearchIn(Strict):
    name: Annotated[Text, Field(min_length=2, max_length=100)]
    birth_year: Annotated[int | None, Field(ge=1900, le=2100)] = None
    area: AreaCode = Field(default="", description="Only inside this area")
    limit: Annotated[int, Field(ge=1, le=50)] = 20


class LookupIn(Strict):
    """A whole national number; it never stands in a URL."""

    kind: Code = Field(description="Which number: a column of the pack, e.g. nik or kk")
    number: Annotated[str, Field(pattern=r"^[0-9][0-9 .-]{3,39}$")]
