from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from eyegore.copies.outcome import RsyncOutcome
from eyegore.copies.programs import rsync as rsync_run
from eyegore.copies.programs.rsync import RsyncFile, RsyncProgress, RsyncResult, RsyncRun

from ....patience import AWAITED_S

ODD_NAMES = [
    "two words.fits",
    " lead and trail ",
    "-dash",
    "--delete",
    "new\nline",
    "return\r",
    "\"quotes'`$(touch x)",
    "é ü 中",
    r"back\slash and \#012 told",
    "@@ >f+++++++++ 7 name",
    os.fsdecode(b"no utf-8 \xff\xfe"),
    "col:on",
    "*?[a]",
]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "14_Mar_80"
    folder.mkdir()
    return folder


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "backup"
    folder.mkdir()
    return folder


def copying(source: Path, target: Path | str, *options: str, **more: Any) -> RsyncRun:
    command = ["rsync", "-rt", "--partial-dir=.rsync-partial", *options, "--", f"{source}/", f"{target}/"]
    return RsyncRun(command, **({"timeout_s": 60, "idle_s": 30} | more))


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def started(run: RsyncRun) -> tuple[threading.Thread, list[RsyncResult]]:
    results: list[RsyncResult] = []
    thread = threading.Thread(target=lambda: results.append(run.run()), name="rsync under test")
    thread.start()
    return thread, results


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Puts a script in the place of rsync; it tells its process number in the file that is returned."""

    def put(script: str) -> Path:
        programs, number = tmp_path / "programs", tmp_path / "number"
        programs.mkdir()
        program = programs / "rsync"
        program.write_text(f"#!/bin/sh\necho $$ > '{number}.new'; mv '{number}.new' '{number}'\n{script}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
        return number

    return put


def lives(group: int) -> bool:
    """Whether any process of a group is alive."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_odd_names_arrive_and_are_told_as_they_are(source: Path, target: Path) -> None:
    for number, name in enumerate(ODD_NAMES):
        (source / name).write_bytes(bytes([number]) * (1000 + number))
    told: list[RsyncFile] = []
    result = copying(source, target, on_file=told.append).run()
    assert (result.code, result.outcome, result.stderr) == (0, RsyncOutcome.DONE, "")
    assert content(target) == content(source)
    sizes = {file.name: file.size for file in told if file.sent}
    assert sizes == {name: 1000 + number for number, name in enumerate(ODD_NAMES)}
    assert (result.files, result.bytes) == (len(ODD_NAMES), sum(sizes.values()))


def test_names_given_on_standard_input_are_copied_and_no_others(source: Path, target: Path) -> None:
    names = [*ODD_NAMES, *(f"much more than one pipe holds {number:0200d}" for number in range(500))]
    for name in [*names, "not asked for"]:
        (source / name).write_bytes(name.encode(errors="surrogateescape"))
    given = b"".join(os.fsencode(name) + b"\0" for name in names)
    result = copying(source, target, "--files-from=-", "--from0", given=given).run()
    assert (result.code, result.files) == (0, len(names))
    assert content(target).keys() == set(names)


def test_a_second_run_copies_nothing(source: Path, target: Path) -> None:
    (source / "a").write_bytes(b"x")
    assert copying(source, target).run().files == 1
    result = copying(source, target).run()
    assert (result.outcome, result.files, result.bytes) == (RsyncOutcome.DONE, 0, 0)


def test_a_dry_run_tells_of_a_changed_byte_and_changes_nothing(source: Path, target: Path) -> None:
    (source / "a").write_bytes(b"right")
    copying(source, target).run()
    (target / "a").write_bytes(b"wrong")
    os.utime(target / "a", ns=(0, (source / "a").stat().st_mtime_ns))
    told: list[RsyncFile] = []
    result = copying(source, target, "--checksum", "--dry-run", on_file=told.append).run()
    assert result.outcome is RsyncOutcome.DONE
    assert [(file.name, file.sent, file.change[2]) for file in told] == [("a", True, "c")]
    assert (target / "a").read_bytes() == b"wrong"


