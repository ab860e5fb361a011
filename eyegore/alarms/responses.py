"""What to do about an alarm: one place for window, mail, SMS and call."""

from __future__ import annotations

from eyegore.messages.alarms import Alarm, AlarmKind

TIMER_RESPONSES = {
    "HK rows": (
        "Look at ELVIS: does it run, does its clock go on, does its HK window change? Until rows come again nothing is "
        "judged: watch temperatures and supplies on the hardware itself, and call the person responsible if HK stays "
        "away."
    ),
    "EXPOSURES": (
        "Look at ELVIS: does the script run, does it wait for an answer, did it end with an error? The hardware is "
        "still watched; only the campaign stands still."
    ),
    "IMAGES": (
        "See whether ELVIS writes its files: space and mount of the data volume, messages of ELVIS. Do not go on with "
        "a test whose images do not arrive."
    ),
    "DATA VOLUME": (
        "Make room: move or delete what is backed up already, never the folder of today. When the volume is full ELVIS "
        "loses images."
    ),
}
"""What to do when a dead-man timer runs out, by its name; that of a parameter is in the table of limits."""
IMAGE_RESPONSES = {
    "read noise": (
        "Look at the image (double click its row: DS9) for interference or a warm CCD, and at the supplies on the HK "
        "plots. If the next images are noisy too, stop the test, find out what was switched on, and take "
        "again what is marked."
    ),
    "offset": (
        "Compare with the quadrants beside it and with the trend (Shift-F7); see whether the block is the right one "
        "(--block). A jump in all quadrants is a supply, in one its video chain."
    ),
    "lost pixels": (
        "Pixels at 0 are no data: look at the image for lost lines or blocks, and at ELVIS for errors of the transfer. "
        "Take the exposure again."
    ),
    "file": (
        "The file is no whole image: see the space and the mount of the data volume and the messages of ELVIS, look "
        "whether the copies have it whole, and take the exposure again."
    ),
}
"""What to do about an image, by what is wrong with it."""
IMAGE_RESPONSE = (
    "Look at the image and at the trend (Shift-F7): is the source on, the shutter open, the exposure time and the "
    "script's column the planned ones? The column retake of the exposure log marks what to take again."
)
SPACE_RESPONSE = (
    "Make room there, or mount the volume again: files wait until there is space, none is lost while the data volume "
    "has them."
)
COPY_RESPONSE = (
    "Look at the list of copies (F3) for the reason: is the other computer on, the disk mounted, the key still "
    "accepted, is there space? Nothing is lost while the data volume has the files; delete none there until this copy "
    "is verified."
)
WARNING_RESPONSE = (
    "People are not reached by this channel: check the account and the network (eyegore warnings test), and stay "
    "within sight of the window until a warning gets out."
)
INVALID_RESPONSE = (
    "Nothing is known of this parameter: compare with its neighbours, look whether ELVIS shows a reading, and treat "
    "the hardware as unwatched there until readings return."
)
TREND_RESPONSE = (
    "The limit is not reached yet: look at the plot, find out what changed when the drift began, and act before the "
    "time told."
)


def response_to(alarm: Alarm, of_limits: str = "") -> str:
    """What to do; ``of_limits`` is what the table of limits says of the parameter. Not empty for what has no limit."""
    if alarm.kind is AlarmKind.FRAME:
        return IMAGE_RESPONSES.get(alarm.parameter.split(maxsplit=2)[-1], IMAGE_RESPONSE)
    if alarm.kind is AlarmKind.DEADMAN:
        return TIMER_RESPONSES.get(alarm.parameter) or _by_first_word(alarm.parameter)
    if alarm.kind is AlarmKind.INVALID:
        return of_limits or INVALID_RESPONSE
    if alarm.kind is AlarmKind.TREND:
        return of_limits or TREND_RESPONSE
    return of_limits


def _by_first_word(name: str) -> str:
    """For timers with a name of somebody's: a target, a channel, a volume."""
    first = name.partition(" ")[0]
    return {"WARNINGS": WARNING_RESPONSE, "BACKUP": COPY_RESPONSE, "BROADCAST": COPY_RESPONSE}.get(
        first, SPACE_RESPONSE
    )
