"""What the tests of DS9 share: viewers that are stopped, what they say, small frames for them to show."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from eyegore.ds9.session import OwnDs9
from eyegore.ds9.viewer import Ds9Viewer
from eyegore.ds9.xpa import PYDS9, XPA_TOOLS, Transport

from ...patience import AWAITED_S
from .shown_files import remembered_sessions


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for temporary files, short enough for sockets, that must be empty after the test."""
    with tempfile.TemporaryDirectory(prefix="eg-", dir="/tmp") as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield Path(folder)
        assert os.listdir(folder) == []


class Told:
    """What was said, by level; and what to wait for."""

    def __init__(self) -> None:
        self.lines: list[tuple[int, str]] = []

    def __call__(self, level: int, text: str) -> None:
        assert threading.current_thread().name == "ds9"
        self.lines.append((level, text))

    def matches(self, part: str) -> Callable[[], bool]:
        return lambda: any(part in text for _, text in self.lines)

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self.lines]


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def open_viewer(told: Told, temporary: Path, own_sessions: list[OwnDs9]) -> Iterator[Callable[..., Ds9Viewer]]:
    """Makes viewers that speak to ``told``, and stops them."""
    opened = []

    def make(target: str = "", transport: Transport | None = None) -> Ds9Viewer:
        opened.append(Ds9Viewer(target, say=told, transport=transport))
        return opened[-1]

    yield make
    ended = [viewer.stop(AWAITED_S) for viewer in opened]
    assert all(ended)


@pytest.fixture
def viewer(open_viewer: Callable[..., Ds9Viewer]) -> Ds9Viewer:
    return open_viewer()


@pytest.fixture(params=[XPA_TOOLS, PYDS9], ids=lambda transport: transport.name)
def transport(request: pytest.FixtureRequest) -> Transport:
    """Each of the ways to reach DS9."""
    made: Transport = request.param
    return made


@pytest.fixture
def own_sessions(monkeypatch: pytest.MonkeyPatch) -> list[OwnDs9]:
    """The sessions viewers make, to ask their DS9 what it shows and to do it harm."""
    return remembered_sessions(monkeypatch)


@pytest.fixture
def write_frame(private_home: Path) -> Callable[..., Path]:
    """Writes a small frame as ELVIS writes it: empty primary, one 16-bit image extension."""
    (private_home / ".config").mkdir(exist_ok=True)  # astropy warns when the variable names what is not there

    def write(path: Path, level: int = 2500) -> Path:
        from astropy.io import fits

        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = np.random.default_rng(level).normal(level, 5, (40, 2 * (51 + 40 + 20))).astype(np.uint16)
        fits.HDUList([fits.PrimaryHDU(), fits.ImageHDU(pixels, name="ROE1_CCD1")]).writeto(path)
        return path

    return write


@pytest.fixture
def frames(write_frame: Callable[..., Path]) -> Callable[[Path, int], dict[int, Path]]:
    """Writes the frames of all CCDs of an ObsID to a folder."""

    def write(folder: Path, obsid: int) -> dict[int, Path]:
        return {ccd: write_frame(folder / f"EUC_{obsid}_ROE1_CCD{ccd}.fits", 2000 + 100 * ccd) for ccd in (1, 2, 3)}

    return write
