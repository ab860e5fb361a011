"""The table of keys, the way they are bound, and the help made from the table."""

from __future__ import annotations

import re
import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum


class Scope(Enum):
    """Where a key acts; the value is the heading in the help."""

    WINDOW = "Everywhere"
    PLOTS = "HK plots"
    FLAGS = "OOL flags"
    EXPOSURES = "Exposures"
    IMAGES = "Images"
    LOOK = "Image window"
    ALARMS = "Alarm list"
    WARNINGS = "Warnings sent"
    COPIES = "Copies"
    HISTORY = "History"


@dataclass(frozen=True)
class Binding:
    """One action: its Tk sequences (the first is shown), the words of the menu entry, and the menu ("" for none)."""

    action: str
    sequences: tuple[str, ...]
    label: str
    menu: str = ""
    scope: Scope = Scope.WINDOW


BINDINGS: tuple[Binding, ...] = (
    Binding("open", ("<Control-o>",), "Open folder…", "File"),
    Binding("quit", ("<Control-q>",), "Quit", "File"),
    Binding("find", ("<Control-f>",), "Find parameter or exposure", "View"),
    Binding("fullscreen", ("<F11>",), "Full screen", "View"),
    Binding("dark", ("<Control-d>",), "Dark theme", "View"),
    Binding("larger", ("<Control-plus>", "<Control-equal>", "<Control-KP_Add>"), "Larger text", "View"),
    Binding("smaller", ("<Control-minus>", "<Control-KP_Subtract>"), "Smaller text", "View"),
    Binding("tear off", ("<Control-t>",), "Tear off or dock this pane", "View"),
    Binding("next pane", ("<F6>",), "Next pane", "View"),
    Binding("history", ("<F7>",), "History…", "View"),
    Binding("log", ("<Control-l>",), "Show log", "View"),
    Binding("reset all", ("<Control-r>",), "Reset all flags", "Alarms"),
    Binding("help", ("<F1>", "<question>"), "Keys and meaning of the signs", "Help"),
    Binding("leave", ("<Escape>",), "Leave the search field or full screen; close a history"),
    Binding("sash left", ("<Control-Shift-Left>",), "Move the edge of this pane left"),
    Binding("sash right", ("<Control-Shift-Right>",), "… right"),
    Binding("sash up", ("<Control-Shift-Up>",), "… up"),
    Binding("sash down", ("<Control-Shift-Down>",), "… down"),
    Binding("previous page", ("<Prior>",), "Previous page", "View", Scope.PLOTS),
    Binding("next page", ("<Next>",), "Next page", "View", Scope.PLOTS),
    Binding("zoom in", ("<plus>", "<equal>", "<KP_Add>"), "Zoom in time", "", Scope.PLOTS),
    Binding("zoom out", ("<minus>", "<KP_Subtract>"), "See more time", "", Scope.PLOTS),
    Binding("earlier", ("<Left>",), "Earlier", "", Scope.PLOTS),
    Binding("later", ("<Right>",), "Later", "", Scope.PLOTS),
    Binding("live", ("<Home>",), "Back to live", "View", Scope.PLOTS),
    Binding("limits", ("<l>",), "Keep the limits in view", "View", Scope.PLOTS),
    Binding("detail plot", ("<p>",), "Plot in detail", "", Scope.PLOTS),
    Binding("acknowledge", ("<a>", "<space>"), "Acknowledge or lower flag", "Alarms", Scope.FLAGS),
    Binding("mute", ("<s>", "<m>"), "Shelve flag, or take it back", "Alarms", Scope.FLAGS),
    Binding("plot", ("<p>",), "Plot parameter", "Alarms", Scope.FLAGS),
    Binding("next raised", ("<n>",), "Next raised flag", "Alarms", Scope.FLAGS),
    Binding("group", ("<g>",), "Group flags as the hardware is", "", Scope.FLAGS),
    Binding("display", ("<Return>", "<KP_Enter>"), "Open selected in DS9", "Exposures", Scope.EXPOSURES),
    Binding("blink ds9", ("<Control-F2>",), "Blink several images in DS9, do not tile", "Exposures"),
    Binding("quadrants ds9", ("<Shift-F2>",), "Quadrants over images in DS9", "Exposures"),
    Binding("choose ds9", ("<F2>",), "DS9 to use…", "Exposures"),
    Binding("stop ds9", ("<Control-period>",), "Stop sending to DS9", "Exposures"),
    Binding("follow", ("<space>",), "Follow new rows, or pause", "Exposures", Scope.EXPOSURES),
    Binding("column left", ("<Left>",), "Choose the column to the left", "", Scope.EXPOSURES),
    Binding("column right", ("<Right>",), "Choose the column to the right", "", Scope.EXPOSURES),
    Binding("move column left", ("<Shift-Left>",), "Move the chosen column left", "", Scope.EXPOSURES),
    Binding("move column right", ("<Shift-Right>",), "Move the chosen column right", "", Scope.EXPOSURES),
    Binding("sort", ("<o>",), "Sort by the chosen column", "Exposures", Scope.EXPOSURES),
    Binding("copy rows", ("<Control-c>",), "Copy selected rows", "", Scope.EXPOSURES),
    Binding("row menu", ("<Menu>", "<Shift-F10>"), "Menu of the row", "", Scope.EXPOSURES),
    Binding("columns", ("<c>",), "Choose columns…", "Exposures", Scope.EXPOSURES),
    Binding("stretch", ("<e>",), "Next stretch", "Images", Scope.IMAGES),
    Binding("colours", ("<c>",), "Next colours", "Images", Scope.IMAGES),
    Binding("numbers", ("<n>",), "Numbers of the quadrants", "Images", Scope.IMAGES),
    Binding("boundaries", ("<b>",), "Boundaries of quadrants and sections", "Images", Scope.IMAGES),
    Binding("older image", ("<Left>",), "Older ObsID", "Images", Scope.IMAGES),
    Binding("newer image", ("<Right>",), "Newer ObsID", "Images", Scope.IMAGES),
    Binding("oldest image", ("<Home>",), "Oldest ObsID", "Images", Scope.IMAGES),
    Binding("newest image", ("<End>",), "Newest ObsID: follow", "Images", Scope.IMAGES),
    Binding("image trends", ("<Shift-F7>",), "Trends of the images…", "Images", Scope.IMAGES),
    Binding("look at CCD1", ("<Key-1>",), "Look at CCD1 closely", "Images", Scope.IMAGES),
    Binding("look at CCD2", ("<Key-2>",), "Look at CCD2 closely", "Images", Scope.IMAGES),
    Binding("look at CCD3", ("<Key-3>",), "Look at CCD3 closely", "Images", Scope.IMAGES),
    Binding("zoom image in", ("<plus>", "<equal>", "<KP_Add>"), "Zoom in", "", Scope.LOOK),
    Binding("zoom image out", ("<minus>", "<KP_Subtract>"), "Zoom out", "", Scope.LOOK),
    Binding("whole image", ("<f>",), "Whole frame", "", Scope.LOOK),
    Binding("true pixels", ("<z>",), "A pixel for a pixel", "", Scope.LOOK),
    Binding("cursor left", ("<Shift-Left>",), "Move the cursor left", "", Scope.LOOK),
    Binding("cursor right", ("<Shift-Right>",), "… right", "", Scope.LOOK),
    Binding("cursor up", ("<Shift-Up>",), "… up", "", Scope.LOOK),
    Binding("cursor down", ("<Shift-Down>",), "… down", "", Scope.LOOK),
    Binding("look left", ("<Control-Left>",), "Look further left", "", Scope.LOOK),
    Binding("look right", ("<Control-Right>",), "… right", "", Scope.LOOK),
    Binding("look up", ("<Control-Up>", "<Up>"), "… up", "", Scope.LOOK),
    Binding("look down", ("<Control-Down>", "<Down>"), "… down", "", Scope.LOOK),
    Binding("profiles", ("<p>",), "Profiles through the cursor", "", Scope.LOOK),
    Binding("statistics in sight", ("<a>",), "Statistics of all that is in sight", "", Scope.LOOK),
    Binding("blink", ("<k>",), "Blink with the ObsID before", "", Scope.LOOK),
    Binding("difference", ("<d>",), "Difference to the reference", "", Scope.LOOK),
    Binding("ratio", ("<r>",), "Ratio to the reference", "", Scope.LOOK),
    Binding("take reference", ("<t>",), "Take this ObsID as the reference", "", Scope.LOOK),
    Binding("acknowledge alarms", ("<a>", "<Return>", "<KP_Enter>"), "Acknowledge", "", Scope.ALARMS),
    Binding("comment alarms", ("<c>",), "Acknowledge with a comment…", "", Scope.ALARMS),
    Binding("shelve alarms", ("<s>",), "Shelve…", "", Scope.ALARMS),
    Binding("unshelve alarms", ("<u>",), "Take off the shelf", "", Scope.ALARMS),
    Binding("plot alarms", ("<p>",), "Plot parameter", "", Scope.ALARMS),
    Binding("next alarm", ("<n>",), "Next that nobody has acknowledged", "", Scope.ALARMS),
    Binding("show alarms", ("<v>",), "Show all, those not acknowledged, or the shelved", "", Scope.ALARMS),
    Binding("select all alarms", ("<Control-a>",), "Select all", "", Scope.ALARMS),
    Binding("alarm menu", ("<Menu>", "<Shift-F10>"), "Menu of the alarm", "", Scope.ALARMS),
    Binding("alarm list", ("<F8>",), "List of alarms…", "Alarms"),
    Binding("warning list", ("<F4>",), "Warnings sent…", "Alarms"),
    Binding("next lost warning", ("<n>",), "Next that did not get there", "", Scope.WARNINGS),
    Binding("copy warnings", ("<Control-c>",), "Copy with all that went out", "", Scope.WARNINGS),
    Binding("select all warnings", ("<Control-a>",), "Select all", "", Scope.WARNINGS),
    Binding("warning menu", ("<Menu>", "<Shift-F10>"), "Menu of the warning", "", Scope.WARNINGS),
    Binding("copies", ("<F3>",), "Copies…", "Sync"),
    Binding("look at copies", ("<F5>",), "Look at all copies now", "Sync"),
    Binding("copy text", ("<Control-c>",), "Copy as text", "", Scope.COPIES),
    Binding("select all files", ("<Control-a>",), "Select all", "", Scope.COPIES),
    Binding("file menu", ("<Menu>", "<Shift-F10>"), "Menu of the row", "", Scope.COPIES),
    Binding("cursor earlier", ("<Shift-Left>",), "Move the cursor earlier", "", Scope.HISTORY),
    Binding("cursor later", ("<Shift-Right>",), "Move the cursor later", "", Scope.HISTORY),
    Binding("cursor earlier far", ("<Control-Left>",), "Move the cursor far earlier", "", Scope.HISTORY),
    Binding("cursor later far", ("<Control-Right>",), "Move the cursor far later", "", Scope.HISTORY),
    Binding("later alarm", ("<n>",), "Go to the next alarm", "", Scope.HISTORY),
    Binding("earlier alarm", ("<b>",), "Go to the alarm before", "", Scope.HISTORY),
    Binding("everything", ("<End>",), "Show the whole session", "", Scope.HISTORY),
    Binding("against", ("<x>",), "Trends of the images: against time or ObsID", "", Scope.HISTORY),
    Binding("add parameter", ("<Insert>",), "Add a parameter", "", Scope.HISTORY),
    Binding("remove parameter", ("<Delete>",), "Remove the last or the chosen parameter", "", Scope.HISTORY),
    Binding("export table", ("<Control-s>",), "Export the time shown as CSV…", "", Scope.HISTORY),
    Binding("export picture", ("<Control-p>",), "Export the picture as PNG…", "", Scope.HISTORY),
    Binding("silence", ("<F9>",), "Silence the sound for a while", "Alarms"),
    Binding("phase", ("<F12>",), "Phase of the camera…", "Alarms"),
)

