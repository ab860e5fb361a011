"""Which images a quick look is taken at, and in which order."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from eyegore.basics.errors import SettingsError
from eyegore.elvis.ccd_frame import header
from eyegore.elvis.day_folder import FileKind, parse_name
from eyegore.elvis.fits_headers import FrameError
from eyegore.images.facts import ImageFacts
from eyegore.reports.paper import day_name

SUFFIXES = (".fits", ".fit", ".fits.fz", ".fz")
"""Ends of the names of images, in small letters."""


@dataclass(frozen=True)
class QuicklookImage:
    """An image; ``obsid`` and ``ccd`` are 0 where neither its name nor its header tells them."""

    path: str
    obsid: int
    ccd: int


@dataclass(frozen=True)
class QuicklookImages:
    """The ``images``, the folders they lie in, and the name of the documents made of them."""

    images: tuple[QuicklookImage, ...]
    folders: tuple[Path, ...]
    day: str

    @property
    def by_obsid(self) -> tuple[QuicklookImage, ...]:
        """In order of ObsID, then CCD, then name."""
        return tuple(sorted(self.images, key=_place))


def find_images(
    places: Sequence[Path], ccds: Collection[int] = (), obsids: tuple[int, int] | None = None
) -> QuicklookImages:
    """The images in folders and files, in the order given, those of a folder by ObsID and CCD; each once.

    ``ccds`` (none: all) and the first and last of ``obsids`` choose among them. A file that is not there is among them
    when it is called as an image is: that it vanished is told of it.

    Raises
    ------
    SettingsError
        When a folder is not there or cannot be read.
    """
    found: dict[str, QuicklookImage] = {}
    folders: dict[Path, None] = {}
    for place in places:
        if place.is_dir():
            folders[place] = None
            for image in sorted(_listed(place), key=_place):
                found.setdefault(image.path, image)
        elif place.exists() or place.is_symlink() or place.name.lower().endswith(SUFFIXES):
            folders[place.parent] = None
            found.setdefault(os.fspath(place), _image(os.fspath(place)))
        else:
            raise SettingsError(f"{place} does not exist: give a day folder, or images")
    chosen = [
        image
        for image in found.values()
        if (not ccds or image.ccd in ccds) and (obsids is None or obsids[0] <= image.obsid <= obsids[1])
    ]
    own = {folder.resolve() for folder in folders}
    return QuicklookImages(tuple(chosen), tuple(folders), day_name(own.pop()) if len(own) == 1 else "images")


def _listed(folder: Path) -> Iterator[QuicklookImage]:
    try:
        names = os.listdir(folder)
    except OSError as why:
        raise SettingsError(f"{folder} cannot be read ({why.strerror or why})") from why
    for name in names:
        path = os.path.join(folder, name)
        if name.lower().endswith(SUFFIXES) and not name.startswith(".") and not os.path.isdir(path):
            yield _image(path)


def _image(path: str) -> QuicklookImage:
    """An image by its name, and by its header where the name is not one of ELVIS'."""
    named = parse_name(os.path.basename(path))
    if named is not None and named.kind is FileKind.IMAGE:
        return QuicklookImage(path, named.obsid or 0, named.ccd or 0)
    try:
        facts = ImageFacts(path, header(path))
    except FrameError:
        return QuicklookImage(path, 0, 0)
    return QuicklookImage(path, facts.obsid, facts.ccd)


def _place(image: QuicklookImage) -> tuple[int, int, str]:
    return image.obsid, image.ccd, os.path.basename(image.path)
