"""Housekeeping against the limits: by layout of the file, set of limits, phase of the camera and what is commanded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from eyegore.alarms.watched import Judgement, joined
from eyegore.exposures.books import ExposureIndex
from eyegore.limits.checks import Checker
from eyegore.limits.model import Expected, Limit, LimitSet, LimitTable, Parameter, Phase, Reading, Relative
from eyegore.limits.phases import PhaseFinder
from eyegore.messages.events import FloatArray, HkRows

NAN = float("nan")


@dataclass(frozen=True, eq=False)
class Layout:
    """One set of columns and the checks that belong to it, one for each set of limits in use.

    ``expected`` are the values of parameters that must have one; ``settle`` the seconds after a change of each column
    of the exposure log for which limits relative to it are not judged; ``sensors`` the columns that tell the phase;
    ``lacking`` the parameters that the table has checked and that are not among the columns; ``measured`` those of the
    columns that it has checked and that hold a measured quantity.
    """

    elvis: str
    columns: tuple[str, ...]
    table: LimitTable | None
    checkers: tuple[Checker, ...]
    expected: Mapping[str, float]
    settle: Mapping[str, float]
    sensors: tuple[int, ...]
    lacking: tuple[str, ...] = ()
    measured: tuple[str, ...] = ()

    @property
    def checked(self) -> tuple[bool, ...]:
        """Whether each column is judged at all."""
        return tuple(any(one) for one in zip(*(checker.checked for checker in self.checkers), strict=True))


@dataclass(frozen=True, eq=False)
class Piece:
    """Rows of one phase, from the first to before ``stop``, and what the checks say of them."""

    stop: int
    phase: Phase | None
    judgement: Judgement


class HkJudge:
    """Judges rows in the order they were recorded; the exposures it asks for what was commanded are ``index``."""

    def __init__(self, tables: Callable[[str], LimitTable | None], limit_set: LimitSet, index: ExposureIndex) -> None:
        self.tables = tables
        self.layout: Layout | None = None
        self.chosen: Phase | None = None
        self._limit_set = limit_set
        self._index = index
        self._layouts: dict[tuple[str, tuple[str, ...]], Layout] = {}
        self._finder: PhaseFinder | None = None
        self._known: Phase | None = None

    @property
    def phase(self) -> Phase | None:
        """The phase of the newest row, or the one a person chose."""
        if self.chosen is not None:
            return self.chosen
        return self._finder.phase if self._finder is not None else None

    @property
    def known(self) -> Phase | None:
        """The phase that the temperature told last: what must survive a restart."""
        return self._finder.phase if self._finder is not None else self._known

    def resume(self, known: Phase | None) -> None:
        """Go on from the phase that was known last; before the first rows."""
        self._known = known

    def use(self, elvis: str, columns: tuple[str, ...]) -> bool:
        """Judge rows of these columns from now on; False when that is what it does already."""
        key = (elvis, columns)
        if self.layout is not None and self.layout is self._layouts.get(key):
            return False
        if key not in self._layouts:
            self._layouts[key] = self._laid_out(elvis, columns)
        self.layout = self._layouts[key]
        rule = self.layout.table.phases if self.layout.table else None
        if rule is not None and self._finder is None:
            self._finder = PhaseFinder(rule, self._known)
        return True

    def reload(self, tables: Callable[[str], LimitTable | None]) -> None:
        """Judge by other tables from now on; what the checks remember of the last samples goes on."""
        self.tables, self._known = tables, self.known
        before, self._layouts = self.layout, {}
        self.layout = None
        if before is None:
            return
        finder, self._finder = self._finder, None
        self.use(before.elvis, before.columns)
        if finder is not None and self._finder is not None:
            self._finder.inherit(finder)
        assert self.layout is not None
        for new, old in zip(self.layout.checkers, before.checkers, strict=True):
            new.inherit(old)

    def judge(self, rows: HkRows) -> list[Piece]:
        """Judge rows of the layout in use, in pieces of one phase each; at least one row."""
        layout = self.layout
        assert layout is not None
        return self._judged(layout, layout.checkers, self._finder, rows)

    def preview(self, rows: HkRows) -> Judgement:
        """Judge rows without a trace in what is judged later."""
        layout = self.layout
        assert layout is not None
        rule = layout.table.phases if layout.table else None
        finder = PhaseFinder(rule, self.known) if rule else None
        pieces = self._judged(layout, self._checkers(layout.table, layout.columns), finder, rows)
        return joined([piece.judgement for piece in pieces])

    def _judged(
        self, layout: Layout, checkers: tuple[Checker, ...], finder: PhaseFinder | None, rows: HkRows
    ) -> list[Piece]:
        commanded = {
            column: self._index.settled(column, rows.times, settle) for column, settle in layout.settle.items()
        }
        pieces: list[Piece] = []
        start = 0
        for stop, phase in self._phases(layout, finder, rows):
            part = slice(start, stop)
            commands = {column: values[part] for column, values in commanded.items()}
            times, values = rows.times[part], rows.values[part]
            codes = [checker.verdicts(times, values, commands, phase) for checker in checkers]
            beyond = checkers[0].beyond(values, phase)
            if len(codes) == 1:
                judgement = Judgement.by_one_set(codes[0], beyond, commands)
            else:
                judgement = Judgement.by_both_sets(codes[0], beyond, codes[1], commands)
            pieces.append(Piece(stop, phase, judgement))
            start = stop
        return pieces

    def _phases(self, layout: Layout, finder: PhaseFinder | None, rows: HkRows) -> list[tuple[int, Phase | None]]:
        """Runs of equal phase as (stop, phase)."""
        # A file without the sensors tells as little of the phase as readings that are none: it stays as it was.
        found: list[tuple[int, Phase | None]] = [(rows.times.size, finder.phase if finder is not None else None)]
        if finder is not None and layout.sensors:
            columns = list(layout.sensors)
            found = finder.find(rows.values[:, columns], layout.checkers[0].unreadable(rows.values, columns))
        return found if self.chosen is None else [(rows.times.size, self.chosen)]

    def _laid_out(self, elvis: str, columns: tuple[str, ...]) -> Layout:
        table = self.tables(elvis)
        expected: dict[str, float] = {}
        settle: dict[str, float] = {}
        for name in columns:
            parameter = table.parameters.get(name) if table else None
            for limit in _limits(parameter, self._limit_set):
                if isinstance(limit, Expected):
                    expected[name] = limit.equals
                elif isinstance(limit, Relative):
                    settle[limit.commanded] = max(limit.settle, settle.get(limit.commanded, 0.0))
        sensors = table.phases.sensors if table and table.phases else ()
        places = tuple(columns.index(name) for name in sensors if name in columns)
        parameters, held = table.parameters if table else {}, set(columns)
        measured = tuple(name for name in columns if self._is_measured(parameters.get(name)))
        lacking = [name for name in parameters if name not in held and self._is_checked(parameters[name])]
        return Layout(
            elvis, columns, table, self._checkers(table, columns), expected, settle, places, tuple(lacking), measured
        )

    def _is_measured(self, parameter: Parameter | None) -> bool:
        return parameter is not None and parameter.reading is Reading.MEASURED and self._is_checked(parameter)

    def _is_checked(self, parameter: Parameter) -> bool:
        return any(form.checked(one) for form in parameter.forms for one in self._limit_set.parts)

    def _checkers(self, table: LimitTable | None, columns: tuple[str, ...]) -> tuple[Checker, ...]:
        return tuple(Checker(table, one, columns) for one in self._limit_set.parts)


def _limits(parameter: Parameter | None, limit_set: LimitSet) -> Iterator[Limit | None]:
    """The limits a parameter has in the sets in use, in whatever phase."""
    if parameter is not None and not parameter.out_of_service:
        for form in parameter.forms:
            for one in limit_set.parts:
                yield form.limit(one)


class Judged(NamedTuple):
    """What survives a restart of one file: its first ``rows`` are judged, stamped ``first`` to ``last`` [lab s]."""

    rows: int
    first: float
    last: float


@dataclass
class _Place:
    """``rows`` of the file have been judged, stamped from ``first`` to ``last`` [lab s].

    ``seen`` have come in this reading of the file, ``read`` in the longest one since the start.
    """

    rows: int = 0
    first: float = NAN
    last: float = NAN
    seen: int = 0
    read: int = 0


class JudgedRows:
    """Counts the rows of each file, so that neither a restart nor a second reading judges one twice.

    One is read again from its beginning after a restart, or when it was cut short. One whose first row is stamped
    otherwise than before is another file, and all of it is new.
    """

    def __init__(self) -> None:
        self._places: dict[str, _Place] = {}

    def begin(self, path: str) -> None:
        """The file is read from its beginning."""
        self._places.setdefault(path, _Place()).seen = 0

    def advance(self, path: str, times: FloatArray) -> tuple[int, int]:
        """Go on by the next rows, at least one, of these times [lab s].

        Returns how many of them, from the first, were judged before, and how many were also read since the start.
        """
        place = self._places.setdefault(path, _Place())
        last = place.rows - place.seen - 1
        other_begin = place.seen == 0 and place.rows and times[0] != place.first
        other_end = 0 <= last < times.size and times[last] != place.last
        if other_begin or other_end:
            place.rows, place.read = place.seen, min(place.read, place.seen)
        if place.seen == 0:
            place.first = float(times[0])
        judged = min(max(place.rows - place.seen, 0), times.size)
        again = min(max(place.read - place.seen, 0), times.size)
        place.seen += times.size
        place.read = max(place.read, place.seen)
        if place.seen >= place.rows:
            place.rows, place.last = place.seen, float(times[-1])
        return judged, again

    def memory(self) -> dict[str, Judged]:
        """What must survive a restart, by file."""
        return {path: Judged(one.rows, one.first, one.last) for path, one in self._places.items() if one.rows}

    def restore(self, memory: Mapping[str, Judged]) -> None:
        """Take back what :meth:`memory` gave."""
        self._places = {path: _Place(*judged) for path, judged in memory.items()}