MOUSE: tuple[tuple[Scope, str, str], ...] = (
    (Scope.PLOTS, "Wheel", "Zoom in time"),
    (Scope.PLOTS, "Drag", "Move in time"),
    (Scope.PLOTS, "Double click", "Back to live"),
    (Scope.PLOTS, "Right click", "Plot in detail"),
    (Scope.FLAGS, "Left click", "Acknowledge or lower flag"),
    (Scope.FLAGS, "Middle click", "Shelve flag, or take it back"),
    (Scope.FLAGS, "Right click", "Plot parameter"),
    (Scope.EXPOSURES, "Click on a heading", "Sort by that column"),
    (Scope.EXPOSURES, "Double click", "Open in DS9"),
    (Scope.IMAGES, "Double click", "Open in DS9"),
    (Scope.IMAGES, "Right click", "Look at that CCD closely"),
    (Scope.LOOK, "Wheel", "Zoom at the pointer"),
    (Scope.LOOK, "Drag", "Move the frame"),
    (Scope.LOOK, "Double click", "Whole frame"),
    (Scope.LOOK, "Shift and drag", "Statistics of the box drawn"),
    (Scope.LOOK, "Click on a small picture", "Go to that ObsID"),
    (Scope.ALARMS, "Click on a heading", "Sort by that column, the other way round, as usual"),
    (Scope.ALARMS, "Double click", "Plot parameter"),
    (Scope.ALARMS, "Right click", "Menu of the alarm"),
    (Scope.WARNINGS, "Click on a heading", "Sort by that column, the other way round, as usual"),
    (Scope.WARNINGS, "Right click", "Menu of the warning"),
    (Scope.COPIES, "Click on a heading", "Sort by that column, the other way round, as usual"),
    (Scope.COPIES, "Right click", "Menu of the row"),
    (Scope.HISTORY, "Wheel, drag, double click", "As in the HK plots"),
    (Scope.HISTORY, "Shift and drag", "Zoom to the time drawn around"),
)

