"""The frozen dataclass that the list of warnings accepts."""

from __future__ import annotations

from dataclasses import dataclass

from eyegore.widgets.cells.flags import Status


@dataclass(frozen=True)
class WarningCell:
    """One thing told, or to be told, to one person by one channel. Texts are shown as they are.

    ``status`` is the sign of ``state``, which is a word; CRITICAL means that it did not get there. ``made`` orders by
    time: larger is later. ``answer`` is that of the provider, ``text`` the whole that goes out, ``heading`` tells
    whether it did. ``facts`` are what else is known, a line each.
    """

    key: str
    state: str
    status: Status
    made: float = 0.0
    time: str = ""
    person: str = ""
    channel: str = ""
    address: str = ""
    subject: str = ""
    attempts: int = 0
    answer: str = ""
    text: str = ""
    heading: str = ""
    facts: tuple[str, ...] = ()
    open: bool = False

    @property
    def lost(self) -> bool:
        """Whether it did not get there, and nothing more is tried."""
        return self.status is Status.CRITICAL
