"""A simulated session as files: names, headers, rows, and that they depend on seed and start only."""

import calendar
import threading
from pathlib import Path

import numpy as np
import pytest

from eyegore.basics.errors import SettingsError
from eyegore.campaign.plan import chamber, script_columns
from eyegore.elvis.dialect import DIALECTS, Stamp
from eyegore.limits.checks import Checker
from eyegore.limits.model import LimitSet, Verdict
from eyegore.limits.table import VERSIONS, table_for
from eyegore.simulator.simulator import SimulatedSession, Simulator

from ...patience import AWAITED_S

START = float(calendar.timegm((2019, 3, 14, 20, 0, 0)))
TABLES = [version for version, dialect in DIALECTS.items() if dialect.stamp is not Stamp.NONE]
MASTER = "HK_14-03-19_ROE1_01.txt"


def simulate(folder: Path, **options: object) -> Simulator:
    given = {"start": START, "images": False, "seconds": 900, "tests": ("BIAS01",)} | options
    return Simulator(folder, SimulatedSession(**given))  # type: ignore[arg-type]


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def rows(path: Path) -> list[list[str]]:
    return [line.split("\t") for line in path.read_text("latin-1").splitlines()]


def test_same_seed_same_bytes_however_written(tmp_path: Path) -> None:
    options = {"plants": ["CCD2_TEMP_B:dip:-136", "hk:garbage", "log:incomplete", "clock:stuck", "COMM_RD_T:text"]}
    simulate(tmp_path / "a", **options).write_at_once()
    portions = simulate(tmp_path / "b", **options)
    for count in (1, 7, 300, 2000):
        portions.append_rows(count)
    simulate(tmp_path / "c", speed=1e5, **options).run(threading.Event())
    simulate(tmp_path / "other", seed=1, **options).write_at_once()
    first = content(tmp_path / "a")
    assert first == content(tmp_path / "b") == content(tmp_path / "c")
    assert first[MASTER] != content(tmp_path / "other")[MASTER]


@pytest.mark.parametrize("version", DIALECTS)
@pytest.mark.parametrize("crlf", [False, True])
def test_every_version_writes_its_own_files(tmp_path: Path, version: str, crlf: bool) -> None:
    simulate(tmp_path, elvis=version, crlf=crlf).write_at_once()
    dialect = DIALECTS[version]
    old = dialect.hk_time == "HK_timestamp"
    files = content(tmp_path)
    assert (MASTER in files) == (dialect.hk_time == "TimeStamp")
    log = rows(tmp_path / "EXP_LOG_140319.txt")
    assert [cell.strip() for cell in log[0]] == [*dialect.explog_columns, *([""] if old else [])]
    assert len(log) == 1 + 3 * 9
    assert {len(row) for row in log} == {len(log[0])}
    assert [row[2] for row in log[1:4]] == ["CCD1", "CCD2", "CCD3"]
    per_obsid = sorted(name for name in files if name.startswith("HK_2"))
    assert per_obsid[0] == "HK_20103_140319D200005T_ROE1.txt"
    assert len(per_obsid) == 9
    lines = files[per_obsid[0]].split(b"\r\n" if crlf or old else b"\n")
    assert lines[-1] == b"" or old
    assert b"\n" not in b"".join(lines)
    cells = [line.decode().split("\t") for line in lines if line and not line.startswith(b"#")]
    if dialect.stamp is Stamp.NONE:
        assert [row[0] for row in cells] == list(dialect.hk_columns)
        assert {len(row) for row in cells} == {1 + 73}
        assert cells[12][0] == "HK_temp_top_CCD1"
        assert [float(value) for value in cells[12][1:]] == pytest.approx([-120] * 73, abs=0.2)
    else:
        assert [cell.strip() for cell in cells[0]] == [dialect.hk_time, *dialect.hk_columns]
        assert {len(row) for row in cells} == {1 + len(dialect.hk_columns)}
        assert len(cells) == 1 + 73
        assert cells[1][0] == ("20:00:06" if dialect.stamp is Stamp.CLOCK else "14-03-19_20:00:06")


