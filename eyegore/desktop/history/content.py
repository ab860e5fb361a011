"""From the samples and alarms of some parameters to the picture of their history; pure: values in, values out."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from eyegore.alarms.spans import AlarmSpan
from eyegore.desktop.history.picture import AlarmMark, Curve, Lane, Panel, Picture, Sheet
from eyegore.limits.model import Severity, Verdict, quantity
from eyegore.messages.events import AlarmKind, EntryKind
from eyegore.series.decimation import Envelope
from eyegore.series.history import HkHistory, Sample
from eyegore.widgets.cells.flags import LOOKS, ChartCell, Status
from eyegore.widgets.charts.axes import CLOCK, Abscissa, value_range

MOST_PARAMETERS = 8
CURVES_LIGHT = ("#0072b2", "#009e73", "#e69f00", "#56b4e9", "#cc79a7", "#d55e00", "#8a949c", "#1c2226")
CURVES_DARK = ("#56b4e9", "#009e73", "#e69f00", "#f0e442", "#cc79a7", "#d55e00", "#8d99a3", "#d3d9de")
"""Hues of Okabe and Ito, those that tell a severity last; on dark what is dark itself is replaced."""
MOST_BINS = 1600
"""Bins of a curve at most: more are not told apart on a large screen, and take long to draw."""
CURVE_SHARE = 0.25
"""Share of the height that the curves keep when limits are brought into view."""
MOST_MARKS = 200
"""Alarms drawn of one parameter: the gravest and newest."""
_KINDS: Mapping[EntryKind, str] = {
    AlarmKind.INVALID: "invalid",
    AlarmKind.DEADMAN: "overdue",
    AlarmKind.TREND: "trend",
    AlarmKind.STUCK: "stuck",
}


def curve_colours(dark: bool) -> tuple[str, ...]:
    """Colours of the parameters, in the order they were added."""
    return CURVES_DARK if dark else CURVES_LIGHT


def picture_of(
    history: HkHistory,
    cells: Sequence[ChartCell],
    spans: Mapping[str, Sequence[AlarmSpan]],
    stretch: tuple[float, float],
    sheet: Sheet,
    colours: Mapping[str, str],
    curves: Sequence[str],
    abscissa: Abscissa = CLOCK,
) -> Picture:
    """The picture of ``cells`` between the two places of ``stretch``; ``curves`` are their colours."""
    t0, t1 = stretch
    scale = sheet.scale(t0, t1)
    bins = min(max(50, scale.right - scale.left), MOST_BINS)
    drawn: list[tuple[ChartCell, Curve]] = []
    for cell, colour in zip(cells, curves, strict=False):
        if cell.name in history.columns:
            found = history.envelope(cell.name, t0, t1, bins)
            drawn.append((cell, Curve(cell.name, colour, found, cell.low, cell.high)))
    lanes = tuple(lane for cell, curve in drawn if (lane := _lane(cell, curve, spans.get(cell.name, ()), t0, t1)).marks)
    panels = tuple(_panel(unit, drawn, lanes, t0, t1) for unit in dict.fromkeys(cell.unit for cell, _ in drawn))
    samples = any(curve.envelope.times.size for _, curve in drawn)
    nothing = "" if samples or not drawn else abscissa.nothing
    return Picture(sheet, t0, t1, panels, lanes, colours, nothing=nothing, abscissa=abscissa)


def titled(picture: Picture, folder: str) -> Picture:
    """The picture with a title that tells the folder, the parameters and the time: it leaves the window."""
    names = ", ".join(curve.name for panel in picture.panels for curve in panel.curves)
    words = picture.abscissa.words
    parts = (folder, names, f"{words(picture.t0)} – {words(picture.t1)}")
    sheet = picture.sheet
    return replace(
        picture, title="  ·  ".join(part for part in parts if part), sheet=replace(sheet, head=2 * sheet.line)
    )


def _panel(unit: str, drawn: Sequence[tuple[ChartCell, Curve]], lanes: Sequence[Lane], t0: float, t1: float) -> Panel:
    members = [(cell, curve) for cell, curve in drawn if cell.unit == unit]
    names = {cell.name for cell, _ in members}
    worst = [mark.worst for lane in lanes if lane.name in names for mark in lane.marks if t0 <= mark.worst_time <= t1]
    bottom, top = min(worst, default=math.inf), max(worst, default=-math.inf)
    for cell, curve in members:
        inside = (curve.envelope.times >= t0) & (curve.envelope.times <= t1)
        if inside.any():
            low, high = curve.envelope.low[inside], curve.envelope.high[inside]
            smallest = max(20 * 10.0**-cell.decimals if cell.decimals else 2.0, 1e-6 * float(np.abs(high).max()))
            one = value_range(low, high, (), smallest)
            bottom, top = min(bottom, one[0]), max(top, one[1])
    if not bottom < top:
        bottom, top = (0.0, 1.0) if bottom > top else (bottom - 1.0, top + 1.0)
    bottom, top = with_limits(bottom, top, [limit for cell, _ in members for limit in (cell.low, cell.high)])
    margin = 0.04 * (top - bottom)
    return Panel(unit, tuple(curve for _, curve in members), bottom - margin, top + margin)


def with_limits(bottom: float, top: float, limits: Sequence[float]) -> tuple[float, float]:
    """The range of values with those limits brought in that leave the curves their share of the height."""
    span = top - bottom
    for limit in sorted((one for one in limits if math.isfinite(one)), key=lambda one: max(bottom - one, one - top)):
        wider = min(bottom, limit), max(top, limit)
        if span >= CURVE_SHARE * (wider[1] - wider[0]):
            bottom, top = wider
    return bottom, top


# --- alarms ----------------------------------------------------------------------------------------------------------


def status_of_span(span: AlarmSpan) -> Status:
    """The sign and colour of an alarm on its lane."""
    if span.kind == AlarmKind.INVALID:
        return Status.INVALID
    return Status.CRITICAL if span.severity is Severity.CRITICAL else Status.WARNING


def _lane(cell: ChartCell, curve: Curve, spans: Sequence[AlarmSpan], t0: float, t1: float) -> Lane:
    inside = [span for span in spans if span.since <= t1 and (span.until >= t0 or not span.seen)]
    if len(inside) > MOST_MARKS:
        inside = sorted(inside, key=lambda span: (span.severity, span.since))[-MOST_MARKS:]
        inside.sort(key=lambda span: span.since)
    return Lane(cell.name, curve.colour, tuple(_mark(cell, curve.envelope, span) for span in inside))


def _mark(cell: ChartCell, envelope: Envelope, span: AlarmSpan) -> AlarmMark:
    status = status_of_span(span)
    worst_time, worst = worst_of(span, envelope, cell.low, cell.high)
    words = [span.severity.name if span.kind == AlarmKind.OOL else _KINDS.get(span.kind, span.kind.name)]
    if math.isfinite(worst):
        words.append(quantity(worst, cell.unit))
    if not span.seen:
        words.append("unacknowledged")
    return AlarmMark(span, LOOKS[status].colour, LOOKS[status].glyph, " ".join(words), worst_time, worst)


def worst_of(span: AlarmSpan, envelope: Envelope, low: float, high: float) -> tuple[float, float]:
    """Time [lab s] and value of the worst sample of an excursion, NaN for an alarm that has no value.

    What lasts may have become worse than when it was last told; what the journal knows has no time.
    """
    if span.kind != AlarmKind.OOL or not math.isfinite(span.worst):
        return math.nan, math.nan
    known = (span.worst_time, span.worst)
    inside = np.flatnonzero((envelope.times >= span.since) & (envelope.times <= span.until))
    if not inside.size:
        return known
    beyond = -1 if span.worst < low else 1 if span.worst > high else 0
    if span.lasting and beyond:
        values = envelope.low[inside] if beyond < 0 else envelope.high[inside]
        at = int(np.argmax(beyond * values))
        if beyond * values[at] > beyond * span.worst:
            return float(envelope.times[inside[at]]), float(values[at])
    if math.isnan(span.worst_time):
        apart = np.minimum(np.abs(envelope.low[inside] - span.worst), np.abs(envelope.high[inside] - span.worst))
        return float(envelope.times[inside[int(np.argmin(apart))]]), span.worst
    return known


# --- words -----------------------------------------------------------------------------------------------------------


def verdict_word(verdict: Verdict) -> str:
    """The verdict on a sample, as people read it."""
    return verdict.name.lower().replace("_", " ")


def value_words(sample: Sample | None, cell: ChartCell) -> str:
    """Value and unit of a sample, with the verdict when it is not in limits."""
    if sample is None:
        return "no sample"
    if math.isnan(sample.value):
        return f"{LOOKS[Status.INVALID].glyph} invalid"
    text = f"{cell.told(sample.value)} {cell.unit}".rstrip()
    return f"{text} {verdict_word(sample.verdict)}" if sample.verdict.out else text


def sample_at(history: HkHistory, name: str, time: float, pixel_s: float, abscissa: Abscissa = CLOCK) -> Sample | None:
    """The sample at the cursor, of which two pixels are near; None where there is none.

    Where there are steps it is the sample of that very step: the cursor is said to be there.
    """
    if name not in history.columns:
        return None
    sample = history.nearest(name, time)
    near = sample is not None and abs(sample.time - time) <= (
        abscissa.near if abscissa.step else max(abscissa.near, 2 * pixel_s)
    )
    return sample if near else None
