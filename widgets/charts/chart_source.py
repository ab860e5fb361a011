"""What charts ask of whoever keeps the samples."""

from __future__ import annotations

from typing import Protocol

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


class EnvelopeLike(Protocol):
    """Samples gathered into bins of time, all of shape (n,), ``invalid`` apart."""

    @property
    def times(self) -> Floats:
        """Middle of the samples of each bin [lab s], rising."""

    @property
    def low(self) -> Floats:
        """Lowest valid sample."""

    @property
    def high(self) -> Floats:
        """Highest valid sample."""

    @property
    def breaks(self) -> Bools:
        """Whether nothing joins the bin to the one before; true for the first."""

    @property
    def out(self) -> Bools:
        """Whether a sample is out of limits."""

    @property
    def invalid(self) -> Floats:
        """Where samples were that are no readings [lab s]."""


class SampleLike(Protocol):
    """One sample."""

    @property
    def time(self) -> float:
        """When [lab s]."""

    @property
    def value(self) -> float:
        """In the parameter's own unit; NaN when it is no reading."""


class ChartSource(Protocol):
    """The samples of all parameters."""

    @property
    def revision(self) -> int:
        """Changes whenever there are new samples."""

    @property
    def span(self) -> tuple[float, float]:
        """Times of the oldest and the newest sample [lab s]; NaN when there is none."""

    def latest(self, column: str) -> SampleLike | None:
        """The newest sample of one parameter."""

    def envelope(self, column: str, t0: float, t1: float, bins: int) -> EnvelopeLike:
        """The samples of one parameter between two times, in about ``bins`` points."""
