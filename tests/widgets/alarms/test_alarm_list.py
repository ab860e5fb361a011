"""The alarm list: what it shows, in which order, what it costs, what hands do."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from eyegore.widgets import theme as themes
from eyegore.widgets.alarms.actions import AlarmActions
from eyegore.widgets.alarms.alarm_list import AlarmList
from eyegore.widgets.alarms.columns import counts_of, tip_of
from eyegore.widgets.cells.flags import Status
from eyegore.widgets.cells.lists import AlarmCell, Standing

from ..counted_tk import counted
from ..on_screen import entry, has_sign, texts, tip, waiting

Until = Callable[[Callable[[], object]], None]
C, W = Status.CRITICAL, Status.WARNING
UNACK, ACKED, BACK, PENDING, SHELVED = (
    Standing.UNACKNOWLEDGED,
    Standing.ACKNOWLEDGED,
    Standing.BACK,
    Standing.PENDING,
    Standing.SHELVED,
)


def cell(name: str, severity: Status, standing: Standing, began: float, **more: Any) -> AlarmCell:
    return AlarmCell(name, name, severity, standing, began=began, blink=standing is UNACK, **more)


SHELF = cell("shelf", W, SHELVED, 9, shelved_until="22:15", shelved_for="14 min", comment="unplugged")
CELLS = (
    cell("old", C, UNACK, 1, value="−133.5 °C", first_out=True),
    cell("acked", C, ACKED, 2, value="−134 °C", acknowledged_by="anna"),
    cell("warn", W, UNACK, 4, value="27.31 V", after="old"),
    cell("back", W, BACK, 3, value="9 V"),
    SHELF,
)


@pytest.fixture
def done() -> list[tuple[str, list[str]]]:
    return []


@pytest.fixture
def view(root: tk.Tk, theme: themes.Theme, done: list[tuple[str, list[str]]]) -> AlarmList:
    def of(what: str) -> Callable[[list[AlarmCell]], None]:
        return lambda cells: done.append((what, [one.key for one in cells]))

    root.geometry("1300x560+0+0")
    words = ("acknowledge", "shelve", "unshelve", "comment", "plot")
    made = AlarmList(root, theme, AlarmActions(**{word: of(word) for word in words}))
    made.pack(fill="both", expand=True)
    made.show(CELLS)
    root.update()
    return made


def press(view: AlarmList, sequence: str) -> None:
    view.tree.focus_force()
    view.update()
    view.tree.event_generate(sequence)
    view.update()


def ground(view: AlarmList, key: str) -> str:
    """The colour behind a row."""
    (tag,) = view.tree.item(key, "tags")
    return str(view.tree.tag_configure(tag, "background"))


def middle_of(view: AlarmList, key: str) -> dict[str, Any]:
    box = view.tree.bbox(key, "value")
    assert not isinstance(box, str)
    x, y, width, height = box
    return {"x": x + width // 2, "y": y + height // 2}


# --- what is shown ---------------------------------------------------------------------------------------------------


def test_usual_order_is_unacknowledged_critical_then_newest_then_shelved(view: AlarmList) -> None:
    assert view.visible() == ["old", "warn", "back", "acked", "shelf"]
    assert list(view.tree.get_children()) == view.visible()


@pytest.mark.parametrize(
    ("column", "descending", "order"),
    [
        ("value", False, ["acked", "old", "back", "warn", "shelf"]),
        ("value", True, ["warn", "back", "old", "acked", "shelf"]),
        ("since", False, ["old", "acked", "back", "warn", "shelf"]),
        ("parameter", False, ["acked", "back", "old", "shelf", "warn"]),
        ("severity", False, ["old", "acked", "warn", "back", "shelf"]),
        ("acknowledged by", False, ["acked", "shelf", "old", "warn", "back"]),
    ],
)
def test_order_by_column(view: AlarmList, column: str, descending: bool, order: list[str]) -> None:
    view.sort_by(column, descending)
    assert view.visible() == order


def test_a_heading_sorts_then_turns_round_then_gives_the_usual_order(view: AlarmList, root: tk.Tk) -> None:
    seen = []
    for _ in range(3):
        root.tk.call(*root.tk.splitlist(str(view.tree.heading("value", "command"))))
        seen.append((view.sorted_by, view.descending, str(view.tree.heading("value", "text"))))
    assert seen == [("value", False, "value ↑"), ("value", True, "value ↓"), ("", False, "value")]
    with pytest.raises(KeyError, match="colour"):
        view.sort_by("colour")


def test_a_row_says_severity_and_state_in_words_beside_the_sign(view: AlarmList) -> None:
    assert view.tree.item("old", "text").strip() == "CRITICAL"
    assert view.tree.set("old", "parameter") == "old · first out"
    assert view.tree.set("shelf", "state") == "shelved until 22:15"
    assert view.tree.set("shelf", "acknowledged by") == "“unplugged”"
    assert all(len(view.tree.item(key, "tags")) == 1 for key in view.visible())  # a blank would make several of it
    assert has_sign(view.tree, "shelf", Status.MUTED)
    assert has_sign(view.tree, "back", Status.IN_LIMITS)
    assert has_sign(view.tree, "acked", C)
    assert not has_sign(view.tree, "shelf", Status.IN_LIMITS)


@pytest.mark.parametrize(
    ("cells", "text", "status"),
    [
        (CELLS, "2 CRITICAL · 1 WARNING · 1 back to normal · 1 shelved", C),
        ((SHELF,), "0 CRITICAL · 0 WARNING · 1 shelved", None),
        ((cell("a", C, PENDING, 1), cell("b", W, ACKED, 1)), "0 CRITICAL · 1 WARNING · 1 pending", W),
    ],
)
def test_counts(cells: tuple[AlarmCell, ...], text: str, status: Status | None) -> None:
    assert counts_of(cells) == (text, status)


def test_no_alarm_is_said_only_when_everything_is_known(root: tk.Tk, theme: themes.Theme) -> None:
    view = AlarmList(root, theme)
    assert (texts(view.tree), view.counts) == (["nothing known yet"], "")
    view.show([], known=True)
    assert (texts(view.tree), view.counts) == (["no alarm: what is checked is in limits"], "no alarm")
    view.show(CELLS)
    assert texts(view.tree) == []
    view.show([], known=False)
    assert (texts(view.tree), view.counts) == (["nothing known yet"], "")


def test_the_tip_tells_what_has_no_column() -> None:
    assert tip_of(SHELF).split("\n") == [
        "WARNING shelf: shelved until 22:15",
        "shelved for another 14 min",
        "“unplugged”",
    ]
    assert "came after old" in tip_of(CELLS[2])


def test_the_theme_recolours_and_keeps_the_rows(view: AlarmList, root: tk.Tk) -> None:
    before = ground(view, "acked")
    themes.apply(root, dark=True, scale=1.5)
    root.update()
    assert ground(view, "acked") != before
    assert view.visible() == ["old", "warn", "back", "acked", "shelf"]


# --- what it costs ---------------------------------------------------------------------------------------------------


def test_unchanged_alarms_make_no_tk_call(view: AlarmList, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = counted(view, monkeypatch)
    view.show([replace(one) for one in CELLS])
    assert calls == []


def test_a_changed_alarm_touches_only_its_own_row(view: AlarmList, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = counted(view, monkeypatch)
    view.show([replace(one, value="8 V") if one.key == "back" else one for one in CELLS])
    changed = [words for words in calls if len(words) > 1 and words[1] in ("item", "insert", "delete")]
    assert [words[2] for words in changed] == ["back"]
    assert view.tree.set("back", "value") == "8 V"


def test_only_what_is_unacknowledged_blinks_and_no_row_is_touched(
    view: AlarmList, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = counted(view, monkeypatch)
    grounds: dict[str, set[str]] = {"old": set(), "acked": set()}

    def seen() -> bool:
        for key, found in grounds.items():
            found.add(ground(view, key))
        return len(grounds["old"]) == 2

    until(seen)
    assert len(grounds["acked"]) == 1
    assert not [words for words in calls if words[1] == "item" and len(words) > 4]
    view.show([replace(one, blink=False, standing=ACKED) for one in CELLS])
    until(lambda: not waiting(view))
    assert view.lit


# --- what stays ------------------------------------------------------------------------------------------------------


def test_selection_stays_while_rows_come_change_and_go(view: AlarmList) -> None:
    view.tree.selection_set(["warn", "back"])
    changed = [replace(one, value="1 V") for one in CELLS if one.key != "warn"]
    view.show([*changed, cell("new", C, UNACK, 8)])
    assert view.visible() == ["new", "old", "back", "acked", "shelf"]
    assert [one.key for one in view.selected()] == ["back"]


def test_when_the_row_in_focus_goes_nothing_else_is_selected(
    view: AlarmList, done: list[tuple[str, list[str]]]
) -> None:
    view.tree.selection_set("warn")
    view.tree.focus("warn")
    view.show([one for one in CELLS if one.key != "warn"])
    press(view, "<a>")
    assert done == []
    press(view, "<Down>")
    assert [one.key for one in view.selected()] == ["back"]


def test_what_the_filter_hides_is_neither_selected_nor_acted_upon(
    view: AlarmList, done: list[tuple[str, list[str]]], until: Until
) -> None:
    press(view, "<Control-a>")
    view.filter_text.set("state:unack")
    until(lambda: view.visible() == ["old", "warn"])
    assert view.counts.endswith("(2 of 5 shown)")
    view.filter_text.set("")
    until(lambda: len(view.visible()) == 5)
    press(view, "<a>")
    assert done == [("acknowledge", ["old", "warn"])]
    view.filter_text.set("nowhere")
    until(lambda: texts(view.tree) == ["no alarm matches the filter"])


def test_escape_empties_the_filter_and_return_acknowledges_nothing(
    view: AlarmList, done: list[tuple[str, list[str]]], root: tk.Tk
) -> None:
    view.tree.selection_set("old")
    view.focus_filter()
    entry(view).focus_force()
    root.update()
    for sequence in ("<a>", "<Return>"):
        entry(view).event_generate(sequence)
    root.update()
    assert view.filter_text.get() == "a"
    entry(view).event_generate("<Escape>")
    root.update()
    assert (view.filter_text.get(), root.focus_get()) == ("", view.tree)
    assert done == []


# --- hands -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "what", "whom"),
    [
        ("<a>", "acknowledge", ["old", "warn", "back"]),
        ("<A>", "acknowledge", ["old", "warn", "back"]),
        ("<Return>", "acknowledge", ["old", "warn", "back"]),
        ("<s>", "shelve", ["old", "warn", "back", "acked", "shelf"]),
        ("<u>", "unshelve", ["shelf"]),
        ("<c>", "comment", ["old", "warn", "back", "acked", "shelf"]),
        ("<p>", "plot", ["old", "warn", "back", "acked", "shelf"]),
    ],
)
def test_keys_act_on_those_selected_that_it_can_be_done_to(
    view: AlarmList, done: list[tuple[str, list[str]]], key: str, what: str, whom: list[str]
) -> None:
    press(view, "<Control-a>")
    press(view, key)
    assert done == [(what, whom)]


@pytest.mark.parametrize("key", ["<Alt-a>", "<Control-s>", "<Alt-s>", "<Control-c>"])
def test_keys_with_modifiers_are_other_keys(view: AlarmList, done: list[tuple[str, list[str]]], key: str) -> None:
    press(view, "<Control-a>")
    press(view, key)
    assert done == []


def test_the_keyboard_finds_the_first_row(view: AlarmList, done: list[tuple[str, list[str]]]) -> None:
    press(view, "<Down>")
    press(view, "<Return>")
    assert done == [("acknowledge", ["warn"])]


def test_double_click_plots(view: AlarmList, done: list[tuple[str, list[str]]]) -> None:
    place = middle_of(view, "acked")
    for event in ("<Button-1>", "<ButtonRelease-1>", "<Button-1>", "<ButtonRelease-1>"):
        view.tree.event_generate(event, **place)
    view.update()
    assert done[-1] == ("plot", ["acked"])


def test_right_click_selects_the_row_and_offers_what_can_be_done(
    view: AlarmList, done: list[tuple[str, list[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    posted: list[tk.Menu] = []
    monkeypatch.setattr(tk.Menu, "tk_popup", lambda menu, x, y: posted.append(menu))
    view.tree.event_generate("<Button-3>", **middle_of(view, "shelf"))
    view.update()
    menu = posted[0]
    states = {menu.entrycget(at, "label"): menu.entrycget(at, "state") for at in range(5)}
    assert states == {
        "Acknowledge": "disabled",
        "Acknowledge with a comment…": "normal",
        "Shelve…": "normal",
        "Take off the shelf": "normal",
        "Plot parameter": "normal",
    }
    menu.invoke(3)
    assert done == [("unshelve", ["shelf"])]


def test_the_menu_key_and_sorting_from_the_menu(view: AlarmList, monkeypatch: pytest.MonkeyPatch) -> None:
    posted: list[tk.Menu] = []
    monkeypatch.setattr(tk.Menu, "tk_popup", lambda menu, x, y: posted.append(menu))
    press(view, "<Menu>")
    orders = posted[0].nametowidget(posted[0].entrycget("end", "menu"))
    orders.invoke(1 + view.names.index("value"))
    assert view.sorted_by == "value"
    orders.invoke(0)
    assert view.sorted_by == ""


def test_the_pointer_over_a_row_brings_the_tip(view: AlarmList, until: Until) -> None:
    view.tree.event_generate("<Motion>", **middle_of(view, "warn"))
    until(lambda: tip(view).startswith("WARNING warn"))
    view.tree.event_generate("<Leave>")
    view.update()
    assert tip(view) == ""
