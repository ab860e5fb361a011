"""Draws the picture of a history with matplotlib; no Tk here, so that any one thread may do it."""

from __future__ import annotations

import contextlib
import io
import math
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from eyegore.basics.quantities import number, short
from eyegore.desktop.history.picture import AlarmMark, Curve, Lane, Panel, Picture
from eyegore.messages.events import FloatArray
from eyegore.widgets.charts.axes import round_values
from eyegore.widgets.charts.curve import spans

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Pixels = npt.NDArray[np.uint8]
PNG_DPI_FACTOR = 2.0
"""A picture that leaves the window has so many times its pixels, to be printed."""
PIECE = 150
"""Points drawn in one call: while a call lasts no other thread runs, also not that of the window."""
SHADE = 0.16
"""Opacity of the spans out of limits where several parameters are drawn over each other."""


def pixels(picture: Picture) -> Pixels:
    """The picture as RGB, of shape (height, width, 3)."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure = _figure(picture)
    canvas = FigureCanvasAgg(figure)
    with _in_pieces():
        canvas.draw()
    return np.ascontiguousarray(np.asarray(canvas.buffer_rgba())[:, :, :3])


def png(picture: Picture) -> bytes:
    """The picture as the content of a PNG file, with more dots an inch than the screen has."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure = _figure(picture)
    FigureCanvasAgg(figure)
    file = io.BytesIO()
    with _in_pieces():
        figure.savefig(file, format="png", dpi=PNG_DPI_FACTOR * picture.sheet.dpi, facecolor=figure.get_facecolor())
    return file.getvalue()


def _in_pieces() -> contextlib.AbstractContextManager[None]:
    """Long lines are drawn in several calls."""
    from matplotlib import rc_context

    return rc_context({"agg.path.chunksize": PIECE})


def broken(times: FloatArray, values: FloatArray, breaks: npt.NDArray[np.bool_]) -> tuple[FloatArray, FloatArray]:
    """Coordinates of a line with NaN where nothing joins a point to the one before it."""
    places = np.flatnonzero(breaks[1:]) + 1
    return np.insert(times, places, np.nan), np.insert(values, places, np.nan)


def pieces(breaks: npt.NDArray[np.bool_], most: int = PIECE) -> list[tuple[int, int]]:
    """First point, and the one after the last, of each unbroken piece; long ones are cut, and then overlap by one."""
    starts = np.flatnonzero(breaks).tolist()
    found: list[tuple[int, int]] = []
    for start, stop in zip(starts, [*starts[1:], breaks.size], strict=True):
        found += [(low, min(low + most, stop)) for low in range(start, max(stop - 1, start + 1), most - 1)]
    return found


def _figure(picture: Picture) -> Figure:
    from matplotlib.figure import Figure

    sheet, colours = picture.sheet, picture.colours
    size = (sheet.width / sheet.dpi, sheet.height / sheet.dpi)
    figure = Figure(figsize=size, dpi=sheet.dpi, facecolor=colours["surface"])
    if picture.title:
        figure.text(sheet.em / sheet.width, 1 - 0.5 * sheet.head / sheet.height, picture.title,
                    color=colours["text"], fontsize=sheet.points, va="center")  # fmt: skip
    if picture.nothing:
        figure.text(0.5, 0.5, picture.nothing, color=colours["dim"], fontsize=sheet.points, ha="center", va="center")
    if not picture.panels:
        return figure
    places = sheet.places(len(picture.panels), len(picture.lanes))
    made: list[Axes] = []
    for panel, (top, bottom) in zip(picture.panels, places, strict=False):
        axes = _axes(figure, picture, top, bottom)
        _draw_panel(axes, picture, panel, bottom - top)
        made.append(axes)
    for lane, (top, bottom) in zip(picture.lanes, places[len(picture.panels) :], strict=True):
        axes = _axes(figure, picture, top, bottom)
        _draw_lane(axes, picture, lane)
        made.append(axes)
    _label_places(made[-1], picture)
    return figure


