"""The images of a session in the window: which ObsID is shown, its pictures, verdicts and numbers."""

from __future__ import annotations

import pickle
import zlib
from bisect import bisect_left, insort
from collections.abc import Callable
from dataclasses import replace

from eyegore.basics.quantities import MINUS
from eyegore.desktop.images.worker import ImagePreview, ImageWorker
from eyegore.images.pixels.display import Stretch
from eyegore.messages.events import ImageFile, ImagesReady
from eyegore.messages.exposures import CCDS
from eyegore.messages.images import ImageJudged, ImageResult
from eyegore.presenters.images import awaited_cell, edges, image_tip, problem_text, verdict_cell
from eyegore.widgets.cells.images import ImageCell, VerdictCell
from eyegore.widgets.images.panel import ImagePanel


class ImageDesk:
    """Shows the newest ObsID whose images are complete, or the one that was stepped to. All on the Tk thread.

    ``title_of`` tells what was exposed; ``panel`` and ``worker`` are None where no images are shown.
    """

    def __init__(
        self,
        panel: ImagePanel | None,
        worker: ImageWorker | None,
        stretch: Callable[[], Stretch],
        title_of: Callable[[int], str],
    ) -> None:
        self._panel, self._worker, self._stretch, self._title_of = panel, worker, stretch, title_of
        self._paths: dict[int, dict[int, str]] = {}
        self._obsids: list[int] = []
        self._results = ResultBook()
        self._cells: dict[int, ImageCell] = {}
        self.newest: int | None = None
        self.shown: int | None = None
        self.changes = 0
        """Counts what came and what was shown: those who look on see whether anything is new."""
        self.following = True
        """Whether the newest ObsID is shown as soon as it is there."""

    def take(self, event: ImageFile | ImagesReady | ImageJudged | ImagePreview) -> None:
        """Note what came, and show it if it is of the ObsID shown."""
        self.changes += 1
        match event:
            case ImageFile():
                if event.obsid not in self._paths:
                    insort(self._obsids, event.obsid)
                self._paths.setdefault(event.obsid, {})[event.ccd] = event.path
            case ImagesReady():
                if self.newest is None or event.obsid >= self.newest:
                    self.newest = event.obsid
                    if self.following:
                        self.show(event.obsid)
            case ImageJudged():
                self._judged(event.result)
            case ImagePreview():
                self._show_preview(event)

    # --- what is known -----------------------------------------------------------------------------------------------

    def paths(self, obsid: int) -> dict[int, str]:
        """Image files seen of one ObsID, by CCD number."""
        return dict(self._paths.get(obsid, {}))

    def result(self, obsid: int, ccd: int) -> ImageResult | None:
        """What was found out about an image; None while it was not judged."""
        return self._results.get(obsid, ccd)

    def tip(self, ccd: int, letter: str) -> str:
        """What is told of a CCD that is shown: of one of its quadrants, or ("") of the verdict."""
        return image_tip(self._results.get(self.shown or 0, ccd), letter)

    def before(self, obsid: int, ccd: int) -> int | None:
        """The ObsID before another that has an image of this CCD."""
        older = self._obsids[: bisect_left(self._obsids, obsid)]
        return next((one for one in reversed(older) if ccd in self._paths[one]), None)

    def around(self, count: int) -> list[int]:
        """So many ObsIDs around the one shown."""
        if self.shown is None:
            return []
        last = min(bisect_left(self._obsids, self.shown) + count // 2 + 1, len(self._obsids))
        first = max(0, last - count)
        return self._obsids[first : max(last, min(first + count, len(self._obsids)))]

    # --- which ObsID -------------------------------------------------------------------------------------------------

    def show(self, obsid: int) -> None:
        """Show the images of an ObsID."""
        self.changes += 1
        self.shown = obsid
        self.request()

    def step(self, where: str) -> None:
        """Go to the "older", "newer", "oldest" or "newest" ObsID; at the newest the newest is followed again."""
        obsids = self._obsids
        if not obsids or self.newest is None or self.shown is None:
            return
        at = bisect_left(obsids, self.shown)
        last = bisect_left(obsids, self.newest)
        wanted = {"older": at - 1, "newer": at + 1, "oldest": 0, "newest": last}[where]
        self.go_to(obsids[min(max(wanted, 0), last)])

    def go_to(self, obsid: int) -> None:
        """Show the images of an ObsID, by hand; the newest is followed."""
        self.following = obsid == self.newest
        if obsid != self.shown:
            self.show(obsid)

    def request(self) -> None:
        """Ask for the previews of the ObsID shown, in the size and stretch of the pane."""
        panel = self._panel
        if panel is None or self._worker is None or self.shown is None:
            return
        panel.set_busy(f"reading ObsID {self.shown}")
        panel.show_verdicts([self._verdict(ccd) for ccd in CCDS])
        self._worker.request(self.shown, self.paths(self.shown), self._stretch(), panel.box)

    # --- what is shown -----------------------------------------------------------------------------------------------

    def title(self, obsid: int) -> str:
        """What was exposed, and how many ObsIDs are newer."""
        newer = len(self._obsids) - bisect_left(self._obsids, obsid) - 1
        return self._title_of(obsid) if self.following or not newer else f"{MINUS}{newer} · {self._title_of(obsid)}"

    def _verdict(self, ccd: int) -> VerdictCell:
        obsid = self.shown or 0
        if ccd not in self._paths.get(obsid, {}):
            return VerdictCell(ccd)
        result = self._results.get(obsid, ccd)
        return verdict_cell(ccd, result) if result is not None else awaited_cell(ccd)

    def _judged(self, result: ImageResult) -> None:
        self._results.put(result)
        if result.obsid != self.shown or self._panel is None:
            return
        self._panel.show_verdicts([self._verdict(result.ccd)])
        cell = self._cells.get(result.ccd)
        if cell is not None and cell.problem != (told := problem_text(result)) and told:
            self._panel.show([replace(cell, problem=told)])

    def _show_preview(self, preview: ImagePreview) -> None:
        panel = self._panel
        if panel is None or preview.obsid != self.shown:
            return
        panel.set_busy("")
        result = self._results.get(preview.obsid, preview.ccd)
        cell = self._cells[preview.ccd] = ImageCell(
            preview.ccd,
            preview.width,
            preview.height,
            preview.grey,
            self.title(preview.obsid),
            (problem_text(result) if result is not None else "") or preview.problem,
            edges(preview.columns, preview.rows),
        )
        panel.show([cell])


MOST_RESULTS = 15_000
"""Images of five nights; of more the oldest are given up."""


class ResultBook:
    """Results by ObsID and CCD, without their headers."""

    def __init__(self) -> None:
        self._packed: dict[tuple[int, int], bytes] = {}

    def put(self, result: ImageResult) -> None:
        """Keep the newest result of an image."""
        content = pickle.dumps(replace(result, header={}, details={}), pickle.HIGHEST_PROTOCOL)
        self._packed[result.obsid, result.ccd] = zlib.compress(content, 1)
        if len(self._packed) > MOST_RESULTS:
            del self._packed[min(self._packed)]

    def get(self, obsid: int, ccd: int) -> ImageResult | None:
        """The result of an image, None where none is known."""
        packed = self._packed.get((obsid, ccd))
        if packed is None:
            return None
        result: ImageResult = pickle.loads(zlib.decompress(packed))
        return result
