"""P5 and P6: reading an image, and its statistics."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from benchmarks import machine
from benchmarks.report import Figure
from benchmarks.timing import in_turn
from benchmarks.workshop import ELVIS, Workshop
from eyegore.elvis.ccd_frame import LARGEST_FRAME, Frame, read_frame as frame_in, read_pixels
from eyegore.elvis.ccd_geometry import QUADRANTS
from eyegore.images.analysis import judge_image
from eyegore.images.measuring import section_plan
from eyegore.images.pixels.ccd_stats import quadrant_counts, section_statistics
from eyegore.images.pixels.display import Pixels
from eyegore.messages.images import SECTIONS, SectionStatistics
from eyegore.simulator.simulator import SimulatedSession, Simulator


def read_frame(workshop: Workshop) -> Iterator[Figure]:
    """A full frame into a buffer that is there already, against astropy."""
    from astropy.io import fits

    path = _one_frame(workshop)
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


def frame_statistics(workshop: Workshop) -> Iterator[Figure]:
    """Mean, standard deviation, median and clipped noise of the twelve sections of a frame, against astropy."""
    from astropy.stats import sigma_clipped_stats

    frame = frame_in(_one_frame(workshop))
    regions = _regions(frame)
    found = _statistics(frame)
    for key, region in regions.items():
        expected = (region.mean(), region.std(), float(np.median(region)))
        assert np.allclose((found[key].mean, found[key].std, found[key].median), expected, rtol=1e-9, atol=0), key
    tracemalloc.start()
    _statistics(frame)
    more = tracemalloc.get_traced_memory()[1] / machine.MIB
    tracemalloc.stop()
    calls: dict[str, Callable[[], object]] = {
        "twelve sections": lambda: _statistics(frame),
        "sigma_clipped_stats": lambda: [sigma_clipped_stats(region) for region in regions.values()],
        "numpy mean, median, std": lambda: [(r.mean(), np.median(r), r.std()) for r in regions.values()],
        "all of a bias judged": lambda: judge_image(frame, block="BORN"),
    }
    times = in_turn(calls, 5)
    ratio = times["sigma_clipped_stats"].median / times["twelve sections"].median
    details = ", ".join(f"{name} {timing}" for name, timing in times.items())
    yield Figure(
        "P6", "statistics of twelve sections, times quicker than astropy", ratio, 10, "×", details, at_most=False
    )
    yield Figure("P6", "memory beside the frame", more, 16, "MiB", "traced; mean, std and median equal to numpy")


def _one_frame(workshop: Workshop) -> Path:
    folder = workshop.new_folder("frames")
    Simulator(folder, SimulatedSession(elvis=ELVIS, exposures=1, start=1.7e9)).write_at_once()
    return min(folder.glob("*.fits"))


def _regions(frame: Frame) -> dict[tuple[str, str], Pixels]:
    plan = section_plan(frame.geometry, 0, frame.geometry.rows)
    return {
        (letter, name): frame.pixels[frame.geometry.canonical(letter)][plan.rows, plan.columns[name]]
        for letter in QUADRANTS
        for name in SECTIONS
    }


def _statistics(frame: Frame) -> dict[tuple[str, str], SectionStatistics]:
    plan = section_plan(frame.geometry, 0, frame.geometry.rows)
    found = {}
    for letter in QUADRANTS:
        view = frame.pixels[frame.geometry.canonical(letter)]
        counts = quadrant_counts(view, plan)
        for name in SECTIONS:
            section = view[plan.rows, plan.columns[name]]
            found[letter, name] = section_statistics(counts.sections[name], section)
    return found


TARGETS = {"P5": read_frame, "P6": frame_statistics}