def _axes(figure: Figure, picture: Picture, top: int, bottom: int) -> Axes:
    sheet, colours = picture.sheet, picture.colours
    scale = sheet.scale(picture.t0, picture.t1)
    box = (
        scale.left / sheet.width, 1 - bottom / sheet.height,
        (scale.right - scale.left) / sheet.width, (bottom - top) / sheet.height,
    )  # fmt: skip
    axes = figure.add_axes(box, facecolor=colours["surface"])
    axes.set_xlim(0.0, picture.t1 - picture.t0)
    moments = picture.abscissa.ticks(picture.t0, picture.t1, _most_ticks(picture))
    axes.set_xticks([moment - picture.t0 for moment in moments], labels=[""] * len(moments))
    axes.tick_params(length=0, labelsize=sheet.points, labelcolor=colours["dim"], pad=3)
    for spine in axes.spines.values():
        spine.set_color(colours["line"])
        spine.set_linewidth(0.7)
    axes.grid(True, color=colours["line"], linewidth=0.6)
    axes.set_axisbelow(True)
    return axes


def _most_ticks(picture: Picture) -> int:
    scale = picture.sheet.scale(picture.t0, picture.t1)
    return max(2, (scale.right - scale.left) // (9 * picture.sheet.em))


def _label_places(axes: Axes, picture: Picture) -> None:
    sheet, abscissa, span = picture.sheet, picture.abscissa, picture.t1 - picture.t0
    moments = abscissa.ticks(picture.t0, picture.t1, _most_ticks(picture))
    axes.set_xticks([one - picture.t0 for one in moments], labels=[abscissa.tick_text(one, span) for one in moments])
    if abscissa.title:
        aside = (4 - sheet.gutter) * 72 / sheet.dpi
        axes.annotate(abscissa.title, (0, 0), xycoords="axes fraction", xytext=(aside, -3), va="top",
                      textcoords="offset points", color=picture.colours["text"], fontsize=sheet.points, weight="bold",
                      annotation_clip=False)  # fmt: skip


def _draw_panel(axes: Axes, picture: Picture, panel: Panel, height: int) -> None:
    sheet, colours = picture.sheet, picture.colours
    most = max(2, min(9, height // (2 * sheet.line)))
    values, decimals = round_values(panel.bottom, panel.top, most)
    axes.set_yticks(values, labels=[number(value, decimals) for value in values])
    axes.set_ylim(panel.bottom, panel.top)
    if panel.unit:
        aside = (4 - sheet.gutter) * 72 / sheet.dpi
        axes.annotate(panel.unit, (0, 0.5), xycoords="axes fraction", xytext=(aside, 0), textcoords="offset points",
                      va="center", color=colours["text"], fontsize=sheet.points, weight="bold",
                      annotation_clip=False)  # fmt: skip
    alone = sum(len(each.curves) for each in picture.panels) == 1
    for curve in panel.curves:
        _shade(axes, picture, curve, alone)
        for limit, sign, place in ((curve.low, "▾", 0.0), (curve.high, "▴", 1.0)):
            beyond = limit < panel.bottom if sign == "▾" else limit > panel.top
            if alone and beyond and math.isfinite(limit):
                axes.annotate(f"{sign} {short(limit)}", (1, place), xycoords="axes fraction",
                              xytext=(-4, 3 - 6 * place), textcoords="offset points", ha="right",
                              va="top" if place else "bottom", color=colours["limit"],
                              fontsize=sheet.points)  # fmt: skip
            if panel.bottom <= limit <= panel.top:
                axes.axhline(limit, color=colours["limit"] if alone else curve.colour, linestyle=(0, (5, 3)),
                             linewidth=1.0, zorder=2)  # fmt: skip
    for curve in panel.curves:
        _draw_curve(axes, picture, panel, curve)
        _mark_clipped(axes, picture, panel, curve)
        _mark_points(axes, picture, curve)
    _mark_worst(axes, picture, panel)
    if not alone:
        _name_curves(axes, panel, picture)


def _draw_curve(axes: Axes, picture: Picture, panel: Panel, curve: Curve) -> None:
    """The band from lowest to highest, and its edges: much quicker than a line to and fro."""
    found = curve.envelope
    times = found.times - picture.t0
    low, high = (np.clip(one, panel.bottom, panel.top) for one in (found.low, found.high))
    axes.plot(*broken(times, high, found.breaks), color=curve.colour, linewidth=1.0, zorder=3)
    if np.array_equal(low, high):
        return
    axes.plot(*broken(times, low, found.breaks), color=curve.colour, linewidth=1.0, zorder=3)
    for begin, end in pieces(found.breaks):
        x = np.concatenate((times[begin:end], times[begin:end][::-1]))
        y = np.concatenate((low[begin:end], high[begin:end][::-1]))
        axes.fill(x, y, facecolor=curve.colour, linewidth=0.6, edgecolor=curve.colour, zorder=3)


def _shade(axes: Axes, picture: Picture, curve: Curve, alone: bool) -> None:
    """Time out of limits, and below it where there were no readings."""
    scale = picture.sheet.scale(picture.t0, picture.t1)
    found = curve.envelope
    band = {"facecolor": picture.colours["band"]} if alone else {"facecolor": curve.colour, "alpha": SHADE}
    for low, high in spans(scale.x(found.times[found.out]), scale.left, scale.right, join=4, least=3):
        axes.axvspan(scale.time(low) - picture.t0, scale.time(high) - picture.t0, linewidth=0, zorder=1, **band)
    for low, high in spans(scale.x(found.invalid), scale.left, scale.right, join=3, least=3):
        axes.axvspan(scale.time(low) - picture.t0, scale.time(high) - picture.t0, 0.0, 0.03, linewidth=0, zorder=4,
                     facecolor=picture.colours["invalid"])  # fmt: skip


def _mark_clipped(axes: Axes, picture: Picture, panel: Panel, curve: Curve) -> None:
    """A triangle at the edge where a spike leaves the panel."""
    found = curve.envelope
    sides = ((found.high > panel.top, panel.top, "^"), (found.low < panel.bottom, panel.bottom, "v"))
    for beyond, edge, sign in sides:
        times = found.times[beyond] - picture.t0
        axes.plot(times, np.full(times.size, edge), sign, color=curve.colour, markersize=5, clip_on=False, zorder=5)


def _mark_points(axes: Axes, picture: Picture, curve: Curve) -> None:
    """Single samples are seen as such where there are few, or nothing joins them."""
    found = curve.envelope
    ends = np.append(found.breaks[1:], True)
    lonely = found.breaks & ends if found.times.size > 150 else np.ones(found.times.size, dtype=bool)
    if lonely.any():
        axes.plot(found.times[lonely] - picture.t0, found.high[lonely], ".", color=curve.colour, markersize=4, zorder=3)


def _mark_worst(axes: Axes, picture: Picture, panel: Panel) -> None:
    names = {curve.name for curve in panel.curves}
    marks = [mark for lane in picture.lanes if lane.name in names for mark in lane.marks]
    for mark in marks:
        at = mark.worst_time - picture.t0
        if math.isfinite(mark.worst) and 0.0 <= at <= picture.t1 - picture.t0:
            worst = min(max(mark.worst, panel.bottom), panel.top)
            axes.plot([at], [worst], "D" if mark.glyph == "◆" else "^", color=mark.look, markersize=6,
                      markeredgecolor=picture.colours["surface"], clip_on=False, zorder=6)  # fmt: skip


def _name_curves(axes: Axes, panel: Panel, picture: Picture) -> None:
    """Names at the right edge, each at the height of its curve, pushed apart where they would overlap."""
    sheet = picture.sheet
    height = axes.get_position().height * sheet.height
    per_pixel = (panel.top - panel.bottom) / max(height, 1.0)
    wanted: list[tuple[float, Curve]] = []
    for curve in panel.curves:
        inside = curve.envelope.times <= picture.t1
        last = curve.envelope.high[inside][-1:]
        wanted.append((float(last[0]) if last.size else panel.bottom, curve))
    wanted.sort(key=lambda one: one[0])
    apart = (sheet.line + 1) * per_pixel
    place = -math.inf
    places: list[float] = []
    for value, _curve in wanted:
        place = max(min(max(value, panel.bottom + apart / 2), panel.top), place + apart)
        places.append(place)
    for at in range(len(places) - 1, -1, -1):  # what was pushed out at the top comes back down
        ceiling = panel.top - apart / 2 if at == len(places) - 1 else places[at + 1] - apart
        places[at] = min(places[at], ceiling)
    right = picture.t1 - picture.t0
    for place, (_value, curve) in zip(places, wanted, strict=True):
        axes.annotate(f"─ {curve.name}", (right, place), xytext=(4, 0), textcoords="offset points", va="center",
                      color=curve.colour, fontsize=sheet.points, annotation_clip=False)  # fmt: skip


def _draw_lane(axes: Axes, picture: Picture, lane: Lane) -> None:
    sheet, colours = picture.sheet, picture.colours
    axes.set_ylim(0.0, 1.0)
    axes.set_yticks([])
    axes.set_facecolor(colours["background"])
    axes.annotate("alarms", (0, 0.5), xycoords="axes fraction", xytext=(-4, 0), textcoords="offset points",
                  ha="right", va="center", color=colours["dim"], fontsize=sheet.points,
                  annotation_clip=False)  # fmt: skip
    if len(picture.lanes) > 1 or sum(len(panel.curves) for panel in picture.panels) > 1:
        axes.annotate(f"─ {lane.name}", (1, 0.5), xycoords="axes fraction", xytext=(4, 0), va="center",
                      textcoords="offset points", color=lane.colour, fontsize=sheet.points,
                      annotation_clip=False)  # fmt: skip
    for mark in lane.marks:
        _draw_mark(axes, picture, lane, mark)


def _draw_mark(axes: Axes, picture: Picture, lane: Lane, mark: AlarmMark) -> None:
    """A bar from since to until; what lasts runs to the edge, what nobody has seen has a line that goes on."""
    sheet, span = picture.sheet, mark.span
    scale = sheet.scale(picture.t0, picture.t1)
    per_pixel = (picture.t1 - picture.t0) / (scale.right - scale.left)
    end = picture.t1 - picture.t0
    begin = max(0.0, span.since - picture.t0)
    stop = end if span.lasting else max(span.until - picture.t0, begin + 4 * per_pixel)
    if span.until < picture.t0:
        stop = begin
    else:
        axes.axvspan(begin, stop, 0.08, 0.92, facecolor=mark.look, linewidth=0, zorder=3)
    if not span.seen and not span.lasting:
        axes.plot([stop, end], [0.5, 0.5], color=mark.look, linewidth=1.5, linestyle=(0, (2, 2)), zorder=2)
    following = min((one.span.since - picture.t0 for one in lane.marks if one.span.since > span.since), default=end)
    text = f"{mark.glyph} {mark.words}"
    width = (0.62 * len(text) * sheet.points * sheet.dpi / 72 + 8) * per_pixel
    colours = picture.colours
    if width <= stop - begin:
        axes.text(begin + 4 * per_pixel, 0.47, text, color=colours["ink"], fontsize=sheet.points, va="center", zorder=5)
    elif stop + width <= min(following, end):
        axes.text(stop + 4 * per_pixel, 0.47, text, color=colours["text"], fontsize=sheet.points, va="center", zorder=5,
                  bbox={"facecolor": colours["background"], "edgecolor": "none", "pad": 0.5})  # fmt: skip
    elif begin - width >= 0.0:
        axes.text(begin - 4 * per_pixel, 0.47, text, color=colours["text"], fontsize=sheet.points, va="center",
                  ha="right", zorder=4,
                  bbox={"facecolor": colours["background"], "edgecolor": "none", "pad": 0.5})  # fmt: skip
    elif stop + 1.5 * sheet.em * per_pixel <= min(following, end):
        axes.text(stop + 2 * per_pixel, 0.47, mark.glyph, color=mark.look, fontsize=sheet.points, va="center", zorder=5)
