"""``eyegore limits``: print, validate and compare limit tables."""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eyegore.basics.errors import SettingsError
from eyegore.commands import rehearse
from eyegore.commands.command_line import Commands, add_command
from eyegore.commands.terminal import print_rows
from eyegore.limits.model import Delta, Limit, LimitSet, LimitTable, Parameter, describe, unit_sign
from eyegore.limits.table import VERSIONS, load_table, table_for

if TYPE_CHECKING:
    from rich.console import Console

_ABOUT = f"""\
Print, validate and compare the limits of the housekeeping parameters.

Eyegore has a table for each of the ELVIS versions {", ".join(VERSIONS)}.
Parameters of other versions are shown but not checked, unless the lab gives a
table of its own with --limits FILE.
"""
_EXAMPLE = """\
to make the lab's own table:
  eyegore limits show 7.5.X --toml > lab.toml   start from the one Eyegore has; edit it
  eyegore limits check lab.toml                 every error, with line, parameter, field
  eyegore limits diff 7.5.X lab.toml            what was changed
  eyegore -p /data/14_Mar_19 --limits lab.toml
"""


def add_parser(commands: Commands, about: str) -> None:
    """Add ``limits`` and its own commands to the command line."""
    parser = add_command(commands, "limits", about, _ABOUT, _EXAMPLE, run)
    commands = parser.add_subparsers(dest="limits_command", required=True, metavar="show | check | diff | rehearse")

    table_help = f"ELVIS version ({', '.join(VERSIONS)}) or TOML file"
    show = add_command(
        commands,
        "show",
        "print a table",
        "Print a table: for reading on a terminal, one line per parameter with tabs when piped.",
        "example: eyegore limits show 7.5.X --set S | grep TEMP",
    )
    show.add_argument("table", nargs="?", default=VERSIONS[-1], help=f"{table_help}; default {VERSIONS[-1]}")
    show.add_argument(
        "--set",
        choices=[one.value for one in LimitSet.BOTH.parts],
        help="only the safe (S) or performance (P) limits",
    )
    form = show.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="as JSON, with everything the table holds")
    form.add_argument("--toml", action="store_true", help="the file itself, to make a table of your own from")

    check = add_command(
        commands,
        "check",
        "validate table files",
        "Validate table files and print every error. Exit status: 0 all can be used, 2 one cannot.",
        "example: eyegore limits check lab.toml",
    )
    check.add_argument("files", nargs="+", type=Path, metavar="FILE", help="TOML file")

    diff = add_command(
        commands,
        "diff",
        "compare two tables",
        "Compare two tables. Exit status, as of diff: 0 the same, 1 different, 2 one cannot be read.",
        "example: eyegore limits diff 7.2.X 7.5.X",
    )
    diff.add_argument("a", metavar="A", help=table_help)
    diff.add_argument("b", metavar="B", help=table_help)
    rehearse.add_parser(commands)


def run(args: argparse.Namespace) -> int:
    """Do what was asked; the exit status."""
    if args.limits_command == "rehearse":
        return rehearse.run(args)
    from rich.console import Console

    console = Console()
    try:
        if args.limits_command == "check":
            return _check(console, args.files)
        if args.limits_command == "diff":
            return _diff(console, _table(args.a), _table(args.b), (args.a, args.b))
        table, only = _table(args.table), LimitSet(args.set) if args.set else None
        if args.toml:
            _say(console, Path(table.source).read_text(encoding="utf-8-sig").rstrip("\n"))
        elif args.json:
            _say(console, json.dumps(_as_json(table, only), indent=2))
        else:
            _show(console, table, (only or LimitSet.BOTH).parts)
        return 0
    except SettingsError as why:
        _say(Console(stderr=True), str(why))
        return 2


def _table(name: str) -> LimitTable:
    table = table_for(name)
    if table is None and not Path(name).exists():
        raise SettingsError(f"{name}: neither a file nor an ELVIS version with limits ({', '.join(VERSIONS)})")
    return table or load_table(name)


def _say(console: Console, text: str) -> None:
    """Text as it is: rich would take brackets for markup, break long lines and turn tabs into blanks."""
    console.file.write(f"{text}\n")


# --- show ------------------------------------------------------------------------------------------------------------


def _show(console: Console, table: LimitTable, sets: Sequence[LimitSet]) -> None:
    deltas = any(each.delta for each in table.parameters.values())
    headings = ["parameter", *(f"{each.name.lower()} ({each.value})" for each in sets)]
    headings += ["delta"] * deltas + ["severity", "description"]
    rows = [
        [
            each.name,
            *(describe(each.limit(one), each.unit) for one in sets),
            *([describe(each.delta, each.unit) if each.delta else ""] * deltas),
            _severity(each),
            each.description,
        ]
        for each in table.parameters.values()
    ]
    checked = sum(any(each.limit(one) for one in sets) or each.delta is not None for each in table.parameters.values())
    title = f"ELVIS {table.elvis}: {len(rows)} parameters, {checked} with limits"
    print_rows(console, headings, rows, title=title, cut=True)
    if console.is_terminal:
        _say(console, f"from {table.source}, SHA-256 {table.digest[:12]}…")
        _print_phases(console, table)
        _print_responses(console, table)


def _severity(parameter: Parameter) -> str:
    """Low and high, in one word where they agree."""
    low, high = parameter.severity_low.name, parameter.severity_high.name
    return low if low == high else f"{low} / {high}"