def test_progress_is_told_while_a_file_is_copied(source: Path, target: Path) -> None:
    (source / "big").write_bytes(b"x" * 3_000_000)
    told: list[RsyncProgress] = []
    run = copying(source, target, "--bwlimit=2000", on_progress=told.append)
    result = run.run()
    assert result.outcome is RsyncOutcome.DONE
    halfway = [one for one in told if 0 < one.bytes < 3_000_000]
    assert halfway
    assert all(one.name == "big" and one.files == 0 for one in halfway)
    assert run.progress == told[-1]
    assert (told[-1].bytes, told[-1].files) == (3_000_000, 1)
    assert told[-1].rate > 1000


@pytest.mark.parametrize(
    ("fault", "outcome", "told"),
    [
        ("no source", RsyncOutcome.PASSING, "gone"),
        ("no parent", RsyncOutcome.LASTING, "above the target"),
        ("option", RsyncOutcome.LASTING, "options"),
        ("vanished", RsyncOutcome.TOLERATED, "went away"),
        ("target is a file", RsyncOutcome.LASTING, "could not use"),
    ],
)
def test_faults_of_the_real_rsync(source: Path, target: Path, fault: str, outcome: RsyncOutcome, told: str) -> None:
    runs = {
        "no source": lambda: copying(source / "gone", target),
        "no parent": lambda: copying(source, target / "a" / "b"),
        "option": lambda: copying(source, target, "--no-such-option"),
        "vanished": lambda: copying(source, target, "--files-from=-", "--from0", given=b"gone\0"),
        "target is a file": lambda: copying(source, __file__),
    }
    result = runs[fault]().run()
    assert result.outcome is outcome
    assert told in result.sentence


def test_a_full_target_is_told(source: Path, mounted: Callable[[], Path]) -> None:
    (source / "big").write_bytes(b"x" * 5_000_000)
    place = mounted()
    result = copying(source, place).run()
    assert result.outcome is RsyncOutcome.LASTING
    assert "the target is full" in result.sentence
    assert not (place / "big").exists()


def test_a_read_only_target_is_told(source: Path, mounted: Callable[[], Path]) -> None:
    (source / "a").write_bytes(b"x")
    place = mounted()
    subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)
    result = copying(source, place).run()
    assert result.outcome is RsyncOutcome.LASTING
    assert "read-only" in result.sentence


def test_a_missing_rsync_is_told(source: Path, target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(source))
    result = copying(source, target).run()
    assert (result.code, result.outcome) == (127, RsyncOutcome.LASTING)
    assert "install" in result.sentence


