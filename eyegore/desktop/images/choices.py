"""What a person chose for the window that looks at one CCD; it outlives the window."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Mapping
from enum import Enum
from typing import Any

from eyegore.desktop.images.comparison import Comparison
from eyegore.images.pixels.display import ColourMap, Stretch


class ImageChoices:
    """Variables of Tk, made once: one that is thrown away with its window may be so on another thread."""

    def __init__(self, root: tk.Misc) -> None:
        self.ccd = tk.IntVar(root, 1)
        self.how = tk.StringVar(root, Comparison.NONE.value)
        self.stretch = tk.StringVar(root, Stretch.EQUALISED.value)
        self.colours = tk.StringVar(root, ColourMap.GREY.value)
        self.profiles = tk.BooleanVar(root, False)
        self.outlined = tk.BooleanVar(root, True)

    def layout(self) -> dict[str, Any]:
        """What is remembered, JSON-able."""
        return {
            "stretch": self.stretch.get(),
            "colours": self.colours.get(),
            "profiles": self.profiles.get(),
            "boundaries": self.outlined.get(),
        }

    def restore(self, layout: Mapping[str, Any]) -> None:
        """Take back what :meth:`layout` gave, as far as it is usable."""
        kinds: tuple[tuple[str, tk.StringVar, type[Enum]], ...] = (
            ("stretch", self.stretch, Stretch),
            ("colours", self.colours, ColourMap),
        )
        for name, text, kind in kinds:
            if layout.get(name) in [one.value for one in kind]:
                text.set(str(layout[name]))
        for name, switch in (("profiles", self.profiles), ("boundaries", self.outlined)):
            if isinstance(layout.get(name), bool):
                switch.set(layout[name])
