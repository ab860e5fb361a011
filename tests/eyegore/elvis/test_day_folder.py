from __future__ import annotations

import calendar
import math

import pytest
from hypothesis import given, strategies as st

from eyegore.elvis.day_folder import (
    DayFile,
    FileKind,
    explog_name,
    folder_date,
    folder_name,
    image_name,
    in_order,
    lab_seconds,
    master_hk_name,
    obsid_hk_name,
    parse_name,
    parse_stamp,
    stamp,
)


def seconds(*date: int) -> float:
    return float(calendar.timegm((*date, 0, 0, 0)[:6]))


@pytest.mark.parametrize(
    ("name", "kind", "time", "obsid", "ccd", "number"),
    [
        ("EXP_LOG_050800.txt", FileKind.EXPLOG, seconds(2000, 8, 5), None, None, 0),
        ("EXP_LOG_210280_b.TXT", FileKind.EXPLOG, seconds(1980, 2, 21), None, None, 0),
        ("HK_191_050800D000000T_ROE1.txt", FileKind.OBSID_HK, seconds(2000, 8, 5), 191, None, 0),
        ("HK_21-02-80_ROE1_01.txt", FileKind.MASTER_HK, seconds(1980, 2, 21), None, None, 1),
        ("HK_14-03-19_ROE1_12.txt", FileKind.MASTER_HK, seconds(2019, 3, 14), None, None, 12),
        ("HK_14-03-19_ROE1.txt", FileKind.MASTER_HK, seconds(2019, 3, 14), None, None, 0),
        (
            "EUC_17000_140319D_235959T_ROE1_CCD3.fits",
            FileKind.IMAGE,
            seconds(2019, 3, 14, 23, 59, 59),
            17000,
            3,
            0,
        ),
        (
            "EUC_191_251116D150614T_ROE1_CCD1.fits",
            FileKind.IMAGE,
            seconds(2016, 11, 25, 15, 6, 14),
            191,
            1,
            0,
        ),
    ],
)
def test_names(name: str, kind: FileKind, time: float, obsid: int | None, ccd: int | None, number: int) -> None:
    assert parse_name(name) == DayFile(kind, name, time, obsid, ccd, number)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "EXP_LOG_merged.txt",
        "EUC_191_251116D150614T_ROE1_CCD1",
        ".EUC_191_251116D_150614T_ROE1_CCD1.fits.Ab3dEf",
        "EUC_191_251116D_150614T_ROE1_CCD1.fits.part",
        "HK_21-02-80_ROE1_01.txt~",
        "HK_x_050800D000000T_ROE1.txt",
        "EUC_١٩١_251116D_150614T_ROE1_CCD1.fits",
        "notes.txt",
    ],
)
def test_names_that_are_not_of_elvis(name: str) -> None:
    assert parse_name(name) is None


@pytest.mark.parametrize("name", ["HK_31-02-19_ROE1_01.txt", "EXP_LOG_999999.txt", "HK_1_140319D240000T_ROE1.txt"])
def test_impossible_dates_leave_the_file_readable(name: str) -> None:
    file = parse_name(name)
    assert file is not None
    assert math.isnan(file.time)


@pytest.mark.parametrize(("year", "full"), [(69, 1969), (80, 1980), (99, 1999), (0, 2000), (19, 2019), (68, 2068)])
def test_century(year: int, full: int) -> None:
    assert lab_seconds(21, 2, year) == seconds(full, 2, 21)


@pytest.mark.parametrize(
    "date", [(0, 1, 20), (29, 2, 19), (1, 13, 20), (1, 0, 20), (1, 1, 20, 24), (1, 1, 20, 0, 60), (1, 1, 20, 0, 0, 60)]
)
def test_dates_that_do_not_exist(date: tuple[int, ...]) -> None:
    assert math.isnan(lab_seconds(*date))


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("251116D150614T", seconds(2016, 11, 25, 15, 6, 14)),
        ("EUC_191_251116D_150614T_ROE1_CCD1", seconds(2016, 11, 25, 15, 6, 14)),
    ],
)
def test_stamps(text: str, time: float) -> None:
    assert parse_stamp(text) == time


@pytest.mark.parametrize("text", ["", "251116", "251316D150614T", "251116D156014T"])
def test_stamps_that_are_none(text: str) -> None:
    assert math.isnan(parse_stamp(text))


def test_master_files_are_ordered_by_date_then_number() -> None:
    names = [
        "HK_99-99-19_ROE1_01.txt",
        "HK_01-04-19_ROE1_01.txt",
        "HK_31-03-19_ROE1_10.txt",
        "HK_31-03-19_ROE1_02.txt",
        "HK_21-02-80_ROE1_01.txt",
    ]
    files = [file for file in map(parse_name, names) if file is not None]
    assert [file.name for file in in_order(files)] == [names[4], names[3], names[2], names[1], names[0]]


@pytest.mark.parametrize(
    ("name", "time"),
    [("21_Feb_80", seconds(1980, 2, 21)), ("14_Mar_19", seconds(2019, 3, 14)), ("14_mar_19", seconds(2019, 3, 14))],
)
def test_folder_dates(name: str, time: float) -> None:
    assert folder_date(name) == time


@pytest.mark.parametrize("name", ["", "14_Mrz_19", "copy of 14_Mar_19", "32_Mar_19", "14_03_19"])
def test_folders_may_be_called_anything(name: str) -> None:
    assert math.isnan(folder_date(name))


@given(st.integers(int(seconds(1969, 1, 1)), int(seconds(2069, 1, 1)) - 1), st.integers(0, 10**6), st.integers(1, 3))
def test_names_read_back(time: int, obsid: int, ccd: int) -> None:
    midnight = time - time % 86400
    assert parse_name(image_name(obsid, ccd, time)) == DayFile(
        FileKind.IMAGE, image_name(obsid, ccd, time), time, obsid, ccd
    )
    assert parse_name(obsid_hk_name(obsid, time)) == DayFile(FileKind.OBSID_HK, obsid_hk_name(obsid, time), time, obsid)
    assert parse_name(master_hk_name(time, ccd)) == DayFile(
        FileKind.MASTER_HK, master_hk_name(time, ccd), midnight, number=ccd
    )
    assert parse_name(explog_name(time)) == DayFile(FileKind.EXPLOG, explog_name(time), midnight)
    assert folder_date(folder_name(time)) == midnight
    assert parse_stamp(stamp(time)) == time
