"""The other channels of a lab behind one channel: the address is the name of one of them."""

from __future__ import annotations

from collections.abc import Mapping

from eyegore.warning_messages import Channel, Notice, Outcome, Result, Samples, Sender


class OtherByName:
    """Gives a notice to the sender of the name; a name without one (its URL is missing) is refused, not forgotten."""

    channel = Channel.OTHER

    def __init__(self, senders: Mapping[str, Sender]) -> None:
        self._senders = dict(senders)

    def send(self, address: str, notice: Notice, samples: Samples | None) -> Outcome:
        """Send by the channel of that name."""
        sender = self._senders.get(address)
        if sender is None:
            return Outcome(
                Result.REFUSED, f"the channel {address} has no URL: eyegore settings check tells where to put it"
            )
        return sender.send(address, notice, samples)
