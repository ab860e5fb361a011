"""The sound of alarms nobody has acknowledged, played by a worker thread: nobody waits for it."""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from eyegore.basics.worker import Worker
from eyegore.desktop.alarms.tones import REPEAT_S, TonePlan, installed_players, wav
from eyegore.limits.model import Severity

log = logging.getLogger(__name__)

PLAY_LIMIT_S = 5.0
"""A player that takes longer for a tone of less than a second hangs [s]."""
_LONGEST_WAIT_S = 3600.0


class Annunciator(Worker):
    """Plays a tone for alarms that are not acknowledged: CRITICAL again and again, WARNING once.

    Parameters
    ----------
    bell
        Called on the worker thread where no player works; the window posts it to Tk.
    players
        Commands that play the WAV file named after them, tried in this order; those installed when None.
    repeat_s
        Time between the tones of CRITICAL alarms [s].
    """

    def __init__(
        self,
        bell: Callable[[], object],
        players: Sequence[Sequence[str]] | None = None,
        repeat_s: float = REPEAT_S,
    ) -> None:
        super().__init__("annunciator")
        self._bell = bell
        self._players = players
        self._plan = TonePlan(repeat_s)
        self._inbox: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._silent_until = float("-inf")
        self._folder = ""
        self._written: set[Severity] = set()
        self._failed: set[str] = set()

    def update(self, alarms: Mapping[str, Severity]) -> None:
        """Tell all unacknowledged alarms as they are now, by a key of their own; those left out fall silent."""
        taken = dict(alarms)
        self._post(lambda: self._plan.update(taken))

    def silence(self, seconds: float) -> None:
        """No tone for a time [s]; 0 ends a silence. What is unacknowledged at its end sounds then."""
        now = time.monotonic()
        self._silent_until = now + seconds
        self._post(lambda: self._plan.silence(seconds, now))

    @property
    def silent_s(self) -> float:
        """What is left of a silence [s]."""
        return max(0.0, self._silent_until - time.monotonic())

    def _post(self, act: Callable[[], None]) -> None:
        self._inbox.put(act)
        self.start()

    def _interrupt(self) -> None:
        self._inbox.put(None)
        self._end_player()

    def _end_player(self) -> None:
        with self._lock:
            if self._process is not None and self._process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(self._process.pid, signal.SIGKILL)

    # --- on the worker thread ----------------------------------------------------------------------------------------

    def _work(self) -> None:
        with contextlib.ExitStack() as files:
            while not self._stopping.is_set():
                try:
                    self._turn(files)
                except Exception:  # outermost frame of the thread: the next alarm must find it alive
                    log.exception("an alarm tone")

    def _turn(self, files: contextlib.ExitStack) -> None:
        """Take one message, or wait until a tone is due; then play what is due."""
        wait = max(0.0, self._plan.due() - time.monotonic())
        try:
            act = self._inbox.get(timeout=min(wait, _LONGEST_WAIT_S))
        except queue.Empty:
            pass
        else:
            if act is not None:
                act()
        if not self._inbox.empty():  # an acknowledgement that waits comes before the tone
            return
        tone = self._plan.next_tone(time.monotonic())
        if tone is not Severity.NONE and not self._stopping.is_set():
            self._sound(tone, files)

    def _sound(self, tone: Severity, files: contextlib.ExitStack) -> None:
        """Play a tone by the first player that can, else ring the bell."""
        for player in installed_players() if self._players is None else self._players:
            try:
                problem = self._play([*player, self._file(tone, files)])
            except OSError as why:
                problem = str(why)
            if not problem or self._stopping.is_set():
                return
            level = logging.DEBUG if player[0] in self._failed else logging.WARNING
            self._failed.add(player[0])
            log.log(level, "%s cannot play the alarm tone: %s", player[0], problem)
        self._bell()

    def _file(self, tone: Severity, files: contextlib.ExitStack) -> str:
        """Path of the tone, written when it is first asked for, where nobody else can read or write."""
        if not self._folder:
            self._folder = files.enter_context(tempfile.TemporaryDirectory(prefix="eyegore-tones-"))
        file = Path(self._folder, f"{tone.name.lower()}.wav")
        if tone not in self._written:
            file.write_bytes(wav(tone))
            self._written.add(tone)
        return str(file)

    def _play(self, command: Sequence[str]) -> str:
        """Play and wait for the end; what went wrong, "" when nothing did. Raises OSError when it cannot be started."""
        with self._lock:
            if self._stopping.is_set():
                return ""
            self._process = process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        try:
            code = process.wait(PLAY_LIMIT_S)
        except subprocess.TimeoutExpired:
            self._end_player()
            process.wait()
            return f"no end after {PLAY_LIMIT_S:g} s"
        return f"ended with {code}" if code else ""
