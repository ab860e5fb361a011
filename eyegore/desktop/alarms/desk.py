"""What a person does with alarms in the window: the list, the questions when shelving and commenting, the sound."""

from __future__ import annotations

import math
import time
import tkinter as tk
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from eyegore.basics.lab_time import lab_offset_s
from eyegore.desktop.alarms.annunciator import Annunciator
from eyegore.limits.model import Severity
from eyegore.messages.alarms import Action, Alarm, AlarmKind, AlarmState, FlagCommand, Transition, kind_of
from eyegore.presenters.alarms import alarm_cells, sounding, story_line
from eyegore.session.settings import person
from eyegore.widgets.alarms.actions import AlarmActions
from eyegore.widgets.lists.list_window import ListDesk, ListKind
from eyegore.widgets.theme import Theme

if TYPE_CHECKING:  # imported when the list is wanted, or a question asked: the first window comes first
    from eyegore.messages.events import AlarmChanged, Exposure
    from eyegore.widgets.alarms.alarm_list import AlarmList
    from eyegore.widgets.cells.lists import AlarmCell
    from eyegore.widgets.dialogs.question import QuestionWindow

TITLE = "Alarms — Eyegore"
SILENCE_S = 15 * 60.0
STORY_LINES = 30
"""What is kept of what happened to one alarm; all of it is in the journal."""


@dataclass(frozen=True)
class Around:
    """What a desk of alarms asks of what is around it.

    ``send`` takes what a person asked, ``exposure_of`` tells what was taken, ``gravest`` the severity a parameter can
    reach (critical ones are not shelved for long), ``response`` what to do about it, ``end_of_shift`` when that is
    [unix s], NaN when nobody knows; ``ring`` is called from another thread.
    """

    send: Callable[[FlagCommand], object]
    plot: Callable[[str], object]
    ring: Callable[[], object]
    exposure_of: Callable[[Alarm], Exposure | None]
    gravest: Callable[[str], Severity]
    response: Callable[[Alarm], str]
    end_of_shift: Callable[[], float] = lambda: math.nan


