"""Things a widget does soon and once, however often they are asked for."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable


class Later:
    """Named delayed calls of one widget; all are taken back when it is destroyed."""

    def __init__(self, widget: tk.Misc) -> None:
        self._widget = widget
        self._jobs: dict[str, str] = {}
        widget.bind("<Destroy>", self._destroyed, add=True)

    def when_idle(self, name: str, act: Callable[[], object]) -> None:
        """Call ``act`` when nothing else is to be done; not again while it waits."""
        if name not in self._jobs:
            self._jobs[name] = self._widget.after_idle(self._run, name, act)

    def after(self, name: str, delay_ms: int, act: Callable[[], object]) -> None:
        """Call ``act`` in a while; not again while it waits."""
        if name not in self._jobs:
            self._jobs[name] = self._widget.after(delay_ms, self._run, name, act)

    def after_quiet(self, name: str, delay_ms: int, act: Callable[[], object]) -> None:
        """Call ``act`` once it has not been asked for during a while."""
        if name in self._jobs:
            self._widget.after_cancel(self._jobs.pop(name))
        self.after(name, delay_ms, act)

    def waits(self, name: str) -> bool:
        """Whether a call waits for its turn."""
        return name in self._jobs

    def _run(self, name: str, act: Callable[[], object]) -> None:
        del self._jobs[name]
        act()

    def _destroyed(self, event: tk.Event[tk.Misc]) -> None:
        if event.widget is self._widget:
            for job in self._jobs.values():
                self._widget.after_cancel(job)
            self._jobs.clear()
