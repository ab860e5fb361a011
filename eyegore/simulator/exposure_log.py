"""The exposure log of a simulated session, and the same facts as keywords of its images, per ELVIS version."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from eyegore.campaign.plan import Setting
from eyegore.campaign.timing import PlannedExposure
from eyegore.elvis.day_folder import folder_name, stamp
from eyegore.elvis.dialect import Dialect, Stamp

Facts = Mapping[str, Setting]

_UNPOWERED = -246.86
"""What the temperature sensors of an unpowered ROE read [degC]."""

_ALL_ROWS = 2086

_OLD_NAMES = {
    "CCD1_SN": "sn_ccd1",
    "CCD2_SN": "sn_ccd2",
    "CCD3_SN": "sn_ccd3",
    "CCD_SN": "sn_ccd",
    "CCD_SNX": "sn_ccd",
    "ROE_SN": "sn_roe",
    "RPSU_SN": "sn_rpsu",
    "Flsh-Rdout_e_time": "fl_rdout",
    "C.Inj-Rdout_e_time": "ci_rdout",
    "N_P_high": "IPHI",
    "Chrg_inj": "chinj",
    "On_cycle": "chinj_on",
    "Off_cycl": "chinj_of",
    "pls_leng": "id_wid",
    "pls_del": "id_dly",
    "SerRdDel": "chin_dly",
    "TP_DW_V": "dwell_v",
    "TP_DW_H": "dwell_s",
    "TOI_flu": "toi_fl",
    "TOI_flsh": "toi_fl",
    "TOI _pump": "toi_tp",
    "TOI_pump": "toi_tp",
    "TOI_read": "toi_ro",
    "TOI_CInj": "toi_ch",
    "Invflshp": "siflsh_p",
    "Invflush": "siflsh",
    "CLK_ROE1": "rdmode",
    "CLK_ROE2": "rdmode",
    "CLK_ROE": "rdmode",
    "SPW_clk": "spw_clk",
    "M_St_Sze": "motr_siz",
    "Wavelength": "wave",
    "v_tp_mod": "v_tpmod",
    "s_tp_mod": "s_tpmod",
    "motr": "motr_on",
    "cdpu_clk": "spw_clk",
}
"""Log columns of other versions that say what a 6.3.0 column says (capitals aside)."""

_CONSTANT: Facts = {
    "BUNIT": "ADU",
    "operator": "sim",
    "con_file": "vis_roe_config_simulated.txt",
    "fpga_ver": "2AE",
    "roe": "ROE1",
    "lab_ver": "13.0.1f2",
    "sn_ccd1": "CCD273-SIM-1",
    "sn_ccd2": "CCD273-SIM-2",
    "sn_ccd3": "CCD273-SIM-3",
    "sn_roe": "ROE-SIM",
    "sn_rpsu": "RPSU-SIM",
    "spw_clk": 0,
    "cnvstart": 0,
    "sumwell": 0,
    "rpeat_cy": 1,
    "v_clocks": "Tri-level",
    "s_clocks": "Even_mode",
    "roe1_on": 1,
    "roe2_on": 0,
    "lght_int": 0,
    "chmb_pre": "0.00",
    "ovrscn_h": 0,
    "ovrscn_v": 0,
}

_PADDED = ("Vstart", "Vend", "Lim_scan", "Ovrscn_H", "Ovrscn_V", "V_clocks")
"""Header cells that end in a blank in the 5.7.05 sample."""

_KEYWORDS = (
    "BUNIT PROGRAM OBJECT OBSID OPERATOR LAB_VER CON_FILE DATE EXPTIME FL_RDOUT CI_RDOUT IPHI CHINJ CHINJ_ON CHINJ_OF "
    "ID_WID ID_DLY CHIN_DLY V_TPUMP S_TPUMP V_TP_MOD S_TP_MOD V_TP_CNT S_TP_CNT DWELL_V DWELL_S TOI_FL TOI_TP TOI_RO "
    "TOI_CH SIFLSH SIFLSH_P FLUSHES VSTART VEND RDMODE SWELLW SWELLDLY INISWEEP SPW_CLK FPGA_VER EGSE_VER MOTR "
    "MOTR_CNT MOTR_SIZ SOURCE WAVE POS_MIRR SN_CCD1 SN_CCD2 SN_CCD3 SN_ROE SN_RPSU CALSCRPT COMMENTS R1C1_TT R1C1_TB "
    "R1C2_TT R1C2_TB R1C3_TT R1C3_TB IDL IDH IG1_1_T IG1_2_T IG1_3_T IG1_1_B IG1_2_B IG1_3_B IG2_T IG2_B OD_1_T "
    "OD_2_T OD_3_T OD_1_B OD_2_B OD_3_B RD_T RD_B"
)

_OLD_KEYWORDS = (
    "BUNIT PROGRAM TEST OBSID OPERATOR LAB_VER CON_FILE DATE EXPTIME CHRG_INJ TRAPPUMP WAVELENG CCD_SN ROE_SN TOI_FLU "
    "TOI_PUMP TOI_READ INVFLSHP INVFLUSH FLUSHES VSTART VEND FPGA_VER EGSE_VER CALSCRPT R1CCD1TT R1CCD1TB R1CCD2TT "
    "R1CCD2TB R1CCD3TT R1CCD3TB IDL_V IDH_V IG1_V IG2_V ODCCD1_V RDCCD1_V ODCCD2_V RDCCD2_V ODCCD3_V RDCCD3_V"
)

_KEYWORD_OF = {
    "OBJECT": "test",
    "POS_MIRR": "mirr_pos",
    "MOTR": "motr_on",
    "V_TP_MOD": "v_tpmod",
    "S_TP_MOD": "s_tpmod",
    "CHRG_INJ": "chinj",
    "WAVELENG": "wave",
    "TOI_FLU": "toi_fl",
    "TOI_PUMP": "toi_tp",
    "TOI_READ": "toi_ro",
    "INVFLSHP": "siflsh_p",
    "INVFLUSH": "siflsh",
    "CCD_SN": "sn_ccd",
    "ROE_SN": "sn_roe",
}


def log_facts(exposure: PlannedExposure, ccd: int, dialect: Dialect, temperatures: Mapping[str, float]) -> Facts:
    """Everything known of one CCD's frame, in the units of the version's log, by 6.3.0 column name in lower case."""
    settings = exposure.settings
    date = stamp(exposure.time)
    joint = "" if dialect.stamp in (Stamp.NONE, Stamp.CLOCK) and dialect.version.startswith("5") else "_"
    version = "5.7.05" if dialect.version == "5.8.X" else dialect.version
    day = folder_name(exposure.time).replace("_", "")
    injected = bool(settings["chinj"])
    facts: dict[str, Setting] = {key.lower(): value for key, value in {**_CONSTANT, **settings}.items()}
    facts |= {key: value for key, value in _CONSTANT.items() if key.startswith("sn_")}
    facts |= {
        "obsid": exposure.obsid,
        "file_name": f"EUC_{exposure.obsid}_{date.replace('D', f'D{joint}')}_ROE1_CCD{ccd}",
        "ccd": f"CCD{ccd}",
        "date": date,
        "test": exposure.column.test,
        "calscrpt": f"vis_CalCamp_{exposure.column.test}_{day}_v{version}.xlsx",
        "sn_ccd": _CONSTANT[f"sn_ccd{ccd}"],
        "operator": _CONSTANT["operator"],
        "exptime": float(settings["exptime"]) / dialect.exptime_scale,
        "fl_rdout": 504 + 8 * (exposure.obsid % 2),
        "ci_rdout": 512 if injected else 0,
        "iphi": "".join(f"I{phase}" for phase in (1, 2, 3, 4) if settings[f"IPHI{phase}"]),
        "egse_ver": version,
        "comments": exposure.column.comment,
        "trappump": int(bool(settings["v_tpump"] or settings["s_tpump"])),
        "tp_ser_s": settings["s_tp_cnt"] if settings["s_tpump"] else 0,
        "tp_ver_s": settings["v_tp_cnt"] if settings["v_tpump"] else 0,
        "lim_scan": int(exposure.number("vend") < _ALL_ROWS),
        "m_steps": settings["motr_cnt"] if settings["motr_on"] else 0,
    }
    if version.startswith("5"):
        facts["vstart"] = int(exposure.number("vstart")) + 1
    for key, value in temperatures.items():
        facts[key.lower()] = value
    return facts


def _old_voltage(column: str) -> str:
    """6.3.0 name of a voltage column of an older log: ``OD_T1_V``, ``ODCCD1_V``, ``IG1_V``, ``IDL_V`` ..."""
    name = column.removesuffix("_V")
    if name == column or name in ("IDL", "IDH"):
        return name
    if name in ("IG1", "IG2"):
        return "IG1_1_T" if name == "IG1" else "IG2_T"
    if "CCD" in name:
        drain, _, ccd = name.partition("CCD")
        return f"OD_{ccd}_T" if drain == "OD" else "RD_T"
    gate, _, half = name.partition("_")
    return f"{gate}_{half[1:]}_{half[0]}" if len(half) == 2 else name


def _old_temperature(column: str) -> str:
    """6.3.0 name of ``R1CCD1TT`` and its like."""
    return f"R1C{column[5]}_{column[6:]}"


class SimulatedLog:
    """The text of exposure-log rows in one version's layout."""

    def __init__(self, dialect: Dialect, newline: str) -> None:
        self._dialect = dialect
        self._sample = dialect.version in ("5.7.05", "5.8.X")
        self._newline = "\t" + newline if self._sample else newline
        self._cells = [
            _cell(column, kind, unit)
            for column, kind, unit in zip(
                dialect.explog_columns, dialect.explog_types, dialect.explog_units, strict=True
            )
        ]

    @property
    def header(self) -> str:
        """The first line, with the blanks and the trailing tab of the old sample where it is of that version."""
        columns = self._dialect.explog_columns
        if self._sample:
            columns = tuple(f"{column} " if column in _PADDED else column for column in columns)
        return "\t".join(columns) + self._newline

    def row(self, facts: Facts) -> str:
        """One line: one CCD of one exposure."""
        return "\t".join(cell(facts) for cell in self._cells) + self._newline


