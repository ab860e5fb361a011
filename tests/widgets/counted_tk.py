"""The calls of Tk that a view makes."""

from __future__ import annotations

import tkinter as tk
from typing import Any

import pytest

from .on_screen import widgets


class CountedTk:
    """The interpreter, with the calls made through it counted, also those that are made as one."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self.calls: list[tuple[Any, ...]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._app, name)

    def call(self, *words: Any) -> Any:
        if words[0] == "apply":
            self.calls += words[2]
        else:
            self.calls.append(words[0] if isinstance(words[0], tuple) else words)
        return self._app.call(*words)


def counted(view: tk.Misc, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """The calls made from now on by a view and the widgets inside it."""
    spy = CountedTk(view.tk)
    for widget in (view, *widgets(view)):
        monkeypatch.setattr(widget, "tk", spy)
    return spy.calls
