"""The help shows every key and every sign, on a small screen too."""

from __future__ import annotations

import tkinter as tk

import pytest

from eyegore.desktop.help_window import MEANINGS, PAGES, HelpWindow
from eyegore.widgets import keys, theme
from eyegore.widgets.cells.flags import Status

pytestmark = pytest.mark.gui


def test_every_place_and_sign_is_explained() -> None:
    assert sorted(heading for page in PAGES for heading in page) == sorted(scope.value for scope in keys.Scope)
    assert set(MEANINGS) == set(Status)


def test_it_fits_a_small_screen(root: tk.Tk) -> None:
    window = HelpWindow(root, theme.apply(root, False))
    window.update()
    assert window.winfo_reqwidth() <= 1366
    assert window.winfo_reqheight() <= 700


def test_keys_turn_the_pages_and_escape_closes(root: tk.Tk) -> None:
    window = HelpWindow(root, theme.apply(root, False))
    window.update()
    window.pages.focus_force()
    window.update()
    window.pages.event_generate("<Right>")
    window.update()
    assert window.pages.index("current") == 1  # type: ignore[no-untyped-call]
    window.pages.event_generate("<Escape>")
    root.update()
    assert not window.winfo_exists()
