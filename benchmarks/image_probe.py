"""What is asked about the images of the real desktop, on its Tk thread."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks.workshop import drawn
from eyegore.desktop.app import Desktop

LOOK_MS = 2
SPACING_MS = 150
"""Between two things that a person does."""


def until_pictures(desktop: Desktop, obsid: int, tell: Callable[..., None]) -> None:
    """Tell when the three pictures of an ObsID are on the screen, then when all verdicts with numbers are."""
    panel: Any = desktop.panes.images
    told: set[str] = set()

    def look() -> None:
        view = desktop.view
        shown = view is not None and view.pictures.shown == obsid
        if (
            shown
            and f"ObsID {obsid}" in panel.title_text
            and len(panel.shown) == 3
            and "reading" not in panel.title_text
        ):
            _once("pictures")
        if shown and all(panel.verdict(ccd).quadrants for ccd in (1, 2, 3)):
            _once("verdicts")
        if len(told) < 2:
            desktop.root.after(LOOK_MS, look)

    def _once(event: str) -> None:
        if event not in told:
            told.add(event)
            drawn(desktop.root)
            tell(event, at=time.monotonic())

    look()


def handle(desktop: Desktop, callbacks: list[float], tell: Callable[..., None]) -> None:
    """Do what a person does with images, and tell how long each callback of Tk took."""
    callbacks.clear()
    begun = time.monotonic()
    actions = _actions(desktop)

    def go_on() -> None:
        act = next(actions, None)
        if act is None:
            taken = [1e3 * seconds for seconds in callbacks]
            tell("handled", callbacks_ms=taken, seconds=time.monotonic() - begun)
            return
        act()
        desktop.root.after(SPACING_MS, go_on)

    desktop.root.after(SPACING_MS, go_on)


def _actions(desktop: Desktop) -> Iterator[Callable[[], object]]:
    panel, view = desktop.panes.images, desktop.view
    assert panel is not None
    assert view is not None
    pictures = view.pictures
    for where in ("older", "older", "older", "newer", "oldest", "newest"):
        yield lambda where=where: pictures.step(where)
    for _ in range(4):
        yield panel.next_stretch
        yield panel.next_colours
    yield lambda: desktop.looks.open(pictures, 1)
    yield lambda: None
    window: Any = desktop.looks.window
    canvas = window.canvas
    for act in (lambda: canvas.zoom(1, 300, 200), lambda: canvas.shift(0.2, 0.1), lambda: canvas.point(9, 5)):
        for _ in range(10):
            yield act
    yield window.canvas.fit
    for key in (
        "<p>",
        "<d>",
        "<z>",
        "<f>",
        "<r>",
        "<r>",
        "<e>",
        "<c>",
        "<e>",
        "<c>",
        "<Left>",
        "<Left>",
        "<Right>",
        "<End>",
    ):
        yield lambda key=key: (canvas.focus_force(), canvas.event_generate(key))
    yield window.blink
    for _ in range(20):
        yield lambda: canvas.point(7, -3)
    yield window.blink
