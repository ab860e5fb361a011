"""What the checks say of a block of rows, as the alarms and the flags take it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from eyegore.limits.model import Verdict
from eyegore.messages.events import AlarmKind

Codes = npt.NDArray[np.uint8]
Marks = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class JudgedPart:
    """The verdicts by one set of limits, and which samples are beyond a hard one (None: there is no hard limit).

    Of the performance limits ``beyond`` marks what is beyond the safe ones too: that is for the other part to tell.
    """

    kind: AlarmKind
    codes: Codes
    beyond: Marks | None = None


@dataclass(frozen=True, eq=False)
class Judgement:
    """Verdicts of rows, all of the shape of their values: ``shown`` is what is told of each sample."""

    shown: Codes
    parts: tuple[JudgedPart, ...]

    @classmethod
    def by_one_set(cls, codes: Codes, beyond: Marks | None = None) -> Judgement:
        """Where one set of limits is in use."""
        return cls(codes, (JudgedPart(AlarmKind.OOL, codes, beyond),))

    @classmethod
    def by_both_sets(cls, safe: Codes, beyond: Marks | None, performance: Codes) -> Judgement:
        """Where both are: what is not safe is one alarm, not two."""
        unsafe = safe >= Verdict.LOW
        settled = unsafe | (safe == Verdict.INVALID) | ((safe == Verdict.IN_LIMITS) & (performance < Verdict.LOW))
        shown = np.where(settled, safe, performance)
        return cls(
            shown, (JudgedPart(AlarmKind.OOL, safe, beyond), JudgedPart(AlarmKind.PERFORMANCE, performance, unsafe))
        )

    def since(self, first: int) -> Judgement:
        """That of the rows from ``first`` on."""
        parts = (
            JudgedPart(part.kind, part.codes[first:], None if part.beyond is None else part.beyond[first:])
            for part in self.parts
        )
        return Judgement(self.shown[first:], tuple(parts)) if first else self


def joined(pieces: list[Judgement]) -> Judgement:
    """One judgement of rows that were judged in pieces by the same sets, at least one."""
    if len(pieces) == 1:
        return pieces[0]
    shapes = [piece.shown.shape for piece in pieces]
    parts = []
    for number, part in enumerate(pieces[0].parts):
        beyond = [piece.parts[number].beyond for piece in pieces]
        marks = None
        if any(one is not None for one in beyond):
            marks = np.concatenate([
                np.zeros(shape, np.bool_) if one is None else one for one, shape in zip(beyond, shapes, strict=True)
            ])  # fmt: skip
        parts.append(JudgedPart(part.kind, np.concatenate([piece.parts[number].codes for piece in pieces]), marks))
    return Judgement(np.concatenate([piece.shown for piece in pieces]), tuple(parts))
