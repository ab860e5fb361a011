"""What a real DS9 shows, as it tells itself."""

from __future__ import annotations

import pytest

from eyegore.ds9.session import OwnDs9
from eyegore.ds9.xpa import Xpa

from ...patience import AWAITED_S

NASTY = [
    "a b",
    "it's",
    'say "so"',
    "x[1]",
    "x[y]",
    "{b",
    "b}",
    "a;b",
    "$HOME",
    "back\\slash",
    "new\nline",
    "ünï",
    "&#%",
    "`id`",
]
"""Names that mean something to DS9, Tcl or a shell."""


def remembered_sessions(monkeypatch: pytest.MonkeyPatch) -> list[OwnDs9]:
    """Every session with a DS9 of our own that is connected from now on; it may take its time to start."""
    monkeypatch.setattr("eyegore.ds9.program.START_LIMIT_S", AWAITED_S)
    made: list[OwnDs9] = []
    connect = OwnDs9.connect

    def remember(session: OwnDs9) -> tuple[Xpa, str]:
        if session not in made:
            made.append(session)
        return connect(session)

    monkeypatch.setattr(OwnDs9, "connect", remember)
    return made


def shown_files(session: OwnDs9) -> dict[str, str]:
    """File in each frame, without the name of the extension."""
    calls, address = session._xpa, session._address
    assert calls is not None
    current = calls.get(address, "frame")
    files = {}
    for frame in calls.get(address, "frame", "all").split():
        calls.put(address, "frame", frame)
        files[frame] = calls.get(address, "file").split(".fits")[0] + ".fits"
    calls.put(address, "frame", current)
    return files
