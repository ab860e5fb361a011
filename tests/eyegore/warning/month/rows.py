"""The camera as its housekeeping shows it: healthy values and noise, what is planted on top, and its own clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
ZONE = "Europe/Berlin"
_ZONE = ZoneInfo(ZONE)

TEMPS = tuple(f"CCD{ccd}_TEMP_{half}" for ccd in (1, 2, 3) for half in "TB")
"""Temperatures of the CCDs: CRITICAL on either side."""
BOARDS = ("VID_PCB_TEMP_T", "VID_PCB_TEMP_B", "FPGA_PCB_TEMP_T", "FPGA_PCB_TEMP_B")
"""Temperatures of the boards: too cold is a WARNING, too warm CRITICAL."""
HEALTHY: dict[str, tuple[float, float]] = {
    **dict.fromkeys(TEMPS, (-120.0, 0.02)),
    **dict.fromkeys(BOARDS, (18.0, 0.03)),
    **{f"CCD{ccd}_OD_{half}": (26.0, 0.01) for ccd in (1, 2, 3) for half in "TB"},
    **{f"CCD{ccd}_IG1_{half}": (4.0, 0.01) for ccd in (1, 2, 3) for half in "TB"},
    **{f"COMM_RD_{half}": (16.0, 0.01) for half in "TB"},
    **{f"COMM_IG2_{half}": (6.0, 0.01) for half in "TB"},
    "FPGA_BIAS_DD": (23.0, 0.01), "FPGA_BIAS_OG": (2.0, 0.01), "FPGA_BIAS_ID1": (18.0, 0.01),
    "FPGA_BIAS_ID2": (18.0, 0.01), "FPGA_BIAS_ID_T": (18.0, 0.01), "FPGA_BIAS_ID_B": (18.0, 0.01),
    "FPGA_VRCLK_V": (10.0, 0.005), "FPGA_10VA_P_V": (10.0, 0.005), "FPGA_VICLK_V": (8.0, 0.005),
    "FPGA_5VA_P_V": (5.0, 0.002), "FPGA_5VREF_V": (5.0, 0.001), "FPGA_VCCD_V": (30.0, 0.005),
    "FPGA_1V5VD_P_V": (1.5, 0.001), "FPGA_3V2_N_V": (-3.2, 0.002), "FPGA_5VA_N_V": (-5.4, 0.002),
    "RPSU_VCCD_V": (33.0, 0.01), "RPSU_VCLK_V": (12.7, 0.01), "RPSU_VAN_P_V": (7.1, 0.005),
    "RPSU_VAN_N_V": (-7.1, 0.005), "RPSU_3V3VD_V": (3.35, 0.002), "RPSU_1V5VD_V": (1.5, 0.001),
    "RPSU_28V_PRI_V": (27.8, 0.01), "RPSU_TEMP1": (21.0, 0.05), "RPSU_VCCD_I": (0.05, 0.0005),
    "RPSU_VCLK_I": (0.05, 0.0005), "RPSU_VAN_P_I": (0.3, 0.001), "RPSU_VAN_N_I": (0.3, 0.001),
    "RPSU_3V3VD_I": (0.07, 0.0005), "RPSU_1V5VD_I": (0.07, 0.0005), "RPSU_28V_PRI_I": (0.42, 0.0005),
    "RPSU_TEMP_2": (21.0, 0.05),
}  # fmt: skip
"""Mean and noise (1 sigma) of what is measured, in its own unit."""
REGISTERS = {
    **dict.fromkeys((
        "ProtOvRideFlg", "hkInvalidFlg", "SPI_Inh_n", "3v3ProtErr", "5vProtErr", "V3v3ProtCnt", "V5ProtCnt",
        "VccdErrFlg", "VclkErrFlg", "VanErrFlg", "dacExeErr", "hkTmErr", "spwTmTOFlg", "spwTmRspErrFlg",
        "spwTcPktErrFlg", "adcBsyErrFlg", "CDPUClkSw", "hkRamErr", "ADC_BSY_ERR_CNT", "pixelToErr", "spwStatus",
        "spwTmPtypeFlag", "TwoCmdsErr", "Out_of_range",
    ), 0.0),
    "SPW_STATUS_REG": float(0x2FA0),
}  # fmt: skip
"""What flags, counters and registers show when all is well."""
COLUMNS = (*HEALTHY, *REGISTERS)


def offset(time: float) -> float:
    """Seconds from unix time to the clock on the wall of the lab."""
    delta = datetime.fromtimestamp(time, UTC).astimezone(_ZONE).utcoffset()
    assert delta is not None
    return delta.total_seconds()


def wall(day: str, clock: str, *, second_time: bool = False) -> float:
    """Unix time [s] of a date and time of day of the lab; of an hour that comes twice the first, unless asked."""
    local = datetime.fromisoformat(f"{day} {clock}").replace(tzinfo=_ZONE, fold=int(second_time))
    return local.timestamp()


@dataclass(frozen=True)
class Effect:
    """From ``begin`` to before ``end`` [unix s] ``name`` reads what ``value`` makes of seconds since and value."""

    name: str
    begin: float
    end: float
    value: Callable[[FloatArray, FloatArray], FloatArray | float]


@dataclass(frozen=True)
class ClockFault:
    """From ``begin`` to before ``end`` [unix s] the camera's clock is off by ``shift`` [s]; NaN: it stands still."""

    begin: float
    end: float
    shift: float


class Camera:
    """Gives the rows of any times, which must not run backwards."""

    def __init__(self, effects: Sequence[Effect], clock: Sequence[ClockFault], seed: int) -> None:
        self._effects = sorted(effects, key=lambda one: one.begin)
        self._clock = clock
        self._chance = np.random.default_rng(seed)
        self._means = np.array([*(mean for mean, _ in HEALTHY.values()), *REGISTERS.values()])
        self._noise = np.array([*(noise for _, noise in HEALTHY.values()), *(0.0 for _ in REGISTERS)])

    def values(self, times: FloatArray) -> FloatArray:
        """What is read at these times [unix s], of shape (times, columns)."""
        found = self._means + self._noise * self._chance.standard_normal((times.size, len(COLUMNS)))
        for one in self._effects:
            if one.begin > times[-1] or one.end <= times[0]:
                continue
            at = (times >= one.begin) & (times < one.end)
            column = COLUMNS.index(one.name)
            found[at, column] = one.value(times[at] - one.begin, found[at, column])
        return np.round(found, 4)

    def stamps(self, times: FloatArray) -> FloatArray:
        """What the camera's clock shows at these times [unix s], in seconds of a wall clock."""
        return np.array([self._stamp(time) for time in times.tolist()])

    def _stamp(self, time: float) -> float:
        for fault in self._clock:
            if fault.begin <= time < fault.end:
                return fault.begin + offset(fault.begin) if np.isnan(fault.shift) else time + offset(time) + fault.shift
        return time + offset(time)
