"""Small helpers for tables and bars."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.simple_tag
def percent(part: float, whole: float) -> str:
    """`part` of `whole` in percent with one decimal and a point, fit for SVG; 0 where there is no whole."""
    return f"{100 * part / whole:.1f}" if whole else "0"


@register.filter
def lookup(mapping: Mapping[str, Any], key: str) -> Any:
    """The value of `key`, or the key itself."""
    return mapping.get(key, key)


@register.filter
def svg_number(value: float | None) -> str:
    """A number as SVG wants it, whatever the language of the page."""
    return "0" if value is None else f"{value:.1f}"


@register.simple_tag
def width_between(interval: tuple[float, float] | None) -> str:
    """How wide an interval is, for SVG."""
    return f"{interval[1] - interval[0]:.1f}" if interval else "0"
