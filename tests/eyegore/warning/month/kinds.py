"""The kinds of incidents, each made for a moment at which it begins [unix s]."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from eyegore.limits.model import Severity
from eyegore.messages.events import Exposure, ExposureRows, FreeSpace, ImageFile
from eyegore.messages.warnings import Channel

from .death import Kill
from .incidents import CRITICAL, WARNING, Answer, Chance, Incident, Kind, Out
from .rows import BOARDS, HEALTHY, TEMPS, ClockFault, Effect, FloatArray, offset

NAN = float("nan")
DRAINS = tuple(f"CCD{ccd}_OD_{half}" for ccd in (1, 2, 3) for half in "TB")
SUPPLIES = (
    *DRAINS, "COMM_RD_T", "COMM_RD_B", "FPGA_5VREF_V", "FPGA_VCCD_V", "RPSU_VCCD_V", "RPSU_VCLK_V", "RPSU_VAN_P_V",
    "RPSU_28V_PRI_V", "FPGA_VICLK_V", "FPGA_10VA_P_V",
)  # fmt: skip
TELEPHONE = frozenset({Channel.SMS, Channel.CALL})
BOTH = TELEPHONE | {Channel.EMAIL}
CLOCKS = frozenset({"HK rows", "HK clock", "ELVIS clock"})
"""What an alarm of a clock may be called."""
PATHS = frozenset(f"WARNINGS by {one.value}" for one in BOTH)
"""What an alarm of a channel that fails is called."""
TOO_MUCH = 1.7
"""So many times its healthy value a supply is out."""
TESTS = (("BIAS01", 10), ("BIAS02", 10), ("COSMETICS00", 10), ("FOCUS00_800", 9), ("MOT_WARM", 8))
"""Short tests of the campaign, and their frames."""
FRAME_S = 111.8
"""An exposure of 20 s, its read-out and its transfer [s]."""


def level(name: str, value: float) -> Callable[[FloatArray, FloatArray], FloatArray]:
    """The healthy noise about another value."""
    return lambda _seconds, healthy: healthy + (value - HEALTHY[name][0])


def pattern(*values: float) -> Callable[[FloatArray, FloatArray], FloatArray]:
    """These values in turn, one a second."""
    return lambda seconds, _healthy: np.array(values)[np.round(seconds).astype(int) % len(values)]


def out(name: str, begin: float, end: float, severity: Severity = CRITICAL) -> Out:
    """Out from the first sample to the last; a CRITICAL limit takes 2 samples, another 3."""
    return Out(name, severity, begin, end, begin + (1 if severity is CRITICAL else 2))


def edges(begin: float, end: float, after_s: float = 900.0) -> tuple[tuple[float, float, float], ...]:
    """Close to both ends, and now and then between them and until people have answered."""
    return ((begin - 5, begin + 30, 5), (begin, end + after_s, 30), (end - 5, end + 30, 5))


def excursion(kind: Kind, name: str, value: float, begin: float, end: float, answer: Answer | None) -> Incident:
    severity = CRITICAL if name in TEMPS or (name in BOARDS and value > 40) else WARNING
    return Incident(
        kind, begin, end, (out(name, begin, end, severity),), effects=(Effect(name, begin, end, level(name, value)),),
        answers=(answer,) if answer else (), close=edges(begin, end),
    )  # fmt: skip


def critical(begin: float, chance: Chance) -> Incident:
    name = chance.of((*TEMPS, *BOARDS))
    value = chance.random.choice((-136.0, -150.0, 37.0)) if name in TEMPS else 45.0
    way = chance.random.choice(("sms", "email", "window"))
    answer = Answer(chance.random.choice((60.0, 240.0, 480.0)), way, comment="on my way")
    return excursion(Kind.CRITICAL, name, value, begin, begin + chance.random.choice((60, 300, 1200)), answer)


def warning(begin: float, chance: Chance) -> Incident:
    name = chance.of(SUPPLIES)
    end = begin + chance.random.choice((60, 600, 1500))
    return excursion(Kind.WARNING, name, HEALTHY[name][0] * TOO_MUCH, begin, end, Answer(300.0, "window"))


def many(begin: float, chance: Chance) -> Incident:
    gap = chance.random.choice((0, 2, 4))
    end = begin + 900
    outs = tuple(out(name, begin + gap * n, end) for n, name in enumerate(TEMPS))
    effects = tuple(Effect(one.name, one.begin, end, level(one.name, -140.0)) for one in outs)
    return Incident(Kind.MANY, begin, end, outs, effects=effects, answers=(Answer(240.0),), close=edges(begin, end))


def subsystems(begin: float, chance: Chance) -> Incident:
    first, second, end = chance.of(TEMPS), chance.of(BOARDS), begin + 700
    later = begin + chance.random.choice((3, 8, 20))
    return Incident(
        Kind.SUBSYSTEMS, begin, end, (out(first, begin, end), out(second, later, end)),
        effects=(Effect(first, begin, end, level(first, -140.0)), Effect(second, later, end, level(second, 45.0))),
        answers=(Answer(300.0),), close=edges(begin, end),
    )  # fmt: skip


def flips(begin: float, chance: Chance) -> Incident:
    name, end = chance.of(TEMPS), begin + 660
    turns = Effect(name, begin, end, pattern(40.0, 40.0, -140.0))
    outs = (Out(name, CRITICAL, begin, end, begin + 1),)
    return Incident(
        Kind.FLIPS, begin, end, outs, effects=(turns,), answers=(Answer(),), close=((begin - 5, end + 900, 10),)
    )


def unread(begin: float, chance: Chance) -> Incident:
    name, end = chance.of(TEMPS), begin + 600
    values = chance.random.choice(((-140.0, NAN), (-140.0, NAN, NAN), (-140.0, -246.86)))
    outs = (Out(name, CRITICAL, begin, end, begin + len(values)),)
    return Incident(
        Kind.UNREAD, begin, end, outs, effects=(Effect(name, begin, end, pattern(*values)),),
        answers=(Answer(),), close=((begin - 5, end + 900, 10),),
    )  # fmt: skip


def ramp(begin: float, chance: Chance) -> Incident:
    name = chance.of(TEMPS)
    noise = HEALTHY[name][1]
    over = begin + 60 * (133 - 120 + 5 * noise) / 0.5
    end = over + 900
    draw = np.random.default_rng(chance.random.randrange(10**6))

    def fall(seconds: FloatArray, _healthy: FloatArray) -> FloatArray:
        return np.maximum(-120 - 0.5 * seconds / 60, -135.0) + noise * draw.standard_normal(seconds.size)

    return Incident(
        Kind.RAMP, begin, end, (Out(name, CRITICAL, over - 300, end, over),),
        effects=(Effect(name, begin, end, fall),), answers=(Answer(240.0),),
        close=((begin, end, 30), (over - 240, over + 60, 5), (end - 5, end + 900, 10)),
    )  # fmt: skip


def spike(begin: float, chance: Chance) -> Incident:
    name = chance.of((*TEMPS, *BOARDS))
    value = Effect(name, begin, begin + 1, pattern(chance.random.choice((-150.0, 41.0)) if name in TEMPS else 60.0))
    return Incident(
        Kind.SPIKE, begin, begin + 1, names=frozenset({name}), effects=(value,), close=((begin - 5, begin + 60, 5),)
    )


def chatter(begin: float, chance: Chance) -> Incident:
    name, end = chance.of(TEMPS), begin + 4200
    times = [begin + 120 * turn for turn in range(35)]
    effects = tuple(Effect(name, time, time + 60, level(name, -137.0)) for time in times)
    outs = (out(name, begin, times[-1] + 60),)
    answers = (Answer(1500.0),) if chance.random.random() < 0.5 else ()
    return Incident(
        Kind.CHATTER, begin, end, outs, effects=effects, answers=answers, close=((begin - 5, end + 900, 10),)
    )


def register(begin: float, chance: Chance) -> Incident:
    end = begin + 600
    return Incident(
        Kind.REGISTER, begin, end, (out("SPW_STATUS_REG", begin, end, WARNING),),
        effects=(Effect("SPW_STATUS_REG", begin, end, lambda _seconds, healthy: healthy + 1),),
        answers=(Answer(300.0, "window"),), close=edges(begin, end),
    )  # fmt: skip


def flood(begin: float, chance: Chance) -> Incident:
    end = begin + 720
    names = (*SUPPLIES[:7], chance.of(TEMPS), *SUPPLIES[7:14], chance.of(BOARDS))
    outs = tuple(
        out(name, begin + 10 * n, end, WARNING if name in SUPPLIES else CRITICAL) for n, name in enumerate(names)
    )
    values = {
        name: HEALTHY[name][0] * TOO_MUCH if name in SUPPLIES else -140.0 if name in TEMPS else 45.0 for name in names
    }
    effects = tuple(Effect(one.name, one.begin, end, level(one.name, values[one.name])) for one in outs)
    return Incident(
        Kind.FLOOD, begin, end, outs, effects=effects, answers=(Answer(420.0, "window"),),
        close=((begin - 5, begin + 200, 5), (begin, end + 1200, 30), (end - 5, end + 60, 5)),
    )  # fmt: skip


def stopped(begin: float, chance: Chance) -> Incident:
    end = begin + chance.random.choice((300, 900, 2400))
    outs = (Out("HK rows", CRITICAL, begin + 60, end, begin + 60),)
    return Incident(
        Kind.STOPPED, begin, end, outs, silent=((begin, end),), answers=(Answer(200.0),),
        close=((begin - 60, begin + 100, 5), (begin, end + 900, 30), (end - 5, end + 30, 5)),
    )  # fmt: skip


def frozen(begin: float, chance: Chance) -> Incident:
    end = begin + 900
    return Incident(
        Kind.FROZEN, begin, end, names=CLOCKS, clock=(ClockFault(begin, end, NAN),),
        answers=(Answer(300.0),), close=((begin - 60, begin + 200, 5), (begin, end + 900, 30)),
    )  # fmt: skip


def wrong_clock(begin: float, chance: Chance) -> Incident:
    end, name = begin + 7200, chance.of(TEMPS)
    shift, detail = chance.random.choice(((-offset(begin), "on UTC"), (-720.0, "12 min slow"), (-300.0, "set back")))
    first, last = begin + 2400, begin + 2900
    return Incident(
        Kind.WRONG_CLOCK, begin, end, (out(name, first, last),), names=CLOCKS,
        effects=(Effect(name, first, last, level(name, -138.0)),), clock=(ClockFault(begin, end, shift),),
        answers=(Answer(150.0),), close=((begin - 60, begin + 400, 10), *edges(first, last), (end - 60, end + 400, 10)),
        detail=detail,
    )  # fmt: skip


def clock_change(begin: float, chance: Chance) -> Incident:
    """An excursion about the moment ``begin`` + 1200 s at which the clocks are set."""
    change, name = begin + 1200, chance.of(TEMPS)
    first, last = begin + 600, begin + 1500
    return Incident(
        Kind.CLOCK_CHANGE, begin, change + 1800, (out(name, first, last),),
        effects=(Effect(name, first, last, level(name, -138.0)),), answers=(Answer(150.0),),
        close=(*edges(first, last), (change - 120, change + 120, 5)),
    )  # fmt: skip


def disk(begin: float, chance: Chance) -> Incident:
    full, end = begin + 3600, begin + 4200
    free = [(begin + 30 * n, max(0.0, 90e9 * (1 - n / 120))) for n in range(140)]
    there = [(begin - 900 + 30 * n, 90e9) for n in range(30)] + [(end + 30 * n, 400e9) for n in range(30)]
    return Incident(
        Kind.DISK, begin, end, (Out("DATA VOLUME", CRITICAL, begin, end, full),),
        messages=tuple((time, FreeSpace("data volume", left)) for time, left in sorted(there + free)),
        answers=(Answer(300.0),), close=((begin - 900, end + 900, 30),),
    )  # fmt: skip


def frames(begin: float, test: str, count: int, first: int, missing: int | None = None, back: float = NAN) -> tuple[
    tuple[float, ExposureRows | ImageFile], ...
]:  # fmt: skip
    """A whole test of ``count`` exposures; an image of the one numbered ``missing`` comes at ``back`` only."""
    found: list[tuple[float, ExposureRows | ImageFile]] = []
    columns = ("ObsID", "CCD", "test", "exptime", "vstart", "vend")
    for n in range(count):
        start, obsid = begin + FRAME_S * n, first + n
        rows = tuple(
            Exposure(obsid, f"CCD{ccd}", test, start + offset(start), 20.0, columns,
                     (str(obsid), f"CCD{ccd}", test, "20.0", "0", "2086"))
            for ccd in (1, 2, 3)
        )  # fmt: skip
        found.append((start + 2, ExposureRows("EXP_LOG", columns, rows, start + 2)))
        for ccd in (1, 2, 3):
            time = back if n == missing and ccd == 2 else start + FRAME_S - 5
            found.append((time, ImageFile(f"EUC_{obsid}_CCD{ccd}.fits", obsid, ccd, True, time)))
    return tuple(sorted(found, key=lambda one: one[0]))


def script_ends(begin: float, chance: Chance) -> Incident:
    first = 20_000 + 100 * chance.turns.setdefault(("obsid",), 0)
    chance.turns[("obsid",)] += 1
    test, count = chance.random.choice(TESTS)
    last = begin + FRAME_S * count
    end = last + chance.random.choice((1800, 5400))
    messages = frames(begin, test, count, first)
    return Incident(
        Kind.SCRIPT_ENDS, begin, end, names=frozenset({"EXPOSURES", "IMAGES"}), messages=messages,
        close=((last, end, 120),),
    )  # fmt: skip


def no_images(begin: float, chance: Chance) -> Incident:
    first = 20_000 + 100 * chance.turns.setdefault(("obsid",), 0)
    chance.turns[("obsid",)] += 1
    back = begin + 3600
    late = begin + 3 * FRAME_S
    return Incident(
        Kind.NO_IMAGES, begin, back, (Out("IMAGES", WARNING, late, back, late + FRAME_S),),
        messages=frames(begin, "CHINJ01", 36, first, 2, back), answers=(), close=((late, back + 300, 30),),
    )  # fmt: skip


def cycle(begin: float, chance: Chance) -> Incident:
    up, down = 60 * 138 / 0.7, 60 * 138 / 0.7
    warm = begin + up + 3600
    end = warm + down

    def warming(seconds: FloatArray, healthy: FloatArray) -> FloatArray:
        return healthy + np.minimum(0.7 * seconds / 60, 138.0)

    def cooling(seconds: FloatArray, healthy: FloatArray) -> FloatArray:
        return healthy + np.maximum(138.0 - 0.7 * seconds / 60, 0.0)

    effects = [Effect(name, begin, warm, warming) for name in TEMPS]
    effects += [Effect(name, warm, end, cooling) for name in TEMPS]
    return Incident(
        Kind.CYCLE, begin, end, names=frozenset(TEMPS), effects=tuple(effects), close=((begin, end + 600, 120),)
    )


def stuck(begin: float, chance: Chance) -> Incident:
    name, end = chance.of((*TEMPS, "RPSU_TEMP1", "RPSU_28V_PRI_V")), begin + 9000
    return Incident(
        Kind.STUCK, begin, end, names=frozenset({name}),
        effects=(Effect(name, begin, end, lambda seconds, _healthy: np.full(seconds.size, HEALTHY[name][0])),),
        close=((begin, end + 600, 120),),
    )  # fmt: skip


def outage(begin: float, chance: Chance) -> Incident:
    """Of one that lasts and one that does not, while nothing gets out, or no SMS."""
    over = begin + 1200
    channels = chance.random.choice((BOTH, BOTH, TELEPHONE))
    lasting, short = chance.of(TEMPS), chance.of(BOARDS)
    end = begin + 3600
    outs = [out(lasting, begin + 120, end)]
    effects = [Effect(lasting, begin + 120, end, level(lasting, -139.0))]
    names = {*PATHS}
    if channels == BOTH:
        effects.append(Effect(short, begin + 300, begin + 600, level(short, 45.0)))
        names.add(short)
    return Incident(
        Kind.OUTAGE, begin, end, tuple(outs), names=frozenset(names), effects=tuple(effects),
        answers=(Answer(1800.0, "window"),), outage=(begin, over, channels),
        close=((begin + 110, begin + 150, 5), (begin, end + 900, 30), (over - 10, over + 400, 5)),
    )  # fmt: skip


def at_start(begin: float, chance: Chance) -> Incident:
    name, down = chance.of(TEMPS), 3000.0
    first, end = begin + 600, begin + down + 1500
    return Incident(
        Kind.AT_START, begin, end, (Out(name, CRITICAL, first, end, begin + down),),
        effects=(Effect(name, first, end, level(name, -141.0)),), answers=(Answer(300.0),),
        kills=(Kill(begin, "between", down, fresh=chance.random.random() < 0.6),),
        close=((begin - 5, begin, 5), (begin + down, begin + down + 60, 5), (begin + down, end + 900, 30)),
    )  # fmt: skip


def killed(begin: float, chance: Chance) -> Incident:
    name, end = chance.of((*TEMPS, *BOARDS)), begin + 600
    where = chance.of(("between", "before", "after", "sending"))
    when = begin + chance.random.choice((0, 2, 200, 600))
    return Incident(
        Kind.KILLED, begin, end, (out(name, begin, end),),
        effects=(Effect(name, begin, end, level(name, -140.0 if name in TEMPS else 45.0)),), answers=(Answer(210.0),),
        kills=(Kill(when, where, chance.random.choice((0.0, 5.0, 25.0))),), close=edges(begin, end), detail=where,
    )  # fmt: skip


def shelved(begin: float, chance: Chance) -> Incident:
    name, end = chance.of(TEMPS), begin + 2400
    return Incident(
        Kind.SHELVED, begin, end, (out(name, begin, end),), effects=(Effect(name, begin, end, level(name, -138.0)),),
        answers=(Answer(120.0, words="SHELVE", comment="15 min valve is being changed"), Answer(200.0)),
        close=edges(begin, end),
    )  # fmt: skip


def nobody(begin: float, chance: Chance) -> Incident:
    name = chance.of(TEMPS)
    return excursion(Kind.NOBODY, name, -137.0, begin, begin + 8400, None)


def lasting(begin: float, chance: Chance) -> Incident:
    name, end = chance.of(TEMPS), begin + 5400
    incident = excursion(Kind.LASTING, name, -137.0, begin, end, Answer(180.0))
    return Incident(**{**vars(incident), "answers": (Answer(180.0), Answer(240.0))})


def rising(begin: float, chance: Chance) -> Incident:
    name, turn, end = chance.of(BOARDS), begin + 300, begin + 900
    return Incident(
        Kind.RISING, begin, end, (out(name, begin, turn, WARNING), out(name, turn, end)),
        effects=(Effect(name, begin, turn, level(name, -15.0)), Effect(name, turn, end, level(name, 46.0))),
        answers=(Answer(480.0),), close=(*edges(begin, end), (turn - 5, turn + 30, 5)),
    )  # fmt: skip
