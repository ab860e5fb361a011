"""Reading a text file while somebody else is writing it: complete lines only, each once, nothing kept open.

A :class:`Tail` remembers how many bytes it has consumed and what they looked like at both ends. As long as a file at
that path still begins and continues with those bytes, reading goes on behind them, whatever happened to the file in
between (vanished, renamed over, permission lost). When it does not, it is another file and is read from its start.

Lines end with LF or CR LF, or, where the first piece of a file has no LF at all, with CR alone. A last line without an
end is taken when nothing was added to it for :data:`UNENDED_S`.
"""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from eyegore.basics.errors import EyegoreError
from eyegore.basics.files import opened
from eyegore.messages.events import FeedMessage, HkHeader, SourceEvent, SourceKind

log = logging.getLogger(__name__)

FINGERPRINT = 4096
"""Bytes remembered of each end of what was consumed."""

LONGEST_LINE = 1 << 16
"""Bytes a line may have; a longer one is skipped up to its end (the widest row ELVIS writes has about 1 KiB)."""

UNENDED_S = 60.0
"""A last line without an end is waited for so long [s]: writers that buffer write it in pieces."""

_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")

_Found = TypeVar("_Found")


class WideTextError(EyegoreError):
    """The file is UTF-16."""


@dataclass(frozen=True)
class Chunk:
    """Complete lines. ``line`` is the number of the first (from 1); ``restart`` tells that the file begins anew.

    ``too_long`` is the number of a line longer than :data:`LONGEST_LINE`, which is not in ``data``;
    ``more`` tells that the read ended at its limit, not at the end of the file.
    """

    data: bytes
    line: int
    restart: bool = False
    too_long: int | None = None
    more: bool = False


@dataclass(frozen=True)
class TailChange:
    """Something happened to the file; ``text`` says what and what is done about it."""

    kind: SourceKind
    text: str


@dataclass(frozen=True)
class _Look:
    """What one stat tells about a file."""

    device: int
    inode: int
    size: int
    modified_ns: int

    @classmethod
    def of(cls, status: os.stat_result) -> _Look:
        return cls(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)

    def same_file(self, other: _Look) -> bool:
        return (self.device, self.inode) == (other.device, other.inode)


