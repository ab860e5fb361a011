"""The key table and what it does not do while somebody types."""

from __future__ import annotations

import subprocess
import tkinter as tk
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from eyegore.widgets import keys

KEY_P, KEY_F, KEY_A = 33, 41, 38
"""Numbers of keys, as X servers give them to a keyboard."""
CONTROL = 4
"""Its bit in the state of an event."""


@pytest.mark.parametrize(
    ("sequence", "words"),
    [
        ("<Control-f>", "Ctrl-F"),
        ("<Prior>", "PgUp"),
        ("<F11>", "F11"),
        ("<space>", "Space"),
        ("<a>", "A"),
        ("<Control-minus>", "Ctrl-−"),
        ("<question>", "?"),
    ],
)
def test_sequences_are_said_as_people_say_them(sequence: str, words: str) -> None:
    assert keys.spoken(sequence) == words


@pytest.mark.parametrize("scope", list(keys.Scope))
def test_no_key_means_two_things_in_one_place(scope: keys.Scope) -> None:
    here = [one for one in keys.BINDINGS if one.scope in (scope, keys.Scope.WINDOW)]
    counts = Counter(sequence for one in here for sequence in one.sequences)
    assert [sequence for sequence, count in counts.items() if count > 1] == []


def test_actions_are_unique() -> None:
    assert len({one.action for one in keys.BINDINGS}) == len(keys.BINDINGS)


def test_every_binding_is_in_the_help() -> None:
    told = dict(keys.help_rows())
    for one in keys.BINDINGS:
        pressed = [shown for shown, label in told[one.scope.value] if label == one.label.rstrip("…")]
        assert any(keys.accelerator(one.action) in text for text in pressed)


def test_an_unknown_action_is_an_error() -> None:
    with pytest.raises(KeyError):
        keys.binding("fly")


def test_letters_act_except_while_typing(root: tk.Tk) -> None:
    done: list[str] = []
    field = tk.Entry(root)
    field.pack()
    frame = tk.Frame(root, width=50, height=50, takefocus=True)
    frame.pack()
    keys.bind(root, "plot", lambda: done.append("plot"))
    keys.bind(root, "find", lambda: done.append("find"))
    root.update()
    for widget in (frame, field):
        widget.focus_force()
        root.update()
        widget.event_generate("<p>")
        widget.event_generate("<P>")
        widget.event_generate("<Control-f>")
        root.update()
    assert done == ["plot", "plot", "find", "find"]
    assert field.get() == "pP"


@pytest.mark.parametrize("modifier", ["Control", "Alt", "Mod4"])
def test_a_plain_key_with_a_modifier_is_another_key(root: tk.Tk, modifier: str) -> None:
    done: list[str] = []
    frame = tk.Frame(root, width=50, height=50, takefocus=True)
    frame.pack()
    for action in ("acknowledge", "display", "help"):
        keys.bind(frame, action, lambda action=action: done.append(action))  # type: ignore[misc]
    root.update()
    frame.focus_force()
    root.update()
    for sequence in ("a", "Return", "F1"):
        frame.event_generate(f"<{modifier}-{sequence}>")
    root.update()
    assert done == []
    for sequence in ("a", "Shift-A", "Lock-A", "Return", "F1"):
        frame.event_generate(f"<{sequence}>")
    root.update()
    assert done == ["acknowledge"] * 3 + ["display", "help"]


@pytest.mark.parametrize(
    ("pressed", "acted"),
    [
        ("<Lock-Control-F>", ["find"]),
        ("<Lock-P>", ["plot"]),
        ("<Shift-P>", ["plot"]),
        ("<Control-Shift-F>", []),
    ],
)
def test_letters_act_under_caps_lock(root: tk.Tk, pressed: str, acted: list[str]) -> None:
    done: list[str] = []
    frame = tk.Frame(root, width=50, height=50, takefocus=True)
    frame.pack()
    for action in ("plot", "find"):
        keys.bind(root, action, lambda action=action: done.append(action))  # type: ignore[misc]
    root.update()
    frame.focus_force()
    root.update()
    frame.event_generate(pressed)
    root.update()
    assert done == acted


@pytest.fixture(params=["ru", "ua", "gr", "il"])
def alphabet(request: pytest.FixtureRequest, display: str) -> Iterator[None]:
    """A keyboard with the letters of another alphabet."""
    subprocess.run(["setxkbmap", "-display", display, request.param], check=True)
    yield
    subprocess.run(["setxkbmap", "-display", display, "us"], check=True)


@pytest.mark.usefixtures("alphabet")
def test_letters_act_by_their_place_where_the_keyboard_writes_another_alphabet(
    root: tk.Tk, wait_until: Callable[..., None]
) -> None:
    done: list[str] = []
    frame, field = tk.Frame(root, width=50, height=50, takefocus=True), tk.Entry(root)
    frame.pack()
    field.pack()
    for action in ("plot", "find", "acknowledge"):
        keys.bind(root, action, lambda action=action: done.append(action))  # type: ignore[misc]
    for widget in (frame, field):
        widget.focus_force()
        wait_until(lambda widget=widget: root.update() or root.focus_get() is widget)
        widget.event_generate("<Key>", keycode=KEY_P)
        widget.event_generate("<Key>", keycode=KEY_A)
        widget.event_generate("<Key>", keycode=KEY_F, state=CONTROL)
        root.update()
    assert done == ["plot", "acknowledge", "find", "find"]
    assert len(field.get()) == 2
    assert not field.get().isascii()
