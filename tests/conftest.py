"""Fixtures of all tests: a private display, waiting without sleeping, checks that no test leaves anything behind."""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import select
import shutil
import signal
import subprocess
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Protocol

import pytest
from hypothesis import HealthCheck, settings

from .patience import AWAITED_S

if TYPE_CHECKING:
    import tkinter as tk

SCREEN = "1366x768x24"
"""The smallest screen the window must be usable on."""
FOREIGN_THREADS = ("hypothesis", "pytest_timeout")

# How long an example takes says how busy the machine is.
settings.register_profile("untimed", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


class WaitUntil(Protocol):
    """What the fixture ``wait_until`` gives."""

    def __call__(self, predicate: Callable[[], object], timeout: float = AWAITED_S, message: str = "") -> None: ...


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever uses the display is a ``gui`` test, so that ``-m 'not gui'`` can be relied on."""
    for item in items:
        if "display" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.gui)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """What a test leaves is collected before the next one begins, when nothing holds it any more.

    Until then the arguments of the test hold it, and what Python keeps of a failure for a debugger. Objects of Tk that
    a thread of a later test happens to collect abort the process; what a failed test did not come to close is no
    fault of the test during which it is found.
    """
    done = yield
    failed = "last_value" in vars(sys)
    if failed or item.get_closest_marker("gui"):
        for name in ("last_type", "last_value", "last_traceback", "last_exc"):
            vars(sys).pop(name, None)
        with warnings.catch_warnings():
            if failed:
                warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()
    return done  # type: ignore[return-value]


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> Iterator[None]:
    """Programs that tests start can be interrupted also where we cannot: ``make test &``, CI, ``nohup make test``."""
    instead = {signal.SIGINT: signal.default_int_handler, signal.SIGHUP: lambda *_: None}
    ignored = [number for number in instead if signal.getsignal(number) is signal.SIG_IGN]
    for number in ignored:  # what is handled here is not ignored by a program that is started
        signal.signal(number, instead[number])
    yield
    for number in ignored:
        signal.signal(number, signal.SIG_IGN)


@pytest.fixture(autouse=True)
def no_leaked_threads() -> Iterator[None]:
    """Fail a test that leaves a thread running."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + AWAITED_S
    left = [thread for thread in threading.enumerate() if thread not in before]
    left = [thread for thread in left if not thread.name.lower().startswith(FOREIGN_THREADS)]
    for thread in left:
        thread.join(max(0.0, deadline - time.monotonic()))
    alive = [thread.name for thread in left if thread.is_alive()]
    if alive:
        pytest.fail(f"threads left running: {', '.join(sorted(alive))}", pytrace=False)


@pytest.fixture(autouse=True)
def own_log_handlers() -> Iterator[None]:
    """What a test has log lines written to ends with it."""
    ours = logging.getLogger("eyegore")
    before, level = ours.handlers[:], ours.level
    yield
    for handler in [one for one in ours.handlers if one not in before]:
        handler.close()
    ours.handlers[:] = before
    ours.setLevel(level)


@pytest.fixture(scope="session")
def caches(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One place for the caches of libraries: the fonts of the machine are listed once, not in each test or worker."""
    run = tmp_path_factory.getbasetemp()
    folder = (run.parent if "PYTEST_XDIST_WORKER" in os.environ else run) / "caches"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(autouse=True)
def private_home(
    request: pytest.FixtureRequest,
    no_leaked_threads: None,
    caches: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """A home of its own for each test, and no display unless it asks for one; nothing of the user's is touched."""
    if request.node.get_closest_marker("gui"):
        request.getfixturevalue("display")
    else:
        monkeypatch.delenv("DISPLAY", raising=False)
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    for variable, folder in {
        "XDG_CONFIG_HOME": ".config",
        "XDG_STATE_HOME": ".local/state",
        "XDG_DATA_HOME": ".local/share",
    }.items():
        monkeypatch.setenv(variable, str(home / folder))
    monkeypatch.setenv("XDG_CACHE_HOME", str(caches))
    monkeypatch.setenv("MPLCONFIGDIR", str(caches))
    return home


@pytest.fixture(scope="session")
def wait_until() -> WaitUntil:
    """``wait_until(predicate, timeout, message)`` polls until the predicate is true, else fails the test."""
    pause = threading.Event()

    def wait(predicate: Callable[[], object], timeout: float = AWAITED_S, message: str = "") -> None:
        __tracebackhide__ = True
        deadline = time.monotonic() + timeout
        while not predicate():
            if time.monotonic() > deadline:
                pytest.fail(message or f"not so within {timeout:g} s: {getattr(predicate, '__name__', predicate)}")
            pause.wait(0.01)

    return wait


@pytest.fixture(scope="session")
def display(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A private X display with a window manager, in ``os.environ["DISPLAY"]``.

    ``EYEGORE_TEST_DISPLAY`` names an existing one instead: to look at a test, or to run it on the real screen.
    """
    with pytest.MonkeyPatch.context() as environment, contextlib.ExitStack() as programs:
        name = os.environ.get("EYEGORE_TEST_DISPLAY", "")
        if name and "XAUTHORITY" not in os.environ:  # the key lies in the home that the tests do not see
            environment.setenv("XAUTHORITY", str(Path.home() / ".Xauthority"))
        if not name:
            name, _server = programs.enter_context(_xvfb())
            programs.enter_context(_openbox(name, tmp_path_factory.mktemp("openbox")))
        environment.setenv("DISPLAY", name)
        yield name


@pytest.fixture
def own_display() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A display of one test, and the server that shows it: for a test that ends it."""
    with _xvfb() as shown:
        yield shown


@pytest.fixture
def root(display: str) -> Iterator[tk.Tk]:
    """A Tk root window; an exception in a Tk callback fails the test."""
    import tkinter

    problems: list[str] = []

    def report(kind: type[BaseException], value: BaseException, trace: TracebackType | None) -> None:
        problems.append("".join(traceback.format_exception(kind, value, trace)))

    window = tkinter.Tk(className="Eyegore")
    window.report_callback_exception = report
    yield window
    with contextlib.suppress(tkinter.TclError):  # the test may have closed it
        window.destroy()
    if problems:
        pytest.fail("exception in a Tk callback:\n" + "\n".join(problems), pytrace=False)


@contextlib.contextmanager
def _running(command: list[str], **options: object) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(  # type: ignore[call-overload]
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()


@contextlib.contextmanager
def _xvfb() -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A virtual screen under the first free number, which Xvfb finds and tells through a pipe; and its server."""
    if shutil.which("Xvfb") is None:
        pytest.fail("Xvfb is missing: sudo apt-get install --no-install-recommends xvfb openbox", pytrace=False)
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", SCREEN, "-nolisten", "tcp", "-noreset"]
    with open(reader, "rb", buffering=0) as numbers, _running(command, pass_fds=(writer,)) as server:
        os.close(writer)
        told = b""
        while not told.endswith(b"\n"):
            part = numbers.read(16) if select.select([numbers], [], [], AWAITED_S)[0] else b""
            if not part:
                pytest.fail(f"Xvfb did not start (exit code {server.poll()})", pytrace=False)
            told += part
        yield f":{int(told)}", server


@contextlib.contextmanager
def _openbox(name: str, folder: Path) -> Iterator[None]:
    """The window manager, if installed: without one, maximising, stacking and some focus changes do nothing."""
    if shutil.which("openbox") is None:
        yield
        return
    ready = folder / "ready"
    environment = os.environ | {"DISPLAY": name, "HOME": str(folder)}
    environment |= {f"XDG_{kind}_HOME": str(folder) for kind in ("CACHE", "CONFIG", "DATA")}
    with _running(["openbox", "--sm-disable", "--startup", f"touch {ready}"], env=environment) as manager:
        deadline = time.monotonic() + AWAITED_S
        while not ready.exists() and manager.poll() is None and time.monotonic() < deadline:
            threading.Event().wait(0.02)
        if not ready.exists():
            pytest.fail(f"openbox did not start (exit code {manager.poll()})", pytrace=False)
        yield
