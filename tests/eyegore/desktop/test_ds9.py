"""A real DS9 on a virtual display: what it shows, and what is said when it cannot."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from eyegore.desktop import xpa as xpa_calls
from eyegore.desktop.ds9 import Ds9Viewer, PlainNames
from eyegore.desktop.ds9_session import PLAIN, OwnDs9, private_folder
from eyegore.desktop.xpa import Pyds9, Transport, Xpa, XpaTools, available_transport
from eyegore.errors import Ds9Error

START_S = 60


@pytest.fixture(autouse=True)
def temporary(private_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for temporary files, short enough for sockets, that must be empty after each test."""
    (private_home / ".config").mkdir(exist_ok=True)  # astropy warns when the variable names what is not there
    with tempfile.TemporaryDirectory(prefix="eg-", dir="/tmp") as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield Path(folder)
        assert os.listdir(folder) == []


class Told:
    """What was said, by level; and what to wait for."""

    def __init__(self) -> None:
        self.lines: list[tuple[int, str]] = []

    def __call__(self, level: int, text: str) -> None:
        assert threading.current_thread().name == "ds9"
        self.lines.append((level, text))

    def matches(self, part: str) -> Callable[[], bool]:
        return lambda: any(part in text for _, text in self.lines)

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self.lines]


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def open_viewer(told: Told) -> Iterator[Callable[..., Ds9Viewer]]:
    """Makes viewers that speak to ``told``, and stops them."""
    opened = []

    def make(target: str = "", transport: Transport | None = None) -> Ds9Viewer:
        opened.append(Ds9Viewer(target, say=told, transport=transport))
        return opened[-1]

    yield make
    ended = [viewer.stop(10) for viewer in opened]
    assert all(ended)


@pytest.fixture
def viewer(open_viewer: Callable[..., Ds9Viewer]) -> Ds9Viewer:
    return open_viewer()


@pytest.fixture
def own_sessions(monkeypatch: pytest.MonkeyPatch) -> list[OwnDs9]:
    """The sessions viewers make, to ask their DS9 what it shows and to do it harm."""
    made: list[OwnDs9] = []
    connect = OwnDs9.connect

    def remember(session: OwnDs9) -> tuple[Xpa, str]:
        if session not in made:
            made.append(session)
        return connect(session)

    monkeypatch.setattr(OwnDs9, "connect", remember)
    return made


def write_frame(path: Path, level: int = 2500) -> Path:
    """A small frame as ELVIS writes it: empty primary, one 16-bit image extension."""
    from astropy.io import fits

    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(level).normal(level, 5, (40, 2 * (51 + 40 + 20))).astype(np.uint16)
    fits.HDUList([fits.PrimaryHDU(), fits.ImageHDU(pixels, name="ROE1_CCD1")]).writeto(path)
    return path


def frames(folder: Path, obsid: int, ccds: tuple[int, ...] = (1, 2, 3)) -> dict[int, Path]:
    return {ccd: write_frame(folder / f"EUC_{obsid}_ROE1_CCD{ccd}.fits", 2000 + 100 * ccd) for ccd in ccds}


def process_of(session: OwnDs9) -> subprocess.Popen[bytes]:
    assert session._process is not None
    return session._process


def shown(session: OwnDs9) -> dict[str, str]:
    """File in each frame, as DS9 itself tells, without the name of the extension."""
    calls, address = session._xpa, session._address
    assert calls is not None
    current = calls.get(address, "frame")
    files = {}
    for frame in calls.get(address, "frame", "all").split():
        calls.put(address, "frame", frame)
        files[frame] = calls.get(address, "file").split(".fits")[0] + ".fits"
    calls.put(address, "frame", current)
    return files


def answers(calls: Xpa, address: str) -> bool:
    with contextlib.suppress(Ds9Error):
        return bool(calls.get(address, "version"))
    return False


def known(*titles: str) -> bool:
    return {point.name for point in Xpa(XpaTools(), {}, threading.Event()).running()} == set(titles)


