"""Forms of plan lines, of spreading a total, and of a simulation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from tangga.rules.settings_pilar import COUNTED
from tangga.texts import Language, say
from tangga.web.access.model import LEVELS
from tangga.web.lists.bands import rules_of, settings
from tangga.web.pack import area_name, areas, pack
from tangga.web.today import today
from tangga.web.viewer import Viewer
from tangga.web.widgets import DayInput

LARGEST = 10**15
DAY = DayInput()
Choices = list[tuple[str, str]]


def coded(codes: str, language: Language) -> Choices:
    """The codes of a list of the pack with their words; empty first."""
    listed = pack().codes[codes]
    return [("", "–"), *((code, listed.label(code, language)) for code in listed.codes)]


def measures(language: Language, *, spread: bool = False) -> Choices:
    """The measures of pilar.toml today; spread: those whose target is a number."""
    listed: Iterable[Mapping[str, Any]] = settings("pilar", today()).get("measure", ())
    found = [one for one in listed if not spread or one["kind"] in COUNTED]
    return [("", "–"), *((one["id"], one["labels"][language]) for one in found)]


class Labelled(forms.Form):
    """A form whose labels are `web_plans.FIELD`, and whose help is `web_plans.FIELD_help`."""

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer, self.language = viewer, viewer.language
        for name, one in self.fields.items():
            one.label = say(f"web_plans.{name}", self.language)
        self.fill()

    def fill(self) -> None:
        """Give the choices that hang on the viewer and the day."""


class Figures(Labelled):
    """What a line says."""

    action = forms.CharField(max_length=300)
    programme = forms.ChoiceField(required=False)
    focus = forms.ChoiceField(required=False)
    fund_source = forms.ChoiceField(required=False)
    cost = forms.IntegerField(required=False, min_value=0, max_value=LARGEST)
    pilar = forms.ChoiceField(required=False)
    measure = forms.ChoiceField(required=False)
    target = forms.IntegerField(required=False, min_value=0, max_value=10**8)
    owner = forms.CharField(max_length=200, required=False)
    due = forms.DateField(required=False, widget=DAY)
    rests_on = forms.CharField(max_length=300, required=False)

    def fill(self) -> None:
        """Choices of the pack and of the policy of the day."""
        for name in ("programme", "focus", "fund_source", "pilar"):
            self.fields[name].choices = coded(name, self.language)  # type: ignore[attr-defined]
        self.fields["measure"].choices = measures(self.language)  # type: ignore[attr-defined]
        for name in ("cost", "rests_on", "target", "measure"):
            self.fields[name].help_text = say(f"web_plans.{name}_help", self.language)


class NewLine(Figures):
    """A line to be offered. area: the viewer's own, or the next below; ask: of the viewer's own
    area, whether the wider office is asked for it."""

    area = forms.ChoiceField()
    year = forms.IntegerField(min_value=2020, max_value=2100)
    repairs = forms.ChoiceField(required=False)
    ask = forms.BooleanField(required=False)
    field_order = ("area", "year", "action")

    def fill(self) -> None:
        """Areas as well."""
        super().fill()
        self.fields["area"].choices = own_areas(self.viewer)  # type: ignore[attr-defined]
        self.fields["repairs"].choices = coded("data_measure", self.language)  # type: ignore[attr-defined]
        for name in ("repairs", "ask"):
            self.fields[name].help_text = say(f"web_plans.{name}_help", self.language)
        self.fields["year"].initial = today().year


class Counter(Figures):
    """Other figures for a line, and why."""

    reason = forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    field_order = ("reason",)


class Spreading(Labelled):
    """A total over the areas below, by what."""

    year = forms.IntegerField(min_value=2020, max_value=2100)
    action = forms.CharField(max_length=300)
    by = forms.ChoiceField()
    programme = forms.ChoiceField(required=False)
    focus = forms.ChoiceField(required=False)
    fund_source = forms.ChoiceField(required=False)
    cost = forms.IntegerField(required=False, min_value=0, max_value=LARGEST)
    pilar = forms.ChoiceField(required=False)
    measure = forms.ChoiceField(required=False)
    target = forms.IntegerField(required=False, min_value=0, max_value=10**8)
    owner = forms.CharField(max_length=200)
    due = forms.DateField(widget=DAY)

    def fill(self) -> None:
        """Choices of the pack and of the policy of the day."""
        for name in ("programme", "focus", "fund_source", "pilar"):
            self.fields[name].choices = coded(name, self.language)  # type: ignore[attr-defined]
        self.fields["measure"].choices = measures(self.language, spread=True)  # type: ignore[attr-defined]
        ways = ("eligible", "families", "cap", "workers")
        self.fields["by"].choices = [  # type: ignore[attr-defined]
            (way, say(f"web_plans.by_{way}", self.language)) for way in ways
        ]
        self.fields["year"].initial = today().year

    def clean(self) -> dict[str, Any]:
        """Something to spread must be there; a number needs what it counts, and whose it is."""
        said: dict[str, Any] = super().clean() or {}
        if said.get("target") is None and said.get("cost") is None:
            self.add_error(None, say("web_plans.nothing_to_spread", self.language))
        if said.get("target") is not None and not (said.get("measure") and said.get("pilar")):
            self.add_error("measure", say("web_plans.target_of_what", self.language))
        return said


class Scenario(Labelled):
    """A simulation: a scenario of the pack, or cut-offs and the cap otherwise."""

    title = forms.CharField(max_length=120)
    scenario = forms.ChoiceField(required=False)
    programme = forms.ChoiceField(required=False)
    decile = forms.IntegerField(required=False, min_value=1, max_value=10)
    cap = forms.IntegerField(required=False, min_value=12, max_value=240)

    def __init__(self, *args: Any, scenarios: Choices, **kwargs: Any) -> None:
        self.scenarios = scenarios
        super().__init__(*args, **kwargs)

    def fill(self) -> None:
        """Scenarios, and the programmes whose rule names a decile."""
        self.fields["scenario"].choices = [("", "–"), *self.scenarios]  # type: ignore[attr-defined]
        self.fields["programme"].choices = ranked_programmes(self.language)  # type: ignore[attr-defined]
        for name in ("scenario", "decile", "cap"):
            self.fields[name].help_text = say(f"web_plans.{name}_help", self.language)

    def clean(self) -> dict[str, Any]:
        """One of the two ways, and each of its parts whole."""
        said: dict[str, Any] = super().clean() or {}
        own = [said.get("programme"), said.get("decile"), said.get("cap")]
        if bool(said.get("scenario")) == any(own):
            self.add_error(None, say("web_plans.one_way", self.language))
        if bool(said.get("programme")) != bool(said.get("decile")):
            self.add_error("decile", say("web_plans.decile_of_what", self.language))
        return said


def own_areas(viewer: Viewer) -> Choices:
    """The viewer's own area and those of the next level below it, with names."""
    own = viewer.area or ""
    return [
        (code, area_name(code, viewer.language)) for code in (own, *below(own, digits_below(own)))
    ]


def digits_below(area: str) -> int:
    """How long the codes of the next level are; those of a village have none below."""
    longer = [digits for digits in LEVELS.values() if digits > len(area)]
    return min(longer, default=0)


def below(area: str, digits: int) -> list[str]:
    """The areas of so many digits inside an area, in order."""
    level = next((name for name, long in LEVELS.items() if long == digits), "")
    return sorted(areas().under(area, level)) if level and area else []


def ranked_programmes(language: Language) -> Choices:
    """Programmes of the policy of the day, by name."""
    listed = rules_of(today()).programmes
    labels = pack().codes["programme"]
    return [("", "–"), *((one, labels.label(one, language)) for one in listed if one in labels)]
