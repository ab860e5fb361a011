"""The free space of the volumes a session depends on, and the alarms of those that fill up."""

from __future__ import annotations

from eyegore.alarms.board import AlarmBoard, EntryContext
from eyegore.exposures.timers import as_alarm
from eyegore.messages.copies import VolumeSpace
from eyegore.messages.events import Event, FreeSpace
from eyegore.session.space.forecast import SpaceForecast
from eyegore.session.space.timer import SpaceTimer


class SessionSpace:
    """Fed with every answer of a volume; tells an alarm when it is about to be full or does not answer."""

    def __init__(self) -> None:
        self._volumes: dict[str, tuple[SpaceForecast, SpaceTimer]] = {}

    def raise_for(self, answer: FreeSpace, lab_now: float, board: AlarmBoard, frame: EntryContext) -> list[Event]:
        """The alarm of what a volume answered at ``lab_now`` [lab s]."""
        if answer.name not in self._volumes:
            self._volumes[answer.name] = (SpaceForecast(answer.name), SpaceTimer(answer.name.upper()))
        forecast, timer = self._volumes[answer.name]
        state = forecast.foretell(lab_now, answer.free, answer.problem)
        told = VolumeSpace(answer.name, state.free, state.text, state.hours)
        return [told, *as_alarm(board, timer.look(lab_now, state.free, state.hours, state.text), lab_now, frame)]
