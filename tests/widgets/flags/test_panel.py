"""The OOL flags: what they show, what they cost, what hands do."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from dataclasses import replace
from tkinter import ttk

import pytest

from eyegore.widgets import theme
from eyegore.widgets.cells.flags import FlagCell, Status
from eyegore.widgets.flags.layout import columns_of
from eyegore.widgets.flags.panel import FlagActions, FlagPanel, summary_of, tip_text

from ..counted_tk import counted
from ..on_screen import tip, waiting, widgets

NAMES = [f"{part}{number:02d}_TEMP_B" for part in ("CCD", "FPGA", "RPSU") for number in range(28)][:83]


class Recorder:
    """What a person asked for."""

    def __init__(self) -> None:
        self.done: list[tuple[str, ...]] = []

    def actions(self) -> FlagActions:
        def of(what: str) -> Callable[..., None]:
            return lambda *names: self.done.append((what, *names))

        return FlagActions(of("lower"), of("mute"), of("plot"), of("reset"), of("help"))


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def panel(root: tk.Tk, recorder: Recorder) -> FlagPanel:
    look = theme.apply(root, dark=False)
    root.geometry("600x262+0+0")
    made = FlagPanel(root, look, recorder.actions())
    made.pack(fill="both", expand=True)
    made.show([FlagCell(name, Status.IN_LIMITS) for name in NAMES])
    root.update()
    made.board.focus_force()
    root.update()
    return made


def click(panel: FlagPanel, at: int, button: int) -> None:
    slot = panel.board.slot(at)
    panel.board.event_generate(f"<Button-{button}>", x=slot.x + 5, y=slot.y + 5)
    panel.update()


def item(panel: FlagPanel, kind: str, at: int = 0) -> int:
    """The item of one kind (box, glyph, name, dot) of one flag."""
    return panel.board.find_withtag(kind)[at]


def scroll_bars(panel: FlagPanel) -> list[tk.Widget]:
    return [one for one in widgets(panel) if isinstance(one, ttk.Scrollbar)]


def test_unchanged_flags_make_no_tk_call(panel: FlagPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = counted(panel, monkeypatch)
    panel.show([FlagCell(name, Status.IN_LIMITS, value=f"{at} V", since="now") for at, name in enumerate(NAMES)])
    assert calls == []


def test_a_changed_flag_touches_only_its_own_items(panel: FlagPanel, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = counted(panel, monkeypatch)
    cells = list(panel.board.cells)
    cells[40] = replace(cells[40], status=Status.CRITICAL)
    panel.show(cells)
    made = list(calls)
    drawn = [words for words in made if words[:2] == (str(panel.board), "itemconfigure")]
    assert [words[2] for words in drawn] == [item(panel, kind, 40) for kind in ("box", "glyph", "name", "dot")]
    assert len(made) - len(drawn) <= 2  # the summary and its sign


def test_all_flags_fit_a_small_pane(panel: FlagPanel) -> None:
    board = panel.board
    for at in range(len(NAMES)):
        slot = board.slot(at)
        assert slot.x + slot.width <= board.winfo_width()
        assert slot.y + slot.height <= board.winfo_height()


def test_in_a_pane_too_small_the_ring_scrolls_the_flags(panel: FlagPanel, root: tk.Tk) -> None:
    board = panel.board
    assert not scroll_bars(panel)
    root.geometry("600x90")
    root.update()
    assert scroll_bars(panel)
    for at in (len(NAMES) - 1, 15, 0, 12):
        board.choose(at)
        root.update()
        top = board.canvasy(0)
        slot = board.slot(at)
        assert top <= slot.y
        assert slot.y + slot.height <= top + board.winfo_height()


def test_flags_stand_in_file_order_down_the_columns(panel: FlagPanel) -> None:
    places = [(panel.board.slot(at).column, panel.board.slot(at).row) for at in range(len(NAMES))]
    assert places == sorted(places)
    assert len({column for column, _ in places}) > 2


@pytest.mark.parametrize(("button", "what"), [(1, "lower"), (2, "mute"), (3, "plot")])
def test_clicks(panel: FlagPanel, recorder: Recorder, button: int, what: str) -> None:
    click(panel, 30, button)
    assert recorder.done == [(what, NAMES[30])]


@pytest.mark.parametrize(
    ("key", "what"),
    [("<space>", "lower"), ("<a>", "lower"), ("<m>", "mute"), ("<S>", "mute"), ("<p>", "plot")],
)
def test_keys_act_on_the_chosen_flag(panel: FlagPanel, recorder: Recorder, key: str, what: str) -> None:
    panel.board.choose(7)
    panel.board.event_generate(key)
    panel.update()
    assert recorder.done == [(what, NAMES[7])]


def test_arrows_move_the_ring(panel: FlagPanel) -> None:
    board = panel.board
    for key in ("<Down>", "<Down>", "<Right>", "<Up>", "<Left>"):
        board.event_generate(key)
    panel.update()
    assert board.chosen is not None
    assert (board.slot(board.chosen).column, board.slot(board.chosen).row) == (0, 0)


def test_n_goes_round_the_raised_flags(panel: FlagPanel) -> None:
    cells = list(panel.board.cells)
    cells[5] = replace(cells[5], status=Status.WARNING)
    cells[60] = replace(cells[60], latched=True, live=Status.CRITICAL)
    panel.show(cells)
    found = []
    for _ in range(3):
        panel.board.event_generate("<n>")
        panel.update()
        found.append(panel.board.chosen)
    assert found == [5, 60, 5]


def test_only_unacknowledged_flags_blink(panel: FlagPanel, wait_until: Callable[..., None]) -> None:
    cells = list(panel.board.cells)
    cells[3] = replace(cells[3], status=Status.CRITICAL, blink=True)
    cells[4] = replace(cells[4], status=Status.CRITICAL)
    panel.show(cells)
    fills = {3: set(), 4: set()}

    def seen() -> bool:
        panel.update()
        for at, found in fills.items():
            found.add(panel.board.itemcget(item(panel, "box", at), "fill"))
        return len(fills[3]) == 2

    wait_until(seen)
    assert "" not in fills[3]  # filled in both phases
    assert fills[4] == {theme.LOOKS[Status.CRITICAL].colour}
    frames = [panel.board.itemcget(item(panel, "box", at), "outline") for at in (3, 4)]
    assert frames == [theme.LIGHT["text"], theme.LOOKS[Status.CRITICAL].colour]
    panel.show([replace(cell, blink=False) for cell in cells])
    assert not waiting(panel)


def test_a_muted_flag_is_grey_with_a_dot_in_the_live_colour(panel: FlagPanel) -> None:
    cells = list(panel.board.cells)
    cells[0] = replace(cells[0], status=Status.MUTED, live=Status.CRITICAL)
    panel.show(cells)
    assert panel.board.itemcget(item(panel, "box"), "fill") == theme.LIGHT["raised"]
    assert panel.board.itemcget(item(panel, "dot"), "fill") == theme.LOOKS[Status.CRITICAL].colour


def test_a_latched_flag_is_green_in_a_frame(panel: FlagPanel) -> None:
    cells = list(panel.board.cells)
    cells[0] = replace(cells[0], latched=True, live=Status.WARNING)
    panel.show(cells)
    assert panel.board.itemcget(item(panel, "box"), "outline") == theme.LOOKS[Status.WARNING].colour
    assert panel.board.itemcget(item(panel, "glyph"), "fill") == theme.LOOKS[Status.IN_LIMITS].colour


def test_stale_muted_and_not_checked_are_told_apart(panel: FlagPanel) -> None:
    kinds = (Status.IN_LIMITS, Status.STALE, Status.MUTED, Status.UNCHECKED, Status.INVALID)
    panel.show([replace(cell, status=kind) for cell, kind in zip(panel.board.cells, kinds, strict=False)])
    board = panel.board
    looks = {
        (board.itemcget(glyph, "text"), board.itemcget(box, "state") and board.itemcget(box, "fill"))
        for glyph, box in [(item(panel, "glyph", at), item(panel, "box", at)) for at in range(len(kinds))]
    }
    assert len(looks) == len(kinds)
    assert len({fill for _, fill in looks}) == 4  # no ground below what is in limits and what is not checked


def test_names_are_taken_as_they_are(panel: FlagPanel) -> None:
    names = ["[exit]", "$env(HOME)", "a b", "}{", "\\", '"', "Ω"]
    panel.show([FlagCell(name) for name in names])
    panel.update()
    assert [panel.board.itemcget(item(panel, "name", at), "text") for at in range(len(names))] == names


def test_other_parameters_use_the_same_items(panel: FlagPanel) -> None:
    before = len(panel.board.find_all())
    panel.show([FlagCell(f"other {at}") for at in range(20)])
    panel.show([FlagCell(name) for name in NAMES])
    assert len(panel.board.find_all()) == before
    panel.show([])
    panel.update()
    assert panel.board.at(10, 10) is None


def test_grouping_gathers_the_parts_of_the_hardware(panel: FlagPanel) -> None:
    panel.show([FlagCell(name, group="odd" if at % 2 else "even") for at, name in enumerate(NAMES)])
    panel.board.event_generate("<g>")
    panel.update()
    assert [cell.group for cell in panel.board.cells] == ["even"] * 42 + ["odd"] * 41
    panel.board.event_generate("<g>")
    panel.update()
    assert [cell.name for cell in panel.board.cells] == NAMES


def test_the_theme_recolours(panel: FlagPanel, root: tk.Tk) -> None:
    theme.apply(root, dark=True)
    root.update()
    assert panel.board["background"] == theme.DARK["surface"]
    assert panel.board.itemcget(item(panel, "name"), "fill") == theme.DARK["text"]


@pytest.mark.parametrize(
    ("cells", "summary"),
    [
        ([], "0 CRITICAL · 0 WARNING"),
        (
            [FlagCell("a", Status.CRITICAL), FlagCell("b", Status.MUTED), FlagCell("c", Status.MUTED)],
            "1 CRITICAL · 0 WARNING · 2 shelved",
        ),
        (
            [FlagCell("a", Status.WARNING), FlagCell("b", Status.INVALID), FlagCell("c", latched=True)],
            "0 CRITICAL · 1 WARNING · 1 invalid · 1 back to normal",
        ),
    ],
)
def test_summary(cells: list[FlagCell], summary: str) -> None:
    assert summary_of(cells)[0] == summary


def test_the_tooltip_tells_what_is_known() -> None:
    cell = FlagCell(
        "T", Status.CRITICAL, value="−133.02 °C", limit="≥ −133 °C", since="14/Mar 21:54", worst="−134.00 °C"
    )
    assert tip_text(cell).split("\n") == [
        "T: critical",
        "value −133.02 °C",
        "limit ≥ −133 °C",
        "since 14/Mar 21:54",
        "worst −134.00 °C",
    ]
    assert tip_text(FlagCell("T", Status.MUTED, live=Status.WARNING)) == "T: shelved, warning now"


def test_the_tooltip_comes_and_goes(panel: FlagPanel, wait_until: Callable[..., None]) -> None:
    slot = panel.board.slot(2)
    panel.board.event_generate("<Motion>", x=slot.x + 5, y=slot.y + 5)

    def shown() -> bool:
        panel.update()
        return tip(panel).startswith(NAMES[2])

    wait_until(shown)
    panel.board.event_generate("<Leave>")
    panel.update()
    assert tip(panel) == ""


@pytest.mark.parametrize(
    ("widths", "room", "rows"),
    [([], 10, 0), ([5, 5, 5], 100, 1), ([50, 50, 50], 100, 2), ([90, 20, 20, 20], 115, 2), ([500, 1], 10, 2)],
)
def test_columns(widths: list[int], room: int, rows: int) -> None:
    columns = columns_of(widths, room)
    assert [at for column in columns for at in column] == list(range(len(widths)))
    assert (len(columns[0]) if columns else 0) == rows
