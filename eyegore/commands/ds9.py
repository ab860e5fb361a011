"""``eyegore ds9``, also installed as ``quickds9``: images of consecutive ObsIDs to the frames of DS9."""

from __future__ import annotations

import argparse
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from eyegore import __version__
from eyegore.basics.errors import Ds9Error, SettingsError
from eyegore.basics.standard_output import say, written_out
from eyegore.commands.command_line import CommandLine, Commands, add_command, add_shared, obsid
from eyegore.commands.terminal import progress_bar
from eyegore.messages.exposures import CCDS

if TYPE_CHECKING:
    from eyegore.ds9.order import Ds9Order, OrderOutcome
    from eyegore.ds9.session import Ds9Session
    from eyegore.ds9.xpa import Transport

ALL, SOME, NONE, INTERRUPTED = 0, 1, 2, 130

_DESCRIPTION = """\
Open the images of consecutive ObsIDs in the frames of DS9: zoomed to fit, histogram equalised,
zscale limits. Files that are not complete are not opened: DS9 would die of them."""
_EPILOG = """\
examples
  {name} -p 14_Mar_19 -c 1 20103 20112        CCD1 of ten ObsIDs in frames 1 to 10
  {name} -p 14_Mar_19 20103                   the three CCDs of one ObsID
  {name} -p 14_Mar_19 -c 2 -a blink 7 8       blink the two
  {name} -p 14_Mar_19 -c 1,3 --quadrants 7 9  with the quadrants drawn over the images
  {name} -p . -c 1 -t 'img_%05d_R%d_%d.fits' 1 5
  {name} --list                               the DS9s that are running
  {name} --new -d flats -p . -c 1 7           another DS9, titled "flats"

Frame n shows the n-th image asked for; where that is missing or not complete the frame is
empty. Without -d the one DS9 that runs is used; if none does, one is started and stays.
"{other}" is the same command.

exit code
  0    every image asked for is shown
  1    some are not; which, and why, is told
  2    none is, or DS9 cannot be reached
  130  interrupted (Ctrl-C)
"""


def add_parser(commands: Commands, about: str) -> None:
    """Add ``ds9`` to the commands of the program."""
    parser = add_command(
        commands, "ds9", about, _DESCRIPTION, _EPILOG.format(name="eyegore ds9", other="quickds9"), run
    )
    _add_options(parser)


def own_parser() -> argparse.ArgumentParser:
    """The same as a program of its own, with what the program around it would bring."""
    parser = CommandLine(
        prog="quickds9",
        description=_DESCRIPTION,
        epilog=_EPILOG.format(name="quickds9", other="eyegore ds9"),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"quickds9 {__version__}")
    _add_options(parser)
    parser.set_defaults(run=run, command="ds9", path=None, ds9="", rsync=None, broadcast=None)
    return parser


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("first", metavar="FIRST", type=obsid, nargs="?", help="first ObsID")
    parser.add_argument("last", metavar="LAST", type=obsid, nargs="?", help="last ObsID (default: FIRST)")
    which = parser.add_argument_group("which images")
    add_shared(which, "-p", "--path", metavar="DIR", help="the day folder (default: here)")
    which.add_argument(
        "-c", "--ccd", metavar="CCD", type=_ccds, default=CCDS, help="1, 2, 3, or several: 1,3 (default: all)"
    )
    which.add_argument("-r", "--roe", metavar="ROE", type=int, default=1, help="read-out electronics (1)")
    which.add_argument(
        "-t",
        "--template",
        metavar="TEMPLATE",
        help="names, with %%i for ObsID, ROE and CCD, and * and ? (EUC_%%i_*D*T_ROE%%i_CCD%%i.fits)",
    )
    how = parser.add_argument_group("how")
    how.add_argument("-d", "--ds9", metavar="TARGET", dest="target", help="DS9 to use: its title or host:port")
    how.add_argument("--new", action="store_true", help="start another DS9 (titled TARGET)")
    how.add_argument("--list", action="store_true", help="list the DS9s that are running, and exit")
    how.add_argument(
        "-a", "--arrange", choices=["tile", "blink", "single"], help="show frames so (default: as DS9 is set)"
    )
    how.add_argument("--quadrants", action="store_true", help="draw quadrants, prescan and overscan over the images")


def run(args: argparse.Namespace) -> int:
    """Do what the command line says; the exit code."""
    from eyegore.commands.running import ended_by_signals
    from eyegore.ds9.order import Fate
    from eyegore.ds9.xpa import Ds9GivenUpError, available_transport

    given_up = threading.Event()
    transport = available_transport()
    if args.list:
        return _list(transport, given_up)
    order = _order(args)
    session = _session(args, transport, given_up)
    outcomes: list[OrderOutcome] = []
    interrupted = False
    with ended_by_signals(given_up):
        try:
            with progress_bar("opening", len(order.images), "MofNCompleteColumn") as update:
                _show(order, session, given_up, outcomes, update)
        except Ds9GivenUpError:
            interrupted = True
        except Ds9Error as why:
            _tell(session.name, order, outcomes)
            if all(one.fate is not Fate.SHOWN for one in outcomes) and len(outcomes) == len(order.images):
                return NONE  # each of them has told why
            raise Ds9Error(session.failed(why)) from why
        finally:
            session.close()
    _tell(session.name, order, outcomes)
    if interrupted:
        say(f"interrupted: {len(order.images) - len(outcomes)} images were not looked at")
        return INTERRUPTED
    shown = sum(one.fate is Fate.SHOWN for one in outcomes)
    return ALL if shown == len(order.images) else SOME if shown else NONE


