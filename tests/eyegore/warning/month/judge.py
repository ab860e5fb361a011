"""Holds what people were told against what was promised; each difference is a fault, with incident and message."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from eyegore.limits.model import Severity
from eyegore.messages.warnings import Channel, Reason

from .death import Kill
from .expectation import BACKUP_S, REPEAT_S, Promise, duty, promise, quiet, second_of_day
from .incidents import CRITICAL, Incident, Kind
from .kinds import CLOCKS as CLOCK_NAMES, PATHS
from .people import Answered
from .provider import Told
from .rows import COLUMNS, offset
from .timetable import RESET

TIMERS = ("EXPOSURES", "IMAGES", "DATA VOLUME", *CLOCK_NAMES, *PATHS)
_NAMES = re.compile(
    rf"(?<![\w/])(?:{'|'.join(sorted(map(re.escape, (*COLUMNS, *TIMERS)), key=len, reverse=True))})(?!\w)"
)
_COUNTS = re.compile(r"(\d+)(?: alarms)?, (\d+) still out")
_FORECAST = re.compile(r"\breach(?:es|ed)? .*\bat \d\d:\d\d")
"""A forecast says when a limit is reached."""
_WORDED = {
    "clock": (Kind.FROZEN, Kind.WRONG_CLOCK, Kind.CLOCK_CHANGE),
    "no hk row": (Kind.STOPPED,),
    "not delivered": (Kind.OUTAGE,),
    "e-mail": (Kind.OUTAGE,),
    "sms": (Kind.OUTAGE,),
    "telephone calls": (Kind.OUTAGE,),
}
"""What is told in words, without a name, and what it may be about."""
GOOD = (Reason.ACKNOWLEDGED, Reason.CLEARED)
SLACK_S = 61.0
"""A simulated session is looked at every 30 s where nothing is planned [s]."""


@dataclass(frozen=True)
class Fault:
    """``what`` is the kind of fault, ``about`` what happened in the lab, ``detail`` when and what was told."""

    what: str
    about: str
    detail: str

    def __str__(self) -> str:
        return f"{self.what} | {self.about} | {self.detail}"


def clock(time: float) -> str:
    return datetime.fromtimestamp(time + offset(time), UTC).strftime("%d/%b %H:%M:%S")


def closed(incident: Incident) -> float:
    """When nothing is told of it any more: an hour after it when people answer, else when all is lowered."""
    if incident.answers and (any(out.severity is CRITICAL for out in incident.outs) or not quiet(incident.end)):
        return incident.end + 3600
    return incident.end + (RESET - second_of_day(incident.end)) % 86_400 + 180


class Incidents:
    """Finds what a message is about."""

    def __init__(self, incidents: Sequence[Incident]) -> None:
        self._all = incidents

    def alive(self, time: float) -> list[Incident]:
        return [one for one in self._all if one.begin <= time <= closed(one)]

    def named(self, told: Told) -> dict[str, Incident | None]:
        """The newest incident of each name in a message; None where there is none."""
        alive = self.alive(told.time)
        found: dict[str, Incident | None] = {}
        for name in dict.fromkeys(_NAMES.findall(told.text)):
            found[name] = next((one for one in reversed(alive) if name in one.about), None)
        said = told.notice.subject.lower()
        for word, kinds in () if found else _WORDED.items():
            if word in said:
                found[word] = next((one for one in reversed(alive) if one.kind in kinds), None)
        return found

    def concerned(self, told: Told) -> list[Incident]:
        return list({one.begin: one for one in self.named(told).values() if one is not None}.values())


class Judge:
    """``faults`` of a whole stretch of time."""

    def __init__(
        self, incidents: Sequence[Incident], kills: Sequence[Kill], told: Sequence[Told], given: Sequence[Answered]
    ) -> None:
        self._incidents, self._told, self._given = incidents, told, given
        self._find = Incidents(incidents)
        self._about = [(one, self._find.named(one)) for one in told]
        self._promises = [(one, promise(one, kills)) for one in incidents]

    def faults(self) -> list[Fault]:
        found = [*self._strange(), *self._doubled(), *self._awake(), *self._answered()]
        for incident, promised in self._promises:
            theirs = [one for one, names in self._about if incident in names.values()]
            found += self._untold(incident, promised, theirs)
            found += self._unwanted(incident, promised, theirs)
            found += self._too_many(incident, promised, theirs)
            found += self._silent(incident, promised, theirs)
            found += self._good_news(incident, promised, theirs)
            found += self._counts(incident, theirs)
        return found

    # --- of single messages ---

    def _strange(self) -> Iterator[Fault]:
        for one, names in self._about:
            if _is_answer(one, self._given):
                continue
            if not names:
                yield Fault("a message that names nothing", "-", _line(one))
            for name, incident in names.items():
                if incident is None:
                    yield Fault("a message that matches no incident", name, _line(one))

    def _doubled(self) -> Iterator[Fault]:
        counts = Counter((one.notice.key, one.channel, one.person) for one in self._told)
        for (key, channel, person), count in counts.items():
            if count > 1:
                yield Fault("doubled", f"{count} times to {person} by {channel.value}", key)

    def _awake(self) -> Iterator[Fault]:
        for one, names in self._about:
            grave = one.severity is CRITICAL or any(
                incident is not None and any(out.severity is CRITICAL for out in incident.outs)
                for incident in names.values()
            )
            if quiet(one.time) and not grave and one.channel is Channel.SMS and not _is_answer(one, self._given):
                yield Fault("below CRITICAL in quiet hours", "-", _line(one))

    def _answered(self) -> Iterator[Fault]:
        for given in self._given:
            theirs = [
                one for one in self._told
                if one.person == given.person and one.reason is Reason.ACKNOWLEDGED and 0 <= one.time - given.time < 60
            ]  # fmt: skip
            last: dict[str, Told] = {}
            for one, names in self._about:
                if given.incident in names.values() and one.time < given.time and one.reason is not Reason.ACKNOWLEDGED:
                    last[one.person] = one
            knew = {person for person, one in last.items() if one.bad and one.severity is CRITICAL}
            for person in knew - {given.person}:
                if not any(
                    one.person == person and one.reason is Reason.ACKNOWLEDGED and 0 <= one.time - given.time < 60
                    for one in self._told
                ):
                    detail = f"{person} is not told that {given.person} answered at {clock(given.time)}"
                    yield Fault("those told do not hear who took care", _name(given.incident), detail)
            most = Counter(one.channel for one in theirs).most_common(1)
            if most and most[0][1] > 1:
                yield Fault("who answers is answered twice", _name(given.incident), "; ".join(map(_line, theirs)))

    # --- of incidents ---

    def _untold(self, incident: Incident, promised: Promise, theirs: Sequence[Told]) -> Iterator[Fault]:
        for due in promised.due:
            fitting = [one for one in theirs if one.bad and due.name in one.text and one.severity >= due.severity]
            if due.severity is Severity.WARNING and not due.name:  # it is a WARNING, and nothing worse
                fitting = [one for one in fitting if one.severity is due.severity]
            fitting = [one for one in fitting if all(word.lower() in one.text.lower() for word in due.says)]
            in_time = [one for one in fitting if due.after <= one.time <= due.by and self._on_duty(one)]
            if in_time:
                continue
            wordless = [one for one in theirs if one.bad and due.after <= one.time <= due.by and due.name in one.text]
            later = next((one for one in fitting if one.time > due.by), None)
            grave = due.severity.name if due.severity else "an alarm"
            if wordless:
                what = f"{grave} is told without {due.says} or as less" if due.says else f"{grave} is told as less"
                yield Fault(what, _name(incident), f"due {clock(due.by)}; {_line(wordless[0])}")
            elif later is not None:
                late = f"{later.time - due.by:.0f} s after {clock(due.by)}"
                yield Fault(f"{grave} is told late", _name(incident), f"{due.name} {late}; {_line(later)}")
            else:
                yield Fault(f"{grave} is not told", _name(incident), f"{due.name} {due.says} by {clock(due.by)}")

    def _on_duty(self, one: Told) -> bool:
        return one.person in duty(one.time)

    def _unwanted(self, incident: Incident, promised: Promise, theirs: Sequence[Told]) -> Iterator[Fault]:
        for one in theirs:
            named = {name for name, found in self._find.named(one).items() if found is incident}
            if one.bad and named & promised.unsaid:
                yield Fault("told though it is nothing", _name(incident), _line(one))
            foretells = one.bad and named & {out.name for out in incident.outs} and _FORECAST.search(one.notice.subject)
            if foretells and (incident.kind is not Kind.RAMP or one.time > incident.outs[0].counts):
                yield Fault("foretold though it was out already", _name(incident), _line(one))
            if one.bad and self._find.concerned(one) == [incident]:
                for word in promised.never:
                    if word in one.notice.short or word in one.notice.subject:
                        yield Fault(f"names a wrong cause ({word})", _name(incident), _line(one))

    def _too_many(self, incident: Incident, promised: Promise, theirs: Sequence[Told]) -> Iterator[Fault]:
        bad: dict[tuple[str, Channel], list[Told]] = {}
        for one in theirs:
            if one.bad or (incident.kind is Kind.CHATTER and one.reason is Reason.CLEARED):
                bad.setdefault((one.person, one.channel), []).append(one)
        for (person, channel), messages in bad.items():
            if promised.most is not None:
                most = max(sum(0 <= one.time - first.time < 3600 for one in messages) for first in messages)
                if most > promised.most:
                    detail = f"{most} to {person} by {channel.value} within an hour; {_line(messages[promised.most])}"
                    yield Fault(f"more than {promised.most} messages an hour", _name(incident), detail)
            if promised.once:
                yield from self._again(incident, messages)

    def _again(self, incident: Incident, messages: Sequence[Told]) -> Iterator[Fault]:
        """The same reason again: nobody answered meanwhile, half an hour is not over, nothing new is named."""
        last: dict[tuple[Reason, Severity], Told] = {}
        named: set[str] = set()
        for one in messages:
            key = (one.reason, one.severity)
            before = last.get(key)
            names = {name for name, found in self._find.named(one).items() if found is incident}
            if before is not None and not names - named:
                soon = one.time - before.time < REPEAT_S - SLACK_S
                answered = any(
                    given.incident is incident and before.time <= given.time <= one.time for given in self._given
                )
                begins = duty(one.time)[0] == one.person != duty(before.time)[0]
                if soon and not answered and not begins:
                    detail = f"{one.time - before.time:.0f} s after the same; {_line(one)}"
                    yield Fault("told again to one who knows", _name(incident), detail)
            last[key] = one
            named |= names

    def _silent(self, incident: Incident, promised: Promise, theirs: Sequence[Told]) -> Iterator[Fault]:
        """An unanswered CRITICAL is repeated to both on duty, and told to the next shift when it begins."""
        if not promised.lasts or not promised.due:
            return
        begin = promised.due[0].by
        shift = begin
        while shift < promised.lasts:
            people = duty(shift)
            end = min(promised.lasts, _end_of_shift(shift))
            for person, first in zip(people, (shift, max(shift, begin + BACKUP_S)), strict=True):
                times = [
                    one.time for one in theirs if one.bad and one.person == person and first - 30 <= one.time <= end
                ]
                known = any(one.bad and one.person == person and one.time < first for one in theirs)
                begins = first if shift == begin or person == people[0] or not known else first + REPEAT_S
                gaps = [begins, *times, end]
                if begins < end and (not times or times[0] > begins + SLACK_S) and end - begins > SLACK_S:
                    yield Fault(
                        "an unanswered CRITICAL is not told to one on duty", _name(incident),
                        f"{person}, due {clock(begins)}, told {', '.join(map(clock, times)) or 'never'}",
                    )  # fmt: skip
                elif any(late - early > REPEAT_S + SLACK_S for early, late in pairwise(gaps)):
                    yield Fault(
                        "an unanswered CRITICAL is not repeated", _name(incident),
                        f"{person} was told at {', '.join(map(clock, times))}, it lasted until {clock(end)}",
                    )  # fmt: skip
            shift = end

    def _good_news(self, incident: Incident, promised: Promise, theirs: Sequence[Told]) -> Iterator[Fault]:
        for person, channel in dict.fromkeys((one.person, one.channel) for one in theirs):
            messages = [one for one in theirs if (one.person, one.channel) == (person, channel)]
            knows: set[str] = set()
            for one in messages:
                names = {name for name, found in self._find.named(one).items() if found is incident}
                if incident.kind is Kind.OUTAGE:  # a message names one channel, and counts the others
                    names |= {alarm for alarm in one.notice.alarms if alarm.startswith("WARNINGS by")}
                if one.reason is Reason.CLEARED:
                    if not names & knows:
                        yield Fault("good news without the bad, or twice", _name(incident), _line(one))
                    knows -= names
                elif one.bad:
                    knows |= names
            left = knows & {out.name for out in incident.outs}
            if left and promised.good and channel is Channel.SMS and incident.kind is not Kind.OUTAGE:
                last = messages[-1]
                if not _held(incident):
                    detail = f"{person}, last word {_line(last)}; over {clock(incident.end)}"
                    yield Fault("those told do not hear that it is over", _name(incident), detail)

    def _counts(self, incident: Incident, theirs: Sequence[Told]) -> Iterator[Fault]:
        for one in theirs if incident.kind is Kind.FLOOD else ():
            found = _COUNTS.search(one.notice.subject)
            if found is None:
                continue
            raised = sum(out.counts - 2 <= one.time for out in incident.outs)
            still = sum(out.counts - 2 <= one.time and one.time < out.end + 5 for out in incident.outs)
            before = sum(out.counts + 12 <= one.time and one.time < out.end - 5 for out in incident.outs)
            if int(found[1]) > raised or not before <= int(found[2]) <= still:
                detail = f"{raised} were out until then, {before} to {still} still are; {_line(one)}"
                yield Fault("false counts", _name(incident), detail)


def _end_of_shift(time: float) -> float:
    return time + 28_800 - second_of_day(time) % 28_800


def _held(incident: Incident) -> bool:
    """Whether quiet hours hold back its good news: that is in the morning summary, with the bad."""
    return not any(out.severity is CRITICAL for out in incident.outs) and quiet(incident.end + 60)


def _is_answer(one: Told, given: Sequence[Answered]) -> bool:
    """The one answer to who answered."""
    return one.reason is Reason.ACKNOWLEDGED and any(
        answer.person == one.person and 0 <= one.time - answer.time < 120 for answer in given
    )


def _name(incident: Incident) -> str:
    detail = f" ({incident.detail})" if incident.detail else ""
    names = ", ".join(dict.fromkeys(out.name for out in incident.outs)) or ", ".join(sorted(incident.names))
    return f"{incident.kind.value}{detail}: {names[:60]} {clock(incident.begin)} to {clock(incident.end)}"


def _line(one: Told) -> str:
    return f"{clock(one.time)} {one.person} {one.channel.value} {one.reason.name} {one.notice.short}"


def by_kind(faults: Sequence[Fault]) -> str:
    """The report: each kind of fault with its count and its first examples."""
    lines = []
    for what, count in Counter(one.what for one in faults).most_common():
        lines.append(f"{count} x {what}")
        kinds: Counter[str] = Counter()
        for one in faults:
            if one.what == what:
                kind = one.about.partition(":")[0]
                kinds[kind] += 1
                if kinds[kind] <= 2:
                    lines.append(f"    {one.about} | {one.detail}")
        lines.append("    " + ", ".join(f"{kind} {number}" for kind, number in kinds.items()))
    return "\n".join(lines)
