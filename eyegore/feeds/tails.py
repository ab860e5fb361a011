"""The readers of growing files, by name: which may have more to read, and what to do when one fails."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Generic, Protocol, TypeVar

from eyegore.basics.errors import EyegoreError
from eyegore.messages.events import FeedMessage, SourceEvent, SourceKind

log = logging.getLogger(__name__)


class Pollable(Protocol):
    """What reads one growing file."""

    path: str

    def poll(self, received: float) -> list[FeedMessage]:
        """What was added to the file, a limited piece at a time."""

    def end(self, received: float) -> list[FeedMessage]:
        """What is to be said of a last line without an end when nothing will be added."""


Reader = TypeVar("Reader", bound=Pollable)


class Tails(Generic[Reader]):
    """Readers by file name. ``unread`` are the files that may hold more than has been read."""

    def __init__(self) -> None:
        self.readers: dict[str, Reader] = {}
        self.unread: set[str] = set()
        self._failed: dict[str, str] = {}

    def __contains__(self, name: str) -> bool:
        return name in self.readers

    def add(self, name: str, reader: Reader) -> None:
        """Begin to read a file."""
        self.readers[name] = reader
        self.unread.add(name)

    def drop(self, name: str) -> None:
        """Read a file no more."""
        self.readers.pop(name, None)
        self.unread.discard(name)

    def poll(self, name: str, received: float) -> list[FeedMessage]:
        """Next piece of one file."""
        messages = self.attempt(name, lambda: self.readers[name].poll(received))
        if isinstance(messages, str):
            self.unread.discard(name)
            return self._fail(name, messages)
        self._failed.pop(name, None)
        if messages:  # a reader has nothing more only when it says nothing
            self.unread.add(name)
        else:
            self.unread.discard(name)
        return messages

    @staticmethod
    def attempt(name: str, read: Callable[[], list[FeedMessage]]) -> list[FeedMessage] | str:
        """What ``read`` gives, or why it failed: trouble with one file never stops the reading of others."""
        try:
            return read()
        except (OSError, ValueError, LookupError, EyegoreError) as why:
            log.debug("%s cannot be read", name, exc_info=why)
            return f"{type(why).__name__}: {why}"

    def look(self, names: Iterable[str], received: float) -> list[FeedMessage]:
        """First piece of what is new in the files named; those known to have more wait for their turn."""
        found: list[FeedMessage] = []
        for name in names:
            if name in self.readers and name not in self.unread:
                found += self.poll(name, received)
        return found

    def end(self, received: float) -> list[FeedMessage]:
        """What is to be said of last lines without an end when nothing will be added to any file."""
        found: list[FeedMessage] = []
        for name, reader in self.readers.items():
            messages = self.attempt(name, lambda reader=reader: reader.end(received))  # type: ignore[misc]
            found += self._fail(name, messages) if isinstance(messages, str) else messages
        return found

    def _fail(self, name: str, reason: str) -> list[FeedMessage]:
        if self._failed.get(name) == reason:
            return []
        self._failed[name] = reason
        text = f"{name} cannot be read ({reason}): trying again"
        return [SourceEvent(SourceKind.UNREADABLE, self.readers[name].path, text)]