TRANSPORTS = [XpaTools(), Pyds9()]


# --- real DS9 ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("transport", TRANSPORTS, ids=lambda transport: transport.name)
@pytest.mark.ds9
@pytest.mark.gui
def test_three_ccds_go_to_frames_1_to_3(transport, open_viewer, told, own_sessions, tmp_path, wait_until):
    viewer = open_viewer(transport=transport)
    paths = frames(tmp_path, 20103)
    viewer.show(paths, 20103)
    wait_until(told.matches("ObsID 20103 shown in DS9: CCD1, CCD2, CCD3"), START_S)
    (session,) = own_sessions
    assert shown(session) == {str(ccd): str(path) for ccd, path in paths.items()}
    calls, address = session.connect()
    assert calls.get(address, "scale", "mode") == "zscale"
    assert calls.get(address, "tile") == "yes"
    process = process_of(session)
    assert viewer.stop(10)
    assert process.poll() is not None


@pytest.mark.ds9
@pytest.mark.gui
def test_a_missing_and_a_half_written_ccd_are_said_and_leave_their_frames_as_they_were(
    viewer, told, own_sessions, tmp_path, wait_until
):
    first, second = frames(tmp_path / "first", 7), frames(tmp_path / "second", 8)
    second[1].write_bytes(second[1].read_bytes()[:-3000])
    del second[2]
    viewer.show(first, 7)
    wait_until(told.matches("ObsID 7 shown in DS9: CCD1, CCD2, CCD3"), START_S)
    viewer.show(second, 8)
    wait_until(told.matches("ObsID 8 shown in DS9: CCD3"), START_S)
    assert told.matches("CCD2 of ObsID 8 is not there")()
    assert told.matches("CCD1 of ObsID 8 is not shown: it has ")()
    assert shown(own_sessions[0]) == {"1": str(first[1]), "2": str(first[2]), "3": str(second[3])}


NASTY = [
    "a b",
    "it's",
    'say "so"',
    "x[1]",
    "x[y]",
    "{b",
    "b}",
    "a;b",
    "$HOME",
    "back\\slash",
    "new\nline",
    "ünï",
    "&#%",
    "`id`",
]


@pytest.mark.ds9
@pytest.mark.gui
def test_any_path_is_shown(viewer, told, own_sessions, tmp_path, wait_until):
    for obsid, name in enumerate(NASTY, start=1):
        paths = {1: write_frame(tmp_path / name / f"{name}.fits"), 2: write_frame(tmp_path / f"-{name}.fits")}
        viewer.show(paths, obsid)
        wait_until(told.matches(f"ObsID {obsid} shown in DS9: CCD1, CCD2"), START_S)
        files = shown(own_sessions[0])
        assert [os.path.samefile(files[str(ccd)], path) for ccd, path in paths.items()] == [True, True]
    assert not [text for level, text in told.lines if level > logging.INFO and "CCD3" not in text]


@pytest.mark.ds9
@pytest.mark.gui
@pytest.mark.parametrize("order", [signal.SIGKILL, signal.SIGTERM])
def test_a_ds9_killed_between_two_shows_is_started_again(order, viewer, told, own_sessions, tmp_path, wait_until):
    paths = frames(tmp_path, 7)
    viewer.show(paths, 7)
    wait_until(told.matches("ObsID 7 shown"), START_S)
    process_of(own_sessions[0]).send_signal(order)
    process_of(own_sessions[0]).wait(10)
    viewer.show(paths, 8)
    wait_until(told.matches("ObsID 8 shown"), START_S)
    assert told.matches(f"DS9 was ended by signal {order} ({signal.strsignal(order)}): starting it again")()
    assert len(shown(own_sessions[0])) == 3


