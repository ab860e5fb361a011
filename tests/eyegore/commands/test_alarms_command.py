"""``eyegore alarms list | export``."""

from __future__ import annotations

import csv
import io
import json
import math
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from eyegore import cli
from eyegore.cli import build_parser
from eyegore.commands import alarms
from eyegore.journal.journal import Journal, journal_path
from eyegore.limits.model import Severity
from eyegore.messages.events import AlarmEntry, AlarmKind, AlarmState

NIGHT = 1_552_600_445.25  # 2019-03-14 21:54:05.25 UTC
RAISED = AlarmEntry(
    time=NIGHT,
    data_time=NIGHT - 5.25,
    parameter="CCD2_TEMP_T",
    kind=AlarmKind.OOL,
    before=AlarmState.PENDING,
    after=AlarmState.UNACK,
    severity=Severity.CRITICAL,
    value=-120.5,
    limit="low −119 °C",
    context="cold",
    person="",
    comment="",
    table="ab12",
    incident=3,
)
SAID = AlarmEntry(
    time=NIGHT + 60,
    data_time=math.nan,
    parameter="A [b]x[/b]",
    kind=AlarmKind.OOL,
    before=None,
    after=None,
    severity=Severity.WARNING,
    value=math.nan,
    limit="",
    context="",
    person="anna",
    comment='two\nlines, "quoted"\t\x1b[2J',
    table="ab12",
    old=True,
)


