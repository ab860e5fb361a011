"""The question that waits below the health strip."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

import pytest

from eyegore.widgets import theme as themes
from eyegore.widgets.window.strip_question import StripQuestion

from ..on_screen import widgets

Until = Callable[[Callable[[], object]], None]


@pytest.fixture
def done() -> list[str]:
    return []


@pytest.fixture
def board(root: tk.Tk) -> tk.Frame:
    frame = tk.Frame(root, width=300, height=100, takefocus=True)
    frame.pack(side="bottom")
    return frame


@pytest.fixture
def question(root: tk.Tk, theme: themes.Theme, board: tk.Frame, done: list[str], until: Until) -> StripQuestion:
    asked = StripQuestion(root, theme)
    assert (asked.asking, asked.said) == (False, "")
    root.update()
    board.focus_force()
    until(lambda: root.focus_get() is board)
    asked.ask("Really?", "Close", "Keep", lambda: done.append("closed"))
    until(lambda: root.focus_get() is asked.no_button)
    return asked


@pytest.mark.parametrize(
    ("key", "result"),
    [
        ("<Return>", []),
        ("<Escape>", []),
        ("<k>", []),
        ("<space>", []),
        ("<c>", ["closed"]),
        ("<C>", ["closed"]),
    ],
)
def test_keys_answer_and_a_careless_one_changes_nothing(
    question: StripQuestion, root: tk.Tk, board: tk.Frame, done: list[str], key: str, result: list[str], until: Until
) -> None:
    assert question.said == "Really?"
    question.no_button.event_generate(key)
    until(lambda: not question.asking)
    assert done == result
    if not result:
        until(lambda: root.focus_get() is board)


def test_return_on_the_other_button_means_that_one(question: StripQuestion, done: list[str], until: Until) -> None:
    question.yes_button.focus_force()
    question.update()
    question.yes_button.event_generate("<Return>")
    until(lambda: done == ["closed"])


def test_buttons_answer(question: StripQuestion, done: list[str]) -> None:
    question.no_button.invoke()
    assert (question.asking, done) == (False, [])
    question.ask("Again?", "Close", "Keep", lambda: done.append("closed"))
    question.yes_button.invoke()
    assert (question.asking, done) == (False, ["closed"])


def test_asked_twice_it_is_one_question_and_gives_the_keys_back_to_the_first(
    question: StripQuestion, root: tk.Tk, board: tk.Frame, done: list[str], until: Until
) -> None:
    question.ask("Really now?", "Close", "Keep", lambda: done.append("closed"))
    assert (question.said, done) == ("Really now?", [])
    question.take_back()
    until(lambda: root.focus_get() is board)


def test_the_theme_recolours(question: StripQuestion, root: tk.Tk) -> None:
    before = question["background"]
    themes.apply(root, dark=True)
    root.update()
    assert question["background"] != before
    labels = [one for one in widgets(question) if isinstance(one, tk.Label)]
    assert {str(one["background"]) for one in labels} == {question["background"]}