@pytest.mark.ds9
@pytest.mark.gui
def test_a_frozen_ds9_is_given_up_then_replaced(viewer, told, own_sessions, tmp_path, wait_until, monkeypatch):
    monkeypatch.setattr(xpa_calls, "HANDSHAKE_S", 1)
    paths = frames(tmp_path, 7)
    viewer.show(paths, 7)
    wait_until(told.matches("ObsID 7 shown"), START_S)
    frozen = process_of(own_sessions[0])
    frozen.send_signal(signal.SIGSTOP)
    viewer.show(paths, 8)
    wait_until(told.matches("ObsID 8 not shown: DS9 does not answer"), START_S)
    viewer.show(paths, 9)
    wait_until(told.matches("ObsID 9 shown"), START_S)
    assert told.matches("DS9 still does not answer: it is ended and started again")()
    assert frozen.poll() == -signal.SIGTERM


@pytest.mark.ds9
@pytest.mark.gui
def test_a_ds9_that_was_only_busy_is_kept(viewer, told, own_sessions, tmp_path, wait_until, monkeypatch):
    monkeypatch.setattr(xpa_calls, "HANDSHAKE_S", 1)
    paths = frames(tmp_path, 7)
    viewer.show(paths, 7)
    wait_until(told.matches("ObsID 7 shown"), START_S)
    busy = process_of(own_sessions[0])
    busy.send_signal(signal.SIGSTOP)
    viewer.show(paths, 8)
    wait_until(told.matches("ObsID 8 not shown"), START_S)
    busy.send_signal(signal.SIGCONT)
    viewer.show(paths, 9)
    wait_until(told.matches("ObsID 9 shown"), START_S)
    assert process_of(own_sessions[0]) is busy


@pytest.mark.ds9
@pytest.mark.gui
def test_a_frozen_ds9_is_ended_by_stop_in_the_middle_of_a_call(viewer, told, own_sessions, tmp_path, wait_until):
    viewer.show(frames(tmp_path, 7), 7)
    wait_until(told.matches("ObsID 7 shown"), START_S)
    frozen = process_of(own_sessions[0])
    frozen.send_signal(signal.SIGSTOP)
    viewer.show({1: tmp_path / "EUC_7_ROE1_CCD1.fits"}, 8)
    wait_until(told.matches("CCD3 of ObsID 8 is not there"), START_S)
    assert viewer.stop(10)
    assert frozen.poll() == -signal.SIGTERM


@pytest.mark.ds9
@pytest.mark.gui
def test_a_file_ds9_refuses_is_said_and_the_next_is_shown(viewer, told, tmp_path, wait_until, monkeypatch):
    paths = frames(tmp_path, 7)
    paths[2].write_text("not FITS" * 1000)
    whole = type("Whole", (), {"complete": True})
    monkeypatch.setattr("eyegore.desktop.ds9.frame_state", lambda path: whole)
    viewer.show(paths, 7)
    wait_until(told.matches("ObsID 7 shown in DS9: CCD1, CCD3"), START_S)
    assert told.matches("CCD2 of ObsID 7: DS9 refused 'file {")()


@pytest.mark.ds9
@pytest.mark.gui
def test_a_file_that_kills_ds9_is_said_and_the_next_request_starts_another(
    viewer, told, tmp_path, wait_until, monkeypatch
):
    paths, cut = frames(tmp_path, 7), write_frame(tmp_path / "cut.fits")
    cut.write_bytes(cut.read_bytes()[: 2 * 2880])  # both headers, no pixel
    whole = type("Whole", (), {"complete": True})
    monkeypatch.setattr("eyegore.desktop.ds9.frame_state", lambda path: whole)
    viewer.show({**paths, 2: cut}, 8)
    wait_until(told.matches("ObsID 8 not shown: DS9 was ended by signal"), START_S)
    viewer.show(paths, 9)
    wait_until(told.matches("ObsID 9 shown in DS9: CCD1, CCD2, CCD3"), START_S)


@pytest.mark.ds9
@pytest.mark.gui
def test_no_display_is_said_in_the_words_of_ds9(viewer, told, tmp_path, wait_until, monkeypatch):
    paths = frames(tmp_path, 7)
    monkeypatch.delenv("DISPLAY")
    viewer.show(paths, 7)
    wait_until(told.matches("ObsID 7 not shown: DS9 did not start: "), START_S)
    assert "DISPLAY" in told.texts[-1]


