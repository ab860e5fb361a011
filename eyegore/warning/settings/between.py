"""What is wrong between sections of the warning settings; each section is looked at as far as it is right by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from eyegore.basics.toml_file import Keys
from eyegore.warning.duty.roster import Entry as RosterEntry, Pattern
from eyegore.warning.duty.roster_faults import Fault, faults
from eyegore.warning.settings.fields import DAYS
from eyegore.warning.settings.schema import DutyEntry, PersonEntry, RoutesEntry

_MOST = 20
"""Gaps and overlaps told at once; a roster that is wrong throughout is wrong in few ways."""
_SECTIONS = {"sms": "twilio", "call": "twilio", "email": "smtp", "other": "other"}
_TIME = "%a %d/%b/%Y %H:%M"
_Kind = TypeVar("_Kind")
Found = Iterator[tuple[Keys, str]]


def faults_between(raw: Mapping[str, Any], around: date) -> Found:
    """Where and why, for each; ``around`` is where to look for gaps in a roster without dates."""
    people = _people(raw)
    duty = _duty(raw)
    yield from _roster(raw, duty, around)
    yield from _names(raw, people, duty)
    yield from _accounts(raw, people, duty)
    yield from _twice(people)


def _right(kind: type[_Kind], value: object) -> _Kind | None:
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return None


def _people(raw: Mapping[str, Any]) -> dict[str, PersonEntry]:
    people = raw.get("people")
    found = {key: _right(PersonEntry, each) for key, each in people.items()} if isinstance(people, dict) else {}
    return {key: each for key, each in found.items() if each is not None}


def _duty(raw: Mapping[str, Any]) -> dict[int, DutyEntry]:
    duty = raw.get("duty")
    found = [_right(DutyEntry, each) for each in duty] if isinstance(duty, list) else []
    return {place: each for place, each in enumerate(found) if each is not None}


# --- the roster ------------------------------------------------------------------------------------------------------


def _roster(raw: Mapping[str, Any], duty: Mapping[int, DutyEntry], around: date) -> Found:
    entries = [each.entry() for each in duty.values()]
    never = [place for place, each in zip(duty, entries, strict=True) if not _ever(each)]
    for place in never:
        yield ("duty", str(place)), "never begins: none of its days lies between since and until"
    if not entries or never or len(entries) < len(raw["duty"]):
        return  # the gaps would be those of the entries that are wrong
    found = faults(entries, around)
    for fault in found[:_MOST]:
        yield _told(fault)
    if len(found) > _MOST:
        yield ("duty",), f"and {len(found) - _MOST} more gaps and overlaps"


def _ever(entry: RosterEntry) -> bool:
    """Whether an entry comes at all."""
    if not isinstance(entry, Pattern) or entry.since is None or entry.until is None:
        return True
    last = min(entry.until.toordinal(), entry.since.toordinal() + 6)
    return any(entry.on(date.fromordinal(day)) for day in range(entry.since.toordinal(), last + 1))


def _told(fault: Fault) -> tuple[Keys, str]:
    when = f"from {fault.begins:{_TIME}} to {fault.ends:{_TIME}}"
    if fault.again:
        when += f", and again on {', '.join(DAYS[day] for day in fault.again)}"
    if not fault.entries:
        return ("duty",), f"nobody is on duty {when}"
    first, second = fault.entries
    if first == second:
        return ("duty", str(first)), f"overlaps itself {when}"
    return ("duty", str(second)), f"overlaps duty {first + 1} {when}"


# --- names -----------------------------------------------------------------------------------------------------------


def _names(raw: Mapping[str, Any], people: Mapping[str, PersonEntry], duty: Mapping[int, DutyEntry]) -> Found:
    """Names that nobody has; not repeated, only known ones are."""
    known = raw.get("people")
    if isinstance(known, dict):
        for place, each in duty.items():
            for role in ("primary", "backup"):
                name = getattr(each, role)
                if name is not None and name not in known:
                    yield ("duty", str(place), role), f"is none of the people: {', '.join(known)}"
    others = raw.get("other", {})
    if isinstance(others, dict):
        for key, person in people.items():
            if any(name not in others for name in person.other):
                told = (
                    f"is none of the other channels: {', '.join(others)}" if others else "needs a section [other.NAME]"
                )
                yield ("people", key, "other"), told


def _twice(people: Mapping[str, PersonEntry]) -> Found:
    """An answer must tell who gave it."""
    for field in ("phone", "email"):
        seen: dict[str, str] = {}
        for key, person in people.items():
            address = getattr(person, field)
            other = seen.setdefault(address.casefold(), key) if address else key
            if other != key:
                yield ("people", key, field), f"is that of {other} too: an answer would not tell who gave it"


# --- channels --------------------------------------------------------------------------------------------------------


def _accounts(raw: Mapping[str, Any], people: Mapping[str, PersonEntry], duty: Mapping[int, DutyEntry]) -> Found:
    there = [channel for channel, section in _SECTIONS.items() if raw.get(section)]
    if not there:
        yield (), "no channel at all: [smtp], [twilio] or [other.NAME] is needed"
        return
    routes = _right(RoutesEntry, raw.get("routes", {}))
    asked: list[tuple[Keys, list[str]]] = [
        (("people", key, "channels"), list(person.channels or ())) for key, person in people.items()
    ]
    if routes is not None:
        asked += [
            (("routes", "CRITICAL"), list(routes.critical or ())),
            (("routes", "WARNING"), list(routes.warning or ())),
        ]
    proof = raw.get("proof")
    if isinstance(proof, dict) and isinstance(proof.get("channels"), list):
        asked.append((("proof", "channels"), [each for each in proof["channels"] if isinstance(each, str)]))
    for keys, channels in asked:
        for channel in channels:
            if channel in _SECTIONS and channel not in there:
                yield keys, f"{channel} needs a section [{_SECTIONS[channel]}{'.NAME' * (channel == 'other')}]"
    if isinstance(proof, dict) and not _answered(raw, proof, there):
        yield ("proof",), "nobody could answer it: answers by mail need a section [imap], by text message [twilio]"
    if routes is None:
        return
    critical = set(there if routes.critical is None else routes.critical) & set(there)
    on_duty = {name for each in duty.values() for name in (each.primary, each.backup) if name in people}
    for key in people:
        if key in on_duty and not critical & set(people[key].reach()):
            yield ("people", key), "is on duty, but no CRITICAL warning could be sent: no channel of that route"


def _answered(raw: Mapping[str, Any], proof: Mapping[str, Any], there: list[str]) -> bool:
    """Whether an answer is read that comes back by one of the channels of the proof."""
    given = proof.get("channels")
    channels = given if isinstance(given, list) else [each for each in there if each != "call"]
    back = {"sms": "twilio", "call": "twilio", "email": "imap"}
    return any(raw.get(back.get(str(each), "")) for each in channels)
