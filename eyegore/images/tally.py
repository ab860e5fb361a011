"""How the images of a session stand: how many were judged, how many are to be taken again, how many wait."""

from __future__ import annotations

from collections import Counter

from eyegore.limits.frame_model import ImageVerdict
from eyegore.messages.events import Event, ImageJudged, ImagesWaiting

BAR = 8
"""Signs of the bar that shows how far a catch-up is."""


class ImageTally:
    """Fed with the events of a session."""

    def __init__(self) -> None:
        self._verdicts: dict[tuple[int, int], ImageVerdict] = {}
        self._counts: Counter[ImageVerdict] = Counter()
        self.waiting = 0

    def take(self, event: Event) -> None:
        """Note an image judged, or how many wait; other events are passed over."""
        if isinstance(event, ImagesWaiting):
            self.waiting = event.waiting
        elif isinstance(event, ImageJudged):
            result = event.result
            before = self._verdicts.get((result.obsid, result.ccd))
            if before is not None:
                self._counts[before] -= 1
            self._verdicts[result.obsid, result.ccd] = result.verdict
            self._counts[result.verdict] += 1

    @property
    def judged(self) -> int:
        """Number of images judged."""
        return len(self._verdicts)

    @property
    def failed(self) -> int:
        """Number of images that have to be taken again."""
        return self._counts[ImageVerdict.FAIL]

    @property
    def text(self) -> str:
        """``812 judged, 3 to retake, 2 to look at, 12 wait``; "" before there is an image."""
        if not self.judged and not self.waiting:
            return ""
        parts = [f"{self.judged} judged", f"{self.failed} to retake"]
        doubtful = self._counts[ImageVerdict.WARNING]
        parts += [f"{doubtful} to look at"] if doubtful else []
        parts += [f"{self.waiting} wait"] if self.waiting else []
        return ", ".join(parts)

    @property
    def progress(self) -> str:
        """A bar with the share that was judged and the number that waits; "" when none does."""
        if not self.waiting:
            return ""
        done = BAR * self.judged // (self.judged + self.waiting)
        return f"{'█' * done}{'░' * (BAR - done)} {self.waiting} wait"