# --- a DS9 of the user's ----------------------------------------------------------------------------------------------


@pytest.fixture
def users_ds9(display: str, monkeypatch: pytest.MonkeyPatch, wait_until: Callable[..., None]) -> Iterator[Callable]:
    """Starts DS9s as a user does, with a name server, in an XPA environment of the test's own; ends them."""
    folder = private_folder()
    for variable, value in {"XPA_METHOD": "local", "XPA_TMPDIR": str(folder / "xpa")}.items():
        monkeypatch.setenv(variable, value)
    started: list[subprocess.Popen[bytes]] = []

    def start(title: str, **environment: str) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            ["ds9", "-title", title, "-samp", "no"],
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait(10)
    # the name server ends with its last DS9
    wait_until(lambda: not (folder / "xpa" / "xpans_unix").exists(), 20)
    shutil.rmtree(folder)


@pytest.mark.parametrize("transport", TRANSPORTS, ids=lambda transport: transport.name)
@pytest.mark.ds9
def test_a_running_ds9_is_used_and_left_running(transport, users_ds9, open_viewer, told, tmp_path, wait_until):
    process = users_ds9("lab")
    wait_until(lambda: known("lab"), START_S)
    viewer = open_viewer("lab", transport)
    paths = frames(tmp_path, 7)
    viewer.show(paths, 7)
    wait_until(told.matches("ObsID 7 shown in DS9: CCD1, CCD2, CCD3"), START_S)
    assert viewer.stop(10)
    assert process.poll() is None
    answer = subprocess.run(["xpaget", "DS9:lab", "file"], capture_output=True, text=True, timeout=10, check=True)
    assert answer.stdout.startswith(str(paths[3]))


@pytest.mark.parametrize("transport", TRANSPORTS, ids=lambda transport: transport.name)
@pytest.mark.ds9
def test_an_ambiguous_or_unknown_target_is_said_with_those_running(
    transport, users_ds9, open_viewer, told, tmp_path, wait_until
):
    users_ds9("left")
    users_ds9("right")
    wait_until(lambda: known("left", "right"), START_S)
    paths = frames(tmp_path, 7)
    for target, sentence in {
        "DS9:*": "'*' fits 2 running DS9s: choose one by -d: ",
        "lost": "no DS9 named 'lost' is running (running: left, right)",
    }.items():
        open_viewer(target, transport).show(paths, 7)
        wait_until(told.matches(sentence), 10)
    assert told.matches("left at /")()
    assert told.matches("right at /")()


@pytest.mark.ds9
def test_host_and_port_reach_a_ds9_by_inet_whatever_the_users_method(
    users_ds9, open_viewer, told, tmp_path, wait_until
):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    users_ds9("there", XPA_METHOD="localhost", XPA_NSREGISTER="false", XPA_PORT=f"DS9:there {port} {port + 1}")
    by_inet = Xpa(XpaTools(), {"XPA_METHOD": "inet"}, threading.Event())
    wait_until(lambda: answers(by_inet, f"127.0.0.1:{port}"), START_S)
    open_viewer(f"localhost:{port}").show(frames(tmp_path, 7), 7)
    wait_until(told.matches("ObsID 7 shown in DS9: CCD1, CCD2, CCD3"), START_S)


# --- without DS9 ------------------------------------------------------------------------------------------------------


def test_a_missing_ds9_is_said_and_looked_for_again(viewer, told, tmp_path, wait_until, monkeypatch):
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("xpaget", "xpaset"):
        (programs / name).symlink_to(Path("/bin/false"))
    monkeypatch.setenv("PATH", str(programs))
    paths = frames(tmp_path, 7)
    viewer.show(paths, 7)
    wait_until(told.matches("ObsID 7 not shown: DS9 is not installed: no ds9 on the PATH"))
    viewer.show(paths, 8)
    wait_until(told.matches("ObsID 8 not shown: DS9 is not installed"))
    assert all(level == logging.ERROR for level, _ in told.lines)


