"""The dead-man timers of a session, as alarms: exposures and images that do not come."""

from __future__ import annotations

from eyegore.alarms.board import AlarmBoard, Frame
from eyegore.alarms.deadman import Condition, ExposureTimer, ImageTimer
from eyegore.messages.events import Event, ExposureRows, ImageFile


class SessionTimers:
    """Fed with the exposure log and the images; :meth:`look` turns what is overdue into alarms.

    ``begin`` [lab s] is when the session began to look: images that were missing before are no news.
    """

    def __init__(self, begin: float, *, images: bool) -> None:
        self._exposures = ExposureTimer()
        self._images = ImageTimer(self._exposures.pace, begin) if images else None

    def exposed(self, rows: ExposureRows) -> None:
        """Take new rows of the exposure log."""
        starts = self._exposures.take(rows.rows)
        if self._images is not None:
            self._images.take(starts)

    def arrived(self, image: ImageFile) -> None:
        """Take what was seen of an image."""
        if self._images is not None:
            self._images.arrived(image)

    def look(self, board: AlarmBoard, lab_now: float, frame: Frame) -> list[Event]:
        """Raise what is overdue at ``lab_now`` [lab s], and let go of what has come."""
        conditions = [self._exposures.condition(lab_now)]
        if self._images is not None:
            conditions.append(self._images.condition(lab_now))
        return [event for one in conditions for event in as_alarm(board, one, lab_now, frame)]


def as_alarm(board: AlarmBoard, one: Condition, lab_now: float, frame: Frame) -> list[Event]:
    """Raise the alarm of a condition, or let go of it."""
    if one.active:
        return board.timer(one.timer, one.severity, one.text, one.since, lab_now, frame)
    return board.timer_well(one.timer, lab_now, frame)
