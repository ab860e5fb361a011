"""Which DS9 of the user's is meant; one that is started for them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from eyegore.basics.errors import Ds9Error
from eyegore.ds9.running_ds9 import UsersDs9
from eyegore.ds9.xpa import XPA_TOOLS, Xpa

from ...patience import AWAITED_S
from .lab_ds9 import Lab, answers, go_there, opened_lab


@pytest.fixture(scope="module")
def pair(display: str, wait_until: Callable[..., None]) -> Iterator[Lab]:
    """Two DS9s side by side."""
    with opened_lab(wait_until) as lab:
        lab.start("left")
        lab.start("right")
        wait_until(lambda: lab.known("left", "right"))
        yield lab


@pytest.fixture
def lab(pair: Lab, monkeypatch: pytest.MonkeyPatch) -> Lab:
    go_there(pair, monkeypatch)
    return pair


@pytest.fixture
def empty_lab(display: str, wait_until: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    """Where no DS9 runs, yet."""
    with opened_lab(wait_until) as lab:
        go_there(lab, monkeypatch)
        yield lab


@pytest.mark.ds9
def test_the_one_that_is_named_is_used_and_left_running(
    frames, transport, lab, open_viewer, told, tmp_path, wait_until
):
    viewer = open_viewer("right", transport)
    paths = frames(tmp_path, 7)
    viewer.show(paths, 7)
    wait_until(told.matches("ObsID 7 shown in DS9 right: CCD1, CCD2, CCD3"))
    assert viewer.stop(AWAITED_S)
    assert lab.processes["right"].poll() is None
    assert lab.files("right") == {str(ccd): path.name for ccd, path in paths.items()}
    assert "EUC_7_ROE1_CCD1.fits" not in lab.files("left").values()
    for frame in ("1", "2", "3"):
        lab.order("right", "frame", "delete", frame)


@pytest.mark.ds9
@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        ("DS9:*", "'*' fits 2 running DS9s: choose one by -d: left at /"),
        ("lost", "no DS9 named 'lost' is running (running: left, right)"),
    ],
)
def test_a_name_that_fits_several_or_none_is_said_with_those_running(
    target, sentence, frames, transport, lab, open_viewer, told, tmp_path, wait_until
):
    open_viewer(target, transport).show(frames(tmp_path, 7), 7)
    wait_until(told.matches(sentence))
    assert told.matches("right")()


@pytest.mark.ds9
def test_without_a_name_two_are_too_many_unless_another_is_wanted(lab, wait_until):
    with pytest.raises(Ds9Error, match="2 DS9s are running: choose one by -d: left at "):
        UsersDs9(XPA_TOOLS, threading.Event()).connect()
    with pytest.raises(Ds9Error, match="a DS9 named 'left' is running already"):
        UsersDs9(XPA_TOOLS, threading.Event(), "left", another=True).connect()
    third = UsersDs9(XPA_TOOLS, threading.Event(), another=True)
    xpa, address = third.connect()
    assert third.name == "DS9 quickds9"
    assert xpa.get(address, "version")
    third.close()
    assert lab.known("left", "right", "quickds9")
    lab.processes["quickds9"] = third.process
    lab.processes["quickds9"].kill()
    lab.processes.pop("quickds9").wait(AWAITED_S)
    lab.ask("left", "version")


@pytest.mark.ds9
def test_where_none_runs_one_is_started_and_found_again(empty_lab):
    first = UsersDs9(XPA_TOOLS, threading.Event())
    _, address = first.connect()
    empty_lab.processes["quickds9"] = first.process
    first.close()
    second = UsersDs9(XPA_TOOLS, threading.Event())
    assert second.connect()[1] == address
    assert second.process is None


@pytest.mark.gui
def test_one_that_does_not_start_is_said_and_leaves_nothing(empty_lab, temporary, monkeypatch):
    monkeypatch.delenv("DISPLAY")
    with pytest.raises(Ds9Error, match=r"DS9 did not start: .*DISPLAY"):
        UsersDs9(XPA_TOOLS, threading.Event()).connect()


@pytest.mark.parametrize("title", ["two words", "eye:gore", "é[1]"])
def test_a_title_that_xpa_cannot_read_is_refused(title):
    with pytest.raises(Ds9Error, match="cannot be the title"):
        UsersDs9(XPA_TOOLS, threading.Event(), title, another=True)


@pytest.mark.ds9
def test_host_and_port_reach_a_ds9_by_inet_whatever_the_users_method(
    frames, empty_lab, open_viewer, told, tmp_path, wait_until
):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    empty_lab.start("there", XPA_METHOD="localhost", XPA_NSREGISTER="false", XPA_PORT=f"DS9:there {port} {port + 1}")
    by_inet = Xpa(XPA_TOOLS, {"XPA_METHOD": "inet"}, threading.Event())
    wait_until(lambda: answers(by_inet, f"127.0.0.1:{port}"))
    open_viewer(f"localhost:{port}").show(frames(tmp_path, 7), 7)
    wait_until(told.matches(f"ObsID 7 shown in DS9 localhost:{port}: CCD1, CCD2, CCD3"))
