"""An element of SVG with everything escaped."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from markupsafe import Markup, escape

Value = str | int | float | None


class Said(NamedTuple):
    """What a picture says to who cannot see it: its title, and what is to be seen."""

    title: str
    text: str


def element(name: str, *inside: str, **attributes: Value) -> Markup:
    """`<name ...>inside</name>`; `class_` is class, `text_anchor` is text-anchor, None is left out.

    inside: Markup as it is, any other text escaped.
    """
    # Plain text put together by hand: Markup.format would take half of the time of a page.
    said = "".join(
        f' {_attribute(key)}="{_value(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    body = "".join(one if isinstance(one, Markup) else escape(one) for one in inside)
    # Every part of it is escaped above, or a name of our own.
    return Markup(f"<{name}{said}>{body}</{name}>")  # nosec B704


def picture(name: str, said: Said, width: float, height: float, *inside: str) -> Markup:
    """A whole picture with its title and a description in words; name: its own on its page.

    With links inside it is a group, since what stands inside an image cannot be reached; else an
    image.
    """
    body = Markup("").join(inside)
    return element(
        "svg",
        element("title", said.title, id=f"{name}-title"),
        element("desc", said.text, id=f"{name}-text"),
        body,
        viewBox=f"0 0 {_value(width)} {_value(height)}",
        class_=f"picture {name}",
        role="group" if "<a " in body else "img",
        aria_labelledby=f"{name}-title {name}-text",
        focusable="false",
    )


def link(to: str, *inside: str, label: str = "", class_: str | None = None) -> Markup:
    """What is inside as a link; not a link where there is nothing to go to."""
    if not to:
        return element("g", *inside, class_=class_)
    return element("a", *inside, href=to, aria_label=label or None, class_=class_)


def rectangle(
    x: float, y: float, width: float, height: float, class_: str, **more: Value
) -> Markup:
    """A filled rectangle, never thinner than nothing."""
    wide = max(width, 0)
    return element("rect", x=x, y=y, width=wide, height=height, class_=class_, **more)


def words(x: float, y: float, text: str, class_: str = "", anchor: str | None = None) -> Markup:
    """One line of text that begins (or ends, or has its middle) at a point."""
    return element("text", text, x=x, y=y, class_=class_ or None, text_anchor=anchor)


@cache
def _attribute(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _value(value: Value) -> str:
    if isinstance(value, float):
        return f"{value:.1f}".removesuffix(".0")
    return str(escape(value)) if isinstance(value, str) else str(value)
