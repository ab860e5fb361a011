"""P7: three images on screen, with verdict and numbers; stepping, zooming and blinking beside it."""

from __future__ import annotations

import shutil
import statistics
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from benchmarks import machine
from benchmarks.desktop import DesktopProcess
from benchmarks.report import Figure
from benchmarks.timing import milliseconds, timed
from benchmarks.workshop import ELVIS, Workshop, drawn
from eyegore.elvis.ccd_frame import LARGEST_FRAME, read_pixels
from eyegore.images.pixels.display import Pixels, Stretch, preview
from eyegore.simulator.simulator import SimulatedSession, Simulator

ARRIVALS = 7
TURNS = 3
OBSIDS = 5
BOX = (460, 460)
"""Room of an image on a large screen [pixel]."""
PREVIEW_MS, LONGEST_MS = 50, 20
SEEN_MS = 1_000
"""A file is looked at until it has stood still for a moment: half-written ones are never taken."""
MORE_MIB = 150


def images(workshop: Workshop) -> Iterator[Figure]:
    """Three images from the disk onto the screen, and what a person does with them."""
    frames = _frames(workshop)
    yield _against_imshow(workshop, frames[0])
    yield _one_preview(frames[0][1])
    yield from _live(workshop, frames)


def _against_imshow(workshop: Workshop, paths: Mapping[int, Path]) -> Figure:
    """Read, stretch and paste three frames; against equalising the full frames and drawing them with matplotlib."""
    from astropy.io import fits
    from matplotlib.backends.backend_tkagg import FigureCanvasTkAgg
    from matplotlib.figure import Figure as Drawing
    from PIL import Image, ImageTk

    buffer = np.empty(LARGEST_FRAME, np.uint16)
    with workshop.root(1400, 520) as (root, _theme):
        import tkinter as tk

        labels = [tk.Label(root) for _ in paths]
        photos: list[ImageTk.PhotoImage | None] = [None] * len(labels)
        for label in labels:
            label.pack(side="left")

        def ours() -> None:
            for place, path in enumerate(paths.values()):
                grey = preview(read_pixels(path, buffer), BOX[1], Stretch.EQUALISED, width=BOX[0])
                photo = photos[place]
                if photo is None:
                    photo = photos[place] = ImageTk.PhotoImage("L", grey.shape[::-1], master=root)
                    labels[place].configure(image=str(photo))
                photo.paste(Image.fromarray(grey))
            drawn(root)

        runs = [timed(ours) for _ in range(TURNS + 1)][1:]
        for label in labels:
            label.destroy()
        drawing = Drawing(figsize=(14, 5))
        canvas = FigureCanvasTkAgg(drawing, root)
        canvas.get_tk_widget().pack(fill="both", expand=True)

        def theirs() -> None:
            drawing.clear()
            for place, path in enumerate(paths.values()):
                axes = drawing.add_subplot(1, 3, place + 1)
                axes.imshow(_equalised(fits.getdata(path)), cmap="gray", origin="lower")
            canvas.draw()
            drawn(root)

        others = [timed(theirs) for _ in range(TURNS)]
    ratio = statistics.median(others) / statistics.median(runs)
    told = f"ours {milliseconds(statistics.median(runs))} ms, equalise and imshow {statistics.median(others):.1f} s"
    return Figure("P7", "three images on screen, times quicker than imshow", ratio, 20, "×", told, at_most=False)


def _equalised(pixels: Pixels) -> np.ndarray:
    """Equalisation by 256 bins and interpolation, the usual one."""
    counts, ends = np.histogram(pixels.ravel(), bins=256)
    shares = counts.cumsum() / pixels.size
    return np.interp(pixels.ravel(), (ends[:-1] + ends[1:]) / 2, shares).reshape(pixels.shape)


