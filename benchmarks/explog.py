"""P4: the exposure log, read and shown."""

from __future__ import annotations

import time
import tkinter as tk
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.report import Figure
from benchmarks.timing import in_turn
from benchmarks.workshop import ELVIS, Workshop, drawn
from eyegore.elvis.day_folder import explog_name
from eyegore.elvis.exposure_log import ExposureTail
from eyegore.messages.events import Exposure, ExposureRows
from eyegore.presenters.rows import row_cell, shown_first
from eyegore.simulator.simulator import SimulatedSession, Simulator
from eyegore.widgets.lists.row_order import sort_value
from eyegore.widgets.tree.table import RowTable

FEW, MANY = 300, 10_000
LATENESSES = 3


def table(workshop: Workshop) -> Iterator[Figure]:
    """Three new rows, sorting and filling, for 300 and 10 000 rows."""
    lines = _log_lines(workshop)
    yield from _reading(workshop, lines)
    path = workshop.new_folder("whole.txt")
    path.write_bytes(b"".join(lines))
    exposures = _rows(ExposureTail(str(path)))
    with workshop.root() as (root, theme):
        tables = {rows: RowTable(root, theme) for rows in (FEW, MANY)}
        for rows, widget in tables.items():
            widget.place(relwidth=0.5, relheight=1, relx=0.5 * (rows == MANY))
            _fill(root, widget, exposures[:rows])
        yield from _appending(root, tables, exposures)
        yield _sorting(root, tables[MANY], exposures)
        tables[FEW].destroy()
        yield _filling(root, tables[MANY], exposures[:MANY])


