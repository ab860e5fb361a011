"""What the window remembers between sessions: a JSON file in the user's configuration folder."""

from __future__ import annotations

import json
import logging
import os
import tkinter as tk
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

from eyegore.basics.files import WriteError, aside, config_path, make_folder, write_whole

log = logging.getLogger(__name__)


class Restored(Protocol):
    """What remembers a part of the layout."""

    def restore(self, layout: Any, /) -> None:
        """Take back what it remembered."""


class LayoutStore:
    """Reads and writes the remembered layout. Failing costs the layout, never the session."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or config_path("window.json")
        self.trouble = ""
        """What was set aside, as a sentence; "" when all was taken back."""

    def load(self) -> dict[str, Any]:
        """The remembered layout; empty when there is none or it cannot be read. A damaged one is set aside."""
        try:
            layout = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except OSError as why:
            log.warning("the remembered window layout is not used: %s", why)
            return {}
        except (ValueError, RecursionError) as why:
            self.set_aside(str(why))
            return {}
        if not isinstance(layout, dict):
            self.set_aside("it holds no layout")
            return {}
        return layout

    def take_back(self, layout: Mapping[str, Any], whole: Iterable[Restored], parts: Mapping[str, Restored]) -> str:
        """Have those take back the ``whole`` layout, and the others their ``parts`` by name.

        What cannot be taken back is left as it is; what was set aside is returned, "" for nothing.
        """
        given: list[tuple[Restored, Any]] = [(one, layout) for one in whole]
        for one, part in [*given, *((one, layout.get(name)) for name, one in parts.items())]:
            try:
                one.restore(part)
            except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError, tk.TclError) as why:
                log.debug("%s", type(one).__name__, exc_info=why)
                self.set_aside(f"{type(one).__name__}: {why}")
        return self.trouble

    def set_aside(self, why: str) -> None:
        """Keep the file as it is beside; the next one is written in its place. Once for each start."""
        if self.trouble:
            return
        broken = self.path.with_name(aside(self.path.name))
        try:
            os.replace(self.path, broken)
        except OSError as refused:
            log.warning("%s cannot be set aside: %s", self.path, refused)
        self.trouble = f"the remembered window layout is damaged ({why}) and not used: it is kept as {broken}"

    def save(self, layout: dict[str, Any]) -> None:
        """Remember ``layout``; replaced in one step, so that a crash leaves the old one or the new one."""
        try:
            make_folder(self.path.parent)
            write_whole(self.path, json.dumps(layout, indent=1))
        except WriteError as why:
            log.warning("the window layout could not be remembered: %s", why)
