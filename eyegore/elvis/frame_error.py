"""An image file that cannot be read, with the kind of its problem."""

from __future__ import annotations

import os

from eyegore.basics.errors import FormatError
from eyegore.messages.images import ImageProblem


class FrameError(FormatError):
    """``problem`` is its kind, ``explanation`` what is wrong in words that go after the name of the file."""

    def __init__(self, path: str | os.PathLike[str], problem: ImageProblem, explanation: str) -> None:
        super().__init__(f"{os.fspath(path)} {explanation}")
        self.problem = problem
        self.explanation = explanation


def unreadable(path: str | os.PathLike[str], why: OSError) -> FrameError:
    """The error for a file that the system does not let be read; one that is not there has vanished."""
    if isinstance(why, FileNotFoundError):
        return FrameError(path, ImageProblem.VANISHED, f"cannot be read: {why.strerror or why}")
    return FrameError(path, ImageProblem.UNREADABLE, f"cannot be read: {why.strerror or why}")
