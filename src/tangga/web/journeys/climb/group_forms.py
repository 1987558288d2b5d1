"""Forms of groups, places and what villages have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms

from tangga.texts import Language, say
from tangga.web.journeys.climb.forms import DAY, Labelled, potentials, programmes
from tangga.web.journeys.climb.models import Member, Potential
from tangga.web.journeys.climb.places import RESULTS
from tangga.web.journeys.climb.reading import Reading
from tangga.web.journeys.climb.wanted import wanted
from tangga.web.pack import area_name, areas, pack
from tangga.web.policy.book import book
from tangga.web.today import today
from tangga.web.viewer import Viewer

DISTRICT, VILLAGE = 6, 10
MOST_AREAS = 400


def areas_of(viewer: Viewer) -> Iterator[tuple[str, str]]:
    """The districts and villages of a viewer's area, by name."""
    own = viewer.area or ""
    codes = [own] if len(own) >= DISTRICT else []
    for level in ("district", "village"):
        if len(codes) < MOST_AREAS:
            codes += areas().under(own, level)
    for code in dict.fromkeys(codes[:MOST_AREAS]):
        name = area_name(code, viewer.language)
        parent = area_name(code[:DISTRICT], viewer.language)
        yield code, name if len(code) == DISTRICT else f"{parent}: {name}"


def coded(codes: str, language: Language, empty: bool = True) -> list[tuple[str, str]]:
    """A code list of the pack as choices."""
    listed = pack().codes.get(codes)
    found = [(code, listed.label(code, language)) for code in listed.codes] if listed else []
    return [("", "–"), *found] if empty else found


class GroupForm(Labelled):
    """A new group of candidates."""

    name = forms.CharField(max_length=200)
    area = forms.ChoiceField()
    business = forms.ChoiceField(required=False)
    potential = forms.ModelChoiceField(Potential.objects.none(), required=False, empty_label="–")

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, viewer=viewer, **kwargs)
        self.fields["area"].choices = list(areas_of(viewer))  # type: ignore[attr-defined]
        self.fields["business"].choices = coded("industry", viewer.language)  # type: ignore[attr-defined]
        _potential(self, viewer.area or "")


def _potential(form: Labelled, area: str) -> None:
    field = form.fields["potential"]
    field.queryset = potentials(area)  # type: ignore[attr-defined]
    field.label_from_instance = lambda one: f"{one.name} ({area_name(one.area)})"  # type: ignore[attr-defined]


class JoinForm(Labelled):
    """A family's number, from its page; who of it joins is chosen next."""

    family_id = forms.CharField(max_length=40)
    role = forms.ChoiceField()

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, viewer=viewer, **kwargs)
        roles = coded("group_role", viewer.language, empty=False)
        self.fields["role"].choices = [*reversed(roles)]  # type: ignore[attr-defined]


class AccountForm(Labelled):
    """The account of the group."""

    number = forms.CharField(max_length=20, widget=forms.TextInput(attrs={"inputmode": "numeric"}))
    bank = forms.CharField(max_length=100)


class AssetForm(Labelled):
    """Something that the group owns."""

    name = forms.CharField(max_length=200)
    value = forms.IntegerField(min_value=0, required=False)
    got_on = forms.DateField(widget=DAY)
    document = forms.CharField(max_length=200)


class TurnoverForm(Labelled):
    """The turnover of a month."""

    month = forms.ChoiceField()
    amount = forms.IntegerField(min_value=0)
    on = forms.DateField(widget=DAY)

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"on": today()})
        super().__init__(*args, viewer=viewer, **kwargs)
        choices = [(n, say("web_climb.check_up", viewer.language, n=n)) for n in wanted().check_ups]
        choices.append((0, say("web_climb.in_between", viewer.language)))
        self.fields["month"].choices = choices  # type: ignore[attr-defined]

    def clean_month(self) -> int:
        """As a number."""
        return int(self.cleaned_data["month"])


class PlanForm(Labelled):
    """The business plan."""

    text = forms.CharField(max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))
    cost = forms.IntegerField(min_value=1)
    potential = forms.ModelChoiceField(Potential.objects.none(), empty_label="–")

    def __init__(self, *args: Any, viewer: Viewer, area: str, **kwargs: Any) -> None:
        super().__init__(*args, viewer=viewer, **kwargs)
        _potential(self, area)


class AidForm(Labelled):
    """The aid, by decree."""

    amount = forms.IntegerField(min_value=1)
    document = forms.CharField(max_length=200)


class LeaveForm(Labelled):
    """How a member leaves."""

    why = forms.ChoiceField()

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, viewer=viewer, **kwargs)
        whys = [one for one in Member.WHY if one not in ("graduated", "dissolved")]
        choices = [(one, say(f"web_climb.why_{one}", viewer.language)) for one in whys]
        self.fields["why"].choices = choices  # type: ignore[attr-defined]


class PlaceForm(Labelled):
    """A place for somebody of a family."""

    programme = forms.ChoiceField()
    person_id = forms.ChoiceField(required=False)
    provider = forms.CharField(max_length=200, required=False)
    potential = forms.ModelChoiceField(Potential.objects.none(), required=False, empty_label="–")
    reason = forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, viewer: Viewer, read: Reading, **kwargs: Any) -> None:
        super().__init__(*args, viewer=viewer, **kwargs)
        language = viewer.language
        self.units = {
            id_: unit
            for id_, unit in programmes(read.rules, wanted().package)
            if id_ not in wanted().beside
        }
        named = viewer.sight("identity") == "full"
        people = [
            (row["person_id"], row.get("name") if named else row["person_id"])
            for row in read.people
        ]
        programme = [(one, book().label(one, language)) for one in self.units]
        self.fields["programme"].choices = programme  # type: ignore[attr-defined]
        whole = ("", say("web_climb.whole_family", language))
        self.fields["person_id"].choices = [whole, *people]  # type: ignore[attr-defined]
        _potential(self, read.area)

    def clean(self) -> dict[str, Any]:
        """A programme for a person names one; one for a family names none."""
        said = super().clean() or {}
        unit = self.units.get(said.get("programme", ""))
        if unit == "person" and not said.get("person_id"):
            self.add_error("person_id", say("web_climb.names_a_person", self.viewer.language))
        if unit == "family":
            said["person_id"] = ""
        return said


class FinishForm(Labelled):
    """What came of a place."""

    result = forms.ChoiceField()
    reason = forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, viewer=viewer, **kwargs)
        choices = [(one, say(f"web_climb.result_{one}", viewer.language)) for one in RESULTS]
        self.fields["result"].choices = choices  # type: ignore[attr-defined]


class PotentialForm(Labelled):
    """Something that work can rest on in a place."""

    kind = forms.ChoiceField()
    name = forms.CharField(max_length=200)
    area = forms.ChoiceField()
    business = forms.ChoiceField(required=False)
    capacity = forms.IntegerField(min_value=0, required=False)
    source = forms.CharField(max_length=200)
    on_date = forms.DateField(widget=DAY)
    note = forms.CharField(
        max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, viewer=viewer, **kwargs)
        language = viewer.language
        kinds = [(one, say(f"web_climb.kind_{one}", language)) for one in Potential.KINDS]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        self.fields["area"].choices = list(areas_of(viewer))  # type: ignore[attr-defined]
        self.fields["business"].choices = coded("industry", language)  # type: ignore[attr-defined]

    def clean_on_date(self) -> Any:
        """Not in the future."""
        day = self.cleaned_data["on_date"]
        if day > today():
            raise forms.ValidationError(say("web_climb.not_in_future", self.viewer.language))
        return day
