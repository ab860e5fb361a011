"""The desktop: builds the window, subscribes it to the service, and takes both down again."""

from __future__ import annotations

import logging
import signal
import sys
import time
import tkinter as tk
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eyegore.basics.errors import EyegoreError
from eyegore.desktop.alarms.desk import AlarmDesk, Around
from eyegore.desktop.copy_desk import CopyDesk
from eyegore.desktop.ds9_desk import Ds9Desk
from eyegore.desktop.failures import Failures
from eyegore.desktop.history.desk import HistoryDesk
from eyegore.desktop.images.look_desk import LookDesk
from eyegore.desktop.images.worker import ImagePreview, ImageWorker
from eyegore.desktop.layout_store import LayoutStore, Restored
from eyegore.desktop.panes import Hands, Panes
from eyegore.desktop.pump import TkPump
from eyegore.desktop.warning_desk import WarningDesk
from eyegore.limits.model import Phase, Severity
from eyegore.messages.alarms import Action, FlagCommand, FlagState, PhaseChosen
from eyegore.presenters.copy_book import CopyBook, Target
from eyegore.session.settings import Session, person
from eyegore.widgets import keys, theme
from eyegore.widgets.cells.flags import Status
from eyegore.widgets.window.main_window import MainWindow

if TYPE_CHECKING:  # imported where they are made: the first window comes first
    from eyegore.desktop.help_window import HelpWindow
    from eyegore.desktop.session_view import SessionView
    from eyegore.messages.events import Event
    from eyegore.session.service import Service

log = logging.getLogger(__name__)

NO_FOLDER = "no folder yet: File, Open folder… (Ctrl-O)"
SCALES = (0.7, 0.8, 0.9, 1.0, 1.15, 1.3, 1.5, 1.75, 2.0)
SIGNAL_LOOK_MS = 1000
SWITCH_S = 0.001
"""How long a worker may hold the interpreter while the window waits for it: a fifth of the usual."""
EVERYWHERE = ("open", "dark", "larger", "smaller", "reset all", "help", "silence", "look at copies", "quit")
"""Actions of the key table that work in the list of alarms and in histories as well."""
IMPORT_LATER_MS = 3000
"""When the plotting library of the history windows is imported: the first window comes first, and the history."""
IMPORT_S = 20.0
"""So long the end of that import is waited for [s]: Python 3.13 aborts when the program ends in the middle of it."""


@dataclass(frozen=True)
class Call:
    """Something a worker wants done on the Tk thread."""

    act: Callable[[], object]