class AlarmDesk(ListDesk["AlarmList"]):
    """Keeps the alarms that are not normal, and shows them; ``clock`` gives the unix time [s]."""

    def __init__(
        self,
        root: tk.Tk,
        theme: Theme,
        around: Around,
        elsewhere: Mapping[str, Callable[[], object]],
        clock: Callable[[], float] = time.time,
    ) -> None:
        actions = self._actions(elsewhere.get("silence"))

        def build(window: tk.Misc) -> AlarmList:
            from eyegore.widgets.alarms.alarm_list import AlarmList

            return AlarmList(window, theme, actions)

        super().__init__(root, theme, ListKind(TITLE, "alarm list", build), elsewhere)
        self._around, self._clock = around, clock
        self._annunciator = Annunciator(around.ring)
        self._alarms: dict[str, Alarm] = {}
        self._audible: set[str] = set()
        self._stories: dict[str, deque[str]] = {}
        self._changed = False
        self._silent_until = math.nan
        self._questions: dict[type[QuestionWindow], QuestionWindow] = {}

    # --- what the monitor tells --------------------------------------------------------------------------------------

    def load(self, alarms: Iterable[Alarm]) -> None:
        """Take the alarms as they stand; of what is known already only what is critical and waits makes a sound."""
        for alarm in alarms:
            if alarm.state is AlarmState.UNACK and alarm.severity is Severity.CRITICAL:
                self._audible.add(alarm.key)
            self._note(alarm)

    def clear(self) -> None:
        """Forget the alarms, for another session."""
        self._alarms.clear()
        self._audible.clear()
        self._stories.clear()
        self._changed = True

    def take(self, event: AlarmChanged) -> None:
        """Take a change of one alarm; one older than this session makes no sound."""
        key = event.alarm.key
        if event.alarm.state is AlarmState.UNACK and not event.entry.old:
            self._audible.add(key)
        if line := story_line(event):
            self._stories.setdefault(key, deque(maxlen=STORY_LINES)).appendleft(line)
        self._note(event.alarm)
        if event.entry.what is Transition.RAISED:
            self._name_first_out(event.alarm)

    def reword(self, alarm: Alarm) -> None:
        """Take the newest words of an alarm to which nothing happened."""
        if alarm.key in self._alarms:
            self._alarms[alarm.key] = alarm

    def _name_first_out(self, newest: Alarm) -> None:
        """The others of an incident are told by the alarm that joins it which was the first: there is but one."""
        for key, alarm in self._alarms.items():
            if alarm.incident == newest.incident and alarm.first_out != newest.first_out:
                self._alarms[key] = replace(alarm, first_out=newest.first_out)

    def _note(self, alarm: Alarm) -> None:
        self._changed = True
        key = alarm.key
        if alarm.state in (AlarmState.NORMAL, AlarmState.OUT_OF_SERVICE):
            self._alarms.pop(key, None)
        else:
            self._alarms[key] = alarm
        if alarm.state is not AlarmState.UNACK:
            self._audible.discard(key)

    def flush(self, trends: Mapping[str, str], *, known: bool) -> None:
        """Show and sound what is new; ``known`` tells that the state of everything is known."""
        if self._changed:
            self._annunciator.update(sounding(self._alarms[key] for key in self._audible))
        if self._window is not None:
            now = self._clock()
            cells = alarm_cells(
                self._alarms.values(),
                now,
                self._around.exposure_of,
                trends,
                lab_now=now + lab_offset_s(now),
                response_of=self._around.response,
                stories=self._stories,
            )
            self._window.list.show(cells, known=known)
            self._window.list.bar.show_silence(self.silent_until)
            self._window.tell(f"sound off until {self.silent_until} — " if self.silent_until else "")
        self._changed = False

    @property
    def alarms(self) -> list[Alarm]:
        """The alarms that are not normal."""
        return list(self._alarms.values())

    @property
    def silent_until(self) -> str:
        """The time of day at which the sound comes back, "" when it is on."""
        if self._annunciator.silent_s <= 0:
            return ""
        return time.strftime("%H:%M", time.localtime(self._silent_until))

    # --- what a person does ------------------------------------------------------------------------------------------

    def _actions(self, silence: Callable[[], object] | None) -> AlarmActions:
        return AlarmActions(
            acknowledge=lambda cells: self._each(cells, Action.LOWER),
            shelve=self._shelve_alarms,
            unshelve=self._unshelve,
            comment=self._comment,
            plot=lambda cells: self._around.plot(cells[0].parameter),
            silence=silence,
        )

    def _each(self, cells: Sequence[AlarmCell], action: Action, comment: str = "") -> None:
        for cell in cells:
            self._around.send(FlagCommand(action, cell.parameter, person(), comment, kind=kind_of(cell.key)))

    def _unshelve(self, cells: Sequence[AlarmCell]) -> None:
        """Whole parameters: what was shelved with its flag is not listed for itself."""
        for name in dict.fromkeys(cell.parameter for cell in cells):
            self._around.send(FlagCommand(Action.UNSHELVE, name, person()))

    def shelve(self, names: Sequence[str]) -> None:
        """Ask for how long and why, then shelve all alarms of these parameters."""
        self._ask_to_shelve({name: (name, None) for name in names})

    def _shelve_alarms(self, cells: Sequence[AlarmCell]) -> None:
        """Ask for how long and why, then shelve these alarms and no others of their parameters."""
        labels = {f"{cell.parameter} ({cell.kind})" if cell.kind else cell.parameter: cell for cell in cells}
        self._ask_to_shelve({label: (cell.parameter, kind_of(cell.key)) for label, cell in labels.items()})

    def _ask_to_shelve(self, alarms: Mapping[str, tuple[str, AlarmKind | None]]) -> None:
        """``alarms`` by what the question calls them; a kind of None is all alarms of the parameter."""
        from eyegore.widgets.dialogs.alarms import ShelveDialog

        wanted = list(alarms)
        parameters = {name for name, _ in alarms.values()}

        def done(until: float, reason: str) -> None:
            for name, kind in alarms.values():
                self._around.send(FlagCommand(Action.SHELVE, name, person(), reason, until, kind))

        critical = any(self._around.gravest(name) is Severity.CRITICAL for name in parameters)
        known = [one for one in self._alarms.values() if one.parameter in parameters]
        critical |= any(one.severity is Severity.CRITICAL for one in known)
        if not self._asked(ShelveDialog, wanted):
            asker = self._asker()
            self._questions[ShelveDialog] = ShelveDialog(
                asker,
                self._theme,
                wanted,
                done,
                end_of_shift=self._around.end_of_shift(),
                critical=critical,
                now=self._clock,
            )

    def _asked(self, kind: type[QuestionWindow], names: Sequence[str]) -> bool:
        """Bring a question to the front that is asked already; one about others that has no answer yet goes."""
        asked = self._questions.get(kind)
        if asked is None or not asked.winfo_exists():
            return False
        if asked.answer or asked.names == tuple(names):
            asked.come_back()
            return True
        asked.destroy()
        return False

    def _asker(self) -> tk.Tk | tk.Toplevel:
        """The window a question belongs to: the list, when the person is there."""
        focus = str(self._root.focus_get() or "")
        return self._window if self._window is not None and focus.startswith(f"{self._window}.") else self._root

    def _comment(self, cells: Sequence[AlarmCell]) -> None:
        from eyegore.widgets.dialogs.alarms import CommentDialog

        def done(text: str, acknowledge: bool) -> None:
            self._each(cells, Action.LOWER if acknowledge else Action.COMMENT, text)

        names = list(dict.fromkeys(cell.parameter for cell in cells))
        if not self._asked(CommentDialog, names):
            waits = any(cell.open for cell in cells)
            asker = self._asker()
            self._questions[CommentDialog] = CommentDialog(asker, self._theme, names, done, acknowledge=waits)

    def silence(self) -> float:
        """Silence the sound for a quarter of an hour, or end the silence; returns how long it lasts now [s]."""
        seconds = 0.0 if self._annunciator.silent_s > 0 else SILENCE_S
        self._annunciator.silence(seconds)
        self._silent_until = self._clock() + seconds
        return seconds

    def stop(self, timeout: float) -> bool:
        """End the sound; False when it does not within ``timeout`` [s]."""
        return self._annunciator.stop(timeout)
