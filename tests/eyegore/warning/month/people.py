"""The people of the lab: who is told something answers it as planned, by telephone, by mail or at the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from eyegore.messages.events import Action, FlagCommand
from eyegore.warning.replies.reply import Replies, Reply

from .incidents import Answer, Incident
from .lab import PHONES, Message
from .provider import Told


@dataclass(frozen=True)
class Answered:
    """Somebody answered at ``time`` [unix s]; ``shelf`` tells that it was shelved."""

    time: float
    person: str
    incident: Incident
    shelf: bool


class People:
    """``concerns`` tells which incidents a message is about. :meth:`answers` is asked again and again."""

    def __init__(self, told: Sequence[Told], concerns: Callable[[Told], Sequence[Incident]]) -> None:
        self._told, self._concerns = told, concerns
        self._seen = 0
        self._plans: dict[float, list[Answer]] = {}
        self._due: list[tuple[float, Told, Incident, Answer]] = []
        self.given: list[Answered] = []

    def answers(self, now: float) -> list[Message]:
        """What people answer by now [unix s], each plan in its turn to the next message that asks for it."""
        fresh, self._seen = self._told[self._seen :], len(self._told)
        for one in fresh:
            for incident in self._concerns(one) if one.bad and one.code else ():
                plans = self._plans.setdefault(incident.begin, list(incident.answers))
                if plans and not any(waits is incident for _, _, waits, _ in self._due):
                    plan = plans.pop(0)
                    self._due.append((one.time + plan.after_s, one, incident, plan))
        ripe = [one for one in self._due if one[0] <= now]
        self._due = [one for one in self._due if one[0] > now]
        return [message for _, told, incident, plan in ripe for message in self._answer(told, incident, plan, now)]

    def _answer(self, told: Told, incident: Incident, plan: Answer, now: float) -> list[Message]:
        self.given.append(Answered(now, told.person, incident, plan.words != "ACK"))
        if plan.way == "window":
            names = sorted(incident.about)
            return [FlagCommand(Action.LOWER, name, told.person.title(), plan.comment) for name in names]
        sender = PHONES[told.person] if plan.way == "sms" else f"{told.person}@lab.example"
        text = f"{plan.words} {told.code} {plan.comment}".strip()
        return [Replies((Reply(f"{told.person} {now:.0f} {told.code}", sender, text, now),), 0)]
