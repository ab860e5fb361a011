"""Who is told of a pass while it runs."""

from __future__ import annotations

from eyegore.copies.programs.rsync import RsyncFile, RsyncProgress
from eyegore.copies.report import PassReport


class PassListener:
    """Told on the thread of the pass; must return at once and not raise. This one does nothing."""

    def on_file(self, file: RsyncFile) -> None:
        """Rsync begins with a file."""

    def on_progress(self, progress: RsyncProgress) -> None:
        """Rsync has come so far."""

    def on_run_end(self) -> None:
        """Rsync has ended."""

    def on_look(self, report: PassReport) -> None:
        """So much is to be done; the target was not asked yet."""

    def on_report(self, report: PassReport) -> None:
        """The target answers; the pass has come so far, and goes on."""

    def on_space(self, free: float, total: float) -> None:
        """The volume of the target has so much free space [byte]."""
