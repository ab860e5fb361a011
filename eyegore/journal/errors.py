"""What is raised when a journal cannot be used."""

from __future__ import annotations

from eyegore.basics.errors import EyegoreError


class JournalError(EyegoreError):
    """The journal of alarms cannot be opened, read or written; nothing of the failed call was written."""
