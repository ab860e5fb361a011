"""What a reply does: who sent it, which code it names, and that nothing is done twice; pure.

A reply acts only when it comes from an address on the roster and names a code that waits for an answer. Everything else
changes nothing, is written into the journal, and where a person of the roster sent it they are told why. Numbers can be
guessed and From lines of mails forged: who sends wrong codes again and again is not heard for a while.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from eyegore.alarms.alarm import LONGEST_SHELF_S
from eyegore.alarms.board import EntryContext, noted
from eyegore.basics.lab_time import age_text
from eyegore.basics.safe_text import cut, one_line, printable
from eyegore.limits.model import Severity
from eyegore.messages.events import Action, FlagCommand, Noted, NoteKind, kind_of, parameter_of
from eyegore.warning.replies.reply import Order, Reply, ReplyKind, orders_of

T = TypeVar("T")

GRACE_S = 600.0
"""Replies older than the start by less count: Eyegore was started again while somebody answered."""
KEPT_S = 7 * 86_400.0
"""References and used codes are remembered for so long [s]; longer than any inbox looks back."""
MOST_KEPT = 10_000
WRONG_CODES, REFUSALS, WINDOW_S = 5, 3, 3600.0
"""So many wrong codes from one address within the window [s] are tried; so many refusals are answered: a telephone that
answers by itself and Eyegore would otherwise write to each other for ever."""
MOST_ISSUED = 200
"""The newest codes that were given out: one of them is not guessed, though its alarm may be over by now."""
SHOWN_TEXT = 120
HELP = "reply ACK and the code, or SHELVE, the code, how long and why: ACK 4711, SHELVE 4711 1h pump is off"


@dataclass(frozen=True)
class Taken:
    """What a reply comes to: commands for the alarms, entries for the journal, and the ``answer`` ("" for none).

    ``person`` is "" for a stranger.
    """

    commands: tuple[FlagCommand, ...] = ()
    entries: tuple[Noted, ...] = ()
    answer: str = ""
    person: str = ""


class Use(NamedTuple):
    """Who answered with a code, and when [unix s]."""

    person: str
    time: float


@dataclass
class Heard:
    """What survives a restart: replies by their reference, codes that were used and issued, and wrong codes by sender.

    Times are unix seconds; what is oldest comes first.
    """

    seen: dict[str, float] = field(default_factory=dict)
    used: dict[str, Use] = field(default_factory=dict)
    issued: list[str] = field(default_factory=list)
    wrong: dict[str, list[float]] = field(default_factory=dict)


def address_key(address: str) -> str:
    """One spelling for an address: E.164 for a telephone (``0049 30-1234`` is ``+49301234``), lower case for a mail."""
    if "@" in address:
        return address.strip().casefold()
    digits = "".join(sign for sign in address if sign.isascii() and (sign.isdigit() or sign == "+"))
    return f"+{digits[2:]}" if digits.startswith("00") else digits


class ReplyDesk:
    """Takes replies, each once.

    Parameters
    ----------
    people
        Names by address.
    alarms_of
        The keys of the alarms a code stands for, none for a code that was not given or is over.
    started
        When Eyegore was [unix s].
    proof
        Whether a code, sent by a person at a time, is that of the proof of the path
        (:meth:`eyegore.warning.replies.path_proof.PathProof.came_back`).
    """

    def __init__(
        self,
        people: Mapping[str, str],
        alarms_of: Callable[[str], Sequence[str]],
        started: float,
        proof: Callable[[str, str, float], bool] | None = None,
    ) -> None:
        self._alarms_of, self._proof = alarms_of, proof
        self.know(people)
        self._begin = started - GRACE_S
        self.heard = Heard()
        self._elsewhere: dict[str, Use] = {}
        self._refused: dict[str, list[float]] = {}

    def know(self, people: Mapping[str, str]) -> None:
        """Names by address are these from now on."""
        self._people = {address_key(address): person for address, person in people.items() if address_key(address)}

    def note(self, code: str, person: str, now: float) -> None:
        """Somebody took care of all that a code stands for, in the window perhaps, at ``now`` [unix s]."""
        self._elsewhere[code] = Use(person, now)

    def take_reply(self, reply: Reply, now: float) -> Taken:
        """Do at ``now`` [unix s] what a reply asks; one whose reference was taken before comes to nothing."""
        if reply.reference in self.heard.seen:
            return Taken()
        self.heard.seen[reply.reference] = now
        self._forget(now)
        if reply.received < self._begin:
            return Taken()
        key = address_key(reply.sender)
        person = self._people.get(key, "")
        if not person:
            said = f"{_said(reply)}, who is not on the roster: nothing done"
            return Taken(entries=(_entry(said, now),))
        if len(_recent(self.heard.wrong, key, now)) >= WRONG_CODES:
            said = f"{_said(reply)}: not heard after {WRONG_CODES} wrong codes within {age_text(WINDOW_S)}"
            return Taken(entries=(_entry(said, now, person),), person=person)
        return self._obey(reply, person, key, now)

    def _obey(self, reply: Reply, person: str, key: str, now: float) -> Taken:
        way = "by e-mail" if "@" in key else "by SMS"
        commands: list[FlagCommand] = []
        done: list[str] = []
        refused: list[str] = []
        answered: dict[str, Use] = {}
        orders = {(order.kind, order.code): order for order in orders_of(reply.text)}
        wants_help = False
        for order in orders.values():
            if order.kind is ReplyKind.HELP:
                wants_help = True
            elif order.kind is ReplyKind.ACK and self._proof is not None and self._proof(order.code, person, now):
                answered[order.code] = Use(person, now)
                done.append("path proven, thank you")
            else:
                why, alarms = self._refusal(order, key, now)
                comment = f"{order.comment} ({way})" if order.comment else way
                if why:
                    kept = [_command(order, alarm, person, comment, now, also=True) for alarm in alarms]
                    refused.append(f"{why}, your words are kept" if kept else why)
                    commands += kept
                    continue
                answered[order.code] = Use(person, now)
                commands += [_command(order, alarm, person, comment, now) for alarm in alarms]
                done.append(_deed(order, alarms))
        self.heard.used |= answered  # only now: one reply may acknowledge and shelve with the same code
        if not orders:
            refused.append("not understood")
        result = "; ".join([*done, *refused]) or "asked for help"
        entry = _entry(f"{_said(reply)}: {result}", now, person)
        return Taken(tuple(commands), (entry,), self._answer(key, done, refused, wants_help, now), person)

    def _refusal(self, order: Order, key: str, now: float) -> tuple[str, tuple[str, ...]]:
        """Why an order is not obeyed, "" when it is, and the keys of the alarms it, or its words, are about."""
        alarms = tuple(self._alarms_of(order.code))
        acknowledges = order.kind is ReplyKind.ACK
        used = self.heard.used.get(order.code) or (self._elsewhere.get(order.code) if acknowledges else None)
        if used is not None:
            said = f"{order.code} was answered by {used.person} {age_text(now - used.time)} ago"
            return said, alarms if acknowledges and order.comment else ()
        if not alarms and order.code in self.heard.issued:
            return f"the alarm of {order.code} is over", ()
        if not alarms:
            self.heard.wrong.setdefault(key, []).append(now)
            return f"no alarm waits for {order.code}", ()
        if order.kind is ReplyKind.SHELVE and math.isnan(order.duration_s):
            return f"shelve {order.code} for how long? SHELVE {order.code} 1h REASON", ()
        return "", alarms

    def _answer(self, key: str, done: list[str], refused: list[str], wants_help: bool, now: float) -> str:
        parts = [*done, *refused]
        if not done:
            if len(_recent(self._refused, key, now)) >= REFUSALS:
                return ""
            self._refused.setdefault(key, []).append(now)
            if wants_help or "not understood" in refused:
                parts.append(HELP)
        return f"Eyegore: {'; '.join(parts)}"

    def reissue(self, code: str) -> None:
        """People are asked to answer with this code from now on, for the first time or again.

        Whoever answered what it stood for before does not count.
        """
        self.heard.used.pop(code, None)
        self._elsewhere.pop(code, None)
        self.heard.issued = [*(one for one in self.heard.issued if one != code), code][-MOST_ISSUED:]

    def _forget(self, now: float) -> None:
        _drop_old(self.heard.seen, lambda time: now - time)
        _drop_old(self.heard.used, lambda use: now - use.time)


def _drop_old(kept: dict[str, T], age: Callable[[T], float]) -> None:
    """Drop the oldest, which come first: those that are too old or too many."""
    for name, one in list(kept.items()):
        if age(one) <= KEPT_S and len(kept) <= MOST_KEPT:
            return
        del kept[name]


def _recent(times: dict[str, list[float]], key: str, now: float) -> list[float]:
    """Those within the window; the others are dropped."""
    recent = [time for time in times.get(key, ()) if now - time < WINDOW_S]
    if recent:
        times[key] = recent
    else:
        times.pop(key, None)
    return recent


def _command(order: Order, alarm: str, person: str, comment: str, now: float, *, also: bool = False) -> FlagCommand:
    """What an order does to an alarm; ``also``: only its words go with what somebody did before."""
    parameter, kind = parameter_of(alarm), kind_of(alarm)
    if also:
        return FlagCommand(Action.COMMENT, parameter, person, comment, kind=kind)
    if order.kind is ReplyKind.SHELVE:
        return FlagCommand(Action.SHELVE, parameter, person, comment, until=now + order.duration_s, kind=kind)
    return FlagCommand(Action.LOWER, parameter, person, comment, kind=kind)


def _deed(order: Order, alarms: Sequence[str]) -> str:
    about = parameter_of(alarms[0]) if len(alarms) == 1 else f"{len(alarms)} alarms"
    if order.kind is ReplyKind.SHELVE:
        longest = LONGEST_SHELF_S[Severity.CRITICAL]
        most = f", what is critical for {age_text(longest)} at most" if order.duration_s > longest else ""
        return f"{about} shelved for {age_text(min(order.duration_s, LONGEST_SHELF_S[Severity.WARNING]))}{most}"
    return f"{about} acknowledged"


def _said(reply: Reply) -> str:
    return f"reply “{cut(one_line(reply.text[:1000]), SHOWN_TEXT)}” from {printable(reply.sender, '')[:SHOWN_TEXT]}"


def _entry(text: str, now: float, person: str = "") -> Noted:
    return noted(text, EntryContext(now), NoteKind.REPLY, person=person)