_BY_ACTION = {one.action: one for one in BINDINGS}
_TYPING = frozenset({"Entry", "TEntry", "TCombobox", "TSpinbox", "Spinbox", "Text"})
_TYPED = frozenset(
    {"<space>", "<question>", "<Return>", "<KP_Enter>", "<Home>", "<plus>", "<minus>", "<Left>", "<Right>"}
    | {"<Shift-Left>", "<Shift-Right>", "<Control-Left>", "<Control-Right>", "<Insert>", "<Delete>", "<End>"}
    | {f"<Control-Shift-{arrow}>" for arrow in ("Left", "Right", "Up", "Down")}
)
_LETTER = re.compile("<(Control-)?([a-z])>")
_SHIFT, _CONTROL = 0x0001, 0x0004
_OTHER_KEY = _CONTROL | 0x0008 | 0x0040 | 0x20000
"""Control, Alt (that of X and that of Tk) and Super in the state of an event.

Not Shift, the locks or AltGr, which change what a key types.
"""
_SPOKEN = {
    "Control": "Ctrl",
    "period": ".",
    "Prior": "PgUp",
    "Next": "PgDn",
    "space": "Space",
    "question": "?",
    "plus": "+",
    "minus": "−",
    "Escape": "Esc",
    "Left": "←",
    "Right": "→",
    "Up": "↑",
    "Down": "↓",
}


