"""Requirements: how many officers each TPS needs by the pattern for its kerawanan."""

import math

import pandas as pd

from situasi.domain.register import Register


def build_requirement_table(register: Register) -> pd.DataFrame:
    """Build one row per TPS with its needs.

    Columns: code, kecamatan, desa, nomor, polsek, kerawanan, assumed, need, need_linmas. need:
    police for this one TPS, a fraction where the pattern lets one officer cover several. assumed:
    its kerawanan is not known, so the default pattern is used.
    """
    patterns = register.election.rules.staffing_patterns
    tps = register.tps
    levels = [level if isinstance(level, str) else None for level in tps["kerawanan"]]
    used = [patterns.pattern_for(level) for level in levels]
    return tps[["code", "kecamatan", "desa", "nomor"]].assign(
        polsek=[register.kecamatan[code].polsek for code in tps["kecamatan"]],
        kerawanan=pd.Series(levels, tps.index, dtype="object"),
        assumed=[level is None for level in levels],
        need=[pattern.polri / pattern.tps for pattern in used],
        need_linmas=[pattern.linmas / pattern.tps for pattern in used],
    )


def round_up(need: float) -> int:
    """Round a sum of needs up to whole officers."""
    # Thirds do not add up exactly: 3 × 0.333… must be 1 officer, not 2.
    return math.ceil(round(need, 6))
