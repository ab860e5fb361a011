"""Make the table of messages in docs/warnings.rst from the real program (``make messages``).

Each kind of message comes from a story of its own: the monitor and the warnings of a session are given what the readers
would give them, and what a person is then told by each channel, what the list of alarms shows and what the log says is
written down. Clock, people and code are always the same.
"""

from __future__ import annotations

import math
import re
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from eyegore.alarms.words import subject
from eyegore.housekeeping.housekeeping import Rules
from eyegore.limits.frame_model import ImageVerdict
from eyegore.limits.model import Expected, LimitSet, Range, Severity
from eyegore.limits.table import table_for
from eyegore.messages.copies import Role, SyncState
from eyegore.messages.events import (
    Action,
    AlarmChanged,
    CaughtUp,
    Exposure,
    ExposureRows,
    FeedMessage,
    FlagCommand,
    FloatArray,
    FreeSpace,
    HkHeader,
    HkRows,
    ImageJudged,
    Said,
    WarningPath,
)
from eyegore.messages.images import ImageCheck, ImageResult
from eyegore.messages.warnings import Channel, Notice, Reason
from eyegore.presenters.alarms import alarm_cells
from eyegore.session.monitor import Monitor, Tick
from eyegore.session.warnings import circumstances
from eyegore.warning.duty.roster import Duty
from eyegore.warning.notices import of_fault, of_proof, of_reply, of_test
from eyegore.warning.policy.policy import Policy
from eyegore.warning.policy.rules import PolicyRules
from eyegore.widgets.cells.lists import AlarmCell

PAGE = Path(__file__).resolve().with_name("warnings.rst")
BEGIN = ".. The table of messages begins here: make messages\n"
END = ".. The table of messages ends here\n"
START = datetime(2026, 3, 14, 3, 0, tzinfo=UTC).timestamp()
WIDTH = 118
TABLE = table_for("7.5.X")
FIRST_CODE = 4711
Values = Mapping[str, float]
NOTHING: Values = {}
ALL = (Channel.SMS, Channel.CALL, Channel.EMAIL)


def _nominal() -> dict[str, float]:
    """A value in limits of each parameter there is a story about."""
    assert TABLE is not None
    middle = {name: each.safe for name, each in TABLE.parameters.items() if name in TOLD or name.endswith("_V")}
    values = {
        name: float(limit.equals) if isinstance(limit, Expected) else (limit.low + limit.high) / 2
        for name, limit in middle.items()
        if isinstance(limit, Range | Expected)
    }
    return values | {name: -120.0 for name in values if "_TEMP_" in name and name.startswith("CCD")}


TOLD = ("CCD1_TEMP_T", "CCD2_TEMP_T", "CCD3_TEMP_T", "CCD1_OD_T", "VID_PCB_TEMP_T", "COMM_IG2_T", "SPW_STATUS_REG")
NOMINAL = _nominal()
COLUMNS = tuple(NOMINAL)


