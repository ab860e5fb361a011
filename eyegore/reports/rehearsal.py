"""Candidate limits on past folders: which alarms they would have given."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from eyegore.feeds.ingest import read_folder
from eyegore.housekeeping.housekeeping import Rules
from eyegore.limits.model import LimitSet, LimitTable
from eyegore.messages.events import (
    AlarmChanged,
    AlarmEntry,
    AlarmKind,
    AlarmState,
    CaughtUp,
    EntryKind,
    SourceEvent,
    Transition,
)
from eyegore.reports.once import Findings, note_unread
from eyegore.session.monitor import Monitor


@dataclass(frozen=True)
class Alarmed:
    """What one parameter did in one folder.

    ``alarms`` were raised, the first of them at ``first`` [lab s]; ``glitches`` ended before they counted; ``chatter``
    is the number of alarms raised again within ten minutes of the end of the one before.
    """

    alarms: int = 0
    first: float = math.nan
    glitches: int = 0
    chatter: int = 0


CHATTER_S = 600.0
KINDS = (AlarmKind.OOL, AlarmKind.PERFORMANCE)


@dataclass(frozen=True)
class Rehearsed:
    """What the parameters of a folder did, and the ``doubts``: what of it could not be read or judged."""

    alarms: dict[str, Alarmed]
    doubts: tuple[str, ...] = ()


def rehearse(folder: Path, table: LimitTable | None, limit_set: LimitSet) -> Rehearsed:
    """Judge a folder by ``table`` (None: that of its ELVIS version); parameters without alarm or glitch are left out.

    Raises
    ------
    SettingsError
        When there is no such folder, or it cannot be read.
    """
    from eyegore.limits.table import table_for

    rules = Rules(table_for if table is None else lambda _elvis: table, limit_set)
    monitor = Monitor(rules, str(folder))
    entries: list[AlarmEntry] = []
    unread: dict[str, str] = {}
    for message in read_folder(folder, images=False):
        if isinstance(message, SourceEvent):
            note_unread(message, unread, images=False)
        if not isinstance(message, CaughtUp):
            events = monitor.take(message, 0.0)
            entries += [event.entry for event in events if isinstance(event, AlarmChanged)]
    alarms = _counted([entry for entry in entries if entry.kind in KINDS])
    return Rehearsed(alarms, Findings(monitor, unread=unread).doubts)


def _counted(entries: Sequence[AlarmEntry]) -> dict[str, Alarmed]:
    found: dict[str, Alarmed] = {}
    ended: dict[tuple[str, EntryKind], float] = {}
    for entry in entries:
        name = entry.parameter
        known = found.setdefault(name, Alarmed())
        if entry.what is Transition.RAISED:
            again = entry.data_time - ended.get((name, entry.kind), -math.inf) <= CHATTER_S
            first = entry.data_time if math.isnan(known.first) else known.first
            found[name] = replace(known, alarms=known.alarms + 1, first=first, chatter=known.chatter + again)
        elif entry.after is AlarmState.RTN_UNACK:
            ended[name, entry.kind] = entry.data_time
        elif entry.what is Transition.GLITCH:
            found[name] = replace(known, glitches=known.glitches + 1)
    return {name: one for name, one in found.items() if one.alarms or one.glitches}


def difference(new: Mapping[str, Alarmed], old: Mapping[str, Alarmed]) -> dict[str, int]:
    """Alarms more (or fewer, negative) by parameter; parameters without difference are left out."""
    names = [*new, *(name for name in old if name not in new)]
    changes = {name: new.get(name, Alarmed()).alarms - old.get(name, Alarmed()).alarms for name in names}
    return {name: change for name, change in changes.items() if change}
