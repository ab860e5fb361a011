"""Fixtures of the views: a themed root, and waiting while Tk goes on."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

import pytest

from eyegore.widgets import theme as themes

Until = Callable[[Callable[[], object]], None]


@pytest.fixture
def theme(root: tk.Tk) -> themes.Theme:
    return themes.apply(root, dark=False)


@pytest.fixture
def until(root: tk.Tk, wait_until: Callable[..., None]) -> Until:
    """Handle events of Tk until the predicate is true."""

    def wait(predicate: Callable[[], object]) -> None:
        def holds() -> object:
            root.update()
            return predicate()

        wait_until(holds)

    return wait
