"""The chips of the parameters of a picture."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk

import pytest

from eyegore.widgets.cells.flags import Status
from eyegore.widgets.charts.readout_bar import Readout, ReadoutBar
from eyegore.widgets.theme import Theme

from ..on_screen import button, texts, widgets


@pytest.fixture
def removed() -> list[str]:
    return []


@pytest.fixture
def bar(root: tk.Tk, theme: Theme, removed: list[str]) -> ReadoutBar:
    root.geometry("700x300")
    made = ReadoutBar(root, theme, removed.append)
    made.pack(fill="x")
    root.update()
    return made


def chip(bar: ReadoutBar, name: str) -> tk.Misc:
    return next(one for one in bar.winfo_children() if name in texts(one))


def value_colour(bar: ReadoutBar, name: str) -> str:
    labels = [one for one in widgets(chip(bar, name)) if isinstance(one, ttk.Label)]
    return next(str(one["foreground"]) for one in labels if one["text"] == bar.texts[name])


def test_values_with_sign_and_colour(bar: ReadoutBar, theme: Theme) -> None:
    bar.show([Readout("A", "#0072b2", "1 V"), Readout("B", "#009e73", "−5 V low", Status.CRITICAL)])
    assert bar.texts == {"A": "1 V", "B": "◆ −5 V low"}
    assert value_colour(bar, "B") == theme.colour(Status.CRITICAL)
    bar.show([Readout("A", "#0072b2", "2 V"), Readout("B", "#009e73", "1 V")])
    assert bar.texts == {"A": "2 V", "B": "1 V"}
    assert value_colour(bar, "B") == theme.colour("text")


def test_chips_wrap(root: tk.Tk, bar: ReadoutBar) -> None:
    bar.show([Readout("A", "#0072b2")])
    root.update()
    one = bar.winfo_height()
    bar.show([Readout(f"PARAMETER_{number}", "#0072b2", "1.00 V") for number in range(6)])
    root.update()
    root.update()
    assert bar.winfo_height() >= 2 * one
    assert all(chip.winfo_x() + chip.winfo_reqwidth() <= 700 for chip in bar.winfo_children())


def test_a_chip_is_taken_out_by_its_button(root: tk.Tk, bar: ReadoutBar, removed: list[str]) -> None:
    bar.show([Readout("A", "#0072b2"), Readout("B", "#0072b2")])
    remove = button(chip(bar, "B"), "×")
    assert remove is not None
    assert bar.chosen() is None
    remove.focus_force()
    root.update()
    assert bar.chosen() == "B"
    remove.invoke()
    assert removed == ["B"]
    bar.show([])
    assert bar.texts == {}