def _cell(column: str, kind: str, unit: str) -> Callable[[Facts], str]:
    """How one log column is written."""
    if column.startswith("R2"):
        return lambda _: f"{_UNPOWERED:.2f}"
    key = _OLD_NAMES.get(column, column)
    if unit == "V":
        key = _old_voltage(column)
    elif column.startswith("R1CCD"):
        key = _old_temperature(column)
    key = key.lower()
    if unit == "V":
        return lambda facts: f"{float(facts[key]):.3f}"
    if unit == "degC":
        return lambda facts: f"{float(facts[key]):.2f}"
    if kind == "int":
        return lambda facts: f"{float(facts[key]):.0f}"
    return lambda facts: value if isinstance(value := facts[key], str) else f"{value:.7g}"


def keywords(facts: Facts, dialect: Dialect) -> Facts:
    """The FITS keywords a version writes into its images, mandatory ones aside."""
    if dialect.stamp is Stamp.DATE_CLOCK:
        return {keyword: facts[_KEYWORD_OF.get(keyword, keyword).lower()] for keyword in _KEYWORDS.split()}
    found: dict[str, Setting] = {}
    for keyword in _OLD_KEYWORDS.split():
        key = _KEYWORD_OF.get(keyword) or _old_voltage(keyword)
        if keyword.startswith("R1CCD"):
            key = _old_temperature(keyword)
        found[keyword] = facts[key.lower()]
    return found
