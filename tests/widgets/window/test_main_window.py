from __future__ import annotations

import json
import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

import pytest

from eyegore.widgets import theme as themes
from eyegore.widgets.cells.flags import Status
from eyegore.widgets.window.main_window import MainWindow
from eyegore.widgets.window.torn_pane import Pane

from ..on_screen import texts, widgets

Until = Callable[[Callable[[], object]], None]
PANES = ("plots", "images", "flags", "exposures")


def build(pane: Pane) -> tk.Widget:
    """A content that keeps what is put in, as a sign that it is still the same one."""
    return tk.Listbox(pane, width=5, height=2)


@pytest.fixture
def closed() -> list[str]:
    return []


@pytest.fixture
def window(root: tk.Tk, theme: themes.Theme, closed: list[str], until: Until) -> MainWindow:
    frame = MainWindow(root, theme, on_close=lambda: closed.append("closed"))
    for name in PANES:
        frame.add_pane(name, name.title(), build)
    frame.set_drawer(lambda parent: tk.Text(parent, height=3))
    root.geometry("1000x600+20+20")
    until(lambda: frame.winfo_width() == 1000 and frame.panes["plots"].winfo_viewable())
    return frame


def inside(window: MainWindow, name: str) -> tk.Listbox:
    content = window.panes[name].content
    assert isinstance(content, tk.Listbox)
    return content