class Desktop:
    """One window and the session it shows. All methods run on the Tk thread. ``clock`` gives the unix time [s]."""

    def __init__(
        self,
        root: tk.Tk,
        session: Session | None,
        *,
        dark: bool | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.root = root
        self._clock = clock
        self._session = session
        self._store = LayoutStore()
        layout = self._store.load()
        self._dark = tk.BooleanVar(root, bool(layout.get("dark")) if dark is None else dark)
        scale = layout.get("scale")
        self._scale = scale if scale in SCALES else 1.0
        self.theme = theme.apply(root, self._dark.get(), self._scale)
        self.window = MainWindow(root, self.theme, self.leave)
        self.failures = Failures(lambda line: self.window.say(line, Status.CRITICAL))
        hands = Hands(
            lower=lambda name: self._command(Action.LOWER, name),
            mute=self._toggle_mute,
            plot=self.plot,
            reset_all=lambda: self._command(Action.RESET_ALL, ""),
            help=self.help,
            open_rows=lambda rows: self.ds9.open_rows(rows),
            open_shown=self._open_shown,
            pictures=lambda: self.view.pictures if self.view else None,
            copies=lambda: self.copies.open_list(),
            look=lambda ccd: self.looks.open(self.view.pictures if self.view else None, ccd),
        )
        blind, lite = (session.blind, session.lite) if session else (False, False)
        self.panes = Panes(self.window, self.theme, hands, blind=blind, lite=lite)
        self.ds9 = Ds9Desk(
            root,
            self.theme,
            session.ds9_target if session else "",
            say=self.window.say,
            log=self._say_later,
            post=lambda act: self.pump.post(Call(act)),
            paths=lambda obsid: self.view.pictures.paths(obsid) if self.view else {},
        )
        self._everywhere: dict[str, Callable[[], object]] = {}
        self._bind()
        self.pump: TkPump[Event | ImagePreview | Call] = TkPump(root, self._take, self._flush, self.failures.report)
        self.images = ImageWorker(self.pump.post) if self.panes.images is not None else None
        self.service: Service | None = None
        self.view: SessionView | None = None
        self.histories = HistoryDesk(root, self.theme, lambda act: self.pump.post(Call(act)), self._everywhere)
        self.looks = LookDesk(root, self.theme, lambda act: self.pump.post(Call(act)), self._everywhere)
        around = Around(
            send=self._send,
            plot=self.plot,
            ring=lambda: self.pump.post(Call(root.bell)),
            exposure_of=lambda alarm: self.view.exposure_of(alarm) if self.view else None,
            gravest=lambda name: self.view.gravest(name) if self.view else Severity.NONE,
            response=lambda alarm: self.view.response(alarm) if self.view else "",
            end_of_shift=lambda: self.warnings.duty_ends,
        )
        self.desk = AlarmDesk(root, self.theme, around, self._everywhere, clock)
        self.warnings = WarningDesk(root, self.theme, self._everywhere)
        self.copies = CopyDesk(root, self.theme, self._everywhere, self._look_at_copies, clock)
        self.take_back(layout)
        self._help: HelpWindow | None = None
        self.closed = False
        self._import_job = root.after(IMPORT_LATER_MS, self.histories.warm)
        if session is None:
            self.window.say(NO_FOLDER)
            root.after_idle(self.open_folder)
            return
        root.update()  # the window is on the screen before what reads and judges is even imported
        if not self.closed:
            self._begin(session)

    def _bind(self) -> None:
        actions = {
            "open": self.open_folder,
            "find": self.panes.find,
            "dark": self._toggle_dark,
            "larger": lambda: self._resize(1),
            "smaller": lambda: self._resize(-1),
            "reset all": lambda: self._command(Action.RESET_ALL, ""),
            "help": self.help,
            "history": lambda: self.plot(""),
            "image trends": self.image_trends,
            "alarm list": lambda: self.desk.open_list(),
            "warning list": lambda: self.warnings.open_list(),
            "copies": lambda: self.copies.open_list(),
            "look at copies": self._look_at_copies,
            "silence": self._silence,
            "phase": self._choose_phase,
            "leave": self.window.leave_fullscreen,
            "quit": self.leave,
            **self.ds9.actions(),
        }
        for action, act in actions.items():
            keys.bind(self.root, action, act)
        self._everywhere = {action: actions[action] for action in EVERYWHERE}
        menu = {action: act for action, act in actions.items() if action != "leave"} | {"display": self._open_selected}
        self.window.set_menu(menu | self.panes.actions(), marks={"dark": self._dark, **self.ds9.marks()})

    # --- session -----------------------------------------------------------------------------------------------------

    def _begin(self, session: Session) -> None:
        from eyegore.desktop.session_view import SessionView
        from eyegore.session.service import Service

        self._session = session
        self.service = Service(session, [self.pump.post], self._clock, self._when_shown)
        rules = self.service.monitor.rules
        self.copies.begin(CopyBook(Target(one.name, one.role) for one in self.service.aside.targets))
        self.view = SessionView(self.panes, self.desk, self.warnings, self.copies, rules, self.images, session.tag)
        self.service.start()
        self.window.say(f"reading {session.folder}")

    def open_folder(self) -> None:
        """Ask for a day folder and monitor it instead of the present one."""
        from tkinter import filedialog

        start = str(self._session.folder if self._session else Path.cwd())
        chosen = filedialog.askdirectory(parent=self.root, initialdir=start, title="Day folder to monitor")
        if not chosen:
            return
        session = replace(self._session or Session(Path(chosen)), folder=Path(chosen).absolute(), follow=False)
        if self.service is not None:
            self.service.stop()
        self.panes.clear()
        self.desk.clear()
        self.warnings.clear()
        self.histories.clear()
        self.looks.clear()
        try:
            self._begin(session)
        except EyegoreError as why:
            self.window.say(str(why))

    def _take(self, message: Event | ImagePreview | Call) -> None:
        if isinstance(message, Call):
            message.act()
        elif self.view is not None:
            self.view.take(message)

    def _flush(self) -> None:
        if self.view is not None and not self.closed:
            self.view.flush()
            self.histories.refresh()
            self.looks.refresh(self.view.pictures)

    def _when_shown(self, call: Callable[[], None]) -> None:
        """Have ``call`` called once all that was posted is shown; callable from any thread."""
        self.pump.post(Call(lambda: self._history_shown(call)))

    def _history_shown(self, call: Callable[[], None]) -> None:
        """Another piece of the history is about to be drawn, in this turn of the pump; there is more to be read."""
        self.root.after_cancel(self._import_job)
        self._import_job = self.root.after(IMPORT_LATER_MS, self.histories.warm)
        self.root.after(1, call)

    def _say_later(self, level: int, text: str) -> None:
        """Say a line; callable from any thread."""
        from eyegore.messages.events import Said

        log.log(level, "%s", text)
        self.pump.post(Said(level, text, time.time()))

    def look_after_service(self) -> None:
        """Say when the service does not judge any more."""
        standstill = self.service.standstill() if self.service is not None else ""
        if standstill:
            self.window.say(f"Eyegore {standstill}: nothing is known", Status.CRITICAL)

    # --- flags -------------------------------------------------------------------------------------------------------

    def _command(self, action: Action, name: str) -> None:
        self._send(FlagCommand(action, name, person()))

    def _send(self, command: FlagCommand) -> None:
        if self.service is not None:
            self.service.send(command)

    def _toggle_mute(self, name: str) -> None:
        shelved = self.view is not None and self.view.flag_state(name) is FlagState.SHELVED
        if shelved:
            self._command(Action.UNSHELVE, name)
        else:
            self.desk.shelve([name])

    def _silence(self) -> None:
        seconds = self.desk.silence()
        until = self.desk.silent_until
        self.window.say(f"the sound is off for {seconds / 60:.0f} min, until {until}" if seconds else "the sound is on")
        if self.view is not None:
            self.view.show_health()

    def _look_at_copies(self) -> None:
        told = self.service is not None and self.service.aside.look_at_copies()
        self.window.say("looking at all copies" if told else "nothing is copied: see the options -r and -B")

    def _choose_phase(self) -> None:
        """Ask which phase the camera is in."""
        health = self.view.health if self.view is not None else None
        phases = [None, *Phase]
        names = ["as the temperature of the CCDs tells", *(phase.value for phase in Phase)]
        by_hand = health is not None and health.phase_by
        chosen = phases.index(health.phase) if health is not None and by_hand else 0
        known = f"now {health.phase.value}" if health is not None and health.phase else "not known now"
        now = f"{known}, chosen by {health.phase_by}" if health is not None and by_hand else known

        def done(place: int, comment: str) -> None:
            if self.service is not None:
                self.service.send(PhaseChosen(phases[place], person(), comment))

        from eyegore.widgets.dialogs.question import PHASE, ChoiceDialog

        ChoiceDialog(self.root, self.theme, PHASE, names, chosen, now, done)

    # --- windows -----------------------------------------------------------------------------------------------------

    def plot(self, name: str) -> None:
        """Open the window with the history of one parameter ("" for one to be chosen), or bring it to the front."""
        self.histories.open(self.view, str(self._session.folder) if self._session else "", name)

    def image_trends(self) -> None:
        """Open the window with the trends of the images, or bring it to the front."""
        folder = str(self._session.folder) if self._session else ""
        self.histories.open_trends(self.view.trend_source if self.view else None, folder)

    def help(self) -> None:
        """Show the keys and the meaning of the signs."""
        from eyegore.desktop.help_window import HelpWindow

        if self._help is None or not self._help.winfo_exists():
            self._help = HelpWindow(self.root, self.theme)
        self._help.lift()
        self._help.focus_set()

    def _open_selected(self) -> None:
        table = self.panes.table
        if table is not None:
            self.ds9.open_rows(list(table.tree.selection()) or [key for key in (table.tree.focus(),) if key])

    def _open_shown(self) -> None:
        if self.view is not None and self.view.pictures.shown is not None:
            self.ds9.open_obsid(self.view.pictures.shown)

    # --- look --------------------------------------------------------------------------------------------------------

    def _toggle_dark(self) -> None:
        self._dark.set(not self._dark.get())
        theme.apply(self.root, self._dark.get(), self._scale)

    def _resize(self, step: int) -> None:
        at = SCALES.index(self._scale) + step
        self._scale = SCALES[min(max(at, 0), len(SCALES) - 1)]
        theme.apply(self.root, self._dark.get(), self._scale)

    def take_back(self, layout: Mapping[str, Any]) -> None:
        """Arrange the window as it was; a part that cannot be taken back is left as it is, and told."""
        parts: dict[str, Restored] = {"ds9": self.ds9, "image window": self.looks, "alarms": self.desk}
        parts |= {"warnings": self.warnings, "copies": self.copies}
        trouble = self._store.take_back(layout, (self.panes, self.window, self.histories), parts)
        if trouble:
            self._say_later(logging.WARNING, trouble)

    # --- end ---------------------------------------------------------------------------------------------------------

    def leave(self) -> None:
        """Close the window, as a person asks for it; while warnings are armed that waits for an answer."""
        if text := self.warnings.question:
            self.window.question.ask(text, "Close", "Keep watching", self.close)
        else:
            self.close()

    def close(self) -> None:
        """Remember the layout, stop the workers and close the window."""
        if self.closed:
            return
        self.closed = True
        layout = {"dark": self._dark.get(), "scale": self._scale, "alarms": self.desk.layout()}
        layout |= {"warnings": self.warnings.layout(), "copies": self.copies.layout(), "ds9": self.ds9.layout()}
        layout["image window"] = self.looks.layout()
        layout |= {**self.panes.layout(), **self.window.layout(), **self.histories.layout()}
        self._store.save(layout)
        self.pump.stop()
        self.root.after_cancel(self._import_job)
        self.root.withdraw()
        self.root.update_idletasks()
        self.stop_workers()
        self.root.destroy()

    def stop_workers(self) -> None:
        """Stop everything that runs beside the window; also when something else has destroyed the window."""
        self.pump.stop()
        if self.service is not None:
            self.service.stop()
        if self.images is not None:
            self.images.stop(1.0)
        self.ds9.stop(2.0)
        self.desk.stop(2.0)
        self.histories.stop(IMPORT_S)
        self.looks.stop(2.0)


def run_desktop(session: Session | None, *, dark: bool | None = None) -> int:
    """Show the window until it is closed, Ctrl-C or SIGTERM; returns the exit code."""
    sys.setswitchinterval(SWITCH_S)
    try:
        root = tk.Tk(className="Eyegore")
    except tk.TclError as why:
        raise EyegoreError(f"the window cannot be opened ({why}): check DISPLAY, or use --headless") from why
    try:
        desktop = Desktop(root, session, dark=dark)
    except EyegoreError:
        root.destroy()
        raise
    root.report_callback_exception = desktop.failures.report
    told: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda signum, _frame: told.append(signum))

    def look() -> None:
        if told:
            desktop.close()
            return
        root.after(SIGNAL_LOOK_MS, look)  # first: whatever fails below, a signal ends the window
        desktop.look_after_service()

    if not desktop.closed:
        look()
        root.mainloop()
    desktop.stop_workers()
    return 0