def test_a_ds9_that_ends_at_once_is_said(viewer, told, tmp_path, wait_until, monkeypatch):
    program = tmp_path / "ds9"
    program.write_text("#!/bin/sh\necho the window system is broken >&2\necho more\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    viewer.show(frames(tmp_path, 7), 7)
    wait_until(told.matches("ObsID 7 not shown: DS9 did not start: the window system is broken"))


def test_nothing_to_show_starts_nothing(viewer, told, own_sessions, tmp_path, wait_until):
    viewer.show({2: tmp_path / "gone.fits"}, 7)
    wait_until(told.matches("ObsID 7 not shown: none of its images is there and complete"))
    assert told.texts[:3] == [f"CCD{ccd} of ObsID 7 is not there" for ccd in (1, 2, 3)]
    assert own_sessions == []


def test_of_a_burst_only_the_newest_is_shown_and_the_others_are_said(viewer, told, tmp_path, wait_until, monkeypatch):
    entered, go_on = threading.Event(), threading.Event()

    def slow(path: Path) -> object:
        entered.set()
        go_on.wait(10)
        raise Ds9Error(f"looked at {path.parent.name}")

    monkeypatch.setattr("eyegore.desktop.ds9.frame_state", slow)
    for obsid in (1, 2, 3, 4):
        (tmp_path / str(obsid)).mkdir()
        image = tmp_path / str(obsid) / "image.fits"
        image.touch()
        viewer.show({1: image}, obsid)
        assert entered.wait(10)
    go_on.set()
    wait_until(told.matches("ObsID 4 not shown: looked at 4"))
    assert told.texts == [
        "ObsID 1 not shown: looked at 1",
        "ObsID 2, 3 skipped: ObsID 4 was asked for since",
        "ObsID 4 not shown: looked at 4",
    ]


def test_an_unforeseen_error_is_said_and_the_worker_lives_on(viewer, told, tmp_path, wait_until, monkeypatch, caplog):
    def broken(path: Path) -> object:
        raise RuntimeError("never seen before")

    monkeypatch.setattr("eyegore.desktop.ds9.frame_state", broken)
    image = tmp_path / "image.fits"
    image.touch()
    for obsid in (7, 8):
        viewer.show({1: image}, obsid)
        wait_until(told.matches(f"ObsID {obsid} not shown: never seen before"))
    assert "Traceback" in caplog.text


def test_an_unreadable_image_is_said_and_the_others_looked_at(viewer, told, tmp_path, wait_until, monkeypatch):
    def unreadable(path: Path) -> object:
        raise PermissionError(13, "Permission denied", path.name)

    monkeypatch.setattr("eyegore.desktop.ds9.frame_state", unreadable)
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
def test_stop_ends_ds9_while_the_worker_hangs_in_a_dead_disk(told, own_sessions, tmp_path, wait_until, monkeypatch):
    viewer = Ds9Viewer(say=told)
    paths = frames(tmp_path, 7)
    viewer.show(paths, 7)
    wait_until(told.matches("ObsID 7 shown"), START_S)
    process = process_of(own_sessions[0])
    hangs, comes_back = threading.Event(), threading.Event()

    def dead_disk(path: Path) -> object:
        hangs.set()
        comes_back.wait(30)
        raise OSError("stale file handle")

    monkeypatch.setattr("eyegore.desktop.ds9.frame_state", dead_disk)
    viewer.show(paths, 8)
    assert hangs.wait(10)
    assert not viewer.stop(0.1)
    assert process.poll() is not None
    comes_back.set()
    assert viewer.stop(10)


def test_stop_without_a_request_and_show_after_stop_do_nothing(told, tmp_path):
    viewer = Ds9Viewer(say=told)
    assert viewer.stop()
    viewer.show({1: tmp_path / "image.fits"}, 7)
    assert told.lines == []


# --- transports and names ---------------------------------------------------------------------------------------------


def test_xpa_tools_come_first_then_pyds9_then_a_clear_error(monkeypatch):
    assert isinstance(available_transport(), XpaTools)
    monkeypatch.setenv("PATH", "/nowhere")
    assert isinstance(available_transport(), Pyds9)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(Ds9Error, match="install the package xpa-tools"):
        available_transport()


class Script:
    """A transport whose calls run a shell script in place of an XPA client."""

    name = "script"

    def __init__(self, text: str) -> None:
        self.text = text

    def get(self, address: str, words: tuple[str, ...]) -> list[str]:
        return ["/bin/sh", "-c", self.text, address, *words]

    put = get


def calls(transport: Transport) -> Xpa:
    return Xpa(transport, {}, threading.Event())


def test_a_call_that_never_ends_is_given_up(monkeypatch):
    monkeypatch.setattr(xpa_calls, "_HARD_LIMIT_S", 0.2)
    with pytest.raises(Ds9Error, match="did not end 'file x' within"):
        calls(Script("exec sleep 60")).put("there", "file", "x")


def test_a_call_in_flight_is_given_up_when_eyegore_ends():
    ending = threading.Event()
    ending.set()
    with pytest.raises(Ds9Error, match="'version' given up: Eyegore is ending"):
        Xpa(Script("exec sleep 60"), {}, ending).get("there", "version")


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        (
            "echo 'XPA$ERROR Unable to load fits /x (DS9:eyegore-1 /tmp/x/DS9_e.1)' >&2; exit 1",
            "'frame 1': Unable to load fits /x",
        ),
        (
            "echo 'XPA$ERROR: no response from server during handshake (?:?)' >&2",
            "answer (no response from server during handshake)",
        ),
        ("exit 3", "'frame 1': error 3"),
    ],
)
def test_what_xpa_complains_about_is_one_plain_sentence(script, sentence):
    with pytest.raises(Ds9Error) as refused:
        calls(Script(script)).put("there", "frame", "1")
    assert str(refused.value).endswith(sentence)