class Night:
    """A session at night, with Ana on duty and Ben behind her; ``notices`` are all they were told, ``log`` its lines.

    ``before`` are values of the last hour and more before it began, where they were not the usual ones; quiet hours
    end ``quiet_s`` [s] after that.
    """

    def __init__(self, limit_set: LimitSet = LimitSet.SAFE, before: Values = NOTHING, quiet_s: float = 0.0) -> None:
        self.now = START
        self.notices: list[Notice] = []
        self.log: list[str] = []
        self.monitor = Monitor(Rules(lambda _elvis: TABLE, limit_set), "/data/14_Mar_26")
        self._values = NOMINAL | dict(before)
        self._policy = Policy(
            PolicyRules(
                routes={Severity.WARNING: ALL, Severity.CRITICAL: ALL},
                quiet=lambda _person, now: now < START + quiet_s,
                duty=lambda _now: Duty("Ana", "Ben", math.inf),
                people=("Ana", "Ben"),
                circumstances=lambda alarm: circumstances(self.monitor, alarm, self.now),
            ),
            FIRST_CODE,
        )
        self.take(HkHeader("hk", "7.5.X", COLUMNS))
        self._rows(np.arange(START - 4000.0, START, 10.0, dtype=np.float64))
        self.take(CaughtUp("/data/14_Mar_26"))
        self.go(10)
        row = Exposure(2345, "CCD1", "FLAT_01", self.now, 10.0, ("ObsID", "OD_1_T"), ("2345", "26.0"))
        self.take(ExposureRows("log", ("ObsID", "OD_1_T"), (row,), self.now))

    def take(self, message: FeedMessage | Tick | FlagCommand) -> None:
        """Let the monitor have a message, and the policy what follows."""
        for event in self.monitor.take(message, self.now):
            if isinstance(event, AlarmChanged):
                self.notices += self._policy.notices_for(event, self.now)
            if isinstance(event, AlarmChanged | Said) and event.text:
                self.log.append(event.text)
        self.notices += self._policy.tick(self.now)

    def go(
        self, seconds: float, values: Values = NOTHING, *, step: float = 5.0, rows: bool = True, behind: float = 0.0
    ) -> None:
        """Let time pass with these values, which stay; without ``rows``, or with a clock so far ``behind`` [s]."""
        self._values |= values
        end = self.now + seconds
        while self.now < end:
            self.now += step
            if rows:
                self._rows(np.array([self.now - behind]))
            self.take(Tick())

    def _rows(self, times: FloatArray) -> None:
        values = np.tile([self._values[name] for name in COLUMNS], (times.size, 1))
        self.take(HkRows("hk", COLUMNS, times, values, 2, self.now))

    def act(self, action: Action, comment: str) -> None:
        """Ana does something about the first CCD."""
        self.take(FlagCommand(action, "CCD1_TEMP_T", "Ana", comment, self.now + 3600.0))
        self.go(5)

    def told(self, parameter: str) -> list[Notice]:
        """What people were told of a parameter, "" for all they were told."""
        return [notice for notice in self.notices if parameter in (notice.parameter, "")]

    def cells(self) -> list[AlarmCell]:
        """The rows of the list of alarms."""
        return alarm_cells(self.monitor.alarms.alarms(), self.now, lab_now=self.now)


# --- the stories -----------------------------------------------------------------------------------------------------

COLD, WELL = {"CCD1_TEMP_T": -136.05}, {"CCD1_TEMP_T": -120.0}


def _cold(night: Night) -> None:
    night.go(30, COLD)


def _all_cold(night: Night) -> None:
    night.go(30, COLD | {"CCD2_TEMP_T": -137.2, "CCD3_TEMP_T": -134.9})


def _drain(night: Night) -> None:
    night.go(60, {"CCD1_OD_T": 26.42})


def _register(night: Night) -> None:
    night.go(60, {"SPW_STATUS_REG": 0x2FA1})


def _no_reading(night: Night) -> None:
    night.go(60, {"COMM_IG2_T": math.nan})


def _readings_return(night: Night) -> None:
    _no_reading(night)
    night.go(400, {"COMM_IG2_T": 0.0}, step=10)


def _drift(night: Night) -> None:
    """Down by 0.3 K a minute, until the pre-alarm comes."""
    for step in range(180):
        night.go(15, {"CCD1_TEMP_T": -120.0 - 0.075 * step + 0.02 * math.sin(step)}, step=15)
        if night.told("CCD1_TEMP_T"):
            return


def _graver(night: Night) -> None:
    night.go(60, {"VID_PCB_TEMP_T": -12.0})
    night.go(60, {"VID_PCB_TEMP_T": 45.0})


def _nobody(night: Night) -> None:
    night.go(700, COLD, step=10)


def _acknowledged(night: Night) -> None:
    _cold(night)
    night.act(Action.LOWER, "heater is on")


def _shelved(night: Night) -> None:
    _cold(night)
    night.act(Action.SHELVE, "pump test")


def _again(night: Night) -> None:
    _acknowledged(night)
    night.go(3700, step=60)


