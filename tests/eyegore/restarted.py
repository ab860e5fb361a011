"""What is left of a state after a restart."""

from __future__ import annotations

import json
from typing import TypeVar

from eyegore.basics.records import recalled, remembered

T = TypeVar("T")


def restarted(state: T) -> T:
    """The state as the next session reads it."""
    return recalled(type(state), json.loads(json.dumps(remembered(state), allow_nan=False)))
