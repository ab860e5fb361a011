"""The questions for shelving and commenting: by keyboard alone, and never in the way."""

from __future__ import annotations

import math
import tkinter as tk
from collections.abc import Callable

import pytest

from eyegore.widgets import theme as themes
from eyegore.widgets.dialogs.alarms import CommentDialog, ShelveDialog, ShelveTerm, shelve_terms
from eyegore.widgets.dialogs.question import DS9, PHASE, ChoiceDialog, QuestionWindow, Wording, names_text

from ..on_screen import texts

Until = Callable[[Callable[[], object]], None]
NOW = 1_000_000.0
HOUR = 3600.0


def press(window: QuestionWindow, *sequences: str) -> None:
    window.update()
    window.entry.focus_force()
    window.update()
    for sequence in sequences:
        window.entry.event_generate(sequence)
        if not window.winfo_exists():
            return
        window.update()


@pytest.mark.parametrize(
    ("end_of_shift", "critical", "labels"),
    [
        (math.nan, False, 3),
        (NOW - 1, False, 3),
        (NOW + 7 * HOUR, False, 4),
        (NOW + 7 * HOUR, True, 3),
        (NOW + 4 * HOUR, True, 4),
    ],
)
def test_the_end_of_the_shift_is_offered_when_it_comes_and_is_allowed(
    end_of_shift: float, critical: bool, labels: int
) -> None:
    terms = shelve_terms(NOW, end_of_shift, critical)
    assert len(terms) == labels
    assert not critical or max(term.until(NOW) for term in terms) <= NOW + 4 * HOUR
    if labels == 4:
        assert terms[3].label.startswith("end of shift (")
        assert terms[3].until(NOW + 60) == end_of_shift


def test_a_length_counts_from_when_it_is_confirmed() -> None:
    assert ShelveTerm("1 h", HOUR).until(NOW + 60) == NOW + 60 + HOUR


def test_shelving_by_keyboard(root: tk.Tk, theme: themes.Theme) -> None:
    done: list[tuple[float, str]] = []
    ask = ShelveDialog(root, theme, ["T1"], lambda until, why: done.append((until, why)), now=lambda: NOW)
    press(ask, "<Down>", "<o>", "<k>", "<Return>")
    assert done == [(NOW + HOUR, "ok")]
    assert not ask.winfo_exists()


def test_no_shelf_without_a_reason(root: tk.Tk, theme: themes.Theme) -> None:
    done: list[tuple[float, str]] = []
    ask = ShelveDialog(root, theme, ["T1"], lambda until, why: done.append((until, why)), now=lambda: NOW)
    press(ask, "<space>", "<Return>")
    assert ask.winfo_exists()
    assert done == []
    assert any(text.startswith("say why") for text in texts(ask))
    assert ask.confirm_button.instate(["disabled"])
    ask.text.set(" pump ")
    assert not any(text.startswith("say why") for text in texts(ask))
    ask.confirm_button.invoke()
    assert done == [(NOW + 900, "pump")]


def test_escape_asks_for_nothing(root: tk.Tk, theme: themes.Theme) -> None:
    done: list[tuple[float, str]] = []
    ask = ShelveDialog(root, theme, ["T1"], lambda until, why: done.append((until, why)))
    press(ask, "<x>", "<Escape>")
    assert not ask.winfo_exists()
    assert done == []


def test_return_on_cancel_cancels(root: tk.Tk, theme: themes.Theme, until: Until) -> None:
    done: list[tuple[str, bool]] = []
    ask = CommentDialog(root, theme, ["T1"], lambda text, ack: done.append((text, ack)))
    ask.text.set("x")
    ask.update()
    ask.entry.focus_force()
    ask.update()
    ask.entry.tk_focusNext().tk_focusNext().focus_force()  # type: ignore[union-attr]
    ask.update()
    focus = ask.focus_get()
    assert focus is not None
    assert focus.cget("text") == "Cancel"
    focus.event_generate("<Return>")
    assert done == []
    assert not ask.winfo_exists()


def test_a_shift_that_ended_while_the_question_stood_is_not_taken(root: tk.Tk, theme: themes.Theme) -> None:
    clock = [NOW]
    done: list[tuple[float, str]] = []
    ask = ShelveDialog(
        root, theme, ["T1"], lambda until, why: done.append((until, why)), end_of_shift=NOW + 60, now=lambda: clock[0]
    )
    ask.text.set("pump")
    ask.chosen.set(3)
    clock[0] = NOW + 61
    ask.confirm()
    assert ask.winfo_exists()
    assert done == []
    ask.step(1)
    ask.confirm()
    assert done == [(NOW + 61 + 900, "pump")]


def test_the_question_is_not_modal(root: tk.Tk, theme: themes.Theme, until: Until) -> None:
    field = tk.Entry(root)
    field.pack()
    ask = CommentDialog(root, theme, ["T1"], lambda text, ack: None)
    until(ask.winfo_viewable)
    assert root.tk.call("grab", "current") == ""
    field.focus_force()
    root.update()
    field.event_generate("<x>")
    root.update()
    assert field.get() == "x"


@pytest.mark.parametrize(
    ("acknowledge", "untick", "told"), [(True, False, True), (True, True, False), (False, False, False)]
)
def test_comments(root: tk.Tk, theme: themes.Theme, acknowledge: bool, untick: bool, told: bool) -> None:
    done: list[tuple[str, bool]] = []
    ask = CommentDialog(root, theme, ["T1"], lambda text, ack: done.append((text, ack)), acknowledge=acknowledge)
    if untick:
        ask.body.winfo_children()[0].invoke()  # type: ignore[union-attr]
    press(ask, "<h>", "<i>", "<Return>")
    assert done == [("hi", told)]


def test_many_names_are_cut_short() -> None:
    assert names_text(["a", "b", "a"]) == "a, b"
    assert names_text(list("abcdef")) == "a, b, c, d and 2 more"


def test_the_phase_is_chosen_by_keyboard(root: tk.Tk, theme: themes.Theme) -> None:
    done: list[tuple[int, str]] = []
    phases = ["as the temperature tells", "warm", "cold"]
    ask = ChoiceDialog(root, theme, PHASE, phases, 2, "now cold", lambda place, why: done.append((place, why)))
    press(ask, "<Down>", "<Down>", "<x>", "<Return>")
    assert done == [(1, "x")]
    ask = ChoiceDialog(root, theme, PHASE, phases, 0, "not known now", lambda place, why: done.append((place, why)))
    press(ask, "<Up>", "<Escape>")
    assert done == [(1, "x")]


@pytest.mark.parametrize("wording", [PHASE, DS9])
def test_each_choice_is_asked_in_its_own_words(root: tk.Tk, theme: themes.Theme, wording: Wording) -> None:
    ask = ChoiceDialog(root, theme, wording, ["one", "two"], 1, "two is in use", lambda place, typed: None)
    assert ask.title() == wording.title
    assert {"two is in use", wording.field, wording.button, *filter(None, [wording.about])} <= set(texts(ask))
    assert ask.chosen.get() == 1
