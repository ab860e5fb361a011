"""Messages from threads reach the Tk thread, in order, without holding it."""

from __future__ import annotations

import threading
import tkinter as tk
from collections.abc import Callable

import pytest

from eyegore.desktop.pump import TkPump

from ...patience import AWAITED_S


def run_until(root: tk.Tk, done: Callable[[], bool]) -> None:
    def look() -> None:
        if done():
            root.quit()
        else:
            root.after(5, look)

    timer = root.after(int(1000 * AWAITED_S), root.quit)
    look()
    root.mainloop()
    root.after_cancel(timer)
    assert done()


@pytest.mark.gui
def test_messages_arrive_in_order_on_the_tk_thread(root: tk.Tk) -> None:
    got: list[tuple[int, str]] = []
    pump: TkPump[int] = TkPump(root, lambda message: got.append((message, threading.current_thread().name)))
    worker = threading.Thread(target=lambda: [pump.post(number) for number in range(1000)])
    worker.start()
    run_until(root, lambda: len(got) == 1000)
    worker.join()
    pump.stop()
    assert got == [(number, threading.main_thread().name) for number in range(1000)]


@pytest.mark.gui
def test_a_message_that_fails_does_not_stop_the_pump(root: tk.Tk, caplog: pytest.LogCaptureFixture) -> None:
    got: list[float] = []
    turns: list[int] = []
    pump: TkPump[int] = TkPump(root, lambda message: got.append(1 / message), lambda: turns.append(len(got)))
    pump.post(0)
    pump.post(2)
    run_until(root, lambda: got == [0.5])
    pump.stop()
    assert "ZeroDivisionError" in caplog.text
    assert turns


@pytest.mark.gui
def test_a_turn_that_fails_does_not_end_the_main_loop(root: tk.Tk) -> None:
    got: list[int] = []
    told: list[BaseException] = []

    def redraw() -> None:
        raise ValueError("no sample inside")

    pump: TkPump[int] = TkPump(root, got.append, redraw, lambda kind, why: told.append(why))
    for number in (1, 2):
        pump.post(number)
        run_until(root, lambda number=number: len(got) == len(told) == number)
    pump.stop()
    assert [str(why) for why in told] == ["no sample inside"] * 2


@pytest.mark.gui
def test_a_flood_leaves_the_window_its_turns(root: tk.Tk) -> None:
    beats: list[int] = []
    got: list[int] = []

    def slow(message: int) -> None:
        threading.Event().wait(0.002)
        got.append(message)

    pump: TkPump[int] = TkPump(root, slow, budget_s=0.01)

    def beat() -> None:
        beats.append(len(got))
        root.after(1, beat)

    for number in range(200):
        pump.post(number)
    root.after(1, beat)
    run_until(root, lambda: len(got) == 200)
    pump.stop()
    assert pump.waiting == 0
    assert len({count for count in beats if 0 < count < 200}) > 5, "the window had no turn during the flood"
