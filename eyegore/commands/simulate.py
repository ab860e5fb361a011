"""``eyegore simulate``: write what ELVIS writes, to try Eyegore on."""

from __future__ import annotations

import argparse
import calendar
import math
import threading
import time as clock

from eyegore.basics.errors import SettingsError
from eyegore.basics.lab_time import iso
from eyegore.basics.standard_output import say
from eyegore.campaign.plan import known_tests
from eyegore.commands.command_line import Commands, add_command
from eyegore.commands.running import ended_by_signals
from eyegore.commands.terminal import progress_bar
from eyegore.elvis.dialect import DIALECTS
from eyegore.simulator.plants import GRAMMAR, HK_KINDS, SPECIAL, Planted
from eyegore.simulator.simulator import NIGHT, SimulatedSession, Simulator

_DAY = 86400
_LONGEST_DAYS = 31
"""Of a session that is written at once: its plan is in memory."""

_EPILOG = f"""\
planting trouble, {GRAMMAR}
  of an HK parameter   PARAMETER:{{{",".join(HK_KINDS)}}}; dip, spike and step need a value
  of something else    {", ".join(f"{target}:{kind}" for target, kind in SPECIAL)}
                       (the last three may name the CCD: frame:half:1)
  START is seconds from the start or HH:MM of the session's own clock, SECONDS how long it lasts;
  without them trouble is spread over the session. --plant may be given many times.

examples
  eyegore simulate /tmp/today                       a live session, until Ctrl-C
  eyegore simulate /tmp/today --speed 60 --hours 8  a night in eight minutes
  eyegore simulate /tmp/14_Mar_19 --at-once --no-images --start 2019-03-14
                                                    a complete day of HK and log, now
  eyegore simulate /tmp/night --at-once --hours 8 --images 5 --plant CCD2_TEMP_B:dip:-136@03:00+120
                                                    a night, frames of its last 5 ObsIDs, one excursion
  eyegore simulate /tmp/old --elvis 5.8.X --tests BIAS01 --at-once --no-images
                                                    one test as an old ELVIS wrote it

Same options, --seed and --start: same bytes in every file. Nothing in DIR is ever deleted.
"""


def add_parser(commands: Commands, about: str) -> None:
    """Add ``simulate`` to the commands of the program."""
    parser = add_command(
        commands,
        "simulate",
        about,
        "Write a day folder as ELVIS writes it: housekeeping at 1 Hz, exposure log, full-size images.",
        _EPILOG,
        run,
    )
    parser.add_argument("folder", metavar="DIR", help="the day folder itself; created when missing")
    what = parser.add_argument_group("what is written")
    what.add_argument(
        "-E", "--elvis", metavar="VERSION", default="7.5.X", help=f"as which ELVIS: {', '.join(DIALECTS)} (7.5.X)"
    )
    what.add_argument("--tests", metavar="A,B,C", help=f"the tests, in order ({','.join(NIGHT)}, again and again)")
    what.add_argument("--plant", metavar="TROUBLE", action="append", default=[], help="plant trouble, see below")
    what.add_argument("--images", metavar="N", type=int, help="write the images of the last N ObsIDs only")
    what.add_argument("--no-images", action="store_true", help="write no images")
    what.add_argument(
        "--overscan", metavar="COLUMNS", type=int, default=20, help="20, or 29 of the flight read-out (20)"
    )
    what.add_argument("--no-parallel-overscan", action="store_true", help="images without parallel overscan rows")
    what.add_argument("--block", metavar="NAME", default="BORN", help="whose bias levels and chamber (BORN)")
    what.add_argument("--chamber", metavar="NAME", help="chamber profile, when not the block's own")
    what.add_argument(
        "--first-obsid", metavar="N", type=int, help="first ObsID (one after the folder's last, or 20103)"
    )
    what.add_argument("--seed", metavar="N", type=int, default=0, help="another seed, other noise (0)")
    what.add_argument("--crlf", action="store_true", help="end lines as Windows does")
    when = parser.add_argument_group("when, and how much")
    when.add_argument("--start", metavar="ISO", help="the session's first second, e.g. 2019-03-14T20:00:00 (now)")
    when.add_argument("--hours", metavar="H", type=float, help="end after H hours of the session")
    when.add_argument("--rows", metavar="N", type=int, help="end after N rows of HK (1 a second)")
    when.add_argument("--exposures", metavar="N", type=int, help="end after N exposures")
    when.add_argument("--speed", metavar="N", type=float, default=1.0, help="N seconds of the session a second (1)")
    when.add_argument(
        "--at-once", action="store_true", help="write all of it now: a day from midnight unless told otherwise"
    )
    parser.add_argument(
        "--force", action="store_true", help="write into a folder that holds other files (nothing is deleted)"
    )


