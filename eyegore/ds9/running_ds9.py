"""A DS9 of the user's: one that runs already, or one that is started for them and left to them."""

from __future__ import annotations

import fnmatch
import re
import shutil
import subprocess
import threading
from collections.abc import Sequence

from eyegore.basics.errors import Ds9Error
from eyegore.ds9.program import Silence, launch, nobody_at, pid_of, private_folder, silence_of, wait_for_answer
from eyegore.ds9.xpa import AccessPoint, Ds9SilentError, Transport, Xpa

USUAL_TITLE = "quickds9"
"""Title of a DS9 that is started for the user, where none is given."""

_HOST_PORT = re.compile(r"[^:/]+:\d+")
_TITLE = re.compile(r"[\w.+-]+")


def running_ds9s(transport: Transport, given_up: threading.Event) -> list[AccessPoint]:
    """The DS9s that the user's own XPA name server knows, by title."""
    return _sorted(Xpa(transport, {}, given_up))


class RunningDs9:
    """A DS9 that runs, found by its title or address in the user's own XPA environment; never started or ended.

    ``target`` is a title (``ds9``, ``DS9:lab``, with wildcards), what XPA calls its method, or ``host:port``, which XPA
    reaches by inet only.
    """

    def __init__(self, target: str, transport: Transport, given_up: threading.Event) -> None:
        self._title = target.removeprefix("DS9:").removeprefix("ds9:")
        self._at = self._title if _HOST_PORT.fullmatch(target) or target.startswith("/") else ""
        environment = {"XPA_METHOD": "inet"} if _HOST_PORT.fullmatch(self._at) else {}
        self._xpa = Xpa(transport, environment, given_up)
        self._address = self._at
        self.name = f"DS9 {self._title}"

    def connect(self) -> tuple[Xpa, str]:
        """Calls and address of the one DS9 meant; looked up each time, because a restarted DS9 has a new address."""
        if self._at:
            return self._xpa, self._at
        running = _sorted(self._xpa)
        meant = [point for point in running if fnmatch.fnmatchcase(point.name, self._title)]
        if len(meant) == 1:
            self.name, self._address = f"DS9 {meant[0].name}", meant[0].address
            return self._xpa, self._address
        if meant:
            raise _several(f"'{self._title}' fits {len(meant)} running DS9s", meant)
        names = ", ".join(point.name for point in running) or "none"
        raise Ds9Error(f"no DS9 named '{self._title}' is running (running: {names})")

    def failed(self, why: Ds9Error) -> str:
        """What a failed call means: the user's DS9 is left alone."""
        return _told(self.name, self._address, why)

    def close(self) -> None:
        """Nothing was started, nothing is ended."""


class UsersDs9:
    """The one DS9 that runs, or one that is started and left running where none does; with ``another`` always started.

    What is started is registered with the name server of the user, so that the next command finds it. ``title`` is the
    title it gets, ``process`` is what was started.
    """

    def __init__(self, transport: Transport, given_up: threading.Event, title: str = "", another: bool = False) -> None:
        self._xpa = Xpa(transport, {}, given_up)
        self._given_up = given_up
        self._title = title.removeprefix("DS9:")
        self._another = another
        self._address = ""
        self.process: subprocess.Popen[bytes] | None = None
        self.name = "DS9"
        if title and not _TITLE.fullmatch(self._title):
            raise Ds9Error(f"'{title}' cannot be the title of a DS9: letters, digits, '.', '+', '-', '_' only")

    def connect(self) -> tuple[Xpa, str]:
        """Calls and address of the DS9."""
        running = _sorted(self._xpa)
        if len(running) > 1 and not self._another:
            raise _several(f"{len(running)} DS9s are running", running)
        if running and not self._another:
            (point,) = running
            title, self._address = point.name, point.address
        else:
            title = self._free_title([point.name for point in running])
            self._address = self._start(title)
        self.name = f"DS9 {title}"
        return self._xpa, self._address

    def failed(self, why: Ds9Error) -> str:
        """What a failed call means."""
        return _told(self.name, self._address, why)

    def close(self) -> None:
        """The DS9 is the user's now: it stays."""

    def _free_title(self, taken: Sequence[str]) -> str:
        if self._title in taken:
            raise Ds9Error(f"a DS9 named '{self._title}' is running already")
        if self._title:
            return self._title
        numbered = (f"{USUAL_TITLE}-{number}" for number in range(2, len(taken) + 3))
        return next(title for title in (USUAL_TITLE, *numbered) if title not in taken)

    def _start(self, title: str) -> str:
        folder = private_folder()
        try:
            complaints = folder / "ds9.log"
            self.process = launch(title, self._xpa.environment, complaints)

            def known() -> str:
                return next((point.address for point in _sorted(self._xpa) if point.name == title), "")

            try:
                return wait_for_answer(self.process, complaints, known, self._given_up)
            except BaseException:
                self.process.kill()
                self.process.wait()
                raise
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _sorted(xpa: Xpa) -> list[AccessPoint]:
    return sorted(xpa.running(), key=lambda point: (point.name, point.address))


def _several(what: str, points: Sequence[AccessPoint]) -> Ds9Error:
    listed = ", ".join(f"{point.name} at {point.address}" for point in points)
    return Ds9Error(f"{what}: choose one by -d: {listed}")


def _told(name: str, address: str, why: Ds9Error) -> str:
    """What a failed call means, when the DS9 is not ours to end."""
    if not isinstance(why, Ds9SilentError):
        return str(why)
    does = silence_of(pid_of(address))
    if does is not Silence.GONE and (nobody := nobody_at(address)):
        return f"{name} is not there: {nobody}"
    return does.value.replace("DS9", name, 1) if does is Silence.WAITING else f"{name} does not answer: {does.value}"