class Tail:
    """Follows one file. Trouble with the file never raises: it becomes a :class:`TailChange`, and reading waits."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._changes: list[TailChange] = []
        self._seen: _Look | None = None
        self._absent = False
        self._unreadable = False
        self._more = False
        self._replaced = False
        """Whether it was replaced, the last time by a file with the same content."""
        self._since = 0.0
        """When the file was first seen as it is [s of whatever clock :meth:`read` is given]."""
        self._rewind()

    @property
    def offset(self) -> int:
        """Bytes consumed."""
        return self._offset

    @property
    def more(self) -> bool:
        """Whether the last read ended at its limit, so that the next will find something."""
        return self._more

    @property
    def modified(self) -> float:
        """Modification time [unix s] at the last look, 0.0 before the first."""
        return self._seen.modified_ns / 1e9 if self._seen else 0.0

    @property
    def line(self) -> int:
        """Number of the line that comes next, or that has no end yet."""
        return self._line

    @property
    def unended(self) -> bool:
        """Whether there is a last line without an end."""
        return bool(self._rest.strip())

    def end(self) -> None:
        """Nothing will be added: the next read takes a last line without an end."""
        self._ended = True

    def take_changes(self) -> list[TailChange]:
        """What happened to the file since the last call."""
        changes, self._changes = self._changes, []
        return changes

    def read(self, limit: int = 1 << 18, now: float = 0.0) -> Chunk | None:
        """Next complete lines, about ``limit`` bytes of them; None when there are none. Costs one stat when idle.

        ``now`` [s] tells how long a last line without an end has been waited for.
        """
        return self._look(lambda descriptor, look: self._consume(descriptor, look, limit), now)

    def read_whole(self, now: float = 0.0) -> bytes | None:
        """All complete lines of the file when it changed in any way since the last look, else None."""
        return self._look(self._whole, now)

    def start_over(self) -> None:
        """Forget what was consumed: the next read begins at the start of the file."""
        self._rewind()
        self._seen = None
        self._more = False

    # --- looking at the file ----------------------------------------------------------------------------------------

    def _look(self, act: Callable[[int, _Look], _Found | None], now: float) -> _Found | None:
        """Result of ``act`` on the opened file when there may be something to read. Turns trouble into changes."""
        more, self._more = self._more, False  # what cannot be looked at has nothing more to give
        try:
            status = os.stat(self.path)
            if not stat.S_ISREG(status.st_mode):
                self._say_unreadable("is not a regular file: waiting for one")
                return None
            if _Look.of(status) != self._seen:
                self._since = now
            elif not (self._absent or self._unreadable or more or self._last_line_due(now)):
                return None
            with opened(self.path) as descriptor:
                found = act(descriptor, _Look.of(os.fstat(descriptor)))
        except (FileNotFoundError, NotADirectoryError):
            if self._seen is not None and not self._absent:
                self._absent = True
                self._say(SourceKind.VANISHED, "has vanished: waiting for it")
            return None
        except OSError as why:
            self._say_unreadable(f"cannot be read ({why.strerror or why}): trying again")
            return None
        except WideTextError:
            self._say_unreadable("is UTF-16 text, which ELVIS does not write: waiting for a file of plain text")
            return None
        if self._unreadable:
            self._unreadable = False
            self._say(SourceKind.READABLE, "can be read again")
        return found

    def _last_line_due(self, now: float) -> bool:
        """Whether the last line is to be taken as it is; where the bytes of a line are still to come there are NULs."""
        if now - self._since >= UNENDED_S:
            self._ended = True
        return self._ended and self.unended and b"\0" not in self._rest

    def _say(self, kind: SourceKind, what: str) -> None:
        self._changes.append(TailChange(kind, f"{os.path.basename(self.path)} {what}"))

    def _say_unreadable(self, what: str) -> None:
        if not self._unreadable:
            self._unreadable = True
            self._say(SourceKind.UNREADABLE, what)

    # --- what was consumed ------------------------------------------------------------------------------------------

    def _rewind(self) -> None:
        self._offset = 0
        self._line = 1
        self._head = b""
        self._last = b""
        self._skipping = False
        self._restart = True
        self._rest = b""
        self._ended = False
        self._returns_only = False

    def _consume(self, descriptor: int, look: _Look, limit: int) -> Chunk | None:
        last = self._last
        # What was consumed last and what comes next, in one read.
        block = os.pread(descriptor, len(last) + limit, self._offset - len(last))
        same = (
            look.size >= self._offset
            and block.startswith(last)
            and os.pread(descriptor, len(self._head), 0) == self._head
        )
        new = block[len(last) :] if same else os.pread(descriptor, limit, 0)
        asked = limit
        if limit <= LONGEST_LINE and len(new) == limit and b"\n" not in new and not (same and self._skipping):
            asked = LONGEST_LINE + 1
            new = os.pread(descriptor, asked, self._offset if same else 0)
        if not same or not self._offset:
            self._begin(new)
        # Nothing below fails: what is remembered changes as a whole or, when a read failed above, not at all.
        self._compare(look, same)
        ended, self._ended = self._ended and look == self._seen, False
        self._seen = look
        self._more = len(new) == asked
        return self._take(new, ended and not self._more)

    def _begin(self, data: bytes) -> None:
        """See by its beginning how a file is written."""
        if data.startswith(_UTF16):
            raise WideTextError
        self._returns_only = b"\n" not in data and b"\r" in data[:-1]

    def _compare(self, look: _Look, same: bool) -> None:
        """Say how the file differs from the one read before, and start over when its content does."""
        seen, absent, self._absent = self._seen, self._absent, False
        if seen is not None and (absent or not same or not look.same_file(seen)):
            goes_on = (
                "with the same content: reading goes on" if same else "with other content: it is read from its start"
            )
            if absent:
                self._say(SourceKind.RETURNED, f"is back {goes_on}")
            elif not look.same_file(seen):
                if not (same and self._replaced):  # a program that writes it anew for each row is told once
                    self._say(SourceKind.REPLACED, f"was replaced by a file {goes_on}")
                self._replaced = same
            elif look.size < self._offset:
                sizes = f"from {self._offset} to {look.size} bytes"
                self._say(SourceKind.TRUNCATED, f"was cut {sizes}: it is read from its start")
            else:
                self._say(SourceKind.REPLACED, f"was rewritten {goes_on}")
        if not same:
            self._rewind()

    def _take(self, read: bytes, ended: bool) -> Chunk | None:
        """Consume the complete lines of what was ``read`` behind what was consumed; ``ended``: its last one as well."""
        new = read.replace(b"\r", b"\n") if self._returns_only else read
        begin = 0
        if self._skipping:
            newline = new.find(b"\n")
            if newline < 0:
                self._advance(read)
                return Chunk(b"", self._line, more=self._more)
            begin = newline + 1
            self._skipping = False
            self._line += 1
        end = max(begin, new.rfind(b"\n") + 1)
        data = new[begin:end] if begin else new[:end]
        if not self._offset:
            data = data.removeprefix(_BOM)
        first, lines = self._line, data.count(b"\n")
        self._line += lines
        too_long = None
        if len(new) - end > LONGEST_LINE:
            self._skipping = True
            too_long = self._line
            end = len(new)
        self._rest = new[end:]
        if ended and self._rest:
            data, end = data + self._rest + b"\n", len(new)
            self._rest, self._skipping = b"", True
        self._advance(read[:end])
        if not data and too_long is None and not self._more:
            return None
        restart, self._restart = self._restart, False
        return Chunk(data, first, restart, too_long, self._more)

    def _advance(self, consumed: bytes) -> None:
        self._offset += len(consumed)
        if len(self._head) < FINGERPRINT:
            self._head += consumed[: FINGERPRINT - len(self._head)]
        self._last = consumed[-FINGERPRINT:] if len(consumed) >= FINGERPRINT else (self._last + consumed)[-FINGERPRINT:]

    def _whole(self, descriptor: int, look: _Look) -> bytes:
        data = os.pread(descriptor, look.size, 0)
        self._begin(data)
        data = data.removeprefix(_BOM)
        if self._returns_only:
            data = data.replace(b"\r", b"\n")
        seen, absent, self._absent = self._seen, self._absent, False
        if absent:
            self._say(SourceKind.RETURNED, "is back: it is read again")
        elif seen is not None and not look.same_file(seen):
            self._say(SourceKind.REPLACED, "was replaced: it is read again")
        elif seen is not None and look.size < seen.size:
            self._say(SourceKind.TRUNCATED, f"was cut from {seen.size} to {look.size} bytes: it is read again")
        ended, self._ended = self._ended and look == seen, False
        self._seen = look
        self._more = False
        end = data.rfind(b"\n") + 1
        self._line, self._rest = data.count(b"\n") + 1, data[end:]
        if ended and self._rest:
            self._rest = b""
            return data + b"\n"
        return data[:end]


def polled(tail: Tail, read: Callable[[], Iterable[FeedMessage]], max_bytes: int) -> list[FeedMessage]:
    """What is new in a file, about ``max_bytes`` of it; empty when nothing is. Costs one stat when idle.

    ``read`` makes messages of the next piece.
    """
    messages: list[FeedMessage] = []
    fruitful = False
    while max_bytes > 0 or not fruitful:
        before = tail.offset
        found = list(read())
        messages += [SourceEvent(one.kind, tail.path, one.text) for one in tail.take_changes()]
        messages += found
        fruitful = fruitful or any(not isinstance(message, HkHeader) for message in found)
        max_bytes -= max(1, tail.offset - before)
        if not tail.more:
            break
    return messages


def at_end(tail: Tail, received: float) -> str:
    """Have the last line taken although it has no end, as nothing will be added to the file; or why that may not be."""
    if received - tail.modified < UNENDED_S:
        return "it has no end: it was still being written"
    tail.end()
    return ""


def both_ends(path: str, head: int, tail: int) -> tuple[bytes, bytes, int]:
    """First ``head`` and last ``tail`` bytes of a file and where the latter begin; empty when it cannot be read."""
    try:
        with opened(path) as descriptor:
            begin = max(0, os.fstat(descriptor).st_size - tail)
            return os.pread(descriptor, head, 0), os.pread(descriptor, tail, begin), begin
    except OSError as why:
        log.debug("%s cannot be read ahead: %s", path, why)
        return b"", b"", 0
