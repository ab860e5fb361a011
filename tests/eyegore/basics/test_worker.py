"""Threads that work until they are stopped, die loudly, and do the newest of what they are asked for."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Iterator

import pytest

from eyegore.basics.worker import NewestWins, Worker, all_ended

LIMIT_S = 20.0


class Waiter(Worker):
    """Waits for its end; ``held`` keeps it from it, as a dead mount would."""

    def __init__(self, error: Exception | None = None) -> None:
        super().__init__("waiter")
        self.let_go = threading.Event()
        self.let_go.set()
        self.names: list[str] = []
        self.died_of: list[Exception] = []
        self._fault = error

    def _work(self) -> None:
        self.names.append(threading.current_thread().name)
        if self._fault is not None:
            raise self._fault
        self._stopping.wait()
        self.let_go.wait()

    def _died(self, why: Exception) -> None:
        self.died_of.append(why)


def test_it_works_on_a_thread_of_its_name_until_it_is_stopped() -> None:
    worker = Waiter()
    assert not worker.alive
    assert worker.join()
    worker.start()
    assert worker.alive
    assert worker.stop(LIMIT_S)
    assert not worker.alive
    assert worker.names == ["waiter"]


def test_one_that_runs_is_not_started_again_and_one_that_is_stopped_not_at_all() -> None:
    worker = Waiter()
    worker.start()
    worker.start()
    assert worker.stop(LIMIT_S)
    worker.start()
    assert not worker.alive
    assert worker.names == ["waiter"]


def test_stopping_does_not_wait_for_what_hangs() -> None:
    worker = Waiter()
    worker.let_go.clear()
    worker.start()
    assert not worker.stop()
    assert not worker.join(0.01)
    assert not all_ended([worker], 0.01)
    worker.let_go.set()
    assert all_ended([worker, Waiter()], LIMIT_S)


def test_what_it_dies_of_is_told_and_it_can_be_started_again(caplog: pytest.LogCaptureFixture) -> None:
    fault = ZeroDivisionError("planted")
    worker = Waiter(fault)
    with caplog.at_level(logging.ERROR):
        worker.start()
        assert worker.join(LIMIT_S)
    assert worker.error is fault
    assert worker.died_of == [fault]
    assert "waiter" in caplog.text
    assert "ZeroDivisionError: planted" in caplog.text
    worker._fault = None
    worker.start()
    assert worker.error is None
    assert worker.stop(LIMIT_S)
    assert worker.names == ["waiter"] * 2


class Doer(NewestWins[str]):
    """Notes what it did; ``go`` lets it do the next thing, ``begun`` gets what it is at."""

    def __init__(self) -> None:
        super().__init__("doer")
        self.begun: queue.Queue[str] = queue.Queue()
        self.go = threading.Semaphore(0)
        self.left_early: list[bool] = []

    def ask(self, wanted: str, key: object = None, *, first: bool = False) -> None:
        self._ask(wanted, key, first=first)

    def drop(self, *keys: object) -> None:
        self._drop(lambda key: key in keys)

    def _do(self, wanted: str) -> None:
        self.begun.put(wanted)
        assert self.go.acquire(timeout=LIMIT_S)
        self.left_early.append(self._outdated)
        if wanted == "fault":
            raise ZeroDivisionError


@pytest.fixture
def doer() -> Iterator[Doer]:
    one = Doer()
    yield one
    one.go.release(10)
    assert one.stop(LIMIT_S)


def did(doer: Doer, count: int) -> list[str]:
    """The next things it does."""
    found = []
    for _ in range(count):
        found.append(doer.begun.get(timeout=LIMIT_S))
        doer.go.release()
    return found


def test_of_what_waits_the_newest_is_done(doer: Doer) -> None:
    assert not doer.alive
    doer.ask("a")
    assert doer.begun.get(timeout=LIMIT_S) == "a"
    for wanted in "bcd":
        doer.ask(wanted)
    doer.go.release()
    assert did(doer, 1) == ["d"]
    doer.ask("e")
    assert did(doer, 1) == ["e"]


def test_what_is_being_done_knows_that_something_newer_waits(doer: Doer) -> None:
    doer.ask("a")
    doer.begun.get(timeout=LIMIT_S)
    doer.ask("b")
    doer.go.release()
    assert did(doer, 1) == ["b"]
    doer.ask("c")
    doer.begun.get(timeout=LIMIT_S)
    assert doer.left_early[:1] == [True]
    assert not doer.stop()
    doer.go.release()
    assert doer.join(LIMIT_S)
    assert doer.left_early[-1]


def test_each_key_has_its_newest_in_the_order_they_were_asked_for(doer: Doer) -> None:
    doer.ask("a")
    doer.begun.get(timeout=LIMIT_S)
    for wanted, key in [("b1", 1), ("c1", 2), ("b2", 1), ("d1", 3), ("e1", 4)]:
        doer.ask(wanted, key)
    doer.ask("first", 5, first=True)
    doer.drop(3, "never asked for")
    doer.go.release()
    assert did(doer, 4) == ["first", "b2", "c1", "e1"]


def test_an_error_does_not_end_it(doer: Doer, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        doer.ask("fault")
        assert did(doer, 1) == ["fault"]
        doer.ask("next")
        assert did(doer, 1) == ["next"]
    assert "doer: 'fault'" in caplog.text


def test_what_waits_at_the_end_is_not_done(doer: Doer) -> None:
    doer.ask("a")
    doer.begun.get(timeout=LIMIT_S)
    doer.ask("b")
    assert not doer.stop()
    doer.go.release()
    assert doer.join(LIMIT_S)
    doer.ask("c")
    assert not doer.alive
    assert doer.begun.empty()
