"""``eyegore limits rehearse``: what a candidate table would have done in past folders."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from eyegore.basics.errors import SettingsError
from eyegore.basics.lab_time import clock_text, iso
from eyegore.basics.toml_file import TomlError
from eyegore.commands.command_line import Commands, add_command
from eyegore.commands.terminal import counting_bar
from eyegore.limits.model import LimitSet
from eyegore.limits.table import load_table
from eyegore.reports.rehearsal import Alarmed, difference, rehearse

EXAMPLE = """\
example:
  eyegore limits show 7.5.X --toml > lab.toml       and edit it
  eyegore limits rehearse --limits lab.toml /data/12_Mar_19 /data/13_Mar_19 /data/14_Mar_19
"""


def add_parser(commands: Commands) -> None:
    """Add ``rehearse`` to the commands of ``limits``."""
    parser = add_command(
        commands,
        "rehearse",
        "run a candidate table over past folders",
        "Judge past folders by a candidate table and by the present one: alarms per parameter and folder, "
        "the first of each, chatter (alarms again within ten minutes), glitches, and the difference.",
        EXAMPLE,
    )
    parser.add_argument("--limits", metavar="FILE", type=Path, required=True, help="the candidate table")
    parser.add_argument(
        "--set", choices=[each.value for each in LimitSet], default="S", help="limits: S (default), P or both"
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help="day folders")


def run(args: argparse.Namespace) -> int:
    """Rehearse and print; exit status 0, or 2 when a folder, something in it, or the table cannot be read."""
    try:
        table = load_table(args.limits)
    except TomlError as why:
        raise SettingsError(f"limit table not usable: {why}") from why
    limit_set = LimitSet(args.set)
    console = Console(width=None if sys.stdout.isatty() else 160)
    results: list[dict[str, Any]] = []
    with counting_bar("folders", len(args.folders)) as done:
        for folder in args.folders:
            new = rehearse(folder.absolute(), table, limit_set)
            old = rehearse(folder.absolute(), None, limit_set)
            changes = difference(new.alarms, old.alarms)
            results.append({"folder": str(folder), "new": new.alarms, "present": old.alarms, "difference": changes})
            results[-1]["doubts"] = list(dict.fromkeys((*new.doubts, *old.doubts)))
            done(folder.name)
    if args.json:
        sys.stdout.write(json.dumps([_plain(one) for one in results], indent=1, allow_nan=False) + "\n")
    else:
        for one in results:
            console.print(_table(one))
            for doubt in one["doubts"]:
                console.print(Text(doubt, style="magenta"))
    return 2 if any(one["doubts"] for one in results) else 0


def _plain(result: Mapping[str, Any]) -> dict[str, Any]:
    plain = dict(result)
    for key in ("new", "present"):
        plain[key] = {name: asdict(one) | {"first": iso(one.first)} for name, one in result[key].items()}
    return plain


def _table(result: Mapping[str, Any]) -> Table:
    new, old, changes = result["new"], result["present"], result["difference"]
    table = Table(title=result["folder"], title_justify="left", box=None, caption=_caption(changes))
    table.add_column("parameter")
    for heading in ("alarms", "present", "difference", "chatter", "glitches"):
        table.add_column(heading, justify="right")
    table.add_column("first")
    for name in [*new, *(name for name in old if name not in new)]:
        one, other = new.get(name, Alarmed()), old.get(name, Alarmed())
        change = changes.get(name, 0)
        cells = (one.alarms, other.alarms, f"{change:+d}" if change else "", one.chatter, one.glitches)
        table.add_row(name, *map(str, cells), clock_text(one.first), style="bold" if change else "")
    return table


def _caption(changes: Mapping[str, int]) -> str:
    more = sum(changes.values())
    return f"{more:+d} alarms against the present limits" if changes else "the same alarms as with the present limits"