def _log_lines(workshop: Workshop) -> list[bytes]:
    """Header and rows of a simulated log, repeated with rising ObsIDs where the session is too short."""
    folder = workshop.new_folder("log")
    Simulator(folder, SimulatedSession(elvis=ELVIS, images=False, seconds=40_000, start=1.7e9)).write_at_once()
    logs = sorted(folder.glob("EXP_LOG_*.txt"))
    lines = [line for path in logs for line in path.read_bytes().splitlines(keepends=True)]
    header, rows = lines[0], [line for line in lines if line != lines[0]]
    place = [cell.strip().lower() for cell in header.split(b"\t")].index(b"obsid")
    made = [header]
    while len(made) <= MANY + 1_000:
        cells = rows[(len(made) - 1) % len(rows)].split(b"\t")
        cells[place] = b"%d" % (20_000 + (len(made) - 1) // 3)
        made.append(b"\t".join(cells))
    return made


def _rows(tail: ExposureTail) -> list[Exposure]:
    found: list[Exposure] = []
    while messages := tail.poll(0.0):
        found += [row for message in messages if isinstance(message, ExposureRows) for row in message.rows]
    return found


def _reading(workshop: Workshop, lines: list[bytes]) -> Iterator[Figure]:
    files: dict[int, Path] = {}
    tails: dict[int, ExposureTail] = {}
    for rows in (FEW, MANY):
        folder = workshop.new_folder("log")
        folder.mkdir()
        files[rows] = folder / explog_name(0.0)
        files[rows].write_bytes(b"".join(lines[: rows + 1]))
        tails[rows] = ExposureTail(str(files[rows]))
        assert len(_rows(tails[rows])) == rows

    def grow(name: str) -> None:
        with open(files[int(name)], "ab") as stream:
            stream.write(b"".join(lines[1:4]))

    calls: dict[str, Callable[[], object]] = {str(rows): lambda tail=tail: _rows(tail) for rows, tail in tails.items()}  # type: ignore[misc]
    times = in_turn(calls, 101, prepare=grow, warm_up=3)
    ratio = times[str(MANY)].median / times[str(FEW)].median
    details = ", ".join(f"{name}: {timing}" for name, timing in times.items())
    yield Figure("P4", "EXPLOG +3 rows read: 10 000 rows against 300", ratio, 1.5, "×", details)


def _fill(root: tk.Tk, widget: RowTable, exposures: list[Exposure]) -> None:
    columns = exposures[0].columns
    widget.set_columns(columns, shown_first(columns))
    widget.append([row_cell(row, columns) for row in exposures])
    while len(widget.tree.get_children()) < len(exposures):
        root.update()
        time.sleep(0.001)


def _appending(root: tk.Tk, tables: dict[int, RowTable], exposures: list[Exposure]) -> Iterator[Figure]:
    columns = exposures[0].columns
    spare = {rows: [row_cell(row, columns) for row in exposures[MANY:]] for rows in tables}

    def append(rows: int) -> None:
        new, spare[rows] = spare[rows][:3], spare[rows][3:]
        tables[rows].append(new)
        drawn(root)

    calls: dict[str, Callable[[], object]] = {str(rows): lambda rows=rows: append(rows) for rows in tables}  # type: ignore[misc]
    times = in_turn(calls, 51, prepare=lambda name: root.update(), warm_up=3)
    ratio = times[str(MANY)].median / times[str(FEW)].median
    details = ", ".join(f"{name}: {timing}" for name, timing in times.items())
    yield Figure("P4", "EXPLOG +3 rows shown and drawn: 10 000 rows against 300", ratio, 1.5, "×", details)


def _sorting(root: tk.Tk, widget: RowTable, exposures: list[Exposure]) -> Figure:
    columns = exposures[0].columns
    name = next(name for name in columns if name.lower() == "test")
    place = columns.index(name)
    keys = widget.tree.get_children()
    value = {key: sort_value(widget.tree.set(key, name)) or (-1, 0.0) for key in keys}
    turns = {"descending": False}

    def sort() -> None:
        widget.sort_by(name, turns["descending"])
        drawn(root)

    def move() -> None:
        ordered = sorted(keys, key=lambda key: value[key], reverse=turns["descending"])
        for at, key in enumerate(ordered):
            widget.tree.move(key, "", at)
        drawn(root)

    def turn(called: str) -> None:
        if called == "sort_by":
            turns["descending"] = not turns["descending"]
        root.update()

    times = in_turn({"sort_by": sort, "moving": move}, 7, prepare=turn)
    ratio = times["moving"].median / times["sort_by"].median
    details = f"by {name} (column {place + 1}): {times['sort_by']}, moving rows {times['moving']}"
    widget.sort_by("")
    return Figure("P4", f"sorting {len(keys)} rows: faster than moving them", ratio, 2.5, "×", details, False)


def _filling(root: tk.Tk, widget: RowTable, exposures: list[Exposure]) -> Figure:
    """Lateness of a timer of 5 ms while 10 000 rows are put into the table."""
    worst: list[float] = []
    durations: list[float] = []
    cells = [row_cell(row, exposures[0].columns) for row in exposures]
    for _ in range(LATENESSES):
        widget.clear()
        root.update()
        late = _Lateness(root)
        begun = time.monotonic()
        root.after(20, lambda: widget.append(cells))
        while "loading" in widget.counts or f" {len(cells)} rows" not in widget.counts:
            root.update()
        durations.append(time.monotonic() - begun)
        worst.append(1e3 * late.stop())
    worst.sort()
    details = f"median of {LATENESSES} ({worst[0]:.0f}–{worst[-1]:.0f} ms); filled in {min(durations):.1f} s"
    return Figure("P4", "the window's worst lateness while 10 000 rows are filled in", worst[1], 50, "ms", details)


class _Lateness:
    """The worst lateness of a timer of 5 ms, until it is stopped."""

    def __init__(self, root: tk.Tk) -> None:
        self._root = root
        self._worst = 0.0
        self._due = time.monotonic() + 0.005
        self._job = root.after(5, self._tick)

    def _tick(self) -> None:
        now = time.monotonic()
        self._worst = max(self._worst, now - self._due)
        self._due = now + 0.005
        self._job = self._root.after(5, self._tick)

    def stop(self) -> float:
        """Stop; the worst of all [s]."""
        self._root.after_cancel(self._job)
        return self._worst


TARGETS = {"P4": table}