def test_an_environment_that_changes_rsync_is_left_out(
    source: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (source / "ü").write_bytes(b"x" * 1000)
    monkeypatch.setenv("RSYNC_RSH", "false")
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    told: list[RsyncFile] = []
    assert copying(source, target, on_file=told.append).run().code == 0
    assert "ü" in [file.name for file in told]
    assert "RSYNC_RSH" not in rsync_run.plain_environment()


# --- stopping -----------------------------------------------------------------------------------------------------


def test_a_copy_is_cancelled_and_its_half_file_is_not_visible(
    source: Path, target: Path, wait_until: Callable[..., None]
) -> None:
    (source / "big").write_bytes(os.urandom(30_000_000))
    run = copying(source, target, "--bwlimit=1000")
    thread, results = started(run)
    wait_until(lambda: run.progress.bytes > 0)
    run.cancel()
    thread.join(AWAITED_S)
    assert not thread.is_alive()
    assert results[0].outcome is RsyncOutcome.CANCELLED
    assert content(target) == {}
    assert content(target / ".rsync-partial").keys() == {"big"}
    (source / "big").write_bytes(b"now small")
    assert copying(source, target).run().outcome is RsyncOutcome.DONE
    assert content(target) == content(source)


@pytest.mark.parametrize(
    "script",
    [
        "sleep 1000",
        "trap '' TERM; sleep 1000 & wait; sleep 1000",
        "sleep 1000 & exec >/dev/null 2>/dev/null; sleep 1000",
        "sleep 1000 & kill -STOP $$",
    ],
    ids=["hangs", "deaf", "pipes closed", "halted"],
)
def test_what_hangs_is_ended_with_all_its_children(
    script: str, source: Path, target: Path, fake: Callable[[str], Path], wait_until: Callable[..., None]
) -> None:
    number = fake(script)
    run = copying(source, target)
    thread, results = started(run)
    wait_until(number.exists)
    run.cancel()
    thread.join(AWAITED_S)
    assert not thread.is_alive()
    assert results[0].outcome is RsyncOutcome.CANCELLED
    group = int(number.read_text())
    wait_until(lambda: not lives(group))


def test_a_child_that_outlives_rsync_is_ended_and_holds_up_nobody(
    source: Path, target: Path, fake: Callable[[str], Path], wait_until: Callable[..., None]
) -> None:
    number = fake("sleep 1000 & echo said >&2; exit 12")
    result = copying(source, target).run()
    assert (result.code, result.stderr) == (12, "said\n")
    group = int(number.read_text())
    wait_until(lambda: not lives(group))


@pytest.mark.parametrize(
    ("script", "limits", "told"),
    [
        ("sleep 1000", {"idle_s": 0.1}, "nothing moved for 0.1 s"),
        ("while :; do echo; sleep 0.02; done", {"timeout_s": 0.3, "idle_s": 20}, "longer than 0.3 s"),
    ],
)
def test_time_limits(
    script: str, limits: dict[str, float], told: str, source: Path, target: Path, fake: Callable[[str], Path]
) -> None:
    fake(script)
    result = copying(source, target, **limits).run()
    assert result.outcome is RsyncOutcome.PASSING
    assert told in result.sentence


def test_what_speaks_is_not_idle(source: Path, target: Path, fake: Callable[[str], Path]) -> None:
    fake("for i in 1 2 3 4 5 6 7 8; do echo; sleep 0.5; done")
    assert copying(source, target, idle_s=3).run().outcome is RsyncOutcome.DONE


def test_a_run_cancelled_before_it_began_starts_nothing(source: Path, target: Path) -> None:
    (source / "a").write_bytes(b"x")
    run = copying(source, target)
    run.cancel()
    assert run.run().outcome is RsyncOutcome.CANCELLED
    assert content(target) == {}


def test_a_process_that_cannot_be_killed_holds_up_nobody(
    source: Path, target: Path, fake: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    number = fake("sleep 1000")
    kill = os.killpg
    monkeypatch.setattr(os, "killpg", lambda group, which: None)
    result = copying(source, target, idle_s=0.1).run()
    assert (result.code, result.outcome) == (-9, RsyncOutcome.PASSING)
    kill(int(number.read_text()), signal.SIGKILL)  # ends the thread that waits for it


def test_a_flood_of_errors_is_kept_short(source: Path, target: Path, fake: Callable[[str], Path]) -> None:
    fake(
        "echo first >&2; i=0; while [ $i -lt 20000 ]; do echo xxxxxxxxxx >&2; i=$((i+1)); done; echo last >&2; exit 23"
    )
    result = copying(source, target).run()
    assert len(result.stderr) <= 2 * rsync_run.KEPT
    assert result.stderr.startswith("first\n")
    assert result.stderr.endswith("last\n")


def test_rsync_ends_with_us_when_we_are_killed(
    source: Path, target: Path, fake: Callable[[str], Path], wait_until: Callable[..., None]
) -> None:
    number = fake("exec sleep 1000")
    program = (
        "from eyegore.copies.programs.rsync import RsyncRun\n"
        f"RsyncRun(['rsync', '--', {str(source)!r}, {str(target)!r}], timeout_s=999, idle_s=999).run()\n"
    )
    with subprocess.Popen([sys.executable, "-c", program]) as ours:
        wait_until(number.exists)
        ours.kill()
    group = int(number.read_text())
    wait_until(lambda: not lives(group))
