"""A simulated session for the window, and its flags there."""

from __future__ import annotations

from pathlib import Path

from eyegore.desktop.app import Desktop
from eyegore.simulator.simulator import SimulatedSession, Simulator
from eyegore.widgets.cells.flags import FlagCell, Status


def simulator(folder: Path, **options: object) -> Simulator:
    settings: dict[str, object] = {"images": False, "seconds": 100_000, "force": True, **options}
    return Simulator(folder, SimulatedSession(**settings))  # type: ignore[arg-type]


def cell(desktop: Desktop, name: str) -> FlagCell | None:
    return next((one for one in desktop.panes.flags.board.cells if one.name == name), None)


def status(desktop: Desktop, name: str) -> Status | None:
    found = cell(desktop, name)
    return found.status if found else None
