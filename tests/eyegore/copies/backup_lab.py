"""A folder copied by real threads to one target, and the real monitor that hears of it, by a clock that runs fast."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from eyegore.copies.service import BackupService
from eyegore.copies.target import SyncTarget
from eyegore.copies.worker import SyncPace
from eyegore.housekeeping.housekeeping import Rules
from eyegore.messages.copies import CopyNews
from eyegore.messages.events import AlarmChanged, AlarmState, FreeSpace, SyncState
from eyegore.session.monitor import BACKUP_ALARM_S, Monitor

from ...patience import AWAITED_S
from ..written_day import Day
from .copy_lab import age, flaws, listing

NOW = 1_000_000.0
QUICK = SyncPace(look_s=0.1, full_s=3600.0, retry_s=0.05, retry_longest_s=0.2, lasting_longest_s=0.2)
PATIENCE_S = AWAITED_S
PART = 500_000
"""So much of a large file is there when its copy counts as under way [bytes]."""


class BackupLab:
    """The day folder of ``day`` copied to ``target``, where the copies are ``there`` to be looked at."""

    def __init__(
        self,
        day: Day,
        target: SyncTarget,
        there: Path,
        state: Path,
        wait_until: Callable[..., None],
        pace: SyncPace = QUICK,
    ) -> None:
        self.day = day
        self.there = there / day.folder.name
        self.told: list[SyncState] = []
        self.alarms: list[AlarmChanged] = []
        self._name = f"BACKUP {target.name}"
        self._wait_until = wait_until
        self._monitor = Monitor(Rules(lambda _elvis: None))
        self._now = NOW
        self._service = BackupService([target], state, self._take, pace)

    def _take(self, state: CopyNews | FreeSpace) -> None:
        if not isinstance(state, SyncState):
            return
        self._now += BACKUP_ALARM_S / 2
        events = self._monitor.take(state, self._now)
        self.alarms += [one for one in events if isinstance(one, AlarmChanged) and one.alarm.parameter == self._name]
        self.told.append(state)

    def begin(self) -> None:
        """Copy all there is."""
        self._service.begin(self.day.folder)

    def end(self) -> None:
        """Stop; the threads must end in time."""
        self._service.stop()
        assert self._service.join(AWAITED_S)

    def under_way(self, name: str) -> None:
        """Wait until a part of this file is on the target, and rsync tells of it."""

        def is_half() -> bool:
            engine = self._service._workers[0].engine
            told = engine.progress.name if engine else ""
            return told.endswith(name) and any(path.stat().st_size > PART for path in self.there.glob(f".{name}.*"))

        self._wait_until(is_half, PATIENCE_S)

    def arrive(self, name: str, size: int) -> Path:
        """A file comes into the folder, long at rest."""
        path = self.day.folder / name
        path.write_bytes(bytes(range(256)) * (size // 256))
        age(self.day.folder)
        self._service.wake()
        return path

    def copied(self, patience: float = PATIENCE_S) -> None:
        """Wait until all is there and verified, and no alarm is left; nothing of the source was touched by that."""
        before = listing(self.day.folder)
        told = len(self.told)
        files = [path for path in self.day.folder.iterdir() if path.is_file()]

        def done() -> bool:
            last = self.told[-1] if len(self.told) > told else None
            return bool(last and not (last.problem or last.interim) and last.verified == last.complete == len(files))

        self._wait_until(done, patience)
        assert {path.name: path.read_bytes() for path in files} == {
            path.name: path.read_bytes() for path in self.there.iterdir() if not path.name.startswith(".")
        }
        assert listing(self.day.folder) == before
        assert not self.alarms or self.alarms[-1].entry.after is AlarmState.RTN_UNACK

    def failed(self, *words: str, patience: float = PATIENCE_S) -> None:
        """Wait until a problem is told in these words, and is an alarm; what is visible on the target is whole."""

        def so_told(text: str) -> bool:
            return all(word in text for word in words)

        def told() -> bool:
            return any(so_told(state.problem) for state in self.told)

        self._wait_until(told, patience, f"not told: {words}")
        raised = AlarmState.UNACK
        self._wait_until(lambda: self.alarms and self.alarms[-1].entry.after is raised, patience, "no alarm")
        assert flaws(self.day.folder, self.there) == []


def small_day(day: Day) -> Day:
    """The images of one exposure, long at rest."""
    for ccd in (1, 2, 3):
        day.image(17001, ccd)
    age(day.folder)
    return day
