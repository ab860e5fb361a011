"""What is known of the copies of a session: of each target, of each exposure, of the volumes they fill."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from eyegore.messages.copies import CopyProgress, CopyState, ExposureCopies, ExposureCopy, Role, SyncState, VolumeSpace
from eyegore.widgets.cells.flags import LOOKS, Status

SIGNS = {
    CopyState.VERIFIED: Status.IN_LIMITS,
    CopyState.WAITING: Status.UNCHECKED,
    CopyState.FAILED: Status.WARNING,
    CopyState.DIFFERS: Status.INVALID,
}
UNKNOWN = f"{LOOKS[Status.UNKNOWN].glyph} unknown"

_TEXTS = {state: f"{LOOKS[sign].glyph} {state.value}" for state, sign in SIGNS.items()}
LONGEST = _TEXTS[CopyState.VERIFIED]


@dataclass(frozen=True)
class Target:
    """One place that is copied to."""

    name: str
    role: Role


class CopyBook:
    """Fed with what the targets tell; ``targets`` are all there are, told or not."""

    def __init__(self, targets: Iterable[Target] = ()) -> None:
        self.targets = tuple(targets)
        self.states: dict[str, SyncState] = {}
        self.progress: dict[str, CopyProgress] = {}
        self.volumes: dict[str, VolumeSpace] = {}
        self._exposures: dict[str, dict[int, ExposureCopy]] = {target.name: {} for target in self.targets}

    @property
    def roles(self) -> tuple[Role, ...]:
        """What the copies are for, each once."""
        return tuple(role for role in Role if any(target.role is role for target in self.targets))

    def take(self, news: SyncState | CopyProgress | VolumeSpace) -> None:
        """Note how a target or a volume stands."""
        if isinstance(news, SyncState):
            self.states[news.target] = news
        elif isinstance(news, VolumeSpace):
            self.volumes[news.name] = news
        elif news.file:
            self.progress[news.target] = news
        else:
            self.progress.pop(news.target, None)

    def take_exposures(self, news: ExposureCopies) -> Iterable[int]:
        """Note how exposures stand on a target; their ObsIDs."""
        known = self._exposures.setdefault(news.target, {})
        known.update(news.changed)
        return news.changed

    def exposure_text(self, role: Role, obsid: int, rows: int) -> str:
        """Sign and word for an exposure that has so many ``rows`` in the log: the worst of all targets of a role.

        It is verified when on all of them as many images are as the log has rows, and everything of it is verified.
        """
        worst: CopyState | None = None
        for target in self.targets:
            if target.role is not role:
                continue
            one = self._exposures[target.name].get(obsid)
            if one is None:
                return UNKNOWN
            state = one.state
            if state is CopyState.VERIFIED and one.images < rows:
                state = CopyState.WAITING
            if worst is None or state.rank > worst.rank:
                worst = state
        return UNKNOWN if worst is None else _TEXTS[worst]

    def exposure_tip(self, role: Role, obsid: int) -> str:
        """How the files of an exposure stand on each target of a role, a line for each."""
        lines = []
        for target in self.targets:
            if target.role is role:
                one = self._exposures[target.name].get(obsid)
                images = "" if one is None else f", {one.images} image{'' if one.images == 1 else 's'}"
                lines.append(f"{target.name}: {_TEXTS[one.state] if one else UNKNOWN}{images}")
        return "\n".join(lines)
