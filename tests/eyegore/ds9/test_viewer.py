"""A real DS9 on a virtual display: what it shows, and what is said when it cannot."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import threading
from pathlib import Path

import pytest

from eyegore.basics.errors import Ds9Error
from eyegore.ds9.session import OwnDs9
from eyegore.ds9.viewer import Ds9Viewer

from ...patience import AWAITED_S
from .lab_ds9 import dialog
from .shown_files import NASTY, shown_files


def process_of(session: OwnDs9) -> subprocess.Popen[bytes]:
    assert session.process is not None
    return session.process


@pytest.mark.ds9
@pytest.mark.gui
def test_three_ccds_go_to_frames_1_to_3(frames, transport, open_viewer, told, own_sessions, tmp_path, wait_until):
    viewer = open_viewer(transport=transport)
    paths = frames(tmp_path, 20103)
    viewer.show(paths, 20103)
    wait_until(told.matches("ObsID 20103 shown in DS9: CCD1, CCD2, CCD3"))
    (session,) = own_sessions
    assert shown_files(session) == {str(ccd): str(path) for ccd, path in paths.items()}
    calls, address = session.connect()
    assert calls.get(address, "scale", "mode") == "zscale"
    assert calls.get(address, "tile") == "yes"
    process = process_of(session)
    assert viewer.stop(AWAITED_S)
    assert process.poll() is not None


@pytest.mark.ds9
@pytest.mark.gui
def test_a_missing_and_a_half_written_ccd_are_said_and_leave_their_frames_as_they_were(
    frames, viewer, told, own_sessions, tmp_path, wait_until
):
    first, second = frames(tmp_path / "first", 7), frames(tmp_path / "second", 8)
    second[1].write_bytes(second[1].read_bytes()[:-3000])
    del second[2]
    viewer.show(first, 7)
    wait_until(told.matches("ObsID 7 shown in DS9: CCD1, CCD2, CCD3"))
    viewer.show(second, 8)
    wait_until(told.matches("ObsID 8 shown in DS9: CCD3"))
    assert told.matches("CCD2 of ObsID 8 is not there")()
    assert told.matches("CCD1 of ObsID 8 is not shown: it has ")()
    assert shown_files(own_sessions[0]) == {"1": str(first[1]), "2": str(first[2]), "3": str(second[3])}


@pytest.mark.ds9
@pytest.mark.gui
def test_any_path_is_shown(write_frame, viewer, told, own_sessions, tmp_path, wait_until):
    for obsid, name in enumerate(NASTY, start=1):
        paths = {1: write_frame(tmp_path / name / f"{name}.fits"), 2: write_frame(tmp_path / f"-{name}.fits")}
        viewer.show(paths, obsid)
        wait_until(told.matches(f"ObsID {obsid} shown in DS9: CCD1, CCD2"))
        files = shown_files(own_sessions[0])
        assert [os.path.samefile(files[str(ccd)], path) for ccd, path in paths.items()] == [True, True]
    assert not [text for level, text in told.lines if level > logging.INFO and "CCD3" not in text]


@pytest.mark.ds9
@pytest.mark.gui
@pytest.mark.parametrize("order", [signal.SIGKILL, signal.SIGTERM])
def test_a_killed_ds9_is_started_again(frames, order, viewer, told, own_sessions, tmp_path, wait_until):
    paths = frames(tmp_path, 7)
    viewer.show(paths, 7)
    wait_until(told.matches("ObsID 7 shown"))
    process_of(own_sessions[0]).send_signal(order)
    process_of(own_sessions[0]).wait(AWAITED_S)
    viewer.show(paths, 8)
    wait_until(told.matches("ObsID 8 shown"))
    assert told.matches(f"DS9 was ended by signal {order} ({signal.strsignal(order)}): starting it again")()
    assert len(shown_files(own_sessions[0])) == 3


@pytest.mark.ds9
@pytest.mark.gui
def test_a_frozen_ds9_is_given_up_then_replaced(frames, viewer, told, own_sessions, tmp_path, wait_until):
    paths = frames(tmp_path, 7)
    viewer.show(paths, 7)
    wait_until(told.matches("ObsID 7 shown"))
    frozen = process_of(own_sessions[0])
    frozen.send_signal(signal.SIGSTOP)
    viewer.show(paths, 8)
    wait_until(told.matches("ObsID 8 not shown: DS9 does not answer"))
    viewer.show(paths, 9)
    wait_until(told.matches("ObsID 9 shown"))
    assert told.matches("DS9 still does not answer: it is ended and started again")()
    assert frozen.poll() == -signal.SIGTERM


@pytest.mark.ds9
@pytest.mark.gui
def test_a_ds9_that_was_only_busy_is_kept(frames, viewer, told, own_sessions, tmp_path, wait_until):
    paths = frames(tmp_path, 7)
    viewer.show(paths, 7)
    wait_until(told.matches("ObsID 7 shown"))
    busy = process_of(own_sessions[0])
    busy.send_signal(signal.SIGSTOP)
    viewer.show(paths, 8)
    wait_until(told.matches("ObsID 8 not shown"))
    busy.send_signal(signal.SIGCONT)
    viewer.show(paths, 9)
    wait_until(told.matches("ObsID 9 shown"))
    assert process_of(own_sessions[0]) is busy


@pytest.mark.ds9
@pytest.mark.gui
def test_a_ds9_of_our_own_that_waits_for_its_dialog_is_not_ended(
    frames, viewer, told, own_sessions, tmp_path, wait_until
):
    paths = frames(tmp_path, 7)
    viewer.show(paths, 7)
    wait_until(told.matches("ObsID 7 shown"))
    waiting, calls, address = process_of(own_sessions[0]), *own_sessions[0].connect()
    with dialog(calls, address, tmp_path, wait_until):
        for obsid in (8, 9):
            viewer.show(paths, obsid)
            wait_until(told.matches(f"ObsID {obsid} not shown: DS9 is waiting for you to close a dialog"))
        assert waiting.poll() is None
    viewer.show(paths, 10)
    wait_until(told.matches("ObsID 10 shown"))
    assert process_of(own_sessions[0]) is waiting


@pytest.mark.ds9
@pytest.mark.gui
def test_stop_ends_a_frozen_ds9_in_the_middle_of_a_call(frames, viewer, told, own_sessions, tmp_path, wait_until):
    viewer.show(frames(tmp_path, 7), 7)
    wait_until(told.matches("ObsID 7 shown"))
    frozen = process_of(own_sessions[0])
    frozen.send_signal(signal.SIGSTOP)
    viewer.show({1: tmp_path / "EUC_7_ROE1_CCD1.fits"}, 8)
    wait_until(told.matches("CCD3 of ObsID 8 is not there"))
    assert viewer.stop(AWAITED_S)
    assert frozen.poll() == -signal.SIGTERM


@pytest.mark.ds9
@pytest.mark.gui
def test_a_file_ds9_refuses_is_said_and_the_next_is_shown(frames, viewer, told, tmp_path, wait_until, monkeypatch):
    paths = frames(tmp_path, 7)
    paths[2].write_text("not FITS" * 1000)
    whole = type("Whole", (), {"complete": True})
    monkeypatch.setattr("eyegore.ds9.order.frame_state", lambda path: whole)
    viewer.show(paths, 7)
    wait_until(told.matches("ObsID 7 shown in DS9: CCD1, CCD3"))
    assert told.matches("CCD2 of ObsID 7: DS9 refused 'file {")()


@pytest.mark.ds9
@pytest.mark.gui
def test_a_file_that_kills_ds9_is_said_and_the_next_request_starts_another(
    frames, write_frame, viewer, told, tmp_path, wait_until, monkeypatch
):
    paths, cut = frames(tmp_path, 7), write_frame(tmp_path / "cut.fits")
    cut.write_bytes(cut.read_bytes()[: 2 * 2880])  # both headers, no pixel
    whole = type("Whole", (), {"complete": True})
    monkeypatch.setattr("eyegore.ds9.order.frame_state", lambda path: whole)
    viewer.show({**paths, 2: cut}, 8)
    wait_until(told.matches("ObsID 8 not shown: DS9 was ended by signal"))
    viewer.show(paths, 9)
    wait_until(told.matches("ObsID 9 shown in DS9: CCD1, CCD2, CCD3"))


@pytest.mark.ds9
@pytest.mark.gui
def test_no_display_is_said_in_the_words_of_ds9(frames, viewer, told, tmp_path, wait_until, monkeypatch):
    paths = frames(tmp_path, 7)
    monkeypatch.delenv("DISPLAY")
    viewer.show(paths, 7)
    wait_until(told.matches("ObsID 7 not shown: DS9 did not start: "))
    assert "DISPLAY" in told.texts[-1]


def test_nothing_to_show_starts_nothing(viewer, told, own_sessions, tmp_path, wait_until):
    viewer.show({2: tmp_path / "gone.fits"}, 7)
    wait_until(told.matches("ObsID 7 not shown: none of its images is there and complete"))
    assert told.texts[:3] == [f"CCD{ccd} of ObsID 7 is not there" for ccd in (1, 2, 3)]
    assert own_sessions == []


def test_of_a_burst_only_the_newest_is_shown_and_the_others_are_said(viewer, told, tmp_path, wait_until, monkeypatch):
    entered, go_on = threading.Event(), threading.Event()

    def slow(path: Path) -> object:
        entered.set()
        go_on.wait(AWAITED_S)
        raise Ds9Error(f"looked at {path.parent.name}")

    monkeypatch.setattr("eyegore.ds9.order.frame_state", slow)
    for obsid in (1, 2, 3, 4):
        (tmp_path / str(obsid)).mkdir()
        image = tmp_path / str(obsid) / "image.fits"
        image.touch()
        viewer.show({1: image}, obsid)
        assert entered.wait(AWAITED_S)
    go_on.set()
    wait_until(told.matches("ObsID 4 not shown: looked at 4"))
    assert told.texts == [
        "ObsID 1 not shown: looked at 1",
        "ObsID 2, ObsID 3 skipped: ObsID 4 was asked for since",
        "ObsID 4 not shown: looked at 4",
    ]


def test_an_unforeseen_error_is_said_and_the_worker_lives_on(viewer, told, tmp_path, wait_until, monkeypatch, caplog):
    def broken(path: Path) -> object:
        raise RuntimeError("never seen before")

    monkeypatch.setattr("eyegore.ds9.order.frame_state", broken)
    image = tmp_path / "image.fits"
    image.touch()
    for obsid in (7, 8):
        viewer.show({1: image}, obsid)
        wait_until(told.matches(f"ObsID {obsid} not shown: never seen before"))
    assert "Traceback" in caplog.text


def test_an_unreadable_image_is_said_and_the_others_looked_at(viewer, told, tmp_path, wait_until, monkeypatch):
    def unreadable(path: Path) -> object:
        raise PermissionError(13, "Permission denied", path.name)

    monkeypatch.setattr("eyegore.ds9.order.frame_state", unreadable)
    for ccd in (1, 3):
        (tmp_path / f"{ccd}.fits").touch()
    viewer.show({ccd: str(tmp_path / f"{ccd}.fits") for ccd in (1, 3)}, 7)
    wait_until(told.matches("ObsID 7 not shown"))
    assert told.texts[:3] == [
        "CCD1 of ObsID 7 cannot be read: [Errno 13] Permission denied: '1.fits'",
        "CCD2 of ObsID 7 is not there",
        "CCD3 of ObsID 7 cannot be read: [Errno 13] Permission denied: '3.fits'",
    ]


@pytest.mark.ds9
@pytest.mark.gui
def test_stop_ends_ds9_while_the_worker_hangs_in_a_dead_disk(
    frames, told, own_sessions, tmp_path, wait_until, monkeypatch
):
    viewer = Ds9Viewer(say=told)
    paths = frames(tmp_path, 7)
    viewer.show(paths, 7)
    wait_until(told.matches("ObsID 7 shown"))
    process = process_of(own_sessions[0])
    hangs, comes_back = threading.Event(), threading.Event()

    def dead_disk(path: Path) -> object:
        hangs.set()
        comes_back.wait(AWAITED_S)
        raise OSError("stale file handle")

    monkeypatch.setattr("eyegore.ds9.order.frame_state", dead_disk)
    viewer.show(paths, 8)
    assert hangs.wait(AWAITED_S)
    assert not viewer.stop(0.1)
    assert process.poll() is not None
    comes_back.set()
    assert viewer.stop(AWAITED_S)


def test_stop_without_a_request_and_show_after_stop_do_nothing(told, tmp_path):
    viewer = Ds9Viewer(say=told)
    assert viewer.stop()
    viewer.show({1: tmp_path / "image.fits"}, 7)
    assert told.lines == []
