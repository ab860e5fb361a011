"""Time of the simulation: threads that wait for a while wait until the simulation has come there, and nobody sleeps."""

from __future__ import annotations

import threading
from types import ModuleType
from typing import Any

from ....patience import AWAITED_S

WAITING = "warnings by "
"""How the names of the threads begin that the simulation waits for."""


class Clock:
    """``now`` [unix s] is read by everybody and set by the simulation alone, with :meth:`go_to`."""

    def __init__(self, now: float) -> None:
        self.now = now
        self._idle = threading.Condition()
        self._alarms: dict[Waiting, float] = {}
        """When [unix s] each that waits wants to be woken."""

    def __call__(self) -> float:
        return self.now

    def go_to(self, time: float) -> None:
        """Let time pass; who wants to be woken meanwhile is, in turn."""
        while True:
            with self._idle:
                due = sorted(((when, id(one), one) for one, when in self._alarms.items() if when <= time), key=_first)
            if not due:
                self.now = max(self.now, time)
                return
            self.now = max(self.now, due[0][0])
            due[0][2].wake()
            self.settle()

    def settle(self) -> None:
        """Wait until all that could be sent now was."""
        with self._idle:
            calm = self._idle.wait_for(self._all_wait, AWAITED_S)
        assert calm, "a thread of the warnings hangs"

    def _all_wait(self) -> bool:
        busy = {one for one in threading.enumerate() if one.name.startswith(WAITING)}
        return busy <= {one.thread for one in self._alarms if not one.woken}

    def waits(self, one: Waiting, until: float) -> None:
        with self._idle:
            self._alarms[one] = until
            self._idle.notify_all()

    def wakes(self, one: Waiting) -> None:
        with self._idle:
            self._alarms.pop(one, None)
            self._idle.notify_all()


def _first(due: tuple[float, int, Waiting]) -> tuple[float, int]:
    return due[:2]


class Waiting(threading.Condition):
    """A condition whose time-outs are those of the simulation, for the threads that it waits for."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self.thread: threading.Thread | None = None
        self.woken = False

    def wait(self, timeout: float | None = None) -> bool:
        if not threading.current_thread().name.startswith(WAITING):
            return super().wait(timeout)
        self.thread, self.woken = threading.current_thread(), False
        self._clock.waits(self, float("inf") if timeout is None else self._clock.now + timeout)
        try:
            return super().wait(AWAITED_S)
        finally:
            self._clock.wakes(self)

    def notify(self, n: int = 1) -> None:
        self.woken = True
        super().notify(n)

    def wake(self) -> None:
        """Its time has come."""
        with self:
            self.notify()


class Threading:
    """The module ``threading`` for those whose conditions go by a clock of the simulation."""

    def __init__(self, clock: Clock, real: ModuleType = threading) -> None:
        self._clock, self._real = clock, real

    def Condition(self) -> Waiting:  # noqa: N802 - called as in threading
        return Waiting(self._clock)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)
