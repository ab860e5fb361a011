from __future__ import annotations

import math
import os
import shutil
import sqlite3
import threading
import zlib
from dataclasses import replace
from pathlib import Path

import pytest

from eyegore.images.store import KEEP_S, ImageStamp, ImageStore, forget_old, store_path
from eyegore.limits.frame_model import Family, ImageVerdict
from eyegore.messages.images import (
    ImageCheck,
    ImageProblem,
    ImageResult,
    Injection,
    QuadrantStatistics,
    SectionStatistics,
    Spot,
)

from ...damaged_store import damage
from ...patience import AWAITED_S

STAMP = ImageStamp("EUC_1_010119D_000000T_ROE1_CCD1.fits", 35_400_960, 1_552_000_000_123_456_789, "table BORN")


def result() -> ImageResult:
    section = SectionStatistics(100, 2200.5, 1.4, 2200.0, 1.39, 2190.0, 2199.0, 2201.0, 2210.0)
    spot = Spot("ALPHA", 100.5, 200.25, 30_000.0, 99_000.0, 2.1, 2.2)
    quadrant = QuadrantStatistics(
        "E", section, section, SectionStatistics(), 1, 2, 100, 3, math.nan, 5.0, Injection(2, 3, 4.0), (spot,)
    )
    check = ImageCheck("std_pre", "E", 1.4, 0.86, math.inf, ImageVerdict.WARNING, "ADU", "", "RON_OOL")
    header = {"OBJECT": "BIAS01"}
    return ImageResult(
        "/d/x.fits", 1, 2, ImageVerdict.WARNING, "BIAS01", Family.BIAS, 3, "BORN", 20, 20, 0, 2086, 0.5,
        header, {"E": quadrant}, (check,), ImageProblem.TRUNCATED, "cut",
    )  # fmt: skip


@pytest.fixture
def store(tmp_path: Path):
    made = ImageStore(tmp_path / "state" / "frames.sqlite")
    yield made
    made.close()


def test_a_result_comes_back_as_it_was_but_for_its_header(store: ImageStore) -> None:
    store.put(STAMP, result())
    assert repr(store.find(STAMP)) == repr(replace(result(), header={}))


def test_a_new_store_is_opened_by_several_at_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    together = threading.Barrier(4)

    def several() -> None:
        for number in range(20):
            together.wait(AWAITED_S)
            ImageStore(tmp_path / f"{number}.sqlite").close()

    threads = [threading.Thread(target=several) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not caplog.messages


@pytest.mark.parametrize(
    "changed", [{"name": "other"}, {"size": 1}, {"mtime_ns": 1}, {"rules": "table"}], ids=lambda one: next(iter(one))
)
def test_another_file_or_other_rules_have_no_result(store: ImageStore, changed: dict[str, object]) -> None:
    store.put(STAMP, result())
    assert store.find(replace(STAMP, **changed)) is None


def test_the_newer_result_of_a_file_replaces_the_older(store: ImageStore) -> None:
    store.put(STAMP, result())
    store.put(replace(STAMP, size=7), replace(result(), obsid=2))
    assert store.find(STAMP) is None
    found = store.find(replace(STAMP, size=7))
    assert found is not None
    assert found.obsid == 2


def test_what_was_kept_is_there_after_a_restart(store: ImageStore) -> None:
    store.put(STAMP, result())
    store.close()
    again = ImageStore(store.path)
    assert again.find(STAMP) is not None
    again.close()


def test_a_store_of_2026_is_read_and_written_on(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "frames.sqlite"
    shutil.copy(Path(__file__).parents[2] / "data" / "stores" / "frames.sqlite", path)
    store = ImageStore(path)
    assert repr(store.find(STAMP)) == repr(replace(result(), header={}))
    store.put(replace(STAMP, name="other"), result())
    store.close()
    again = ImageStore(path)
    assert again.find(replace(STAMP, name="other")) is not None
    again.close()
    assert not caplog.messages


def test_a_file_that_is_no_database_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "frames.sqlite"
    path.write_bytes(b"no database at all" * 100)
    store = ImageStore(path)
    store.put(STAMP, result())
    assert store.find(STAMP) is not None
    store.close()
    assert [one.name for one in tmp_path.iterdir() if "broken" in one.name]


def test_the_database_of_another_program_is_left_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "frames.sqlite"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE mine (x)")
    other.close()
    before = path.read_bytes()
    store = ImageStore(path)
    store.put(STAMP, result())
    assert store.find(STAMP) is None
    store.close()
    assert path.read_bytes() == before
    assert "another program" in caplog.text


def test_a_result_that_is_not_understood_is_measured_again(store: ImageStore, caplog: pytest.LogCaptureFixture) -> None:
    store.put(STAMP, result())
    with sqlite3.connect(store.path) as other:
        other.execute("UPDATE frames SET result = x'00'")
    other.close()
    assert store.find(STAMP) is None
    assert "measured again" in caplog.text


def test_a_folder_that_cannot_be_made_is_told_once_and_nothing_fails(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "state").write_text("a file")
    store = ImageStore(tmp_path / "state" / "frames.sqlite")
    store.put(STAMP, result())
    assert store.find(STAMP) is None
    assert caplog.text.count("measured again after a restart") == 1


def test_each_folder_has_a_store_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "a")
    assert store_path(tmp_path, tmp_path / "a") == store_path(tmp_path, tmp_path / "link")
    assert store_path(tmp_path, tmp_path / "a") != store_path(tmp_path, tmp_path / "b")


def test_a_store_that_nobody_uses_is_deleted_with_its_log_and_a_used_one_stays(tmp_path: Path) -> None:
    old, used = store_path(tmp_path, tmp_path / "a"), store_path(tmp_path, tmp_path / "b")
    for path in (old, used):
        ImageStore(path).close()
    old.with_name(f"{old.name}-wal").write_bytes(b"")
    long_ago = used.stat().st_mtime - KEEP_S - 10
    for path in (old, used):
        os.utime(path, (long_ago, long_ago))
    ImageStore(used).close()
    forget_old(tmp_path, long_ago + KEEP_S + 10)
    assert list(old.parent.iterdir()) == [used]
    forget_old(tmp_path / "nowhere", 0.0)


@pytest.mark.parametrize("column", ["name", "size", "mtime_ns", "rules", "result"])
@pytest.mark.parametrize("value", [None, -1, 1e308, "", "x", b"", b"\xff", zlib.compress(b"[]"), zlib.compress(b"{}")])
def test_a_result_damaged_in_any_field_is_measured_again(tmp_path: Path, column: str, value: object) -> None:
    store = ImageStore(tmp_path / "frames.sqlite")
    store.put(STAMP, result())
    store.close()
    if not damage(store.path, "frames", column, value):
        return
    again = ImageStore(store.path)
    assert again.find(STAMP) is None
    again.put(STAMP, result())
    assert again.find(STAMP) is not None
    again.close()