def test_the_old_table_looks_like_the_real_one(tmp_path: Path) -> None:
    simulate(tmp_path, elvis="5.8.X").write_at_once()
    real = Path(__file__).parents[2] / "data"
    written = (tmp_path / "HK_20103_140319D200005T_ROE1.txt").read_bytes().split(b"\r\n")
    sample = next(real.glob("HK_191_*")).read_bytes().split(b"\r\n")
    assert written[0].rstrip() == sample[0].rstrip()
    begin = next(at for at, line in enumerate(sample) if line.startswith(b"#"))
    block = next(at for at, line in enumerate(written) if line.startswith(b"#"))
    assert written[block - 2 : block] == sample[begin - 2 : begin] == [b"", b""]
    names = [line.split(b"\t")[0][:34] for line in sample[begin : begin + 56]]
    assert [line.split(b"\t")[0][:34] for line in written[block : block + 56]] == names
    log, real_log = (
        path.read_bytes().split(b"\r\n") for path in (tmp_path / "EXP_LOG_140319.txt", next(real.glob("EXP_LOG*")))
    )
    assert log[0] == real_log[0]
    assert log[1].count(b"\t") == real_log[1].count(b"\t")


def test_the_status_register_is_hexadecimal_in_6_3_0_only(tmp_path: Path) -> None:
    for version, word in (("6.3.0", "2FA0"), ("7.5.X", "12192")):
        simulate(tmp_path / version, elvis=version, seconds=3).write_at_once()
        table = rows(tmp_path / version / MASTER)
        assert [row[table[0].index("SPW_STATUS_REG")] for row in table[1:]] == [word] * 3


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("limit_set", LimitSet)
def test_a_healthy_session_is_in_limits(tmp_path: Path, version: str, limit_set: LimitSet) -> None:
    tests = ("BIAS02", "CHINJ01", "CHINJ02", "PTC02_155R", "TP02")
    simulate(tmp_path, elvis=version, tests=tests, seconds=None, repeat=False).write_at_once()
    table = rows(tmp_path / MASTER)
    columns = table[0][1:]
    register = columns.index("SPW_STATUS_REG")
    base = 16 if version == "6.3.0" else 10
    values = np.array(
        [[int(c, base) if at == register else float(c) for at, c in enumerate(row[1:])] for row in table[1:]]
    )
    stamps = [row[0].partition("_")[2] for row in table[1:]]
    log = rows(tmp_path / "EXP_LOG_140319.txt")
    begun = {row[log[0].index("date")][-7:-1]: row for row in log[1:]}
    starts = np.array([stamp.replace(":", "") in begun for stamp in stamps])
    order = [begun[stamp.replace(":", "")] for stamp in np.array(stamps)[starts]]
    exposure = np.cumsum(starts) - 1
    commanded = {
        name: np.where(exposure < 0, np.nan, np.array([float(row[at]) for row in order])[exposure])
        for at, name in enumerate(log[0])
        if name.startswith(("I", "OD", "RD")) and name != "IPHI"
    }
    checker = Checker(table_for(version), limit_set, columns)
    verdicts = checker.verdicts(np.arange(float(len(values))), values, commanded)
    wrong = {columns[at]: values[row, at] for row, at in np.argwhere(verdicts > Verdict.IN_LIMITS)}
    assert wrong == {}
    assert (verdicts[exposure >= 0] == Verdict.IN_LIMITS).all()


def test_biases_and_log_follow_the_script(tmp_path: Path) -> None:
    simulate(tmp_path, tests=("CHINJ01",), seconds=400).write_at_once()
    scripts = script_columns("CHINJ01", chamber("B_BORN"), "7.5.X")
    log = rows(tmp_path / "EXP_LOG_140319.txt")
    for key in ("IG1_2_T", "IDL", "id_dly", "toi_ch", "chinj_on", "exptime", "source", "wave"):
        at = log[0].index(key)
        for row, script in zip(log[1::3], scripts, strict=False):
            value = script.settings[key]
            assert row[at] == value if isinstance(value, str) else float(row[at]) == pytest.approx(value)
    hk = rows(tmp_path / "HK_20104_140319D200143T_ROE1.txt")
    read_back = [float(row[hk[0].index("CCD2_IG1_T")]) for row in hk[1:]]
    assert read_back == pytest.approx([2.75] * len(read_back), abs=0.05)


