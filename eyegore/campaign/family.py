"""Which family a test belongs to, by its name in logs and headers."""

from __future__ import annotations

import re

from eyegore.limits.frame_model import Family

_FAMILIES = (
    (r"(TP|CHINJ|STRAY)00", Family.OTHER),  # nobody agreed on checks for these
    (r"BIAS", Family.BIAS),
    (r"DARK", Family.DARK),
    (r"NL02", Family.NONLINEARITY),
    (r"FLAT|PTC|NL0|BF0|MOT_FF", Family.FLAT),
    (r"CHINJ|TP\d", Family.INJECTION),
    (r"FOCUS", Family.FOCUS),
    (r"PSF", Family.PSF),
    (r"PERSIST", Family.PERSISTENCE),
    (r"MOT_WARM", Family.WARM),
    (r"COSMETICS", Family.COSMETICS),
)


def family_of(test: str) -> Family:
    """Family of a test such as ``PTC02_730``; OTHER for a name that is not known, or none."""
    name = test.strip().upper()
    return next((family for pattern, family in _FAMILIES if re.match(pattern, name)), Family.OTHER)
