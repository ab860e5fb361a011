"""``eyegore roster``: who is on duty."""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from datetime import date, datetime, time as time_of_day, timedelta
from typing import Any

from eyegore.commands.command_line import Commands, add_command, add_settings, settings_file_of
from eyegore.commands.terminal import say_aligned
from eyegore.warning.duty.roster import Shift
from eyegore.warning.settings import WarningSettings, load_settings

_HEADINGS = ("", "from", "to", "primary", "backup")


def add_parser(commands: Commands, about: str) -> None:
    """Add ``roster`` and its own command to the command line."""
    parser = add_command(
        commands,
        "roster",
        about,
        "Who is on duty and is told of alarms, by the roster of the settings (eyegore settings).",
        "example: eyegore roster today",
        run,
    )
    commands = parser.add_subparsers(dest="roster_command", required=True, metavar="today")
    today = add_command(
        commands,
        "today",
        "the shifts of a day",
        "Print the shifts of today or of another day in the time zone of the roster; now is marked.",
        "example: eyegore roster today --date 2026-12-24",
    )
    today.add_argument("--date", metavar="DAY", type=_day, help="another day, e.g. 2026-12-24")
    today.add_argument("--json", action="store_true", help="as JSON")
    add_settings(today)


def run(args: argparse.Namespace) -> int:
    """Print the shifts; the exit status."""
    settings = load_settings(settings_file_of(args.settings))
    now = time.time()
    day = args.date or settings.roster.clock.local(now).date()
    shifts = _shifts(settings, day)
    if args.json:
        found = {
            "date": day.isoformat(),
            "time_zone": settings.zone.key,
            "shifts": [_as_json(settings, shift, now) for shift in shifts],
        }
        sys.stdout.write(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
        return 0
    rows = [_HEADINGS, *(_row(settings, shift, now) for shift in shifts)]
    sys.stdout.write(f"on duty on {day:%A %d %B %Y} ({settings.zone.key})\n")
    say_aligned(rows)
    return 0


def _day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = date.min
    if not 2000 <= found.year <= 2100:
        raise argparse.ArgumentTypeError(f"{text!r} is no day such as 2026-12-24")
    return found


def _shifts(settings: WarningSettings, day: date) -> list[Shift]:
    """Those that have a part in a day, also where the roster had not begun or is over."""
    roster = settings.roster
    midnight = datetime.combine(day, time_of_day())
    begins, ends = roster.clock.instant(midnight), roster.clock.instant(midnight + timedelta(days=1))
    found = roster.shifts(begins, ends)
    if begins < roster.begins:
        found.insert(0, roster.shift_at(begins))
    if ends > roster.ends:
        found.append(roster.shift_at(ends))
    return found


def _name(settings: WarningSettings, key: str) -> str:
    return f"{settings.people[key].name} ({key})" if key else "-"


def _row(settings: WarningSettings, shift: Shift, now: float) -> tuple[str, ...]:
    mark = "now" if shift.begins <= now < shift.ends else ""
    times = (_time(settings, shift.begins), _time(settings, shift.ends))
    return (mark, *times, _name(settings, shift.primary), _name(settings, shift.backup))


def _time(settings: WarningSettings, instant: float) -> str:
    clock = settings.roster.clock
    return clock.text(clock.local(instant)) if math.isfinite(instant) else "no end" if instant > 0 else "always"


def _as_json(settings: WarningSettings, shift: Shift, now: float) -> dict[str, Any]:
    zoned = [
        datetime.fromtimestamp(instant, settings.zone).isoformat() if math.isfinite(instant) else None
        for instant in (shift.begins, shift.ends)
    ]
    return {
        "from": zoned[0],
        "to": zoned[1],
        "primary": shift.primary,
        "backup": shift.backup or None,
        "now": shift.begins <= now < shift.ends,
        "entry": shift.entry + 1,
    }