def box(window: MainWindow, name: str) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of a pane within the window."""
    pane = window.panes[name]
    left, top = pane.winfo_rootx() - window.winfo_rootx(), pane.winfo_rooty() - window.winfo_rooty()
    return left, top, left + pane.winfo_width(), top + pane.winfo_height()


def focus(window: MainWindow, name: str, until: Until) -> None:
    inside(window, name).focus_force()
    until(lambda: window.focus_get() is inside(window, name))


def test_panes_lie_as_they_are_drawn(window: MainWindow) -> None:
    plots, images, flags, exposures = (box(window, name) for name in PANES)
    assert plots[0] == 0
    assert plots[2] <= images[0] == flags[0]
    assert images[3] <= flags[1]
    assert max(plots[3], flags[3]) <= exposures[1]
    assert exposures[0] == 0
    assert exposures[2] == 1000


def test_the_first_window_is_wholly_on_the_screen(root: tk.Tk, theme: themes.Theme, until: Until) -> None:
    frame = MainWindow(root, theme, on_close=root.destroy)
    until(lambda: frame.winfo_viewable())
    until(lambda: frame.winfo_rooty() + frame.winfo_height() <= root.winfo_screenheight())
    assert frame.winfo_width() >= 0.8 * root.winfo_screenwidth()


def test_sashes_keep_their_proportion_when_the_window_grows(window: MainWindow, root: tk.Tk, until: Until) -> None:
    window.restore({"sashes": {"top": 0.3}})
    root.geometry("1300x700")
    until(lambda: window.winfo_width() == 1300)
    until(lambda: abs(box(window, "plots")[2] - 390) <= 6)


def test_a_sash_is_dragged_and_stops_before_a_pane_is_gone(window: MainWindow) -> None:
    (sash,) = (one for one in widgets(window) if str(one["cursor"]) == "sb_h_double_arrow")
    found = []
    for pointer in (300, -500, 5000):
        sash.event_generate("<Button-1>", x=1, y=5)
        sash.event_generate("<B1-Motion>", rootx=window.winfo_rootx() + pointer, rooty=window.winfo_rooty() + 100)
        window.update()
        found.append(box(window, "plots")[2])
    assert abs(found[0] - 300) <= 6
    assert 100 < found[1] < 300
    assert abs(found[1] + found[2] - 1000) <= 6  # as much is left of either


def test_a_sash_is_moved_by_keys(window: MainWindow, until: Until) -> None:
    before = box(window, "plots")[2]
    focus(window, "plots", until)
    inside(window, "plots").event_generate("<Control-Shift-Right>")
    until(lambda: box(window, "plots")[2] > before)
    high = box(window, "images")[3]
    focus(window, "flags", until)
    inside(window, "flags").event_generate("<Control-Shift-Down>")
    until(lambda: box(window, "images")[3] > high)


def test_others_take_the_room_of_a_hidden_pane(window: MainWindow, until: Until) -> None:
    window.toggle_pane("plots")
    until(lambda: box(window, "flags")[0] == 0)
    window.toggle_pane("images")
    until(lambda: box(window, "flags")[1] < 40)
    window.toggle_pane("exposures")
    until(lambda: box(window, "flags")[3] > 540)
    for name in ("plots", "images", "exposures"):
        window.toggle_pane(name)
    until(lambda: box(window, "flags")[0] > 300 and box(window, "exposures")[1] > 300)


def test_fewer_panes_fill_the_window(root: tk.Tk, theme: themes.Theme, until: Until) -> None:
    frame = MainWindow(root, theme, on_close=root.destroy)
    frame.set_strip(lambda parent: ttk.Label(parent, text="health"))
    frame.add_pane("flags", "OOL flags", build)
    root.geometry("900x500")
    until(lambda: frame.panes["flags"].winfo_width() == 900)
    assert frame.panes["flags"].winfo_height() > 400


def test_a_pane_is_torn_off_and_docked_with_its_content(window: MainWindow, until: Until) -> None:
    content = inside(window, "flags")
    content.insert("end", "before")
    window.panes["flags"].tear_off("420x260+300+200")
    until(lambda: content.winfo_viewable() and window.panes["flags"].winfo_width() == 420)
    assert content.winfo_toplevel() is window.panes["flags"]
    assert box(window, "images")[3] > 350  # has the room now
    content.insert("end", "while torn off")
    window.panes["flags"].dock()
    until(lambda: content.winfo_viewable() and content.winfo_toplevel() is window.winfo_toplevel())
    until(lambda: box(window, "images")[3] <= box(window, "flags")[1])
    assert content.get(0, "end") == ("before", "while torn off")
    assert window.panes["flags"].content is content


def test_closing_a_torn_window_docks_it_where_it_was_torn_it_comes_again(window: MainWindow, until: Until) -> None:
    pane = window.panes["plots"]
    pane.tear_off("500x300+400+150")
    until(lambda: pane.winfo_width() == 500)
    pane.tk.call("wm", "geometry", str(pane), "510x310+420+160")
    until(lambda: pane.winfo_width() == 510)
    pane.tk.eval(str(pane.tk.call("wm", "protocol", str(pane), "WM_DELETE_WINDOW")))
    until(lambda: not pane.torn and pane.winfo_viewable())
    pane.tear_off()
    until(lambda: pane.winfo_width() == 510)
    assert str(pane.tk.call("wm", "geometry", str(pane))) == "510x310+420+160"


def test_keys_of_the_window_work_in_a_torn_pane(window: MainWindow, root: tk.Tk, until: Until) -> None:
    pressed: list[str] = []
    root.bind("<Control-r>", lambda event: pressed.append("reset"))
    window.panes["flags"].tear_off("420x260+300+200")
    until(lambda: inside(window, "flags").winfo_viewable())
    focus(window, "flags", until)
    inside(window, "flags").event_generate("<Control-r>")
    until(lambda: pressed == ["reset"])
    inside(window, "flags").event_generate("<Control-t>")  # docks itself, whatever had the keys before
    until(lambda: not window.panes["flags"].torn and inside(window, "flags").winfo_viewable())
    focus(window, "flags", until)
    inside(window, "flags").event_generate("<Control-r>")
    until(lambda: len(pressed) == 2)


def test_f6_goes_round_the_panes(window: MainWindow, until: Until) -> None:
    window.panes["images"].tear_off()
    window.panes["flags"].hide()
    focus(window, "plots", until)
    for name in ("images", "exposures", "plots"):
        window.next_pane()
        until(lambda name=name: window.focus_get() is inside(window, name))


def test_a_hidden_torn_pane_comes_back_docked(window: MainWindow, until: Until) -> None:
    pane = window.panes["images"]
    pane.tear_off()
    until(lambda: pane.winfo_viewable())
    pane.hide()
    until(lambda: not pane.winfo_viewable())
    window.dock_all()
    until(lambda: pane.winfo_viewable() and pane.winfo_toplevel() is window.winfo_toplevel())


def test_the_log_opens_as_a_drawer(window: MainWindow, until: Until) -> None:
    assert window.drawer is not None
    assert not window.drawer.winfo_viewable()
    window.toggle_drawer()
    until(lambda: window.drawer is not None and window.drawer.winfo_viewable())
    assert window.drawer.winfo_height() < 200
    window.toggle_drawer()
    until(lambda: window.drawer is not None and not window.drawer.winfo_viewable())


def test_the_layout_is_remembered(window: MainWindow, until: Until) -> None:
    window.restore({"sashes": {"top": 0.37}})
    window.panes["exposures"].hide()
    window.panes["flags"].tear_off("420x260+300+200")
    window.toggle_drawer()
    until(lambda: window.panes["flags"].winfo_width() == 420)
    layout = json.loads(json.dumps(window.layout()))
    window.toggle_drawer()
    window.dock_all()
    window.restore({"sashes": {"top": 0.6}})
    until(lambda: window.panes["exposures"].winfo_viewable())
    window.restore(layout)
    until(lambda: window.panes["flags"].torn and window.panes["flags"].winfo_width() == 420)
    assert window.layout() == layout
    assert window.panes["exposures"].hidden


@pytest.mark.parametrize(
    "layout",
    [
        {},
        {"geometry": "800x500+5000+5000"},
        {"geometry": 7, "sashes": [1], "hidden": "plots", "torn": None, "windows": 3, "drawer": "yes"},
        {"sashes": {"top": "wide", "moon": 0.5, "main": 99}, "hidden": ["weather"], "torn": ["weather"]},
        {"torn": ["flags"], "windows": {"flags": "9000x9000+-4000+9000"}},
    ],
)
def test_a_layout_of_another_screen_or_program_does_no_harm(
    window: MainWindow, root: tk.Tk, until: Until, layout: dict[str, object]
) -> None:
    window.restore(layout)
    until(lambda: window.panes["plots"].winfo_viewable() and window.panes["flags"].winfo_viewable())
    for widget in (window, window.panes["flags"]):
        assert 0 <= widget.winfo_rootx() < root.winfo_screenwidth() - 50
        assert 0 <= widget.winfo_rooty() < root.winfo_screenheight() - 50


def test_title_and_icon_carry_the_worst_state(window: MainWindow, root: tk.Tk, monkeypatch: pytest.MonkeyPatch) -> None:
    icons: list[tk.PhotoImage] = []
    monkeypatch.setattr(root, "iconphoto", lambda everywhere, *images: icons.extend(images))
    window.set_state("critical", "Eyegore — 14_Mar_19")
    assert root.title() == "◆ Eyegore — 14_Mar_19"
    assert icons[0].get(32, 32) == (0xD5, 0x5E, 0)
    assert icons[0].transparency_get(0, 0)
    calls: list[object] = []
    monkeypatch.setattr(root, "title", calls.append)
    monkeypatch.setattr(root, "iconphoto", lambda *images: calls.append(images))
    window.set_state(Status.CRITICAL, "Eyegore — 14_Mar_19")
    assert calls == []
    window.set_state(Status.STALE, "Eyegore — 14_Mar_19")
    assert len(calls) == 2


def test_the_status_line_shows_one_line_and_its_sign(window: MainWindow) -> None:
    window.say("CCD2_TEMP_B\n−133.02 °C", Status.WARNING)
    assert "▲ CCD2_TEMP_B −133.02 °C" in " ".join(texts(window))
    window.say("ready")
    assert "ready" in texts(window)
    assert "▲" not in texts(window)


def test_menus_come_from_the_table(window: MainWindow, root: tk.Tk) -> None:
    done: list[str] = []
    dark = tk.BooleanVar(root, False)

    def toggle_dark() -> None:
        dark.set(not dark.get())
        done.append("dark")

    window.set_menu({"open": lambda: done.append("open"), "dark": toggle_dark}, {"dark": dark})
    bar = root.nametowidget(str(root["menu"]))
    assert list(bar.menus) == ["File", "View", "Alarms", "Exposures", "Images", "Sync", "Help"]
    assert bar.index("end") == 1  # empty menus are left out
    bar.menus["File"].invoke("Open folder…")
    bar.menus["View"].invoke("Dark theme")
    assert done == ["open", "dark"]
    assert dark.get()
    bar.menus["View"].invoke("Flags")
    assert window.panes["flags"].hidden
    assert bar.menus["File"].entrycget(0, "accelerator") == "Ctrl-O"


def test_f11_fills_the_screen_and_goes_back(window: MainWindow, root: tk.Tk, until: Until) -> None:
    root.focus_force()
    until(lambda: root.focus_get() is not None)
    root.event_generate("<F11>")
    until(lambda: root.attributes("-fullscreen") and window.winfo_width() == root.winfo_screenwidth())
    window.leave_fullscreen()
    until(lambda: not root.attributes("-fullscreen") and window.winfo_width() == 1000)


def test_closing_asks_the_caller(window: MainWindow, root: tk.Tk, closed: list[str]) -> None:
    root.tk.eval(root.protocol("WM_DELETE_WINDOW"))
    assert closed == ["closed"]
    assert window.winfo_exists()
