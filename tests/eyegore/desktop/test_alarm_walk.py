"""What a person does with one alarm in a night, on the real window: once with the mouse, once by keyboard alone."""

from __future__ import annotations

import time
import tkinter as tk
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest

from eyegore.desktop import app
from eyegore.desktop.app import Desktop
from eyegore.desktop.layout_store import LayoutStore
from eyegore.messages.events import Alarm, AlarmState
from eyegore.session.settings import Session
from eyegore.simulator.simulator import SimulatedSession, Simulator
from eyegore.widgets.alarms.alarm_list import AlarmList
from eyegore.widgets.cells.lists import AlarmCell, Standing
from eyegore.widgets.dialogs.alarms import CommentDialog, ShelveDialog
from eyegore.widgets.dialogs.question import QuestionWindow

from ...patience import AWAITED_S
from ...widgets.on_screen import texts

pytestmark = pytest.mark.gui

NAME = "CCD2_TEMP_B"
KEY = f"{NAME}/OOL"
MINUTE = 60.0


class Clock:
    """The time of day, which a test can move on."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


class Night:
    """The window, and what can be seen in it."""

    def __init__(self, desktop: Desktop, clock: Clock) -> None:
        self.desktop, self.clock, self.root = desktop, clock, desktop.root

    def run(self, done: Callable[[], object]) -> None:
        """Run the main loop until something is so."""
        __tracebackhide__ = True
        late = self.root.after(int(1000 * AWAITED_S), self.root.quit)

        def look() -> None:
            nonlocal job
            if done():
                self.root.quit()
            else:
                job = self.root.after(10, look)

        job = self.root.after(0, look)
        self.root.mainloop()
        for waiting in (late, job):
            self.root.after_cancel(waiting)
        assert done(), f"{self.alarm if self.desktop.desk.alarms else 'no alarm'}; focus {self.root.focus_get()}"

    @property
    def listed(self) -> AlarmList:
        listed = self.desktop.desk.listed
        assert listed is not None
        return listed

    @property
    def alarm(self) -> Alarm:
        return next(alarm for alarm in self.desktop.desk.alarms if f"{alarm.parameter}/{alarm.kind.name}" == KEY)

    @property
    def cell(self) -> AlarmCell:
        return next(cell for cell in self.listed.selected() if cell.key == KEY)

    def shows(self, standing: Standing) -> Callable[[], bool]:
        """Whether the list shows the alarm so, chosen, with the keys in the list."""
        return lambda: (
            [cell.standing for cell in self.listed.selected() if cell.key == KEY] == [standing]
            and self.root.focus_get() is self.listed.tree
        )

    def questions(self, kind: type[QuestionWindow] = QuestionWindow) -> list[QuestionWindow]:
        every = [*self.root.winfo_children(), *self.listed.winfo_toplevel().winfo_children()]
        return [one for one in every if isinstance(one, kind)]

    def asked(self, kind: type[QuestionWindow]) -> bool:
        """Whether such a question stands there and takes the keys."""
        return [self.root.focus_get()] == [one.entry for one in self.questions(kind)]


class Hands(Protocol):
    """How a person does something."""

    def open_list(self, night: Night) -> None: ...

    def choose(self, night: Night) -> None: ...

    def act(self, night: Night, action: str) -> None: ...

    def answer(self, night: Night, question: QuestionWindow, text: str) -> None: ...


def click(widget: tk.Misc, x: int, y: int) -> None:
    for event in ("<Enter>", "<Motion>", "<ButtonPress-1>", "<ButtonRelease-1>"):
        widget.event_generate(event, x=x, y=y)


def click_on(widget: tk.Misc) -> None:
    click(widget, widget.winfo_width() // 2, widget.winfo_height() // 2)


def typed(widget: tk.Misc, text: str) -> None:
    for letter in text:
        widget.event_generate("<space>" if letter == " " else f"<Key-{letter}>")


class Mouse:
    """Rows and buttons; only the words of a comment are typed."""

    def open_list(self, night: Night) -> None:
        menu = night.root.nametowidget(night.root.cget("menu"))
        alarms = night.root.nametowidget(menu.entrycget(menu.index("Alarms"), "menu"))
        alarms.invoke(alarms.index("List of alarms…"))  # the pointer in a menu is held by the menu

    def choose(self, night: Night) -> None:
        night.run(lambda: night.listed.tree.bbox(KEY, "parameter"))
        box = night.listed.tree.bbox(KEY, "parameter")
        assert not isinstance(box, str)
        click(night.listed.tree, box[0] + 5, box[1] + 5)

    def act(self, night: Night, action: str) -> None:
        click_on(night.listed.bar.buttons[action])

    def answer(self, night: Night, question: QuestionWindow, text: str) -> None:
        typed(question.entry, text)
        click_on(question.confirm_button)


class Keyboard:
    """No pointer at all: each key goes to what has the keys."""

    def press(self, night: Night, *sequences: str) -> None:
        for sequence in sequences:
            focus = night.root.focus_get()
            assert focus is not None
            focus.event_generate(sequence)
            night.root.update()

    def open_list(self, night: Night) -> None:
        night.root.focus_force()
        night.run(lambda: night.root.focus_get() is night.root)
        self.press(night, "<F8>")

    def choose(self, night: Night) -> None:
        self.press(night, "<n>")

    def act(self, night: Night, action: str) -> None:
        letter = {"acknowledge alarms": "a", "comment alarms": "c", "shelve alarms": "s"}[action]
        self.press(night, f"<{letter}>")

    def answer(self, night: Night, question: QuestionWindow, text: str) -> None:
        typed(question.entry, text)
        self.press(night, "<Return>")


@pytest.fixture
def night(tmp_path: Path, root: tk.Tk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Night]:
    monkeypatch.setattr(app, "IMPORT_LATER_MS", 10**8)  # nothing is plotted; the first import outlasts a test
    settings = {"images": False, "seconds": 100_000, "force": True, "plants": [f"{NAME}:step:-136@30+9999"]}
    Simulator(tmp_path / "day", SimulatedSession(**settings)).append_rows(50)  # type: ignore[arg-type]
    clock = Clock()
    session = Session(tmp_path / "day", watch_disk=False, stale_after_s=1e6, state=tmp_path / "state")
    desktop = Desktop(root, session, clock=clock)
    yield Night(desktop, clock)
    desktop.close()


def raised(night: Night) -> bool:
    return any(alarm.parameter == NAME and alarm.state is AlarmState.UNACK for alarm in night.desktop.desk.alarms)


@pytest.mark.parametrize("hands", [Mouse(), Keyboard()], ids=["mouse", "keyboard"])
def test_an_alarm_through_a_night(night: Night, hands: Hands) -> None:
    night.run(lambda: raised(night))
    hands.open_list(night)
    night.run(lambda: KEY in night.listed.visible())
    hands.choose(night)
    night.run(night.shows(Standing.UNACKNOWLEDGED))
    assert "What to do: Do the other CCD sensors fall too?" in night.listed.detail.said

    hands.act(night, "comment alarms")
    night.run(lambda: night.asked(CommentDialog))
    hands.answer(night, night.questions()[0], "called anna")
    night.run(night.shows(Standing.ACKNOWLEDGED))
    assert night.cell.comment == "called anna"
    assert night.questions() == []

    hands.act(night, "shelve alarms")
    night.run(lambda: night.asked(ShelveDialog))
    before = night.clock()
    hands.answer(night, night.questions()[0], "pump test")
    night.run(night.shows(Standing.SHELVED))
    assert before + 15 * MINUTE <= night.alarm.shelved_until <= night.clock() + 15 * MINUTE
    assert (night.cell.reason, night.cell.shelved_for) == ("pump test", "15 min")

    night.clock.ahead += 14 * MINUTE
    night.run(lambda: night.shows(Standing.SHELVED)() and night.cell.shelved_for != "15 min")
    night.clock.ahead += MINUTE
    night.run(night.shows(Standing.UNACKNOWLEDGED))
    assert night.alarm.severity.name == "CRITICAL"

    hands.act(night, "acknowledge alarms")
    night.run(night.shows(Standing.ACKNOWLEDGED))
    night.clock.ahead += 61 * MINUTE
    night.run(night.shows(Standing.UNACKNOWLEDGED))
    assert "still out an hour after it was acknowledged" in night.cell.story[0]
    assert len(night.cell.story) == 6


def test_a_question_asked_again_comes_to_the_front(night: Night) -> None:
    night.run(lambda: raised(night))
    night.desktop.desk.open_list()
    night.run(lambda: KEY in night.listed.visible())
    shelve = night.desktop.desk.shelve
    shelve([NAME])
    (first,) = night.questions()
    shelve([NAME])
    assert night.questions() == [first]
    shelve(["CCD1_TEMP_T"])  # nothing was answered: the person means the other one now
    (second,) = night.questions()
    assert (second.names, first.winfo_exists()) == (("CCD1_TEMP_T",), 0)
    second.text.set("pump")
    shelve([NAME])
    assert night.questions() == [second]
    night.run(lambda: night.root.focus_get() is second.entry)


@pytest.mark.parametrize("key", ["<F8>", "<Escape>"])
def test_closing_the_list_gives_the_keys_back(night: Night, key: str) -> None:
    board = night.desktop.panes.flags.board
    night.run(lambda: raised(night))
    board.focus_force()
    night.run(lambda: night.root.focus_get() is board)
    other = tk.Toplevel(night.root)  # a window manager would give the keys back to this one
    other.focus_force()
    night.run(lambda: night.root.focus_get() is other)
    night.desktop.desk.open_list()
    night.run(lambda: night.root.focus_get() is night.listed.tree)
    night.listed.tree.event_generate(key)
    assert night.desktop.desk.listed is None
    night.run(lambda: night.root.focus_get() is board)


def test_the_list_comes_back_as_it_was(night: Night, tmp_path: Path) -> None:
    desk = night.desktop.desk
    desk.open_list()
    window = night.listed.winfo_toplevel()
    window.geometry("900x400+60+80")
    night.listed.sort_by("since", descending=True)
    night.run(lambda: (window.winfo_width(), window.winfo_height()) == (900, 400))
    geometry = window.geometry()
    night.desktop.close()
    layout = LayoutStore().load()["alarms"]
    assert (layout["open"], layout["geometry"]) == (True, geometry)
    again = tk.Tk(className="Eyegore")
    desktop = Desktop(again, Session(tmp_path / "day", watch_disk=False, journal=False))
    try:
        listed = desktop.desk.listed
        assert listed is not None
        assert (listed.sorted_by, listed.descending) == ("since", True)
        later = Night(desktop, night.clock)
        later.run(lambda: listed.winfo_toplevel().winfo_width() == 900)
    finally:
        desktop.close()


def test_silence_is_shown_until_it_ends(night: Night) -> None:
    desktop = night.desktop
    desktop.desk.open_list()
    night.run(lambda: desktop.view is not None and desktop.view.health is not None)
    night.run(lambda: night.root.focus_get() is night.listed.tree)
    night.listed.tree.event_generate("<F9>")
    until = time.strftime("%H:%M", time.localtime(night.clock() + 15 * MINUTE))
    assert f"sound off until {until}" in desktop.root.title()
    assert desktop.panes.strip.text("sound").endswith(f"sound off until {until}")
    night.run(lambda: any(f"until {until}" in text for text in texts(night.listed.bar)))
    night.listed.tree.event_generate("<F9>")
    night.run(lambda: any(text.startswith("Silence") for text in texts(night.listed.bar)))
    assert "sound off" not in desktop.root.title()
