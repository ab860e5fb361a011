"""Images to DS9 by one worker thread, so that the window never waits for DS9."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from eyegore.basics.errors import Ds9Error
from eyegore.basics.worker import NewestWins
from eyegore.ds9.loading import Loading, PlainNames
from eyegore.ds9.order import Ds9Order, Fate, FrameImage, OrderOutcome, not_shown
from eyegore.ds9.running_ds9 import RunningDs9, running_ds9s
from eyegore.ds9.session import Ds9Session, OwnDs9, own_title
from eyegore.ds9.xpa import AccessPoint, Ds9GivenUpError, Transport, available_transport
from eyegore.messages.exposures import CCDS

log = logging.getLogger(__name__)

_TOLD_SINGLY = 3
"""Images whose fate is told in a line for each; of more, a line for each reason."""


@dataclass(frozen=True)
class _Request:
    number: int
    order: Ds9Order
    target: str
    skipped: tuple[str, ...]
    """What was asked for before, and not begun."""


class Ds9Viewer(NewestWins[_Request]):
    """Shows images in DS9.

    Parameters
    ----------
    target
        A DS9 that is running already: its title or ``host:port``. "" starts one of our own when it is first needed;
        that one ends in :meth:`stop`.
    say
        Called on the worker thread with a level of :mod:`logging` and one line for the operator.
    progress
        Called on the worker thread with what is being done now.
    transport
        What carries the XPA calls; by default the safer one of those installed.
    """

    def __init__(
        self,
        target: str = "",
        *,
        say: Callable[[int, str], None],
        progress: Callable[[str], object] = lambda text: None,
        transport: Transport | None = None,
    ) -> None:
        super().__init__("ds9")
        self.target = target
        self.own_title = own_title()
        self._say = say
        self._progress = progress
        self._transport = transport
        self._asked = 0
        self._void = 0
        self._given_up = threading.Event()
        self._own_void = threading.Event()
        self._searching: threading.Thread | None = None
        self._sessions: dict[str, Ds9Session] = {}
        self._filled: dict[str, set[int]] = {}

    def show(self, paths: Mapping[int, str | Path], obsid: int, *, quadrants: bool = False) -> None:
        """Ask for the images of one ObsID, by CCD number, in frames 1, 2, 3; of CCDs without one the frames stay."""
        found = {ccd: Path(path) for ccd, path in paths.items()}
        images = tuple(FrameImage(ccd, obsid, ccd, found.get(ccd)) for ccd in sorted({*CCDS, *found}))
        self.open(Ds9Order(f"ObsID {obsid}", images, quadrants=quadrants))

    def open(self, order: Ds9Order) -> None:
        """Ask for images; returns at once. Of the orders waiting, the newest is carried out."""
        with self._changed:
            self._asked += 1
            before = self._waiting.get(None)
            skipped = before.skipped if before is not None else ()
            if before is not None and before.order.what != order.what:
                skipped = (*skipped, before.order.what)
            self._ask(_Request(self._asked, order, self.target, skipped))

    def cancel(self) -> None:
        """Give up what is being done and what was asked for before now."""
        with self._changed:
            self._void = self._asked
            self._given_up.set()

    def start_anew(self) -> None:
        """End the DS9 of our own, if there is one; the next order to it starts another."""
        self.cancel()
        self._own_void.set()

    def search(self, found: Callable[[list[AccessPoint], str], object]) -> None:
        """Look for the DS9s that run; ``found`` gets them on a thread of its own, or why they cannot be found."""

        def look() -> None:
            try:
                points, problem = running_ds9s(self._transport or available_transport(), self._stopping), ""
            except Ds9Error as why:
                points, problem = [], str(why)
            found(points, problem)

        with self._changed:
            if not self._stopping.is_set() and (self._searching is None or not self._searching.is_alive()):
                self._searching = threading.Thread(target=look, name="ds9 search", daemon=True)
                self._searching.start()

    def stop(self, timeout: float = 5.0) -> bool:
        """End the threads and the DS9 started here; False when one has not ended after ``timeout`` [s]."""
        ended = super().stop(timeout)
        if self._searching is not None:
            self._searching.join(timeout)
            ended = ended and not self._searching.is_alive()
        if not ended:
            for session in list(self._sessions.values()):
                session.close()  # the worker hangs in a dead disk: DS9 must not stay behind on the screen
        return ended

    def _interrupt(self) -> None:
        with self._changed:
            self._given_up.set()

    # --- on the worker thread -----------------------------------------------------------------------------------

    def _work(self) -> None:
        self._names = PlainNames()
        try:
            super()._work()
        finally:
            for session in self._sessions.values():
                session.close()
            self._names.remove()

    def _do(self, wanted: _Request) -> None:
        if wanted.skipped:
            self._say(logging.INFO, f"{', '.join(wanted.skipped)} skipped: {wanted.order.what} was asked for since")
        if self._begin(wanted):
            self._carry_out(wanted)

    def _begin(self, request: _Request) -> bool:
        """Take up a request, unless it was given up before."""
        with self._changed:
            if request.number > self._void and not self._stopping.is_set():
                self._given_up.clear()
        if self._own_void.is_set() and (own := self._sessions.pop("", None)) is not None:
            own.close()
        self._own_void.clear()
        if request.number <= self._void:
            self._say(logging.INFO, f"{request.order.what} not shown: given up")
            return False
        return True

    def _carry_out(self, request: _Request) -> None:
        what = request.order.what
        session: Ds9Session | None = None
        loading: list[str] = []
        try:
            session = self._session(request.target)
            self._show(request.order, session, loading)
        except Ds9GivenUpError as why:
            self._say(logging.INFO, f"{what} not shown: {why}")
        except Ds9Error as why:
            text = session.failed(why) if session is not None else str(why)
            at = f" (while {loading[-1]} was being loaded)" if loading else ""
            self._say(logging.ERROR, f"{what} not shown: {text}{at}")
        except Exception as why:  # outermost frame of the thread: the next request must find it alive
            log.exception("showing %s", what)
            self._say(logging.ERROR, f"{what} not shown: {why}")

    def _session(self, target: str) -> Ds9Session:
        if target not in self._sessions:
            transport = self._transport or available_transport()
            if target:
                self._sessions[target] = RunningDs9(target, transport, self._given_up)
            else:
                self._sessions[target] = OwnDs9(transport, self._say, self._given_up)
        return self._sessions[target]

    def _show(self, order: Ds9Order, session: Ds9Session, loading: list[str]) -> None:
        """Carry out an order; ``loading`` gets the images as their turn comes."""
        singly = len(order.images) <= _TOLD_SINGLY

        def began(image: FrameImage, done: int, total: int) -> None:
            loading.append(image.name)
            self._progress(f"{session.name}: {image.name} ({done + 1} of {total})")

        run = Loading(order, self._names, self._given_up, began)
        self._progress(f"DS9: looking at {order.what}")
        outcomes = []

        def note(outcome: OrderOutcome) -> None:
            outcomes.append(outcome)
            if (singly and outcome.fate is not Fate.SHOWN) or outcome.note:
                self._say(logging.WARNING, outcome.sentence)

        try:
            for outcome in run.check():
                note(outcome)
            self._progress(f"{session.name}: connecting")
            xpa, address = session.connect()
            filled, frames = self._filled.setdefault(address, set()), {image.frame for image in order.images}
            try:
                for outcome in run.load(xpa, address, unwanted=filled - frames):
                    note(outcome)
                filled &= frames
            finally:
                filled |= set(run.loaded)
        finally:
            if not singly:
                for line in not_shown(outcomes):
                    self._say(logging.WARNING, line)
        shown = [one.image for one in outcomes if one.fate is Fate.SHOWN]
        if shown:
            which = ", ".join(f"CCD{image.ccd}" for image in shown) if _one_obsid(order) else f"{len(shown)} images"
            self._say(logging.INFO, f"{order.what} shown in {session.name}: {which}")


def _one_obsid(order: Ds9Order) -> bool:
    return len({image.obsid for image in order.images}) == 1
