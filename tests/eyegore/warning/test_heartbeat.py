"""The heartbeat: beats while Eyegore judges, and only then; tells when nobody hears it."""

from __future__ import annotations

import os
import socket
import stat
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from pydantic import SecretStr

from eyegore.commands.watchdog import PATH, HeartbeatListener
from eyegore.warning.heartbeat import Heartbeat, touch

SECRET = "key-of-the-lab"


def well() -> str:
    return ""


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def listener() -> Iterator[HeartbeatListener]:
    with HeartbeatListener("127.0.0.1", 0) as one:
        yield one


def address(port: int, path: str = PATH) -> SecretStr:
    return SecretStr(f"http://127.0.0.1:{port}{path}?{SECRET}")


def test_file_is_written_whole_and_readable_for_all(tmp_path: Path, said: list[str]) -> None:
    beat = tmp_path / "eyegore.beat"
    old = os.umask(0o077)
    try:
        Heartbeat(well, said.append, file=beat).beat()
    finally:
        os.umask(old)
    written, host, process = beat.read_text().split()
    assert abs(float(written) - time.time()) < 60
    assert (host, int(process)) == (socket.gethostname(), os.getpid())
    assert stat.S_IMODE(beat.stat().st_mode) == 0o644
    assert list(tmp_path.iterdir()) == [beat]
    assert said == []


def test_each_beat_is_another(tmp_path: Path) -> None:
    beat = tmp_path / "eyegore.beat"
    contents = []
    for _ in range(2):
        touch(beat)
        contents.append(beat.read_text())
    assert contents[0] != contents[1]


def test_thread_beats_until_stopped(tmp_path: Path, said: list[str], wait_until: Callable[..., None]) -> None:
    beat = tmp_path / "eyegore.beat"
    heart = Heartbeat(well, said.append, file=beat, period_s=0.01)
    heart.start()
    assert "heartbeat" in [thread.name for thread in threading.enumerate()]
    wait_until(beat.exists)
    first = beat.read_bytes()
    wait_until(lambda: beat.read_bytes() != first)
    heart.stop()
    assert heart.join()
    assert not heart.alive


def test_no_beat_while_eyegore_does_not_judge(tmp_path: Path, said: list[str], listener: HeartbeatListener) -> None:
    beat = tmp_path / "eyegore.beat"
    condition = ["stands still for 20 s"]
    heart = Heartbeat(lambda: condition[0], said.append, file=beat, url=address(listener.port))
    heart.beat()
    heart.beat()
    assert not beat.exists()
    assert listener.seen() is None
    assert said == ["no heartbeat: stands still for 20 s"]
    condition[0] = ""
    heart.beat()
    assert beat.exists()
    assert listener.seen() == 1
    assert said[1:] == ["Eyegore judges again: the heartbeat goes on"]


def test_a_judge_that_cannot_be_asked_does_not_judge(tmp_path: Path, said: list[str]) -> None:
    def broken() -> str:
        raise RuntimeError("broken")

    Heartbeat(broken, said.append, file=tmp_path / "beat").beat()
    assert not (tmp_path / "beat").exists()
    assert said == ["no heartbeat: Eyegore cannot be asked whether it judges (RuntimeError)"]


def test_file_that_cannot_be_written_is_told_once_and_when_it_works_again(tmp_path: Path, said: list[str]) -> None:
    beat = tmp_path / "not there" / "beat"
    heart = Heartbeat(well, said.append, file=beat)
    assert heart.problem is None, "not tried yet"
    heart.beat()
    heart.beat()
    assert said == [f"the heartbeat file {beat} cannot be written: No such file or directory"]
    assert heart.problem == said[0]
    beat.parent.mkdir()
    heart.beat()
    assert said[1:] == ["the heartbeat file is written again"]
    assert heart.problem == ""


def test_a_place_that_cannot_be_replaced_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "beat").mkdir()
    assert "cannot be written" in touch(tmp_path / "beat")
    assert [path.name for path in tmp_path.iterdir()] == ["beat"]


class _Refusing(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_error(503)

    def log_message(self, *_: object) -> None:
        pass


def test_url_that_answers_badly_is_told_without_the_secret(said: list[str]) -> None:
    with HTTPServer(("127.0.0.1", 0), _Refusing) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        Heartbeat(well, said.append, url=address(server.server_address[1])).beat()
        server.shutdown()
        thread.join()
    assert said == ["the heartbeat's URL at 127.0.0.1 answered 503"]


def test_silent_server_is_left_after_the_time_out(tmp_path: Path, said: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        heart = Heartbeat(
            well, said.append, file=tmp_path / "beat", url=address(silent.getsockname()[1]), timeout_s=0.05
        )
        heart.beat()
    assert (tmp_path / "beat").exists()
    assert said == ["the heartbeat's URL at 127.0.0.1 cannot be reached: no answer in time"]


@pytest.mark.parametrize(
    ("url", "told"),
    [
        (f"http://127.0.0.1:1/{SECRET}", "the heartbeat's URL at 127.0.0.1 cannot be reached: Connection refused"),
        (f"file:///{SECRET}", "the heartbeat's URL is no http or https address"),
        (SECRET, "the heartbeat's URL is no http or https address"),
        (f"http://[{SECRET}/", "the heartbeat's URL cannot be fetched (ValueError)"),
        (f"http://127.0.0.1/ {SECRET}", "the heartbeat's URL at 127.0.0.1 cannot be fetched (InvalidURL)"),
        (f"http://lab:{SECRET}@127.0.0.1/", "the heartbeat's URL at 127.0.0.1 cannot be fetched (InvalidURL)"),
    ],
)
def test_whatever_is_wrong_with_a_url_is_told_without_the_secret(url: str, told: str, said: list[str]) -> None:
    heart = Heartbeat(well, said.append, url=SecretStr(url))
    heart.beat()
    assert said == [told]
    assert SECRET not in repr(heart)


def test_systemd_is_told_only_while_all_is_well(
    tmp_path: Path, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(path)
        systemd.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", path)
        Heartbeat(well, said.append).beat()  # systemd does not ask for it
        monkeypatch.setenv("WATCHDOG_USEC", "30000000")
        Heartbeat(lambda: "stands still", said.append).beat()
        Heartbeat(well, said.append).beat()
        assert systemd.recv(100) == b"WATCHDOG=1"
        systemd.setblocking(False)
        with pytest.raises(BlockingIOError):
            systemd.recv(100)
    Heartbeat(well, said.append).beat()  # nobody listens there any more