def run(args: argparse.Namespace) -> int:
    """Simulate as the command line says; SettingsError when it cannot be done."""
    simulator = _simulator(args)
    for planted in simulator.planted:
        say(f"planted {_planted(planted)}")
    begun = clock.monotonic()
    stop = threading.Event()
    with ended_by_signals(stop):
        if args.at_once:
            with progress_bar("writing", 1.0, "TaskProgressColumn") as update:
                simulator.write_at_once(stop, lambda share: update(completed=share))
        else:
            end = "until Ctrl-C" if math.isinf(simulator.length) else f"for {simulator.length / args.speed:.0f} s"
            say(f"ELVIS {simulator.elvis} writes to {args.folder} at speed {args.speed:g} {end}")
            simulator.run(stop)
    say(
        f"{'stopped: ' if stop.is_set() else ''}{simulator.done} s of HK and {simulator.exposures} exposures, "
        f"{simulator.written / 1e6:.1f} MB in {args.folder} after {clock.monotonic() - begun:.1f} s"
    )
    return 0


def _simulator(args: argparse.Namespace) -> Simulator:
    for option in ("hours", "rows", "exposures", "images", "first_obsid"):
        value = getattr(args, option)
        if value is not None and not 0 < value < math.inf:
            raise SettingsError(f"--{option.replace('_', '-')} {value}: give a number above 0")
    if args.seed < 0:
        raise SettingsError(f"--seed {args.seed}: give 0 or more")
    if args.overscan not in (20, 29):
        raise SettingsError(f"--overscan {args.overscan}: a read-out has 20 or 29 overscan columns")
    if args.images is not None and args.no_images:
        raise SettingsError("--images and --no-images: give one of them")
    if args.hours is not None and args.rows is not None:
        raise SettingsError("--hours and --rows: give one of them")
    tests = NIGHT if args.tests is None else tuple(name.strip() for name in args.tests.split(",") if name.strip())
    if not tests:
        raise SettingsError(f"--tests: name some of {', '.join(known_tests())}")
    seconds = args.rows if args.hours is None else round(args.hours * 3600)
    endless = seconds is None and args.exposures is None and args.tests is None
    if args.at_once and endless:
        seconds = _DAY
    if args.at_once and seconds is not None and seconds > _LONGEST_DAYS * _DAY:
        given = f"--rows {args.rows}" if args.hours is None else f"--hours {args.hours:g}"
        raise SettingsError(f"{given}: at most {_LONGEST_DAYS} days are written at once")
    return Simulator(
        args.folder,
        SimulatedSession(
            elvis=args.elvis,
            tests=tests,
            repeat=args.tests is None or seconds is not None or args.exposures is not None,
            seed=args.seed,
            speed=args.speed,
            start=_start(args),
            seconds=seconds,
            exposures=args.exposures,
            images=not args.no_images if args.images is None else args.images,
            plants=args.plant,
            block=args.block,
            chamber=args.chamber,
            first_obsid=args.first_obsid,
            overscan=args.overscan,
            parallel_overscan=not args.no_parallel_overscan,
            crlf=args.crlf,
            force=args.force,
        ),
    )


def _start(args: argparse.Namespace) -> float | None:
    """First second of the session [lab s]; None for now."""
    if args.start is None:
        now = calendar.timegm(clock.localtime())
        return float(now - now % _DAY) if args.at_once else None
    for form in ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d"):
        try:
            return float(calendar.timegm(clock.strptime(args.start.replace(" ", "T"), form)))
        except ValueError:
            continue
    raise SettingsError(f"--start {args.start}: write it as 2019-03-14T20:00:00 or 2019-03-14")


def _planted(planted: Planted) -> str:
    """One plant in words."""
    first, last = iso(planted.first), iso(planted.last)
    if planted.obsid is not None:
        ccd = f" CCD{planted.ccd}" if planted.ccd else ""
        return f"{planted.plant}: ObsID {planted.obsid}{ccd}, {first}"
    if first is None:
        return f"{planted.plant}: nothing, no HK is written then"
    if last is None:
        return f"{planted.plant}: from {first} on"
    worst = "" if math.isnan(planted.worst) else f", worst {planted.worst:.2f}"
    return f"{planted.plant}: {planted.samples} samples, {first} to {last}{worst}"