def test_after_midnight_files_carry_the_new_date(tmp_path: Path) -> None:
    simulate(tmp_path, start=START + 4 * 3600 - 300, seconds=600).write_at_once()
    before, after = (rows(tmp_path / f"HK_{day}-03-19_ROE1_01.txt") for day in (14, 15))
    assert (before[-1][0], after[1][0]) == ("14-03-19_23:59:59", "15-03-19_00:00:00")
    assert before[0] == after[0]
    assert len(before) == len(after) == 301
    assert rows(tmp_path / "EXP_LOG_140319.txt")[0] == rows(tmp_path / "EXP_LOG_150319.txt")[0]


def test_a_second_session_goes_on_in_the_same_folder(tmp_path: Path) -> None:
    simulate(tmp_path).write_at_once()
    before = content(tmp_path)
    simulate(tmp_path, start=START + 1800).write_at_once()
    after = content(tmp_path)
    assert all(after[name].startswith(before[name]) for name in before)
    assert "HK_14-03-19_ROE1_02.txt" in after
    log = rows(tmp_path / "EXP_LOG_140319.txt")
    assert [int(row[0]) for row in log[1::3]] == list(range(20103, 20121))


def test_a_foreign_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(SettingsError, match="not a simulated day folder"):
        simulate(tmp_path)
    simulate(tmp_path, force=True).write_at_once()
    assert (tmp_path / "notes.txt").read_text() == "mine"
    with pytest.raises(SettingsError, match=r"notes\.txt is a file"):
        simulate(tmp_path / "notes.txt")
    with pytest.raises(SettingsError, match="exists already: choose another --first-obsid"):
        simulate(tmp_path, first_obsid=20103).write_at_once()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"elvis": "8.0"}, "known are 5.7.02"),
        ({"speed": 0}, "a speed of 0 is none"),
        ({"tests": ("BIAS",)}, "did you mean BIAS0"),
        ({"seconds": None, "images": 3}, "session without end"),
        ({"elvis": "5.7.02", "plants": ["clock:stuck"]}, "stamps no rows"),
        ({"plants": ["CCD2_TEMP_X:nan"]}, "did you mean CCD2_TEMP_"),
        ({"plants": ["frame:half"]}, "no exposure with images"),
    ],
)
def test_what_cannot_be_simulated_is_told(tmp_path: Path, options: dict[str, object], told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        simulate(tmp_path / "day", **options).write_at_once()
    assert not (tmp_path / "day").exists()


def test_an_endless_session_cannot_be_written_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="without end"):
        simulate(tmp_path, seconds=None).write_at_once()


def test_a_paced_session_stops_at_once_and_between_rows(tmp_path: Path, wait_until) -> None:  # type: ignore[no-untyped-def]
    stop = threading.Event()
    simulator = simulate(tmp_path, speed=40.0, seconds=None)
    thread = threading.Thread(target=simulator.run, args=(stop,))
    thread.start()
    try:
        wait_until(lambda: simulator.done > 20)
    finally:
        stop.set()
        thread.join(AWAITED_S)
    assert not thread.is_alive()
    data = (tmp_path / MASTER).read_bytes()
    assert data.endswith(b"\n")
    assert data.count(b"\n") == simulator.done + 1
    assert {line.count(b"\t") for line in data.splitlines()} == {82}


def test_rows_and_exposures_can_be_appended_without_waiting(tmp_path: Path) -> None:
    simulator = simulate(tmp_path, seconds=None)
    simulator.append_rows(3)
    assert len(rows(tmp_path / MASTER)) == 4
    while simulator.exposures < 2:
        simulator.append_rows(1)
    assert len(rows(tmp_path / "EXP_LOG_140319.txt")) == 1 + 2 * 3
    assert len(rows(tmp_path / MASTER)) == simulator.done + 1


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    simulator = simulate(tmp_path / "day")
    simulator.append_rows(1)
    (tmp_path / "day").rename(tmp_path / "gone")
    with pytest.raises(SettingsError, match=r"cannot write to .*day: No such file or directory"):
        simulator.append_rows(1)
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match="Not a directory"):
        simulate(tmp_path / "file" / "day").append_rows(1)
