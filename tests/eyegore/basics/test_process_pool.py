"""Processes that do the same work, and what becomes of a task on which one ends, hangs or raises."""

from __future__ import annotations

import multiprocessing
import threading
from typing import Any

import pytest

from eyegore.basics.process_pool import Child, GivenUp, spread

DIES = "__import__('os')._exit(3)"
HANGS = "__import__('time').sleep(600)"


def done(tasks: list[str], jobs: int = 2, longest_s: float = 60.0) -> dict[int, Any]:
    found = dict(spread(eval, tasks, jobs, longest_s))
    assert multiprocessing.active_children() == []
    return found


@pytest.mark.parametrize("jobs", [1, 2])
def test_every_task_is_done_once(jobs: int) -> None:
    assert done([f"{number} ** 2" for number in range(7)], jobs) == {number: number**2 for number in range(7)}


def test_no_process_is_started_for_one_task() -> None:
    assert done(["__import__('multiprocessing').current_process().name"]) == {0: "MainProcess"}


def test_a_process_that_ends_takes_no_other_task_with_it() -> None:
    assert done([DIES, "1", DIES, "2", "3"]) == {0: GivenUp(3), 1: 1, 2: GivenUp(3), 3: 2, 4: 3}


def test_a_task_that_takes_too_long_is_given_up() -> None:
    assert done([HANGS, "1", "2"], longest_s=5.0) == {0: GivenUp(None), 1: 1, 2: 2}


def test_what_the_work_raises_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        done(["1", "1 / 0", HANGS])
    assert multiprocessing.active_children() == []


def test_an_error_of_the_disk_is_no_end_of_the_process() -> None:
    with pytest.raises(FileNotFoundError):
        done(["open('/nowhere/at all')", "1"])


def test_a_child_that_was_killed_between_two_tasks_is_started_anew() -> None:
    child: Child[str, Any] = Child(eval)
    assert child.ask("1 + 1") == 2
    (process,) = multiprocessing.active_children()
    process.kill()
    process.join()
    assert child.ask("2 + 2") == 4
    child.close()
    assert multiprocessing.active_children() == []


def test_a_child_that_is_stopped_ends_in_the_middle_of_its_task_and_begins_no_other() -> None:
    child: Child[str, Any] = Child(eval)
    assert child.ask("1 + 1") == 2
    threading.Timer(0.1, child.stop).start()
    assert child.ask(HANGS) == GivenUp(-9)
    assert child.ask("1") == GivenUp(-9)
    assert multiprocessing.active_children() == []
