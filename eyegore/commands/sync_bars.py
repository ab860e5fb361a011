"""What ``eyegore sync`` shows on a terminal while it copies: a line for each target, none where nobody looks."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from eyegore.basics.safe_text import printable
from eyegore.copies.report import PassListener, PassReport

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

    from eyegore.copies.programs.rsync import RsyncFile, RsyncProgress
    from eyegore.copies.worker import SyncNews

REFRESH_S = 0.2
"""Shortest time between two pictures [s]; without news there is none, so that an idle hour costs nothing."""


class TargetBar(PassListener):
    """The line of one target: how much of the folder is there, what waits, the file at work. Any thread may call it."""

    def __init__(self, progress: Progress, name: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._progress, self._clock = progress, clock
        self._task = progress.add_task(printable(name), total=None, waiting="", rate="", doing="not looked at yet")
        self._there = 0
        self._total = 0
        self._name, self._size, self._before = "", 0, 0
        self._shown_at = -REFRESH_S

    def on_report(self, report: PassReport) -> None:
        """So many files are there and verified; the others wait."""
        self._total = report.complete_bytes
        self._there = report.complete_bytes - report.lag_bytes
        waiting = f"{len(report.waiting)} wait" if report.waiting else ""
        whole = not self._total and not report.waiting
        self._show(
            now=True, total=self._total or 1, completed=1 if whole else self._there, waiting=waiting, rate="", doing=""
        )

    def on_file(self, file: RsyncFile) -> None:
        """Rsync begins with a file."""
        if file.sent:
            self._before += self._size
            self._name, self._size = file.name, file.size

    def on_progress(self, progress: RsyncProgress) -> None:
        """So much of the file is there."""
        done = min(max(progress.bytes - self._before, 0), self._size)
        percent = f" {100 * done // self._size} %" if self._size else ""
        self._show(
            completed=min(self._there + progress.bytes, self._total),
            rate=f"{progress.rate / 1e6:.1f} MB/s",
            doing=f"{printable(self._name)}{percent}",
        )

    def on_run_end(self) -> None:
        """What was copied is read back now."""
        self._name, self._size, self._before = "", 0, 0
        self._show(now=True, rate="", doing="comparing")

    def pass_ended(self, news: SyncNews) -> None:
        """How a pass ended."""
        if isinstance(news, PassReport):
            self.on_report(news)
            self._show(now=True, doing=printable(news.problem) or ("" if news.waiting else "all there"))
        else:
            self.fail(news.words)

    def fail(self, words: str) -> None:
        """Nothing can be copied, and why."""
        self._show(now=True, rate="", doing=printable(words))

    def _show(self, *, now: bool = False, **fields: object) -> None:
        self._progress.update(self._task, **fields)  # type: ignore[arg-type]
        if now or self._clock() - self._shown_at >= REFRESH_S:
            self._shown_at = self._clock()
            self._progress.refresh()


@contextmanager
def bars(names: Sequence[str], console: Console | None = None) -> Iterator[dict[str, TargetBar]]:
    """A bar for each target while the block runs, on standard error; none where that is no terminal.

    Lines that the block prints to the same terminal come above the bars.
    """
    if console is None and not sys.stderr.isatty():
        yield {}
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn
    from rich.table import Column

    def text(field: str, *, cut: bool = False) -> TextColumn:
        overflow: dict[str, str] = {"overflow": "ellipsis"} if cut else {}
        return TextColumn(f"{{task.{field}}}", markup=False, table_column=Column(no_wrap=True, **overflow))  # type: ignore[arg-type]

    columns = (
        text("description", cut=True),
        BarColumn(bar_width=20),
        TextColumn("{task.percentage:>3.0f} %", table_column=Column(no_wrap=True)),
        text("fields[waiting]"),
        text("fields[rate]"),
        text("fields[doing]", cut=True),
    )
    shown = Progress(
        *columns,
        console=console or Console(stderr=True),
        transient=True,
        auto_refresh=False,
        redirect_stdout=sys.stdout.isatty(),
    )
    with shown:
        yield {name: TargetBar(shown, name) for name in names}