def test_a_client_that_cannot_be_run_is_said():
    class Missing(Script):
        def get(self, address: str, words: tuple[str, ...]) -> list[str]:
            return ["/nowhere/xpaget"]

    with pytest.raises(Ds9Error, match="/nowhere/xpaget cannot be run: No such file"):
        calls(Missing("")).get("there", "version")


def test_the_name_servers_list_is_read_with_blanks_in_titles():
    script = "printf 'DS9 lab gs 7f000001:3 me\\nDS9 Eyegore images gs /tmp/x.1 me\\nOTHER o gs 7f000001:4 me\\nxx\\n'"
    found = calls(Script(script)).running()
    assert [(point.name, point.address) for point in found] == [("lab", "7f000001:3"), ("Eyegore images", "/tmp/x.1")]


@pytest.mark.parametrize("name", NASTY)
def test_a_name_ds9_cannot_read_gets_a_link_to_it(name, tmp_path):
    path = tmp_path / f"{name}.fits"
    path.write_text(name)
    names = PlainNames()
    try:
        plain = names.of(path)
        assert PLAIN.fullmatch(plain)
        assert Path(plain).read_text() == name
        assert names.of(path) == plain
    finally:
        names.remove()


def test_links_come_back_when_a_cleaner_of_temporary_files_took_them(tmp_path, temporary):
    path = tmp_path / "x[1].fits"
    path.write_text("whole")
    names = PlainNames()
    shutil.rmtree(Path(names.of(path)).parent.parent)
    assert Path(names.of(path)).read_text() == "whole"
    names.remove()


def test_the_private_folder_is_private_and_avoids_a_base_ds9_or_a_socket_cannot_use(temporary, monkeypatch):
    folders = [private_folder()]
    for base in ("/tmp/" + "long" * 20, "/tmp/[brackets]"):
        monkeypatch.setattr(tempfile, "tempdir", base)
        folders.append(private_folder())
    for folder in folders:
        assert folder.stat().st_mode & 0o777 == 0o700
        folder.rmdir()
    assert [str(folder.parent) for folder in folders] == [str(temporary), "/tmp", "/tmp"]