def _print_phases(console: Console, table: LimitTable) -> None:
    """What is other than usual in a phase, each text once, below the names it is for."""
    names: dict[str, list[str]] = {}
    for each in table.parameters.values():
        for phase, text in _phases(each).items():
            names.setdefault(f"{phase}: {text}", []).append(each.name)
    for text, those in names.items():
        console.print(f"\nin phase {text}", style="bold", markup=False, highlight=False)
        console.print(", ".join(those), markup=False, highlight=False)


def _phases(parameter: Parameter) -> dict[str, str]:
    """What is other than usual in each phase."""
    found = {}
    for phase, other in parameter.phases.items():
        texts = []
        if other.safe != parameter.safe:
            texts.append(f"safe {describe(other.safe, parameter.unit)}")
        if other.performance != parameter.performance:
            as_safe = other.performance == other.safe
            texts.append(f"performance {'as safe' if as_safe else describe(other.performance, parameter.unit)}")
        if other.delta != parameter.delta:
            texts.append(f"delta {describe(other.delta, parameter.unit)}")
        found[phase.value] = ", ".join(texts) or "as usual"
    return found


def _print_responses(console: Console, table: LimitTable) -> None:
    """What to do when one is out, each text once, below the names it is for."""
    names: dict[str, list[str]] = {}
    for each in table.parameters.values():
        for response in filter(None, _responses(each)):
            names.setdefault(response, []).append(each.name)
    for response, those in names.items():
        console.print(f"\n{', '.join(those)}:", style="bold", markup=False, highlight=False)
        console.print(response, markup=False, highlight=False)


def _responses(parameter: Parameter) -> list[str]:
    """What to do, on either side or on each."""
    sides = ("Too low", parameter.response_low), ("Too high", parameter.response_high)
    return [parameter.response] * bool(parameter.response) + [f"{side}: {text}" for side, text in sides if text]


def _as_json(table: LimitTable, only: LimitSet | None) -> dict[str, Any]:
    return {
        "elvis": table.elvis,
        "source": table.source,
        "digest": table.digest,
        "parameters": {
            name: {
                "unit": each.unit,
                "description": each.description,
                **{one.name.lower(): _limit_as_json(each.limit(one)) for one in (only or LimitSet.BOTH).parts},
                "delta": _limit_as_json(each.delta),
                "sentinels": list(each.sentinels),
                "valid": list(each.valid) if each.valid else None,
                "severity": {"low": each.severity_low.name, "high": each.severity_high.name},
                "response": each.response,
                "response_low": each.response_low,
                "response_high": each.response_high,
                "out_of_service": each.out_of_service or None,
                "phases": _phases(each),
            }
            for name, each in table.parameters.items()
        },
    }


def _limit_as_json(limit: Limit | Delta | None) -> dict[str, Any] | None:
    if limit is None:
        return None
    told = {key: value for key, value in asdict(limit).items() if not (isinstance(value, float) and math.isinf(value))}
    return {"kind": type(limit).__name__.lower(), **told}


# --- check and diff --------------------------------------------------------------------------------------------------


def _check(console: Console, files: list[Path]) -> int:
    status = 0
    for file in files:
        try:
            table = load_table(file)
        except SettingsError as why:
            _say(console, str(why))
            status = 2
            continue
        total = len(table.parameters)
        limited = sum(any((each.safe, each.performance, each.delta)) for each in table.parameters.values())
        told = f"{file}: can be used: ELVIS {table.elvis}, {total} parameters, {limited} with limits"
        if table.elvis not in VERSIONS:
            told += f" (ELVIS {table.elvis} has no built-in table: whether a parameter is missing cannot be told)"
        _say(console, told)
    return status


def _diff(console: Console, a: LimitTable, b: LimitTable, names: tuple[str, str]) -> int:
    rows = list(_differences(a, b))
    if rows:
        print_rows(console, ["parameter", "field", *names], rows, title=f"{len(rows)} differences")
    return 1 if rows else 0


def _differences(a: LimitTable, b: LimitTable) -> Iterator[tuple[str, str, str, str]]:
    """Parameter, field, and what each table says of it; in the order of ``a``, then what only ``b`` has."""
    if a.elvis != b.elvis:
        yield "", "elvis", a.elvis, b.elvis
    for name in [*a.parameters, *(name for name in b.parameters if name not in a.parameters)]:
        one, other = a.parameters.get(name), b.parameters.get(name)
        if one is None or other is None:
            yield name, "", "present" if one else "absent", "present" if other else "absent"
            continue
        for (field, before), after in zip(_fields(one).items(), _fields(other).values(), strict=True):
            if before != after:
                yield name, field, before, after


def _fields(parameter: Parameter) -> dict[str, str]:
    """Everything a table says of a parameter, as text that differs where it differs."""
    valid = parameter.valid
    return {
        "unit": parameter.unit,
        "description": parameter.description,
        "safe": describe(parameter.safe, parameter.unit),
        "performance": describe(parameter.performance, parameter.unit),
        "delta": describe(parameter.delta, parameter.unit),
        "sentinels": ", ".join(f"{value!r}" for value in parameter.sentinels) or "none",
        "valid": f"{valid[0]!r} … {valid[1]!r} {unit_sign(parameter.unit)}".rstrip() if valid else "any number",
        "severity": _severity(parameter),
        "response": " ".join(_responses(parameter)) or "none",
        "response_min": "none" if parameter.response_min is None else f"{parameter.response_min:g} min",
        "deadband": f"{parameter.deadband:g}",
        "to_raise": str(parameter.to_raise or "as its severity"),
        "to_clear": str(parameter.to_clear or "as its severity"),
        "reading": parameter.reading.value,
        "out_of_service": parameter.out_of_service or "no",
        "phases": "; ".join(f"{phase}: {text}" for phase, text in _phases(parameter).items()) or "none",
    }