def _jumps(night: Night) -> None:
    _acknowledged(night)
    night.go(60, {"CCD1_TEMP_T": 36.0})


def _repeated(night: Night) -> None:
    night.go(2600, COLD, step=20)


def _chatter(night: Night) -> None:
    for _ in range(4):
        night.go(30, COLD)
        night.go(60, WELL)


def _held_back(night: Night) -> None:
    night.go(60, {"COMM_IG2_T": 21.4})
    night.go(1800, {"COMM_IG2_T": 0.0}, step=10)


def _over(night: Night) -> None:
    _cold(night)
    night.go(400, WELL, step=10)


def _silence(night: Night) -> None:
    night.go(90, rows=False)


def _silence_ends(night: Night) -> None:
    _silence(night)
    night.go(330, step=10)


def _standstill(night: Night) -> None:
    for late in range(0, 120, 5):
        night.go(5, behind=late)


def _clock_off(night: Night) -> None:
    night.go(150, behind=3600.0)


def _no_exposure(night: Night) -> None:
    night.go(800, step=10)


def _space(night: Night) -> None:
    for step in range(240):
        night.take(FreeSpace("data volume", 40e9 - 60e6 * step, ""))
        night.go(15, step=15)
        if night.told("DATA VOLUME"):
            return


def _copy(night: Night) -> None:
    for _ in range(8):
        problem = "no route to host (ssh ended with 255)"
        night.take(SyncState("nas:/backup", Role.BACKUP, 120, 108, 900.0, night.now, problem))
        night.go(20, step=10)


def _image(night: Night) -> None:
    check = ImageCheck("std_pre", "E", 1.62, 0.86, 1.44, ImageVerdict.FAIL, "ADU")
    result = ImageResult("EUC_2345_ROE1_CCD1.fits", 2345, 1, ImageVerdict.FAIL, checks=(check,), block="BORN")
    night.take(ImageJudged(result, True, night.now))
    night.go(10)


def _channel(night: Night) -> None:
    night.take(WarningPath("call", "not delivered to Ana: number is not valid", night.now))
    night.go(10)


def _flood(night: Night) -> None:
    for name in [name for name in COLUMNS if name.endswith("_V")][:11]:
        night.go(5, {name: 99.0})
    night.go(60)


def _flood_over(night: Night) -> None:
    _flood(night)
    night.go(660, NOMINAL, step=10)


@dataclass(frozen=True)
class Kind:
    """One kind of message: what happens until it is told, and why it is told then."""

    title: str
    story: Callable[[Night], None]
    reason: Reason = Reason.RAISED
    limit_set: LimitSet = LimitSet.SAFE
    before: Values = field(default_factory=dict)
    quiet_s: float = 0.0
    about: str = ""


KINDS = (
    Kind("New", _cold),
    Kind("New, several of one incident", _all_cold),
    Kind("New, performance limit", _drain, limit_set=LimitSet.BOTH),
    Kind("New, a register", _register),
    Kind("New, no reading", _no_reading),
    Kind("New, before the limit is reached", _drift, about="CCD1_TEMP_T"),
    Kind("Out before watching began", _cold, Reason.FOUND, before=COLD),
    Kind("Graver than told", _graver, Reason.RISEN),
    Kind("To the backup", _nobody, Reason.ESCALATED),
    Kind("Still nobody, every half hour", _repeated, Reason.REPEATED),
    Kind("Out and back all the time", _chatter, Reason.CHATTER),
    Kind("Over in quiet hours", _held_back, Reason.MORNING, quiet_s=1500.0),
    Kind("Acknowledged and not mended", _again, Reason.AGAIN),
    Kind("Acknowledged, then out on the other side", _jumps, Reason.CROSSED),
    Kind("Acknowledged", _acknowledged, Reason.ACKNOWLEDGED),
    Kind("Shelved", _shelved, Reason.ACKNOWLEDGED),
    Kind("Over", _over, Reason.CLEARED),
    Kind("Over, readings are back", _readings_return, Reason.CLEARED),
    Kind("No housekeeping", _silence),
    Kind("Over, housekeeping is back", _silence_ends, Reason.CLEARED),
    Kind("A clock that stands still", _standstill),
    Kind("A clock that is off", _clock_off),
    Kind("No exposure", _no_exposure),
    Kind("A volume fills up", _space, about="DATA VOLUME"),
    Kind("A copy fails", _copy),
    Kind("An image is bad", _image),
    Kind("A channel fails", _channel),
    Kind("Many at once", _flood, Reason.FLOOD),
    Kind("Many at once, over", _flood_over, Reason.FLOOD),
)


