"""How often an alarm goes out and back. What chatters is told once, and its further turns are counted."""

from __future__ import annotations

from dataclasses import dataclass, field

from eyegore.warning.policy.rules import PolicyRules

_REMEMBERED_S = 3600.0
"""For so long an excursion makes the end of the next one doubtful [s]."""


@dataclass
class Turns:
    """``outs`` and ``backs`` are when it went out within the last hour, and came back within ``chatter_s`` [unix s].

    ``chattering`` tells that it goes out and back all the time, ``answered`` that somebody took care while it did,
    and ``count`` how often it did since people were last told that it is over.
    """

    outs: list[float] = field(default_factory=list)
    backs: list[float] = field(default_factory=list)
    count: int = 0
    chattering: bool = False
    answered: bool = False

    def goes_out(self, now: float) -> None:
        """It is out."""
        self.outs = [*(time for time in self.outs if now - time < _REMEMBERED_S), now]

    def comes_back(self, now: float, rules: PolicyRules) -> bool:
        """It is back; returns whether this is the turn with which it begins to chatter."""
        self.backs = [*(time for time in self.backs if now - time < rules.chatter_s), now]
        if self.chattering:
            self.count += 1
            return False
        self.chattering = len(self.backs) >= rules.chatter_turns
        self.count += len(self.backs) * self.chattering
        return self.chattering

    def calms(self, now: float, rules: PolicyRules) -> bool:
        """Whether it chattered until now and has not turned for so long that it does no more."""
        if not self.chattering or now - max([*self.outs, *self.backs]) < rules.chatter_s:
            return False
        self.chattering = False
        return True

    def over_at(self, now: float, rules: PolicyRules) -> float:
        """When [unix s] it may be told that it is over, if it came back now and stays so."""
        if len(self.outs) > 1:
            return now + rules.chatter_s
        return max([now + rules.over_s, *(time + rules.brief_s for time in self.outs)])

    def not_after(self, now: float) -> None:
        """No turn was later than ``now`` [unix s]: the clock may be set back."""
        self.outs, self.backs = ([min(time, now) for time in times] for times in (self.outs, self.backs))
