"""The watchdog of a second machine, with real processes, files and requests."""

from __future__ import annotations

import contextlib
import math
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from eyegore import cli
from eyegore.basics.errors import SettingsError
from eyegore.commands.watchdog import BeatFile, HeartbeatListener, Watch, run_program
from eyegore.warning.heartbeat import touch

from ...patience import AWAITED_S

WaitUntil = Callable[..., None]
NOW = 1_700_000_000.0
BEATING = """
import pathlib, sys
from eyegore.warning.heartbeat import Heartbeat
heart = Heartbeat(lambda: "", print, file=pathlib.Path(sys.argv[1]), period_s=0.02)
heart.start()
sys.stdin.read()
"""
NOTE = "import sys; open(sys.argv[1], 'a').write(sys.stdin.read())"


@contextlib.contextmanager
def running(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def watchdog(*options: str) -> contextlib.AbstractContextManager[subprocess.Popen[bytes]]:
    return running(sys.executable, "-m", "eyegore", "watchdog", *options)


def noting(file: Path) -> list[str]:
    return ["--exec", sys.executable, "-c", NOTE, str(file)]


def text_of(file: Path) -> str:
    return file.read_text() if file.exists() else ""


def test_killed_eyegore_is_told_and_so_is_its_return(tmp_path: Path, wait_until: WaitUntil) -> None:
    beat, told = tmp_path / "beat", tmp_path / "told"
    eyegore = (sys.executable, "-c", BEATING, str(beat))
    with watchdog("--file", str(beat), "--after", "1", "--every", "0.05", *noting(told)) as dog:
        with running(*eyegore) as watched:
            wait_until(beat.exists)
            os.kill(watched.pid, signal.SIGKILL)
        wait_until(lambda: "Eyegore is silent" in text_of(told))
        with running(*eyegore):
            wait_until(lambda: "Eyegore is heard again" in text_of(told))
        dog.send_signal(signal.SIGTERM)
        assert dog.wait(AWAITED_S) == 0
    assert str(beat) in text_of(told)


def test_beats_over_http_are_heard(tmp_path: Path, wait_until: WaitUntil) -> None:
    told = tmp_path / "told"
    with HeartbeatListener("127.0.0.1", 0) as free:
        port = free.port
    with watchdog("--listen", f"127.0.0.1:{port}", "--after", "0.5", "--every", "0.05", *noting(told)) as dog:

        def beats() -> bool:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/heartbeat", timeout=AWAITED_S) as answer:
                    return bool(answer.status == 204)
            except urllib.error.URLError:
                return False  # it is starting

        wait_until(beats)
        wait_until(lambda: "Eyegore is silent" in text_of(told))
        assert beats()
        wait_until(lambda: "Eyegore is heard again" in text_of(told))
        dog.send_signal(signal.SIGINT)
        assert dog.wait(AWAITED_S) == 0


def test_other_addresses_are_no_heartbeat() -> None:
    with HeartbeatListener("127.0.0.1", 0) as listener:
        with pytest.raises(urllib.error.HTTPError) as why:
            urllib.request.urlopen(f"http://127.0.0.1:{listener.port}/", timeout=AWAITED_S)
        why.value.close()
        assert why.value.code == 404
        assert listener.seen() is None


def test_port_in_use_is_told() -> None:
    with HeartbeatListener("127.0.0.1", 0) as one, pytest.raises(SettingsError, match="already in use"):
        HeartbeatListener("127.0.0.1", one.port)


# --- when it warns ---------------------------------------------------------------------------------------------------


class Warned:
    """Takes warnings; ``problem`` is what it answers."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.problem = ""

    def __call__(self, text: str) -> str:
        self.texts.append(text.partition(" (")[0])
        return self.problem


@pytest.fixture
def warned() -> Warned:
    return Warned()


def test_silence_is_told_once_in_a_while_and_the_return_once(warned: Warned) -> None:
    watch = Watch("beat", after_s=120, again_s=3600, warn=warned, now=0)
    for now in range(0, 60, 10):
        watch.look(now, now, retry_s=60)
    for now in range(60, 3800, 10):
        watch.look(50, now, retry_s=60)
    assert warned.texts == ["Eyegore is silent for 2 min", "Eyegore is silent for 62 min"]
    watch.look(51, 3800, retry_s=60)
    watch.look(52, 3810, retry_s=60)
    assert warned.texts[2:] == ["Eyegore is heard again"]


def test_what_was_silent_from_the_start_is_told(warned: Warned) -> None:
    watch = Watch("beat", 120, 3600, warned, 1000)
    watch.look(None, 1120, 60)
    assert warned.texts == []
    watch.look(None, 1121, 60)
    assert warned.texts == ["Eyegore is silent for 2 min"]


def test_warning_that_failed_is_tried_again(warned: Warned) -> None:
    watch = Watch("beat", 100, 3600, warned, 0)
    warned.problem = "no network"
    for now in range(0, 230, 5):
        watch.look("same", now, retry_s=60)
    assert len(warned.texts) == 3
    warned.problem = ""
    for now in range(230, 1000, 5):
        watch.look("same", now, retry_s=60)
    assert len(warned.texts) == 4


def test_return_is_not_told_where_the_silence_was_not(warned: Warned) -> None:
    watch = Watch("beat", 100, 3600, warned, 0)
    warned.problem = "no network"
    watch.look("one", 101, 60)
    watch.look("one", 202, 60)
    warned.problem = ""
    watch.look("two", 210, 60)
    watch.look("three", 220, 60)
    assert [text.split()[2] for text in warned.texts] == ["silent"]


def test_second_silence_is_told_at_once(warned: Warned) -> None:
    watch = Watch("beat", 100, 3600, warned, 0)
    for seen, now in [("one", 0), ("one", 101), ("two", 110), ("two", 211)]:
        watch.look(seen, now, 60)
    assert [text.split()[2] for text in warned.texts] == ["silent", "heard", "silent"]


# --- the file and the program ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "modified", "age"),
    [
        (f"{NOW - 10} lab 1\n", NOW - 10, 10.0),
        (f"{NOW - 10} lab 1\n", NOW, 10.0),  # an old beat, copied lately
        (f"{NOW} lab 1\n", NOW - 50, 50.0),
        ("", NOW, math.inf),
        ("hello\n", NOW, math.inf),
        ("nan lab 1\n", NOW, math.inf),
    ],
)
def test_age_is_by_the_older_of_content_and_file(tmp_path: Path, content: str, modified: float, age: float) -> None:
    beat = tmp_path / "beat"
    beat.write_text(content)
    os.utime(beat, (modified, modified))
    assert BeatFile(beat).age(NOW) == pytest.approx(age)


def test_missing_file_is_infinitely_old(tmp_path: Path) -> None:
    assert BeatFile(tmp_path / "beat").age(NOW) == math.inf
    assert BeatFile(tmp_path / "beat").seen() is None


def test_copying_an_old_beat_again_is_no_beat(tmp_path: Path) -> None:
    beat = BeatFile(tmp_path / "beat")
    touch(tmp_path / "beat")
    first = beat.seen()
    os.utime(tmp_path / "beat", (1, 1))
    assert beat.seen() == first is not None


def test_disk_that_hangs_holds_nobody_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eyegore.commands.watchdog.READ_S", 0.05)
    os.mkfifo(tmp_path / "beat")  # reading it waits for a writer
    beat = BeatFile(tmp_path / "beat")
    assert beat.seen() is None
    assert beat.seen() is None
    (tmp_path / "beat").write_text("at last")


def test_once_tells_by_its_exit_code(tmp_path: Path) -> None:
    options = ["watchdog", "--file", str(tmp_path / "beat"), "--once"]
    assert cli.main(options) == 1
    touch(tmp_path / "beat")
    assert cli.main(options) == 0
    os.utime(tmp_path / "beat", (1, 1))
    assert cli.main(options) == 1


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--file", "beat"], "--exec PROG"),
        (["--file", "beat", "--after", "0", "--exec", "true"], "--after"),
        (["--file", "beat", "--every", "nan", "--exec", "true"], "--every"),
        (["--listen", "nowhere", "--exec", "true"], "HOST:PORT"),
        (["--listen", "127.0.0.1:99999", "--exec", "true"], "HOST:PORT"),
        (["--listen", "127.0.0.1:0", "--once"], "--file"),
    ],
)
def test_options_that_cannot_be_used(options: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["watchdog", *options]) == 2
    assert told in capsys.readouterr().err


def test_program_gets_the_text_and_no_shell(tmp_path: Path) -> None:
    note = "import os, sys; open(sys.argv[1], 'w').write(sys.stdin.read() + os.environ['EYEGORE_WATCHDOG'])"
    assert run_program([sys.executable, "-c", note, str(tmp_path / "$HOME; told")], "silent; $HOME") == ""
    assert (tmp_path / "$HOME; told").read_text() == "silent; $HOME\nsilent; $HOME"


def test_program_that_fails_or_hangs_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("eyegore.commands.watchdog.WARN_S", 0.1)
    assert run_program(["false"], "silent") == "false ended with 1"
    assert run_program(["/not/there"], "silent") == "/not/there cannot be run: No such file or directory"
    assert "did not end" in run_program(["sleep", "60"], "silent")
