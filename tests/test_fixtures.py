"""What the fixtures of all tests promise."""

from __future__ import annotations

import signal
import subprocess
import sys
import tkinter as tk
import weakref

import pytest


class Circle:
    """What only the collector of garbage frees, as windows and their presenters are."""

    def __init__(self, root: tk.Tk) -> None:
        self.text = tk.StringVar(root)
        self.itself = self


MADE: list[weakref.ref[Circle]] = []


@pytest.fixture
def circle(root: tk.Tk) -> Circle:
    made = Circle(root)
    MADE.append(weakref.ref(made))
    return made


def test_a_window_is_used(circle: Circle) -> None:
    assert circle.itself is circle


def test_nothing_of_a_window_outlives_its_test() -> None:
    """Else a thread of a later test may be the one to collect it, which aborts the process."""
    assert [each for each in MADE if each() is not None] == []


def test_programs_can_be_interrupted_wherever_the_tests_run() -> None:
    """Whoever starts ``make test &`` ignores SIGINT, and so would every program the tests start."""
    code = "import os, signal; os.kill(os.getpid(), signal.SIGINT); signal.pause()"
    done = subprocess.run([sys.executable, "-c", code], stderr=subprocess.DEVNULL, check=False)
    assert done.returncode == -signal.SIGINT