# --- the table -------------------------------------------------------------------------------------------------------


def told(kind: Kind) -> Iterator[tuple[str, str]]:
    """Where a kind of message is told, and in which words."""
    night = Night(kind.limit_set, kind.before, kind.quiet_s)
    kind.story(night)
    found = [notice for notice in night.told(kind.about) if notice.reason is kind.reason]
    if not found:
        raise SystemExit(f"{kind.title}: nobody is told; {[(one.reason.name, one.short) for one in night.notices]}")
    notice = found[-1]
    yield from _said(notice)
    cells = [cell for cell in night.cells() if not notice.parameter or cell.parameter == notice.parameter]
    if cells:
        yield "window", _row(cells[0])
    name = next((subject(one) for one in night.monitor.alarms.alarms() if one.parameter == notice.parameter), "flood")
    about = [line for line in night.log if name in line]
    if about:
        yield "log", about[-1]


def _said(notice: Notice) -> Iterator[tuple[str, str]]:
    yield "SMS", notice.short
    yield "mail", notice.subject
    yield "call", notice.spoken


def _row(cell: AlarmCell) -> str:
    parts = (cell.severity.value, cell.parameter, cell.kind, cell.value, cell.limit, cell.since, cell.standing.value,
             cell.trend, cell.acknowledged_by, cell.reason)  # fmt: skip
    return " · ".join(filter(None, parts))


def plain_kinds() -> Iterator[tuple[str, Notice]]:
    """The messages that are about no alarm."""
    yield "An answer to an answer", of_reply("1", "Ana", Channel.SMS, "Eyegore: CCD1_TEMP_T acknowledged", START)
    yield "The regular proof", of_proof(START, "Ana", ALL, "4711", START, 1800.0)
    yield "A test by hand", of_test("Ana", Channel.SMS, START)
    yield "The warnings themselves fail", of_fault("Ana", ALL, START)


def page() -> str:
    """The table, and one mail in full."""
    kinds = [(kind.title, tuple(told(kind))) for kind in KINDS]
    kinds += [(title, tuple(_said(notice))) for title, notice in plain_kinds()]
    lines = [".. list-table::", "   :widths: 20 80", ""]
    for title, rows in kinds:
        lines.append(f"   * - **{title}**")
        for number, (where, words) in enumerate(rows):
            lead, *rest = textwrap.wrap(f"*{where}* {_literal(words)}", WIDTH - 9, break_long_words=False)
            lines += [f"     {'-' if not number else ' '} | {lead}", *(f"         {line}" for line in rest)]
    night = Night()
    _cold(night)
    lines += ["", "The first of them as a mail::", ""]
    lines += [f"    {line}".rstrip() for line in night.notices[-1].text.rstrip().split("\n")]
    return "\n".join(lines) + "\n"


def _literal(words: str) -> str:
    """The words as they are: nothing in them is markup."""
    return re.sub(r"([\\*`|])", r"\\\1", words)


def main() -> None:
    """Write it; with --check only tell whether it is what stands there."""
    before = PAGE.read_text(encoding="utf-8")
    head, _, rest = before.partition(BEGIN)
    _, _, tail = rest.partition(END)
    after = f"{head}{BEGIN}\n{page()}\n{END}{tail}"
    if after != before and "--check" in sys.argv:
        raise SystemExit("docs/warnings.rst is out of date: make messages")
    PAGE.write_text(after, encoding="utf-8")


if __name__ == "__main__":
    main()
