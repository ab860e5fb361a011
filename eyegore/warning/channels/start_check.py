"""What can be known of a channel before anything has to be told by it: whether its provider lets us in."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from eyegore.basics.worker import Worker
from eyegore.messages.warnings import Channel, Outcome, Sender

log = logging.getLogger(__name__)


@runtime_checkable
class Checkable(Protocol):
    """A sender that can look whether it is let in, without sending anything."""

    def check(self) -> Outcome:
        """SENT: it is let in. REFUSED: it is not, as it is set up. RETRY, UNKNOWN: nobody can tell now."""
        ...


@dataclass(frozen=True)
class Checked:
    """What came of looking whether a channel can be used."""

    channel: Channel
    outcome: Outcome


class StartCheck(Worker):
    """Looks at each channel once, on a thread of its own: what is wrong with an account is found before a night."""

    def __init__(self, senders: Mapping[Channel, Sender], post: Callable[[Checked], object]) -> None:
        super().__init__("warnings by check")
        self._senders, self._post = dict(senders), post

    def _work(self) -> None:
        for channel, sender in self._senders.items():
            if self._stopping.is_set():
                return
            if isinstance(sender, Checkable):
                try:
                    self._post(Checked(channel, sender.check()))
                except Exception:
                    log.exception("%s cannot be checked", channel.value)
