"""The command line of the simulator."""

import argparse
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from eyegore.basics.errors import SettingsError
from eyegore.commands import simulate

from ...patience import AWAITED_S


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    simulate.add_parser(parser.add_subparsers(), "")
    args = parser.parse_args(["simulate", *words])
    return int(args.run(args))


def test_a_day_is_written_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "new" / "14_Mar_19"
    plant = "CCD2_TEMP_B:dip:-136@03:00+120"
    assert run(str(folder), "--at-once", "--no-images", "--start", "2019-03-14", "--plant", plant) == 0
    out = capsys.readouterr().out
    assert f"planted {plant}: 120 samples, 2019-03-14T03:00:00 to 2019-03-14T03:01:59, worst -136.00\n" in out
    assert "86400 s of HK and 901 exposures" in out
    lines = (folder / "HK_14-03-19_ROE1_01.txt").read_text().splitlines()
    assert len(lines) == 86401
    assert {line.count("\t") for line in lines} == {82}
    assert lines[-1].startswith("14-03-19_23:59:59\t")


@pytest.mark.parametrize(
    ("words", "exposures", "seconds"),
    [
        (["--tests", "BIAS01"], 10, 955),
        (["--tests", "BIAS01,BIAS02", "--exposures", "2"], 2, 203),
        (["--rows", "300"], 3, 300),
        (["--tests", "BIAS01", "--hours", "1"], 37, 3600),
    ],
)
def test_how_much_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], exposures: int, seconds: int
) -> None:
    assert run(str(tmp_path), "--at-once", "--no-images", *words) == 0
    assert f"{seconds} s of HK and {exposures} exposures" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--at-once"], "images of 901 ObsIDs are 96 GB: add --images N"),
        (["--rows", "0"], "--rows 0: give a number above 0"),
        (["--hours", "nan"], "--hours nan: give a number above 0"),
        (["--hours", "1e9", "--at-once"], "--hours 1e+09: at most 31 days are written at once"),
        (["--hours", "1", "--rows", "1"], "--hours and --rows: give one"),
        (["--images", "2", "--no-images"], "--images and --no-images: give one"),
        (["--images", "2"], "session without end"),
        (["--first-obsid", "-1"], "--first-obsid -1"),
        (["--seed", "-1"], "--seed -1: give 0 or more"),
        (["--overscan", "25"], "20 or 29"),
        (["--speed", "0"], "a speed of 0 is none"),
        (["--tests", ","], "--tests: name some of COSMETICS00"),
        (["--tests", "BIAS01,NOISE"], "no test 'NOISE': known are COSMETICS00, BIAS01"),
        (["--start", "tomorrow"], "write it as 2019-03-14T20:00:00"),
        (["--elvis", "7.5"], "did you mean 7.5.X"),
        (["--block", "BOHR"], "no block 'BOHR'"),
        (["--chamber", "C_BORN"], "did you mean B_BORN"),
        (["--plant", "CCD2_TEMP_B:dip"], "dip needs a value"),
    ],
)
def test_user_errors_are_one_line(tmp_path: Path, words: list[str], told: str) -> None:
    with pytest.raises(SettingsError) as error:
        run(str(tmp_path / "day"), *words)
    assert told in str(error.value)
    assert "\n" not in str(error.value)
    assert not (tmp_path / "day").exists()


def test_images_that_have_no_room_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda place: argparse.Namespace(free=10**8))
    with pytest.raises(SettingsError, match=r"the images need 0\.2 GB, .* has 0\.1 GB: take fewer"):
        run(str(tmp_path), "--at-once", "--images", "2", "--hours", "1")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_live_session_between_two_rows(tmp_path: Path, number: signal.Signals) -> None:
    program = f"""
import argparse, sys
from eyegore.commands import simulate
parser = argparse.ArgumentParser()
simulate.add_parser(parser.add_subparsers(), "")
args = parser.parse_args(["simulate", {str(tmp_path)!r}, "--no-images", "--speed", "100", "--start", "2019-03-14"])
sys.exit(args.run(args))
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert "until Ctrl-C" in process.stdout.readline()
        process.send_signal(number)
        assert process.stdout.readline().startswith("stopped: ")
        assert process.wait(AWAITED_S) == 0
    data = (tmp_path / "HK_14-03-19_ROE1_01.txt").read_bytes() if os.listdir(tmp_path) else b"\n"
    assert data.endswith(b"\n")


def test_handlers_of_signals_are_put_back(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    run(str(tmp_path), "--at-once", "--rows", "2")
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_it_runs_in_a_thread_of_another_program(tmp_path: Path) -> None:
    done: list[int] = []
    thread = threading.Thread(target=lambda: done.append(run(str(tmp_path), "--at-once", "--rows", "2")))
    thread.start()
    thread.join(AWAITED_S)
    assert done == [0]


def test_help_teaches(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run("--help")
    out = capsys.readouterr().out
    for taught in ("CCD2_TEMP_B:dip:-136@03:00+120", "elvis:stop", "--at-once", "examples", "Nothing in DIR is ever"):
        assert taught in out
