"""What a message or an action threw: logged, shown, and the window goes on."""

from __future__ import annotations

import logging
import traceback
from collections import Counter
from collections.abc import Callable

log = logging.getLogger(__name__)


class Failures:
    """The outermost frame of everything that Tk calls; ``show`` puts one line where the operator sees it.

    The same failure may come with every row for weeks: it is logged with its trace the first time, and counted in one
    line at 10, 100, 1000 … times.
    """

    def __init__(self, show: Callable[[str], object]) -> None:
        self._show = show
        self._counts: Counter[str] = Counter()

    def report(self, kind: type[BaseException], why: BaseException, trace: object = None) -> None:
        """Log and show one failure; has the signature of ``Tk.report_callback_exception`` and never raises."""
        try:
            place = traceback.extract_tb(why.__traceback__)[-1:]
            key = f"{kind.__name__} at {place[0].filename}:{place[0].lineno}" if place else kind.__name__
            self._counts[key] += 1
            count = self._counts[key]
            if count == 1:
                log.error("an action of the window failed", exc_info=(kind, why, why.__traceback__))
            elif str(count).strip("0") == "1":  # a power of ten
                log.error("an action of the window failed for the %dth time: %s", count, key)
            told = f"{kind.__name__}: {why}".rstrip(": ")
            self._show(f"part of the window failed ({told}); watching goes on, the log has the details")
        except Exception:
            log.exception("a failure could not be shown")
