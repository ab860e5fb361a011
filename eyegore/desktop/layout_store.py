"""What the window remembers between sessions: a JSON file in the user's configuration folder."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

from eyegore.basics.files import WriteError, config_path, make_folder, write_whole

log = logging.getLogger(__name__)


class LayoutStore:
    """Reads and writes the remembered layout. Failing costs the layout, never the session."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or config_path("window.json")

    def load(self) -> dict[str, Any]:
        """The remembered layout; empty when there is none or it cannot be read."""
        try:
            layout = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as why:
            log.warning("the remembered window layout is not used: %s", why)
            return {}
        return layout if isinstance(layout, dict) else {}

    def save(self, layout: dict[str, Any]) -> None:
        """Remember ``layout``; replaced in one step, so that a crash leaves the old one or the new one."""
        try:
            make_folder(self.path.parent)
            write_whole(self.path, json.dumps(layout, indent=1))
        except WriteError as why:
            log.warning("the window layout could not be remembered: %s", why)
