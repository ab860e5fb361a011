"""The key table and what it does not do while somebody types."""

from __future__ import annotations

import tkinter as tk
from collections import Counter

import pytest

from eyegore.widgets import keys


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
