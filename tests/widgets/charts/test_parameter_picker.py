"""Finding a parameter by typing, by keys and by mouse."""

from __future__ import annotations

import tkinter as tk

import pytest

from eyegore.widgets.cells.flags import ChartCell
from eyegore.widgets.charts.parameter_picker import ParameterPicker
from eyegore.widgets.theme import Theme

CELLS = [
    ChartCell("VID_PCB_TEMP_T", "", "°C", "video board temperature"),
    ChartCell("CCD1_TEMP_T", "", "°C", "CCD1 temperature, top"),
    ChartCell("CCD2_OD_T", "", "V", "output drain"),
    ChartCell("CCD2_TEMP_T", "", "°C", "CCD2 temperature, top"),
]


@pytest.fixture
def chosen() -> list[str]:
    return []


@pytest.fixture
def picker(root: tk.Tk, theme: Theme, chosen: list[str]) -> ParameterPicker:
    made = ParameterPicker(root, theme, chosen.append, lambda: chosen.append("left"))
    made.pack()
    made.offer(CELLS)
    root.update()
    made.entry.focus_force()
    made.start()
    root.update()
    return made


def press(picker: ParameterPicker, *sequences: str) -> None:
    for sequence in sequences:
        picker.entry.event_generate(sequence)
        picker.update()


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("", ["VID_PCB_TEMP_T", "CCD1_TEMP_T", "CCD2_OD_T", "CCD2_TEMP_T"]),
        ("ccd", ["CCD1_TEMP_T", "CCD2_OD_T", "CCD2_TEMP_T"]),
        ("temp ccd2", ["CCD2_TEMP_T"]),
        ("drain", ["CCD2_OD_T"]),
        ("temp", ["VID_PCB_TEMP_T", "CCD1_TEMP_T", "CCD2_TEMP_T"]),
        ("vid", ["VID_PCB_TEMP_T"]),
        ("xyz", []),
    ],
)
def test_typing_narrows(picker: ParameterPicker, typed: str, offered: list[str]) -> None:
    picker.text.set(typed)
    assert picker.offered == offered


def test_keys_choose_and_take(picker: ParameterPicker, chosen: list[str]) -> None:
    press(picker, "<Key-c>", "<Down>", "<Down>", "<Up>", "<Return>")
    assert chosen == ["CCD2_OD_T", "left"]
    assert picker.text.get() == ""


def test_the_ends_of_the_list_hold(picker: ParameterPicker) -> None:
    press(picker, "<Up>")
    assert picker.row == 0
    press(picker, *["<Down>"] * 9)
    assert picker.row == 3


def test_nothing_found_takes_nothing(picker: ParameterPicker, chosen: list[str]) -> None:
    picker.text.set("xyz")
    press(picker, "<Return>")
    assert chosen == []


def test_escape_leaves(picker: ParameterPicker, chosen: list[str]) -> None:
    press(picker, "<Escape>")
    assert chosen == ["left"]
    assert picker.row == -1


def offered(picker: ParameterPicker) -> tk.Listbox | None:
    """The list below the field, None while it is closed."""
    drops = [one for one in picker.winfo_children() if isinstance(one, tk.Toplevel)]
    return next((one for drop in drops for one in drop.winfo_children() if isinstance(one, tk.Listbox)), None)


def test_a_click_takes(picker: ParameterPicker, chosen: list[str]) -> None:
    shown = offered(picker)
    assert shown is not None
    shown.update()
    x, y, _width, height = shown.bbox(1)  # type: ignore[misc]
    shown.event_generate("<Button-1>", x=x + 5, y=y + height // 2)
    assert chosen == ["CCD1_TEMP_T", "left"]


def test_the_list_closes_when_the_field_is_left(root: tk.Tk, picker: ParameterPicker) -> None:
    assert offered(picker) is not None
    other = tk.Entry(root)
    other.pack()
    other.focus_force()
    root.update()
    assert offered(picker) is None
