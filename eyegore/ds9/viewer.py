"""Images to DS9: CCD 1, 2, 3 to frames 1, 2, 3, by one worker thread, so that the window never waits for DS9."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from eyegore.ds9.plain_names import PlainNames
from eyegore.ds9.session import Ds9Session, OwnDs9, RunningDs9
from eyegore.ds9.xpa import Ds9SilentError, Transport, Xpa, available_transport
from eyegore.elvis.ccd_frame import frame_state
from eyegore.errors import Ds9Error

log = logging.getLogger(__name__)

CCDS = (1, 2, 3)


@dataclass(frozen=True)
class _Request:
    obsid: int
    paths: Mapping[int, Path]


class Ds9Viewer:
    """Shows the images of an ObsID in DS9.

    Parameters
    ----------
    target
        A DS9 that is running already: its title or ``host:port``. "" starts one of our own when it is first needed;
        that one ends in :meth:`stop`.
    say
        Called on the worker thread with a level of :mod:`logging` and one line for the operator.
    transport
        What carries the XPA calls; by default the safer one of those installed.
    """

    def __init__(
        self, target: str = "", *, say: Callable[[int, str], None], transport: Transport | None = None
    ) -> None:
        self._target = target
        self._say = say
        self._transport = transport
        self._requests: queue.SimpleQueue[_Request | None] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._session: Ds9Session | None = None

    def show(self, paths: Mapping[int, str | Path], obsid: int) -> None:
        """Ask for the images of one ObsID, by CCD number; returns at once. Of those waiting, the newest is shown."""
        if self._stopping.is_set():
            return
        self._requests.put(_Request(obsid, {ccd: Path(path) for ccd, path in paths.items()}))
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._work, name="ds9", daemon=True)
            self._thread.start()

    def stop(self, timeout: float = 5.0) -> bool:
        """End the worker and the DS9 it started; False when it has not ended after ``timeout`` [s]."""
        self._stopping.set()
        self._requests.put(None)
        if self._thread is None:
            return True
        self._thread.join(timeout)
        if not self._thread.is_alive():
            return True
        if self._session is not None:
            self._session.close()  # the worker hangs in a dead disk: DS9 must not stay behind on the screen
        return False

    # --- on the worker thread -----------------------------------------------------------------------------------

    def _work(self) -> None:
        names = PlainNames()
        try:
            while (request := self._newest(self._requests.get())) is not None:
                try:
                    if self._session is None:
                        self._session = self._new_session()
                    self._show(request, self._session, names)
                except Ds9Error as why:
                    text = self._session.failed(why) if self._session is not None else str(why)
                    self._say(logging.ERROR, f"ObsID {request.obsid} not shown: {text}")
                except Exception as why:  # outermost frame of the thread: the next request must find it alive
                    log.exception("showing ObsID %d", request.obsid)
                    self._say(logging.ERROR, f"ObsID {request.obsid} not shown: {why}")
        finally:
            if self._session is not None:
                self._session.close()
            names.remove()

    def _newest(self, request: _Request | None) -> _Request | None:
        """The newest request there is, after saying which ones it makes obsolete; None when we are to end."""
        skipped: list[int] = []
        while not self._stopping.is_set() and not self._requests.empty():
            newer = self._requests.get()
            if request is not None and newer is not None and newer.obsid != request.obsid:
                skipped.append(request.obsid)
            request = newer
        if self._stopping.is_set():
            return None
        if skipped and request is not None:
            listed = ", ".join(map(str, skipped))
            self._say(logging.INFO, f"ObsID {listed} skipped: ObsID {request.obsid} was asked for since")
        return request

    def _new_session(self) -> Ds9Session:
        transport = self._transport or available_transport()
        if self._target:
            return RunningDs9(self._target, transport, self._stopping)
        return OwnDs9(transport, self._say, self._stopping)

    def _show(self, request: _Request, session: Ds9Session, names: PlainNames) -> None:
        ready = self._complete(request)
        if not ready:
            raise Ds9Error("none of its images is there and complete")
        xpa, address = session.connect()
        xpa.put(address, "tile", "yes")
        shown = []
        for ccd, path in ready.items():
            xpa.put(address, "frame", str(ccd))
            if self._load(xpa, address, f"CCD{ccd} of ObsID {request.obsid}", names.of(path)):
                shown.append(f"CCD{ccd}")
        # the first call after a load tells whether DS9 outlived it
        xpa.get(address, "version")
        if shown:
            self._say(logging.INFO, f"ObsID {request.obsid} shown in DS9: {', '.join(shown)}")

    def _load(self, xpa: Xpa, address: str, what: str, name: str) -> bool:
        """Load one file to the frame chosen before; a file that DS9 does not take is said, and the next one tried."""
        try:
            xpa.put(address, "file", f"{{{name}}}")
            xpa.put(address, "zoom", "to", "fit")
            xpa.put(address, "scale", "mode", "zscale")
        except Ds9SilentError:
            raise
        except Ds9Error as why:
            if self._stopping.is_set():
                raise
            self._say(logging.WARNING, f"{what}: {why}")
            return False
        return True

    def _complete(self, request: _Request) -> dict[int, Path]:
        """The images that are whole, by CCD; the others are said. A half-written file would kill DS9."""
        ready = {}
        for ccd in sorted({*CCDS, *request.paths}):
            what = f"CCD{ccd} of ObsID {request.obsid}"
            path = request.paths.get(ccd)
            try:
                if path is None or not path.exists():
                    self._say(logging.WARNING, f"{what} is not there")
                    continue
                state = frame_state(path)
            except OSError as why:
                self._say(logging.WARNING, f"{what} cannot be read: {why}")
                continue
            if state.complete:
                ready[ccd] = path
            else:
                self._say(logging.WARNING, f"{what} is not shown: {state.problem}")
        return ready