def _order(args: argparse.Namespace) -> Ds9Order:
    """What the command line asks for; SettingsError when it cannot be asked for."""
    from eyegore.ds9.image_files import USUAL_TEMPLATE, NameTemplate, image_files
    from eyegore.ds9.order import MOST_FRAMES, Arrangement, Ds9Order, FrameImage

    if args.first is None:
        raise SettingsError("which ObsIDs? give FIRST, and LAST if there are more (see eyegore ds9 --help)")
    last = args.first if args.last is None else args.last
    if last < args.first:
        raise SettingsError(f"LAST ({last}) comes before FIRST ({args.first})")
    obsids = range(args.first, last + 1)
    if len(obsids) * len(args.ccd) > MOST_FRAMES:
        raise SettingsError(f"{len(obsids) * len(args.ccd)} images are more than DS9 holds well ({MOST_FRAMES})")
    folder = (args.path or Path()).expanduser().absolute()
    found = image_files(folder, NameTemplate(args.template or USUAL_TEMPLATE), args.roe, obsids, args.ccd)
    for note in found.notes:
        say(note)
    wanted = [(obsid, ccd) for obsid in obsids for ccd in args.ccd]
    images = tuple(
        FrameImage(frame, obsid, ccd, found.paths.get((obsid, ccd)))
        for frame, (obsid, ccd) in enumerate(wanted, start=1)
    )
    what = f"{len(images)} images" if len(images) > 1 else images[0].name
    arrangement = Arrangement(args.arrange) if args.arrange else None
    return Ds9Order(what, images, arrangement, quadrants=args.quadrants, equalised=True, emptied=True)


def _session(args: argparse.Namespace, transport: Transport, given_up: threading.Event) -> Ds9Session:
    from eyegore.ds9.running_ds9 import RunningDs9, UsersDs9

    target = args.target or args.ds9
    if args.new or not target:
        return UsersDs9(transport, given_up, target, another=args.new)
    return RunningDs9(target, transport, given_up)


def _show(
    order: Ds9Order,
    session: Ds9Session,
    given_up: threading.Event,
    outcomes: list[OrderOutcome],
    update: Callable[..., object],
) -> None:
    """Carry out an order; ``outcomes`` gets what became of each image as it becomes known, ``update`` shows it."""
    from eyegore.ds9.loading import Loading, PlainNames

    names = PlainNames()
    try:
        loading = Loading(order, names, given_up, lambda image, done, total: update(description=image.name))
        for outcome in loading.check():
            outcomes.append(outcome)
            update(advance=1)
        xpa, address = session.connect()
        for outcome in loading.load(xpa, address):
            outcomes.append(outcome)
            update(advance=1)
    finally:
        names.remove()


def _tell(name: str, order: Ds9Order, outcomes: Sequence[OrderOutcome]) -> None:
    """What is shown, what is not and why."""
    from eyegore.ds9.order import Fate, not_shown, numbers_text

    frames = [one.image.frame for one in outcomes if one.fate is Fate.SHOWN]
    with written_out():
        if frames:
            noun = "frame" if len(frames) == 1 else "frames"
            say(f"{name}: {len(frames)} of {len(order.images)} images shown, in {noun} {numbers_text(frames)}")
        else:
            say(f"none of {len(order.images)} images is shown")
        for line in [*not_shown(outcomes), *(one.sentence for one in outcomes if one.note)]:
            say(f"  {line}")


def _list(transport: Transport, given_up: threading.Event) -> int:
    """Print the DS9s that the name server knows: title and address, a line for each."""
    from eyegore.ds9.running_ds9 import running_ds9s

    points = running_ds9s(transport, given_up)
    with written_out():
        for point in points:
            say(f"{point.name}\t{point.address}")
    if not points:
        sys.stderr.write("eyegore: no DS9 is running that the XPA name server knows\n")
    return ALL if points else NONE


def _ccds(text: str) -> tuple[int, ...]:
    """``1``, ``1,3`` or ``all``."""
    if text == "all":
        return CCDS
    words = text.split(",")
    if not all(word in ("1", "2", "3") for word in words) or len(set(words)) < len(words):
        raise argparse.ArgumentTypeError(f"'{text}' is not a CCD (1, 2, 3) or several of them (1,3)")
    return tuple(int(word) for word in words)
