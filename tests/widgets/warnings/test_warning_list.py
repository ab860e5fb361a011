"""The list of warnings: order, counts, what stands below, what hands do."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from dataclasses import replace

import pytest

from eyegore.widgets import theme as themes
from eyegore.widgets.cells.flags import Status
from eyegore.widgets.cells.lists import WarningCell
from eyegore.widgets.warnings.warning_list import NOTHING, WarningList, counts_of, tip_of

from ..on_screen import has_sign, texts

Until = Callable[[Callable[[], object]], None]
SENT = WarningCell(
    "sent", "sent", Status.IN_LIMITS, 1, "14/Mar 21:54:05", "Ana", "sms", "+49 170", "CRITICAL CCD2_TEMP_B", 10,
    "queued", "all of it\nACK 4711", "What went out", ("+49 170", "because of: raised"),
)  # fmt: skip
LOST = replace(SENT, key="lost", state="refused", status=Status.CRITICAL, made=2, attempts=2, subject="other")
FAILS = replace(SENT, key="fails", state="waiting", status=Status.WARNING, made=3, open=True, person="Ben", attempts=0)
OLD = replace(LOST, key="old", made=0)
CELLS = (SENT, LOST, FAILS, OLD)


@pytest.fixture
def view(root: tk.Tk, theme: themes.Theme) -> WarningList:
    root.geometry("1300x560+0+0")
    made = WarningList(root, theme)
    made.pack(fill="both", expand=True)
    made.show(CELLS, armed=True)
    root.update()
    return made


def press(view: WarningList, sequence: str) -> None:
    view.tree.focus_force()
    view.update()
    view.tree.event_generate(sequence)
    view.update()


def keys_of(cells: list[WarningCell]) -> list[str]:
    return [cell.key for cell in cells]


@pytest.mark.parametrize(
    ("column", "descending", "order"),
    [
        ("", False, ["fails", "lost", "sent", "old"]),
        ("time", False, ["old", "sent", "lost", "fails"]),
        ("attempts", False, ["lost", "old", "sent", "fails"]),
        ("attempts", True, ["sent", "lost", "old", "fails"]),
        ("person", True, ["fails", "lost", "sent", "old"]),
    ],
)
def test_order_is_newest_first_or_by_column(view: WarningList, column: str, descending: bool, order: list[str]) -> None:
    view.sort_by(column, descending)
    assert view.visible() == order


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (CELLS, ("4 warnings · 1 on the way · 2 did not get there", Status.WARNING)),
        ((SENT,), ("1 warning", None)),
        ((OLD,), ("1 warning · 1 did not get there", None)),
        ((replace(FAILS, status=Status.UNKNOWN),), ("1 warning · 1 on the way", None)),
    ],
)
def test_counts(cells: tuple[WarningCell, ...], told: tuple[str, Status | None]) -> None:
    assert counts_of(cells) == told


def test_a_row_has_sign_and_word(view: WarningList) -> None:
    assert view.visible() == ["fails", "lost", "sent", "old"]
    assert view.tree.item("sent", "text").strip() == "sent"
    assert view.tree.item("sent", "values")[:2] == ("14/Mar 21:54:05", "Ana")
    assert has_sign(view.tree, "lost", Status.CRITICAL)
    assert has_sign(view.tree, "sent", Status.IN_LIMITS)


def test_a_state_that_changes_stays_in_its_row_with_its_selection(view: WarningList) -> None:
    view.tree.selection_set("fails")
    view.update()
    done = replace(FAILS, state="sent", status=Status.IN_LIMITS, open=False, heading="What went out", attempts=1)
    view.show([SENT, LOST, done, OLD], armed=True)
    assert (view.visible(), keys_of(view.selected())) == (["fails", "lost", "sent", "old"], ["fails"])
    assert view.tree.item("fails", "text").strip() == "sent"
    assert view.detail.said.startswith("sent: sms to Ben")


def test_the_whole_text_stands_below(view: WarningList) -> None:
    press(view, "<Down>")
    view.tree.selection_set("sent")
    view.update()
    assert view.detail.said == (
        "sent: sms to Ana\n+49 170\nbecause of: raised\nWhat went out: CRITICAL CCD2_TEMP_B\nall of it\nACK 4711"
    )
    view.tree.selection_set("sent", "lost")
    view.update()
    assert "(and 1 more chosen)" in view.detail.said
    view.tree.selection_set()
    view.update()
    assert view.detail.said.strip() == NOTHING
    assert tip_of(SENT).split("\n") == ["sent: sms to Ana", *SENT.facts, "", "all of it ACK 4711"]


def test_n_goes_round_what_did_not_get_there(view: WarningList) -> None:
    seen = []
    for _ in range(3):
        press(view, "<n>")
        seen += keys_of(view.selected())
    assert seen == ["lost", "old", "lost"]


def test_copy_takes_all_that_went_out_from_top_to_bottom(view: WarningList) -> None:
    view.clipboard_clear()
    view.clipboard_append("before")
    view.tree.selection_set()
    press(view, "<Control-c>")
    view.tree.selection_set("sent", "fails")
    press(view, "<Control-c>")
    first, second = view.clipboard_get().split("\n\n----\n\n")
    assert first.startswith("waiting: sms to Ben")
    assert second == ("sent: sms to Ana\n+49 170\nbecause of: raised\n\nCRITICAL CCD2_TEMP_B\nall of it\nACK 4711")
    press(view, "<Control-a>")
    assert len(view.selected()) == 4


def test_the_filter_and_why_there_is_nothing(view: WarningList, until: Until) -> None:
    view.filter_text.set("state:refused")
    until(lambda: view.visible() == ["lost", "old"])
    assert view.counts.endswith("(2 of 4 shown)")
    view.filter_text.set("nowhere")
    until(lambda: texts(view.tree) == ["no warning matches the filter"])
    view.filter_text.set("")
    until(lambda: len(view.visible()) == 4)
    view.show([], armed=True)
    assert (texts(view.tree), view.counts) == (["nothing was sent yet"], "")
    view.show([], armed=False)
    assert texts(view.tree) == ["warnings are off: the option -W switches them on"]


def test_the_menu_offers_what_can_be_done(view: WarningList, monkeypatch: pytest.MonkeyPatch) -> None:
    posted: list[tk.Menu] = []
    monkeypatch.setattr(tk.Menu, "tk_popup", lambda menu, x, y: posted.append(menu))
    box = view.tree.bbox("lost", "person")
    assert not isinstance(box, str)
    view.tree.event_generate("<Button-3>", x=box[0] + 3, y=box[1] + 3)
    view.update()
    assert keys_of(view.selected()) == ["lost"]
    assert [posted[0].entrycget(at, "label") for at in (0, 1, 3)] == [
        "Copy with all that went out",
        "Select all",
        "Sort by",
    ]
    posted[0].invoke(0)
    assert view.clipboard_get().startswith("refused: sms to Ana")


def test_the_theme_recolours(view: WarningList, root: tk.Tk) -> None:
    before = str(view.tree.tag_configure("CRITICAL", "background"))
    themes.apply(root, dark=True)
    root.update()
    assert str(view.tree.tag_configure("CRITICAL", "background")) != before
