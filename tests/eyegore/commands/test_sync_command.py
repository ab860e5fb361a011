"""``eyegore sync`` and ``eyegore verify`` as people and cron run them."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from eyegore.cli import main

from ...patience import AWAITED_S
from ..copies.copy_lab import SyncLab, age, listing
from ..copies.ssh_server import SshServer
from ..written_day import Day, fits

EMPTY_IMAGE = "".join(
    f"{card:80}"
    for card in (
        "XTENSION= 'IMAGE   '", "BITPIX  =                   16", "NAXIS   =                    0",
        "PCOUNT  =                    0", "GCOUNT  =                    1", "END",
    )
).ljust(2880).encode()  # fmt: skip
EYEGORE = [sys.executable, "-m", "eyegore"]


@pytest.fixture(scope="module")
def exposure(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A session of one exposure, to be copied."""
    folder = tmp_path_factory.mktemp("exposure") / "14_Mar_19"
    simulate(folder, "--at-once", "--rows", "120", "--exposures", "1")
    return folder


@pytest.fixture
def empty(tmp_path: Path) -> SyncLab:
    """A session before anything is written, and a target."""
    source, root = tmp_path / "14_Mar_19", tmp_path / "backup"
    source.mkdir()
    root.mkdir()
    return SyncLab(source, root, tmp_path / "state")


@pytest.fixture
def lab(exposure: Path, empty: SyncLab) -> SyncLab:
    """A session of one exposure, and a target."""
    shutil.copytree(exposure, empty.source, dirs_exist_ok=True)
    age(empty.source)
    return empty


def simulate(folder: Path, *options: str) -> None:
    command = [*EYEGORE, "simulate", str(folder), "--tests", "BIAS01", "--start", "2019-03-14", *options]
    subprocess.run(command, check=True, capture_output=True, timeout=AWAITED_S)


def once(lab: SyncLab, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, dict[str, Any]]:
    to = [str(lab.root), *more]
    code = main(["sync", str(lab.source), "--to", *to, "--once", "--json", "--state", str(lab.state)])
    told = json.loads(capsys.readouterr().out)
    assert told["exit"] == code
    return code, told


def verify(lab: SyncLab, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    code = main(["verify", str(lab.source), str(lab.root), "--json", "--state", str(lab.state)])
    told = json.loads(capsys.readouterr().out)
    assert told["exit"] == code
    return code, told


def test_once_copies_and_verifies_all(lab: SyncLab, capsys: pytest.CaptureFixture[str]) -> None:
    before = listing(lab.source)
    code, told = once(lab, capsys)
    (target,) = told["targets"]
    files = len(lab.names)
    assert (code, target["verified"], target["copied"], target["waiting"]) == (0, files, files, [])
    assert lab.alike
    assert listing(lab.source) == before
    assert once(lab, capsys)[1]["targets"][0]["copied"] == 0


def test_several_targets_and_one_that_is_missing(
    lab: SyncLab, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    assert once(lab, capsys, str(other))[0] == 0
    code, told = once(lab, capsys, str(tmp_path / "unmounted"))
    assert code == 2
    assert [one["exit"] for one in told["targets"]] == [0, 2]
    assert "is it mounted" in told["targets"][1]["problem"]


def test_a_planted_corruption_is_found_told_and_mended(lab: SyncLab, capsys: pytest.CaptureFixture[str]) -> None:
    once(lab, capsys)
    assert verify(lab, capsys)[0] == 0
    name = next(lab.source.glob("EUC_20103_*CCD2.fits")).name
    lab.spoil(name, 20_000_000)
    code, told = verify(lab, capsys)
    assert code == 1
    (unequal,) = told["unequal"]
    assert (unequal["file"], unequal["obsid"], unequal["likeness"]) == (name, 20103, "different")
    assert "first at byte 20000000 of" in unequal["reason"]
    code, told = once(lab, capsys)
    (mismatch,) = told["targets"][0]["mismatches"]
    assert (code, mismatch["obsid"], mismatch["mended"]) == (0, 20103, True)
    assert (lab.there / mismatch["kept"]).exists()
    assert verify(lab, capsys)[0] == 0


def test_verify_tells_what_is_missing_in_words(lab: SyncLab, capsys: pytest.CaptureFixture[str]) -> None:
    once(lab, capsys)
    name = next(lab.source.glob("EUC_20103_*CCD3.fits")).name
    (lab.there / name).unlink()
    assert main(["verify", str(lab.source), str(lab.root), "--state", str(lab.state)]) == 1
    assert f"MISSING ObsID 20103: {name} is not on the target" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["sync", "SOURCE", "--to", "SOURCE/sub"], "choose a folder outside"),
        (["sync", "SOURCE", "--to", "ROOT", "--json"], "--json goes with --once"),
        (["sync", "SOURCE", "--to", "ROOT", "ROOT"], "is given twice"),
        (["sync", "SOURCE", "--to", ""], "an empty target"),
        (["verify", "SOURCE/missing", "ROOT"], "is not a folder"),
        (["verify", "SOURCE", "ROOT/missing"], "is it mounted"),
    ],
)
def test_what_cannot_be_done_is_said(
    empty: SyncLab, capsys: pytest.CaptureFixture[str], arguments: list[str], told: str
) -> None:
    words = [word.replace("SOURCE", str(empty.source)).replace("ROOT", str(empty.root)) for word in arguments]
    assert main([*words, "--state", str(empty.state)]) == 2
    assert told in capsys.readouterr().err