@pytest.fixture(autouse=True)
def plain_pipe(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Output is read by a program, unless the test says otherwise; the lab is two hours east of Greenwich."""
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    with pytest.MonkeyPatch.context() as zone:
        zone.setenv("TZ", "LAB-2")
        time.tzset()
        yield
    time.tzset()


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Output is read by a person, in 200 columns."""
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture
def night(tmp_path: Path) -> Path:
    """A monitored folder; its journal is the only one of this user."""
    return keep(tmp_path / "14_Mar_19", RAISED, SAID)


def keep(folder: Path, *entries: AlarmEntry, state: Path | None = None) -> Path:
    with Journal(journal_path(state, folder), folder) as journal:
        journal.record(entries, None)
    return folder


def eyegore(*arguments: object) -> int:
    args = build_parser(["alarms"]).parse_args(["alarms", *map(str, arguments)])
    status = args.run(args)
    assert isinstance(status, int)
    return status


# --- for programs ----------------------------------------------------------------------------------------------------


def test_export_is_csv(night: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert eyegore("export", "-p", night) == 0
    heading, raised, said = csv.reader(io.StringIO(capsys.readouterr().out, newline=""))
    assert heading == list(alarms.FIELDS)
    assert raised == [
        "2019-03-14T23:54:05.250+02:00",
        "2019-03-14T21:54:00",
        "CCD2_TEMP_T",
        "OOL",
        "PENDING",
        "UNACK",
        "CRITICAL",
        "-120.5",
        "low −119 °C",
        "cold",
        "",
        "",
        "ab12",
        "3",
        "false",
    ]
    assert dict(zip(heading, said, strict=True)) == {
        "time": "2019-03-14T23:55:05.250+02:00",
        "data_time": "",
        "parameter": SAID.parameter,
        "kind": "OOL",
        "from": "",
        "to": "",
        "severity": "WARNING",
        "value": "",
        "limit": "",
        "context": "",
        "person": "anna",
        "comment": SAID.comment,
        "table": "ab12",
        "incident": "0",
        "old": "true",
    }


@pytest.mark.parametrize("command", ["list", "export"])
def test_json_is_one_object_a_line(command: str, night: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert eyegore(command, "--json") == 0
    raised, said = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert tuple(raised) == tuple(said) == alarms.FIELDS
    assert (raised["value"], raised["data_time"], raised["incident"]) == (-120.5, "2019-03-14T21:54:00", 3)
    assert (said["value"], said["data_time"], said["old"], said["comment"]) == (None, None, True, SAID.comment)


def test_numbers_and_times_that_json_does_not_have(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(tmp_path, replace(RAISED, value=math.inf, time=math.inf), replace(RAISED, value=-math.inf, time=math.nan))
    assert eyegore("export", "--json") == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(line["time"], line["value"]) for line in lines] == [(None, None), (None, None)]
    assert eyegore("export") == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(row["time"], row["value"]) for row in rows] == [("", "inf"), ("", "-inf")]
    assert eyegore("list") == 0
    assert [line.split("\t")[0] for line in capsys.readouterr().out.splitlines()] == ["time", "?", "?"]


def test_export_of_nothing_has_its_headings(night: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert eyegore("export", "--parameter", "NONE") == 0
    assert capsys.readouterr().out == ",".join(alarms.FIELDS) + "\n"


CHOICES = [
    ([], [RAISED, SAID]),
    (["--since", "2019-03-14T23:55"], [SAID]),
    (["--since", "2019-03-14T21:55Z"], [SAID]),
    (["--since", "2019-03-15"], []),
    (["--until", "2019-03-14T23:55:00+02:00"], [RAISED]),
    (["--since", "2019-03-14", "--until", "2019-03-15"], [RAISED, SAID]),
    (["--parameter", "CCD2_TEMP_T"], [RAISED]),
    (["--newest", "1"], [SAID]),
    (["-n", "1", "--until", "2019-03-14T23:55"], [RAISED]),
]


@pytest.mark.parametrize(("options", "expected"), CHOICES)
def test_what_is_asked_for(
    options: list[str], expected: list[AlarmEntry], night: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert eyegore("export", "--json", *options) == 0
    shown = [json.loads(line)["parameter"] for line in capsys.readouterr().out.splitlines()]
    assert shown == [each.parameter for each in expected]


# --- for people ------------------------------------------------------------------------------------------------------


def test_list_in_a_pipe_is_one_line_per_entry(night: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert eyegore("list", "-p", night) == 0
    heading, raised, said = (line.split("\t") for line in capsys.readouterr().out.splitlines())
    assert heading == ["time", "data time", "parameter", "kind", "change", "severity", "value", "limit", "note"]
    assert raised == [
        "14/Mar 23:54:05",
        "14/Mar 21:54:00",
        "CCD2_TEMP_T",
        "OOL",
        "PENDING → UNACK",
        "CRITICAL",
        "-120.5",
        "low −119 °C",
        "cold, incident 3",
    ]
    assert said[1:5] == ["?", "A [b]x[/b]", "OOL", ""]
    assert said[6:] == ["", "", 'anna: two lines, "quoted"  [2J, old']


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize(
    ("columns", "change", "numbers"),
    [(200, "PENDING → UNACK", "-120.5  low −119 °C  cold"), (100, "UNACK", "-120.5, low −119 °C, cold")],
)
def test_list_on_a_terminal_is_a_table(
    columns: int,
    change: str,
    numbers: str,
    night: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    assert eyegore("list") == 0
    title, _, heading, _, *rows = re.sub("\x1b\\[[0-9;]*m", "", capsys.readouterr().out).splitlines()
    assert title == f"alarms of {night}"
    assert heading.split()[0] == "time"
    assert f"  {change}  " in rows[0]
    assert numbers in rows[0]
    assert "A [b]x[/b]" in rows[1]
    assert "anna: two lines" in rows[1]
    assert max(map(len, rows)) <= columns
    assert "\x1b" not in "".join(rows)


@pytest.mark.usefixtures("terminal", "night")
def test_list_of_nothing_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert eyegore("list", "--parameter", "NONE") == 0
    assert capsys.readouterr().out.splitlines()[1:] == ["no entries"]


# --- which journal, and what is said when there is none --------------------------------------------------------------


def test_any_way_to_name_the_journal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state, folder = tmp_path / "state", tmp_path / "14_Mar_19"
    keep(folder, RAISED, state=state)
    for way in (["--state", state], ["--state", state, "-p", folder], [journal_path(state, folder)]):
        assert eyegore("export", "--json", *way) == 0
        assert len(capsys.readouterr().out.splitlines()) == 1
    assert cli.main(["-p", str(folder), "--state", str(state), "alarms", "export", "--json"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_journal_is_read_while_it_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Journal(journal_path(None, tmp_path), tmp_path) as journal:
        journal.record([RAISED], None)
        assert eyegore("export", "--json") == 0
        journal.record([SAID], None)
    assert len(capsys.readouterr().out.splitlines()) == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "no alarm journal in {home}/.local/state/eyegore: nothing was monitored yet"),
        (["-p", "/data/x"], "/data/x has no alarm journal ({home}/.local/state/eyegore/alarms/x-"),
        (["--state", "/nowhere", "-p", "/data/x"], "/data/x has no alarm journal (/nowhere/alarms/x-"),
        (["/nowhere/a.sqlite"], "there is no alarm journal /nowhere/a.sqlite"),
        (["/"], "/ is a folder; if it is the monitored one, give it with -p /"),
        (["-p", "/data/x", "a.sqlite"], "either the monitored folder with -p DIR, or the journal FILE"),
        ([__file__], "is none of ours"),
    ],
)
@pytest.mark.parametrize("command", ["list", "export"])
def test_one_line_says_what_is_wrong(
    command: str, options: list[str], words: str, private_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["alarms", command, *options]) == 2
    said = capsys.readouterr()
    assert words.format(home=private_home) in said.err
    assert (said.out, said.err.count("\n")) == ("", 1)


def test_of_several_journals_one_has_to_be_chosen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for day in range(1, 9):
        keep(tmp_path / f"0{day}_Mar_19", RAISED)
    assert cli.main(["alarms", "list"]) == 2
    said = capsys.readouterr().err
    assert "8 alarm journals, choose one: " in said
    assert f"-p {tmp_path}/01_Mar_19, -p {tmp_path}/02_Mar_19" in said
    assert "and 2 more in " in said
    broken = journal_path(None, tmp_path / "01_Mar_19")
    broken.write_text("broken")
    assert cli.main(["alarms", "list"]) == 2
    assert f"choose one: {broken}, -p" in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--since=yesterday", "--until=", "--since=0001-01-01", "-n0", "-n=-1", "-n=x"])
def test_options_that_mean_nothing(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as status:
        eyegore("list", option)
    assert status.value.code == 2
    assert "argument -" in capsys.readouterr().err
