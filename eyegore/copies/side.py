"""What a pass must be able to find out about its target, whether that is here or on another computer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from eyegore.copies.report import Compared
from eyegore.copies.scan import SourceFile


class OtherSide(Protocol):
    """What can be found out about the target."""

    stopped: Callable[[], bool]
    """Asked often: whether to give up."""
    space: tuple[float, float]
    """Free and total space of its volume when it was last ready [byte]; NaN where others watch it."""
    empty: bool
    """Whether the folder of the copy was not there then."""
    mount: str
    """The mount point that held it then; "" where that is not known."""

    @property
    def options(self) -> tuple[str, ...]:
        """What rsync needs to get there."""

    def ready(self, device: str, holds_copies: bool, mount: str = "") -> str:
        """A mark of the device there; SyncError when it cannot be used, or is not mounted at ``mount`` any more."""

    def absent(self, files: Sequence[SourceFile]) -> set[str]:
        """Paths of files that are not there in their length."""

    def begun(self, files: Sequence[SourceFile]) -> set[str]:
        """Paths of texts of which nothing but a beginning is there."""

    def compare(self, files: Sequence[SourceFile], *, from_disk: bool = False) -> Iterator[Compared]:
        """Read what is there and compare."""

    def kept(self, paths: Sequence[str], suffix: str) -> set[str]:
        """Of which files another was set aside under this suffix."""

    def close(self) -> None:
        """Let go of the way there; the next question opens it again."""