def _one_preview(path: Path) -> Figure:
    buffer = np.empty(LARGEST_FRAME, np.uint16)
    times = {}
    for stretch in Stretch:
        preview(read_pixels(path, buffer), BOX[1], stretch, width=BOX[0])
        runs = [
            timed(lambda one=stretch: preview(read_pixels(path, buffer), BOX[1], one, width=BOX[0]))  # type: ignore[misc]
            for _ in range(9)
        ]
        times[stretch.value] = 1e3 * statistics.median(runs)
    told = ", ".join(f"{name} {value:.0f}" for name, value in times.items())
    return Figure(
        "P7", "one frame read and made a preview, the slowest stretch", max(times.values()), PREVIEW_MS, "ms", told
    )


def _live(workshop: Workshop, frames: list[dict[int, Path]]) -> Iterator[Figure]:
    """From the last byte of the third CCD to picture, numbers and verdict; then stepping, zooming, comparing."""
    folder, _simulator = workshop.session(1_000)
    with DesktopProcess(workshop, folder, rows=1_000) as desktop:
        desktop.wait_for("loaded")
        time.sleep(4.0)  # what comes after the start is over
        before = machine.rss_mib(desktop.pid)
        pictures: list[float] = []
        verdicts: list[float] = []
        for turn in range(ARRIVALS):
            obsid = 30_000 + turn
            desktop.ask("pictures", obsid)
            for _ccd, path in sorted(frames[turn % len(frames)].items()):
                _number, rest = path.name.removeprefix("EUC_").split("_", 1)
                shutil.copyfile(path, folder / f"EUC_{obsid}_{rest}")
                ended = time.monotonic()
            pictures.append(1e3 * (desktop.wait_for("pictures")["at"] - ended))
            verdicts.append(1e3 * (desktop.wait_for("verdicts")["at"] - ended))
        panel = machine.rss_mib(desktop.pid)
        first = f"the first, which starts the measuring process: {pictures[0]:.0f} and {verdicts[0]:.0f} ms"
        desktop.ask("handle")
        done = desktop.wait_for("handled")
        after = machine.rss_mib(desktop.pid)
    yield Figure(
        "P7",
        "third CCD on disk to three pictures on screen",
        statistics.median(pictures[1:]),
        SEEN_MS,
        "ms",
        f"{len(pictures) - 1} times, worst {max(pictures[1:]):.0f}; {first}",
    )
    yield Figure(
        "P7",
        "third CCD on disk to three verdicts with numbers on screen",
        statistics.median(verdicts[1:]),
        SEEN_MS,
        "ms",
        f"{len(verdicts) - 1} times, worst {max(verdicts[1:]):.0f}",
    )
    callbacks = np.array(done["callbacks_ms"])
    yield Figure(
        "P7",
        "longest callback of Tk while stepping, zooming, comparing",
        float(callbacks.max()),
        LONGEST_MS,
        "ms",
        f"{callbacks.size} callbacks in {done['seconds']:.0f} s: p99.9 {np.percentile(callbacks, 99.9):.1f} ms, "
        f"{int((callbacks > LONGEST_MS).sum())} longer than {LONGEST_MS} ms",
    )
    yield Figure(
        "P7",
        "memory with pictures and the image window",
        after - before,
        MORE_MIB,
        "MiB",
        f"pictures alone {panel - before:+.0f} MiB; {after:.0f} MiB in all",
    )


def _frames(workshop: Workshop) -> list[dict[int, Path]]:
    """Images of some ObsIDs, by CCD number."""
    folder = workshop.new_folder("frames")
    Simulator(folder, SimulatedSession(elvis=ELVIS, exposures=OBSIDS, start=1.7e9, tests=("FLAT01",))).write_at_once()
    by_obsid: dict[str, dict[int, Path]] = {}
    for path in sorted(folder.glob("EUC_*.fits")):
        by_obsid.setdefault(path.name.split("_")[1], {})[int(path.stem[-1])] = path
    return list(by_obsid.values())


TARGETS = {"P7": images}
