"""What a person does with alarms in the window: the list, the questions when shelving and commenting, the sound."""

from __future__ import annotations

import time
import tkinter as tk
from collections.abc import Callable, Iterable, Mapping, Sequence

from eyegore.desktop.alarm_presenter import alarm_cells, alarm_key, sounding
from eyegore.desktop.annunciator import Annunciator
from eyegore.limits.model import Severity
from eyegore.messages import Action, Alarm, AlarmChanged, AlarmState, Exposure, FlagCommand
from eyegore.settings import person
from eyegore.widgets.alarm_cells import AlarmCell
from eyegore.widgets.alarm_list import AlarmList
from eyegore.widgets.alarm_menu import AlarmActions
from eyegore.widgets.comment_dialog import CommentDialog
from eyegore.widgets.shelve_dialog import ShelveDialog
from eyegore.widgets.theme import Theme

SILENCE_S = 15 * 60.0


class AlarmDesk:
    """Keeps the alarms that are not normal. ``send`` takes what a person asked, ``exposure_of`` tells what was taken.

    ``gravest`` gives the severity a parameter can reach: critical ones are not shelved for long.
    """

    def __init__(
        self,
        root: tk.Tk,
        theme: Theme,
        *,
        send: Callable[[FlagCommand], object],
        plot: Callable[[str], object],
        exposure_of: Callable[[Alarm], Exposure | None],
        gravest: Callable[[str], Severity],
        ring: Callable[[], object],
    ) -> None:
        self._root, self._theme = root, theme
        self._send, self._plot = send, plot
        self._exposure_of, self._gravest = exposure_of, gravest
        self._annunciator = Annunciator(ring)
        self._alarms: dict[str, Alarm] = {}
        self._audible: set[str] = set()
        self._changed = False
        self._window: tk.Toplevel | None = None
        self._list: AlarmList | None = None

    # --- what the monitor tells --------------------------------------------------------------------------------------

    def load(self, alarms: Iterable[Alarm]) -> None:
        """Take the alarms as they stand; what is known already makes no sound."""
        for alarm in alarms:
            self._note(alarm)

    def clear(self) -> None:
        """Forget the alarms, for another session."""
        self._alarms.clear()
        self._audible.clear()
        self._changed = True

    def take(self, event: AlarmChanged) -> None:
        """Take a change of one alarm; one older than this session makes no sound."""
        key = alarm_key(event.alarm)
        if event.alarm.state is AlarmState.UNACK and not event.entry.old:
            self._audible.add(key)
        self._note(event.alarm)

    def _note(self, alarm: Alarm) -> None:
        self._changed = True
        key = alarm_key(alarm)
        if alarm.state is AlarmState.NORMAL:
            self._alarms.pop(key, None)
        else:
            self._alarms[key] = alarm
        if alarm.state is not AlarmState.UNACK:
            self._audible.discard(key)

    def flush(self, trends: Mapping[str, str], *, known: bool) -> None:
        """Show and sound what is new; ``known`` tells that the state of everything is known."""
        if self._changed:
            self._annunciator.update(sounding(self._alarms[key] for key in self._audible))
        if self._list is not None:
            cells = alarm_cells(self._alarms.values(), time.time(), self._exposure_of, trends)
            self._list.show(cells, known=known)
        self._changed = False

    @property
    def alarms(self) -> list[Alarm]:
        """The alarms that are not normal."""
        return list(self._alarms.values())

    @property
    def listed(self) -> AlarmList | None:
        """The list, while it is open."""
        return self._list

    # --- what a person does ------------------------------------------------------------------------------------------

    def open_list(self) -> None:
        """Open the list of alarms, or bring it to the front."""
        if self._window is None or not self._window.winfo_exists():
            self._window = tk.Toplevel(self._root, background=self._theme.colour("background"))
            self._window.title("Alarms — Eyegore")
            self._window.geometry(f"{90 * self._theme.em}x{24 * self._theme.em}")
            self._window.bind("<Destroy>", self._closed)
            actions = AlarmActions(
                acknowledge=lambda cells: self._each(cells, Action.LOWER),
                shelve=lambda cells: self.shelve([cell.parameter for cell in cells]),
                unshelve=lambda cells: self._each(cells, Action.UNSHELVE),
                comment=self._comment,
                plot=lambda cells: self._plot(cells[0].parameter),
            )
            self._list = AlarmList(self._window, self._theme, actions)
            self._list.pack(fill="both", expand=True)
        self._window.lift()
        if self._list is not None:
            self._list.tree.focus_set()

    def _closed(self, event: tk.Event[tk.Misc]) -> None:
        if event.widget is self._window:
            self._window = self._list = None

    def _each(self, cells: Sequence[AlarmCell], action: Action, comment: str = "") -> None:
        for name in dict.fromkeys(cell.parameter for cell in cells):
            self._send(FlagCommand(action, name, person(), comment))

    def shelve(self, names: Sequence[str]) -> None:
        """Ask for how long and why, then shelve the alarms of these parameters."""
        wanted = list(dict.fromkeys(names))

        def done(until: float, reason: str) -> None:
            for name in wanted:
                self._send(FlagCommand(Action.SHELVE, name, person(), reason, until))

        critical = any(self._gravest(name) is Severity.CRITICAL for name in wanted)
        ShelveDialog(self._asker(), self._theme, wanted, done, critical=critical)

    def _asker(self) -> tk.Tk | tk.Toplevel:
        """The window a question belongs to: the list, when the person is there."""
        focus = str(self._root.focus_get() or "")
        return self._window if self._window is not None and focus.startswith(f"{self._window}.") else self._root

    def _comment(self, cells: Sequence[AlarmCell]) -> None:
        def done(text: str, acknowledge: bool) -> None:
            self._each(cells, Action.LOWER if acknowledge else Action.COMMENT, text)

        names = [cell.parameter for cell in cells]
        CommentDialog(self._asker(), self._theme, names, done, acknowledge=any(cell.open for cell in cells))

    def silence(self) -> float:
        """Silence the sound for a quarter of an hour, or end the silence; returns how long it lasts now [s]."""
        seconds = 0.0 if self._annunciator.silent_s > 0 else SILENCE_S
        self._annunciator.silence(seconds)
        return seconds

    def stop(self, timeout: float) -> bool:
        """End the sound; False when it does not within ``timeout`` [s]."""
        return self._annunciator.stop(timeout)
