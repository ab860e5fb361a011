"""What was measured, as a table or as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Figure:
    """One figure measured for one target; ``at_most`` tells whether ``target`` is the largest value allowed."""

    target_id: str
    what: str
    value: float
    target: float
    unit: str
    details: str
    at_most: bool = True

    @property
    def met(self) -> bool:
        """Whether the value, unrounded, is on the right side of the target."""
        return self.value <= self.target if self.at_most else self.value >= self.target


def quantity(value: float, unit: str) -> str:
    """A value in three figures with its unit."""
    digits = f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{digits}×" if unit == "×" else f"{digits} {unit}".rstrip()


def as_table(figures: Sequence[Figure]) -> Table:
    """The table for people."""
    table = Table(show_lines=True)
    for name in ("id", "what", "measured", "target", "", "details"):
        table.add_column(name, overflow="fold", justify="right" if name in ("measured", "target") else "left")
    for figure in figures:
        sign = "≤" if figure.at_most else "≥"
        verdict = "[green]met[/]" if figure.met else "[bold red]missed[/]"
        measured, target = quantity(figure.value, figure.unit), f"{sign} {quantity(figure.target, figure.unit)}"
        table.add_row(figure.target_id, figure.what, measured, target, verdict, figure.details)
    return table


def print_report(machine: Mapping[str, str], figures: Sequence[Figure], seconds: float) -> None:
    """Print machine, figures and what they sum up to."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=160)
    for name, text in machine.items():
        console.print(f"[dim]{name:>10}[/]  {text}", highlight=False)
    console.print(as_table(figures))
    missed = list(dict.fromkeys(figure.target_id for figure in figures if not figure.met))
    met = sum(figure.met for figure in figures)
    text = f"{met} of {len(figures)} figures met" + (f"; missed: {', '.join(missed)}" if missed else "")
    console.print(f"{text}. {seconds:.0f} s.", highlight=False)


def print_json(machine: Mapping[str, str], figures: Sequence[Figure], seconds: float) -> None:
    """Print the same as JSON."""
    rows = [asdict(figure) | {"met": figure.met} for figure in figures]
    print(json.dumps({"machine": dict(machine), "seconds": seconds, "figures": rows}, indent=1, ensure_ascii=False))