def test_a_live_session_ends_alike_and_verified(
    empty: SyncLab, capsys: pytest.CaptureFixture[str], wait_until: Callable[..., None]
) -> None:
    command = [*EYEGORE, "sync", str(empty.source), "--to", str(empty.root), "--state", str(empty.state)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as syncing:
        simulate(empty.source, "--speed", "40", "--rows", "320")
        before = listing(empty.source)
        try:
            wait_until(lambda: empty.copied_names == empty.names and empty.alike)
        finally:
            syncing.send_signal(signal.SIGINT)
        said = syncing.communicate(timeout=AWAITED_S)[0]
    assert syncing.returncode == 0, said
    assert len(list(empty.source.glob("*.fits"))) >= 6
    assert listing(empty.source) == before
    assert verify(empty, capsys)[0] == 0


@pytest.mark.slow
def test_over_ssh_with_a_host_key_that_is_trusted_once(
    lab: SyncLab, tmp_path: Path, capsys: pytest.CaptureFixture[str], wait_until: Callable[..., None]
) -> None:
    (tmp_path / "sshd").mkdir()
    server = SshServer(tmp_path / "sshd", wait_until)
    server.start()
    try:
        to = f"ssh://127.0.0.1:{server.port}{lab.root}"
        keys = ["--key", str(server.key), "--known-hosts", str(server.known_hosts), "--state", str(lab.state)]
        command = ["sync", str(lab.source), "--to", to, "--once", *keys]
        assert main(command) == 2
        assert "key" in capsys.readouterr().out
        assert main([*command, "--trust"]) == 0
        assert "SHA256:" in capsys.readouterr().err
        assert lab.alike
        name = next(lab.source.glob("EUC_20103_*CCD2.fits")).name
        lab.spoil(name, 20_000_000)
        assert main(["verify", str(lab.source), to, *keys]) == 1
        assert f"DIFFERENT ObsID 20103: {name}" in capsys.readouterr().out
        assert main(command) == 0
        assert main(["verify", str(lab.source), to, *keys]) == 0
    finally:
        server.kill()


@pytest.mark.slow
def test_killed_again_and_again_it_completes(lab: SyncLab, capsys: pytest.CaptureFixture[str]) -> None:
    """Killed later each time, in the middle of what it does: no half file under a name, nothing twice."""
    command = [*EYEGORE, "sync", str(lab.source), "--to", str(lab.root), "--once", "--state", str(lab.state)]
    for tenths in range(5):
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as syncing:
            try:
                syncing.wait(0.3 + tenths / 10)
            except subprocess.TimeoutExpired:
                os.kill(syncing.pid, signal.SIGKILL)
        for path in lab.there.glob("EUC*.fits"):
            assert path.stat().st_size == (lab.source / path.name).stat().st_size
    assert once(lab, capsys)[0] == 0
    assert lab.alike
    assert lab.copied_names == lab.names
    assert verify(lab, capsys)[0] == 0


@pytest.fixture
def small(empty: SyncLab) -> SyncLab:
    """A session of a few kilobytes, at rest, and a target."""
    day = Day(empty.source)
    day.hk(range(5))
    day.log(range(20103, 20105))
    day.image(20103)
    age(empty.source)
    return empty


def never_whole(path: Path) -> None:
    path.write_bytes(fits(8, 160)[:7000])


NEVER_COPIED: dict[str, Callable[[Path], object]] = {
    "a cut image": never_whole,
    "a link to nothing": lambda path: path.symlink_to("nowhere"),
    "a pipe": os.mkfifo,
}


@pytest.mark.parametrize("make", NEVER_COPIED.values(), ids=NEVER_COPIED)
@pytest.mark.parametrize(
    "name", ["EUC_20104_140319D_120001T_ROE1_CCD1.fits", "EUC_20104_140319D_120001T_ROE1_CCD1.fits.gz"]
)
def test_a_file_that_is_never_copied_is_told_and_no_success(
    small: SyncLab, capsys: pytest.CaptureFixture[str], make: Callable[[Path], object], name: str
) -> None:
    make(small.source / name)
    age(small.source)
    code, told = once(small, capsys)
    assert (code, told["targets"][0]["stuck"]) == (1, [name])
    assert name in told["targets"][0]["incomplete"]
    code, told = verify(small, capsys)
    assert (code, told["stuck"]) == (1, [name])


@pytest.mark.parametrize(
    "content",
    [fits(8, 160)[:8320], fits(8, 160) + EMPTY_IMAGE, gzip.compress(fits(8, 160))],
    ids=["last block not padded", "an empty image behind", "gzip"],
)
def test_whole_images_in_other_forms_are_copied(
    small: SyncLab, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    path = small.source / "EUC_20104_140319D_120001T_ROE1_CCD1.fits"
    path.write_bytes(content)
    age(small.source)
    assert once(small, capsys)[0] == 0
    assert small.alike
    assert verify(small, capsys)[0] == 0


def test_a_file_of_the_far_future_is_copied(small: SyncLab, capsys: pytest.CaptureFixture[str]) -> None:
    path = small.source / "EUC_20103_140319D_172503T_ROE1_CCD1.fits"
    for far in (10_413_792_000, -10_000_000_000):  # of 2300, and of 1653
        os.utime(next(small.source.glob("EUC*")), (far, far))
        path.with_name(f"notes{far}.txt").write_text("x")
        os.utime(path.with_name(f"notes{far}.txt"), (far, far))
        assert once(small, capsys)[0] == 0
        assert verify(small, capsys)[0] == 0
    assert small.alike


@pytest.mark.parametrize("name", [b"14_M\xe4r_19", b"14\nMar\n19", b"-n", b"14\tMar 19", "14_Mär_19".encode()])
def test_a_folder_may_be_called_anything(
    empty: SyncLab, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: bytes
) -> None:
    source = tmp_path / os.fsdecode(name)
    source.mkdir()
    Day(source).hk(range(5))
    age(source)
    lab = SyncLab(source, empty.root, empty.state)
    assert once(lab, capsys)[0] == 0
    assert lab.alike
    assert verify(lab, capsys)[0] == 0
    assert main(["sync", str(source), "--to", str(lab.root), "--once", "--state", str(lab.state)]) == 0


def test_files_that_cannot_be_copied_are_counted_each_with_its_own_reason(
    small: SyncLab, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("notes.txt", "plan.txt"):
        (small.source / name).write_text("x")
        (small.there / name / "in the way").mkdir(parents=True)
    age(small.source)
    code, told = once(small, capsys)
    assert code == 1
    reasons = {one["file"]: one["reason"] for one in told["targets"][0]["waiting"]}
    assert reasons.keys() == {"notes.txt", "plan.txt"}
    assert "notes.txt" in reasons["notes.txt"]
    assert "notes.txt" not in reasons["plan.txt"]
    main(["sync", str(small.source), "--to", str(small.root), "--once", "--state", str(small.state)])
    assert "2 of them could not be copied" in capsys.readouterr().out
