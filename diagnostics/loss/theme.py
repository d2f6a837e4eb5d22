"""Colours of the picture, dark and light; told apart by the colour-blind too (after Okabe & Ito 2008)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from diagnostics.loss.model import Pattern

ThemeName = Literal["dark", "light"]


@dataclass(frozen=True)
class Theme:
    """Colours as #rrggbb."""

    background: str
    grid: str
    text: str
    faint_text: str
    points: str
    trend: str
    reference: str
    patterns: Mapping[Pattern, str]


THEMES: Mapping[ThemeName, Theme] = {
    "dark": Theme(
        background="#1e1f22",
        grid="#34363b",
        text="#f2f3f5",
        faint_text="#b5bac1",
        points="#8a8f98",
        trend="#56b4e9",
        reference="#c9c9c9",
        patterns={
            Pattern.HEALTHY: "#2fc79a",
            Pattern.PLATEAU: "#f0e442",
            Pattern.SPIKES: "#e69f00",
            Pattern.NO_DECREASE: "#f0e442",
            Pattern.TOO_FAST: "#e08fbf",
            Pattern.DIVERGED: "#ff7b3d",
            Pattern.INSUFFICIENT: "#b5bac1",
        },
    ),
    "light": Theme(
        background="#ffffff",
        grid="#e6e7ea",
        text="#1b1c1f",
        faint_text="#55585f",
        points="#8d929b",
        trend="#0072b2",
        reference="#55585f",
        patterns={
            Pattern.HEALTHY: "#00785a",
            Pattern.PLATEAU: "#8a6d00",
            Pattern.SPIKES: "#b86f00",
            Pattern.NO_DECREASE: "#8a6d00",
            Pattern.TOO_FAST: "#a8487f",
            Pattern.DIVERGED: "#c44a00",
            Pattern.INSUFFICIENT: "#55585f",
        },
    ),
}
