"""What policy/forecast.toml may say: what is drawn, because nobody can know it."""

from __future__ import annotations

from tangga.rules.setting_kinds import Kind, code, flag, listed, number, percent, text, whole

FORECAST: dict[str, Kind] = {
    "low": percent(10),
    "high": percent(90),
    "window_months": whole(low=1),
    "weight_months": whole(low=1),
    "least_moves": whole(low=1),
    "step": listed(
        {
            "from": code("rung"),
            "to": code("rung"),
            "per_thousand": number(),
            "per_thousand_low": number(),
            "per_thousand_high": number(),
            "ends_support": flag(False),
            "starts_support": flag(False),
            "source": text(""),
            "question": text(""),
        },
        (),
    ),
    "birth": listed({"from_age": whole(), "below_age": whole(low=1), "per_thousand": number()}, ()),
    "death": listed(
        {"from_age": whole(), "below_age": whole(low=1, default=None), "per_thousand": number()}, ()
    ),
}
"""low, high: the ends of a band, per cent of the futures drawn. step: a move of families between
rungs, so many of a thousand a year, with the range thought possible. birth: of women by age. death:
of persons by age. window_months: over how many months recorded moves are counted; least_moves: from
how many on (or months in which so many were assumed) they say a rate; weight_months: for how many
family-months the assumption counts."""
