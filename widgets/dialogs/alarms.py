"""The questions about alarms: what is to be said of them, and for how long they are put on the shelf, and why."""

from __future__ import annotations

import math
import time
import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from tkinter import ttk

from eyegore.widgets.dialogs.question import QuestionWindow
from eyegore.widgets.theme import Theme


class CommentDialog(QuestionWindow):
    """Asks for a comment; ``done`` gets it and whether to acknowledge as well.

    ``acknowledge`` tells that there is something to acknowledge: it is then done unless the person says otherwise.
    """

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        names: Sequence[str],
        done: Callable[[str, bool], object],
        *,
        acknowledge: bool = True,
    ) -> None:
        title, button = ("Acknowledge with a comment", "Confirm") if acknowledge else ("Comment alarms", "Comment")
        super().__init__(parent, theme, title, names, "Comment", button)
        self._done = done
        self.acknowledges = tk.BooleanVar(self, acknowledge)
        if acknowledge:
            ttk.Checkbutton(self.body, text="acknowledge", variable=self.acknowledges).pack(anchor="w")
        self.appear(parent)

    def problem(self) -> str:
        """What is missing."""
        return "" if self.answer else "what you see, did, or wait for"

    def confirmed(self) -> None:
        """Tell the comment."""
        self._done(self.answer, self.acknowledges.get())


LONGEST_CRITICAL_S = 4 * 3600.0
"""The longest that an alarm of a CRITICAL parameter may lie on the shelf [s]."""


@dataclass(frozen=True)
class ShelveTerm:
    """A time to choose: ``seconds`` from when it is confirmed, or until ``end`` [unix s]."""

    label: str
    seconds: float = math.nan
    end: float = math.nan

    def until(self, now: float) -> float:
        """The end [unix s] when it is confirmed at ``now``."""
        return self.end if math.isnan(self.seconds) else now + self.seconds


TERMS = (ShelveTerm("15 min", 900.0), ShelveTerm("1 h", 3600.0), ShelveTerm("4 h", LONGEST_CRITICAL_S))


def shelve_terms(now: float, end_of_shift: float = math.nan, critical: bool = False) -> tuple[ShelveTerm, ...]:
    """The times to choose from; the end of the shift [unix s] when it is still to come and allowed."""
    if not now < end_of_shift or (critical and end_of_shift > now + LONGEST_CRITICAL_S):
        return TERMS
    clock = time.strftime("%H:%M", time.localtime(end_of_shift))
    return (*TERMS, ShelveTerm(f"end of shift ({clock})", end=end_of_shift))


class ShelveDialog(QuestionWindow):
    """Asks for a time and a reason; ``done`` gets the end [unix s] and the reason.

    Parameters
    ----------
    names
        The parameters it is about.
    end_of_shift
        When the shift ends [unix s], NaN when nobody knows.
    critical
        Whether one of the parameters can be CRITICAL: nothing beyond 4 h is offered then.
    now
        The clock [unix s].
    """

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        names: Sequence[str],
        done: Callable[[float, str], object],
        *,
        end_of_shift: float = math.nan,
        critical: bool = False,
        now: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(parent, theme, "Shelve alarms", names, "Reason", "Shelve")
        self._done = done
        self._now = now
        self.terms = shelve_terms(now(), end_of_shift, critical)
        about = "checking and logging go on" + ("; CRITICAL: 4 h at most" if critical else "")
        self.offer([term.label for term in self.terms], 0, "left", about)
        self.appear(parent)

    def problem(self) -> str:
        """What is missing."""
        if not self._term.until(self._now()) > self._now():
            return "the shift is over: choose another time"
        return "" if self.answer else "say why, for those who come after you   ·   ↑ ↓ choose the time"

    def confirmed(self) -> None:
        """Tell the end and the reason."""
        self._done(self._term.until(self._now()), self.answer)

    @property
    def _term(self) -> ShelveTerm:
        return self.terms[self.chosen.get()]
