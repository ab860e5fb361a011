"""Whether warnings get out by each channel, as an alarm of its own."""

from __future__ import annotations

from eyegore.journal.delivery import Delivery, DeliveryState
from eyegore.messages.warnings import WarningPath

ALARM_AFTER_S = 60.0
"""A channel may fail for so long before it is an alarm [s]: mail servers put off what they do not know."""


class StateWatch:
    """The same for what has a state instead of deliveries: the heartbeat, the inboxes."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self._since = float("nan")
        self._told = True  # an alarm of the session before may still be there

    def look(self, problem: str, now: float) -> WarningPath | None:
        """``problem`` says what is wrong now ("" for nothing); returns what is new."""
        if not problem:
            told, self._told, self._since = self._told, False, float("nan")
            return WarningPath(self._channel, "", now) if told else None
        if self._since != self._since:
            self._since, self._told = now, False
        if self._told or now - self._since < ALARM_AFTER_S:
            return None
        self._told = True
        return WarningPath(self._channel, problem, self._since)


class ChannelWatch:
    """Fed with every delivery that changed; ``problems`` survive a restart, as an alarm that was raised has to end."""

    def __init__(self) -> None:
        self.problems: dict[str, str] = {}

    def news_of(self, delivery: Delivery, now: float) -> WarningPath | None:
        """What is new about the channel of this delivery, None when nothing is."""
        channel = delivery.channel.value
        if delivery.state is DeliveryState.SENT:
            if self.problems.pop(channel, None) is None:
                return None
            return WarningPath(channel, "", now)
        waits = delivery.state is DeliveryState.WAITING and now - delivery.failing_since >= ALARM_AFTER_S
        if not waits and not delivery.state.failed:
            return None
        known = channel in self.problems
        self.problems[channel] = delivery.detail
        since = delivery.failing_since if delivery.failing_since == delivery.failing_since else now
        problem = f"{channel} to {delivery.notice.person} does not get out: {delivery.detail}"
        return None if known else WarningPath(channel, problem, since)