_LETTERS = dict(zip((*range(24, 34), *range(38, 47), *range(52, 59)), "qwertyuiopasdfghjklzxcvbnm", strict=True))
"""The letter on each key of a keyboard with Latin letters, by the number that X servers give that key (evdev)."""
_LATIN, _FUNCTIONS = 0x100, range(0xFE00, 0x10000)
"""Key symbols (keysyms of X): those below are Latin-1, those between are function keys, dead keys and modifiers."""


def binding(action: str) -> Binding:
    """The entry of one action; KeyError when there is none."""
    return _BY_ACTION[action]


def spoken(sequence: str) -> str:
    """A Tk sequence as people say it: ``<Control-f>`` is Ctrl-F."""
    parts = sequence.strip("<>").removeprefix("Key-").split("-")
    return "-".join(_SPOKEN.get(part, part.upper() if len(part) == 1 else part) for part in parts)


def accelerator(action: str) -> str:
    """What stands on the right of the menu entry."""
    return spoken(binding(action).sequences[0])


def bind(widget: tk.Misc, action: str, act: Callable[[], object]) -> None:
    """Let the keys of ``action`` call ``act`` while ``widget``, or something in it when it is a window, has the focus.

    A key that types something, or moves in the text, does nothing while a field for text has the focus. Tk takes
    Alt-A (a menu) for A where nothing is bound to Alt-A; here it is another key. A letter acts under Shift and Caps
    Lock, too, and where its key types a letter of another alphabet.
    """
    for sequence in binding(action).sequences:
        typed = len(sequence) == 3 or sequence in _TYPED

        def pressed(
            event: tk.Event[tk.Misc], types: bool = typed, plain: bool = "-" not in sequence.removeprefix("<Key-")
        ) -> str | None:
            if (types and _is_typing(event.widget)) or (plain and int(event.state) & _OTHER_KEY):
                return None
            act()
            return "break"

        widget.bind(sequence, pressed)
        letter = _LETTER.fullmatch(sequence)
        if letter:

            def otherwise(
                event: tk.Event[tk.Misc],
                wanted: tuple[str, bool] = (letter[2], bool(letter[1])),
                pressed: Callable[[tk.Event[tk.Misc]], str | None] = pressed,
            ) -> str | None:
                return pressed(event) if _in_latin(event) == wanted else None

            widget.bind("<Key>", otherwise, add="+")


