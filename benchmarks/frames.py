"""P5: reading an image."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from benchmarks import machine
from benchmarks.report import Figure
from benchmarks.timing import in_turn
from benchmarks.workshop import ELVIS, Workshop
from eyegore.elvis.ccd_frame import LARGEST_FRAME, read_pixels
from eyegore.elvis.simulator import Simulator


def read_frame(workshop: Workshop) -> Iterator[Figure]:
    """A full frame into a buffer that is there already, against astropy."""
    from astropy.io import fits

    folder = workshop.new_folder("frames")
    Simulator(folder, elvis=ELVIS, exposures=1, start=1.7e9).write_at_once()
    path = min(folder.glob("*.fits"))
    buffer = np.empty(LARGEST_FRAME, np.uint16)
    assert np.array_equal(read_pixels(path, buffer), fits.getdata(path))
    before = machine.rss_mib()
    assert np.shares_memory(read_pixels(path, buffer), buffer)
    more = machine.rss_mib() - before
    calls: dict[str, Callable[[], object]] = {
        "read_pixels": lambda: read_pixels(path, buffer),
        "getdata": lambda: fits.getdata(path),
    }
    times = in_turn(calls, 15)
    ratio = times["read_pixels"].median / times["getdata"].median
    details = ", ".join(f"{name} {timing}" for name, timing in times.items())
    yield Figure(
        "P5",
        "a frame read, against astropy's getdata",
        ratio,
        0.8,
        "×",
        f"{details}; memory {more:+.1f} MiB, same pixels",
    )


TARGETS = {"P5": read_frame}
