"""One notice on its way by one channel to one address, as the outbox keeps it."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, field
from enum import Enum
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

import numpy as np

from eyegore.basics.records import recalled, remembered
from eyegore.messages.warnings import Channel, Notice, Samples, Scope

log = logging.getLogger(__name__)


class DeliveryState(Enum):
    """Where a delivery stands."""

    WAITING = "waiting"
    SENDING = "being sent"
    SENT = "sent"
    REFUSED = "refused"
    LOST = "did not arrive"
    EXPIRED = "too late"
    CANCELLED = "not needed any more"

    @property
    def open(self) -> bool:
        """Whether something is still to be done."""
        return self in (DeliveryState.WAITING, DeliveryState.SENDING)

    @property
    def failed(self) -> bool:
        """Whether it did not get there, and is not tried again."""
        return self in (DeliveryState.REFUSED, DeliveryState.LOST, DeliveryState.EXPIRED)


@dataclass(frozen=True)
class Delivery:
    """``address`` is a mail address or a number, "" for channels that know theirs.

    ``next_try`` and ``changed`` are unix time [s]; ``failing_since`` is that of the first attempt that failed, NaN
    while none has. ``detail`` is the provider's last answer, ``reference`` its name of the message. ``doubtful``: an
    attempt got no answer, so that it may have been sent already. Not kept in the file: whom the last failure concerns
    (``scope``), and whether it ``arrived``, as the provider reported or as nothing else was heard of it for long.
    """

    notice: Notice
    channel: Channel
    address: str
    state: DeliveryState = DeliveryState.WAITING
    attempts: int = 0
    next_try: float = 0.0
    changed: float = 0.0
    failing_since: float = float("nan")
    detail: str = ""
    reference: str = ""
    doubtful: bool = False
    scope: Scope = Scope.ADDRESS
    arrived: bool = False
    samples: Samples | None = field(default=None, compare=False, repr=False)

    @property
    def key(self) -> str:
        """The same for the same thing told to the same address: there is one delivery of each."""
        return f"{self.notice.key}/{self.channel.value}/{self.address}"


Cell = float | int | str | bytes | None

COLUMNS = (
    "key", "state", "channel", "address", "attempts", "next_try", "changed", "failing_since", "detail", "reference",
    "doubtful", "made", "notice", "samples",
)  # fmt: skip


def row_of(delivery: Delivery) -> tuple[Cell, ...]:
    """The cells of one delivery, in the order of ``COLUMNS``."""
    failing = delivery.failing_since
    return (
        delivery.key, delivery.state.name, delivery.channel.name, delivery.address, delivery.attempts,
        delivery.next_try, delivery.changed, None if failing != failing else failing, delivery.detail,
        delivery.reference, int(delivery.doubtful), delivery.notice.made, json.dumps(remembered(delivery.notice)),
        _packed(delivery.samples),
    )  # fmt: skip


def delivery_of(row: tuple[Any, ...]) -> Delivery:
    """The delivery that :func:`row_of` took apart; ValueError, LookupError and the like for what it has not written."""
    cells = {name: cell for name, cell in zip(COLUMNS, row, strict=True) if name not in ("key", "made")}
    for name in ("attempts", "next_try", "changed"):
        if not isinstance(cells[name], float | int):
            raise ValueError(f"{cells[name]!r} are no {name}")
    for name in ("address", "detail", "reference"):
        if not isinstance(cells[name], str):
            raise ValueError(f"{cells[name]!r} is no {name}")
    cells |= {
        "notice": recalled(Notice, json.loads(cells["notice"])),
        "channel": Channel[cells["channel"]],
        "state": DeliveryState[cells["state"]],
        "failing_since": float("nan") if cells["failing_since"] is None else cells["failing_since"],
        "doubtful": bool(cells["doubtful"]),
        "samples": _unpacked(cells["samples"]),
    }
    return Delivery(**cells)


def _packed(samples: Samples | None) -> bytes | None:
    if samples is None:
        return None
    about = json.dumps([samples.parameter, samples.unit, samples.low, samples.high])
    file = BytesIO()
    np.savez_compressed(file, times=samples.times, values=samples.values, about=np.array(about))
    return file.getvalue()


def _unpacked(packed: bytes | None) -> Samples | None:
    try:
        return _samples_in(packed) if packed is not None else None
    except (ValueError, TypeError, LookupError, EOFError, OSError, BadZipFile) as why:
        log.warning("the samples beside a warning are not understood, it goes without them: %r", why)
        return None


def _samples_in(packed: bytes) -> Samples:
    with np.load(BytesIO(packed), allow_pickle=False) as found:
        parameter, unit, low, high = json.loads(str(found["about"]))
        return Samples(parameter, unit, found["times"], found["values"], low, high)