def _in_latin(event: tk.Event[tk.Misc]) -> tuple[str, bool]:
    """The small Latin letter of a key that wrote a capital or a letter of another alphabet, and whether with Control.

    Control with Shift is another key than Control, and not the same under Caps Lock.
    """
    state = int(event.state)
    control = bool(state & _CONTROL)
    if event.keysym.isascii() and len(event.keysym) == 1:
        capital = event.keysym.isupper() and not (control and state & _SHIFT)
        return (event.keysym.lower() if capital else "", control)
    other = event.keysym_num >= _LATIN and event.keysym_num not in _FUNCTIONS
    return (_LETTERS.get(event.keycode, "") if other else "", control)


def help_rows() -> list[tuple[str, list[tuple[str, str]]]]:
    """The help: headings, each with (keys, what they do)."""
    rows: list[tuple[str, list[tuple[str, str]]]] = []
    for scope in Scope:
        keys = [(_all_keys(one), one.label.rstrip("…")) for one in BINDINGS if one.scope is scope]
        mouse = [(gesture, label) for where, gesture, label in MOUSE if where is scope]
        rows.append((scope.value, keys + mouse))
    return rows


def _all_keys(one: Binding) -> str:
    shown = [spoken(sequence) for sequence in one.sequences if "KP_" not in sequence and "equal" not in sequence]
    return ", ".join(dict.fromkeys(shown))


def _is_typing(widget: object) -> bool:
    return isinstance(widget, tk.Misc) and widget.winfo_class() in _TYPING
