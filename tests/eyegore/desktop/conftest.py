"""What the tests of the desktop share: the sessions with DS9 that a window makes."""

from __future__ import annotations

import pytest

from eyegore.ds9.session import OwnDs9

from ..ds9.shown_files import remembered_sessions


@pytest.fixture
def own_sessions(monkeypatch: pytest.MonkeyPatch) -> list[OwnDs9]:
    """The sessions of the window's DS9."""
    return remembered_sessions(monkeypatch)
