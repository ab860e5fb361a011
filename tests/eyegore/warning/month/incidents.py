"""What goes wrong in the lab: an incident with what it does to the data, and what people do about it.

Nothing here knows what is told of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from random import Random

from eyegore.limits.model import Severity
from eyegore.messages.events import ExposureRows, FreeSpace, ImageFile
from eyegore.messages.warnings import Channel

from .death import Kill
from .rows import ClockFault, Effect

CRITICAL, WARNING = Severity.CRITICAL, Severity.WARNING


class Kind(Enum):
    """What happens; the words are those of the report."""

    CRITICAL = "one parameter far out"
    WARNING = "one supply out"
    MANY = "all temperatures within some seconds"
    SUBSYSTEMS = "two subsystems within some seconds"
    FLIPS = "too high and too low in turn"
    UNREAD = "no reading within an excursion"
    RAMP = "a slow ramp with noise over the limit"
    SPIKE = "one sample out"
    CHATTER = "out and back every minute"
    REGISTER = "a register with another value"
    FLOOD = "16 parameters in 160 s"
    STOPPED = "ELVIS stopped"
    FROZEN = "the camera's clock stands still"
    WRONG_CLOCK = "the camera's clock is wrong"
    CLOCK_CHANGE = "the clocks are set"
    DISK = "the disk fills"
    NO_IMAGES = "an image does not come"
    SCRIPT_ENDS = "a script ends"
    CYCLE = "warm-up and cool-down"
    STUCK = "a sensor does not change any more"
    OUTAGE = "the provider is out"
    AT_START = "out before watching begins"
    KILLED = "killed about an excursion"
    SHELVED = "shelved"
    NOBODY = "nobody answers"
    LASTING = "out for long after an answer"
    RISING = "too cold, then too warm"


@dataclass(frozen=True)
class Out:
    """A parameter is out from ``begin`` to ``end`` [unix s]; ``counts`` is when its sample that counts was taken."""

    name: str
    severity: Severity
    begin: float
    end: float
    counts: float


@dataclass(frozen=True)
class Answer:
    """Whoever is told answers ``after_s`` later by ``way`` ("sms", "email", "window") with ``words`` and the code."""

    after_s: float = 180.0
    way: str = "sms"
    words: str = "ACK"
    comment: str = ""


@dataclass(frozen=True)
class Incident:
    """``close`` are spans that are looked at closely: from, to [unix s] and the time between two looks [s]."""

    kind: Kind
    begin: float
    end: float
    outs: tuple[Out, ...] = ()
    names: frozenset[str] = frozenset()
    effects: tuple[Effect, ...] = ()
    clock: tuple[ClockFault, ...] = ()
    silent: tuple[tuple[float, float], ...] = ()
    messages: tuple[tuple[float, ExposureRows | ImageFile | FreeSpace], ...] = ()
    answers: tuple[Answer, ...] = ()
    close: tuple[tuple[float, float, float], ...] = ()
    kills: tuple[Kill, ...] = ()
    outage: tuple[float, float, frozenset[Channel]] | None = None
    detail: str = ""

    @property
    def about(self) -> frozenset[str]:
        """Names a message about it may hold."""
        return self.names | {one.name for one in self.outs}


@dataclass
class Chance:
    """Draws one after the other, of parameters each in its turn, so that none is out twice within hours."""

    seed: int
    turns: dict[tuple[str, ...], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)

    def of(self, names: tuple[str, ...]) -> str:
        self.turns[names] = self.turns.get(names, -1) + 1
        return names[self.turns[names] % len(names)]
