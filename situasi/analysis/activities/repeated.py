"""Activities that came again under another id, as another file tells them."""

import re

import numpy as np
import pandas as pd

_NOT_WORDS = re.compile(r"[\W_]+")
_MOMENT = ["occurred_at", "kecamatan", "giat", "latihan"]


def join_repeated(rows: pd.DataFrame, case_codes: pd.Series) -> pd.Series:
    """Return the number of the activity of each row; those that tell the same share the first one.

    rows: of the feed, those known first above. case_codes: of each row, by its id. Rows tell the
    same where minute, kecamatan, kind, place, strength and words agree; without words, who reports.
    An activity that is told by its day alone, or without a place, is never joined with another.
    """
    is_sure = (rows["precision"] == "menit") & rows.duplicated(_MOMENT, keep=False)
    is_sure &= rows[["desa", "lokasi", "desa_text"]].notna().any(axis=1)
    is_sure &= rows[["uraian", "pelapor"]].notna().any(axis=1)
    told = rows[is_sure]
    if told["id"].nunique() < 2:
        return case_codes
    facts = told[[*_MOMENT, "desa", "jumlah"]].copy()
    facts["place"] = told["lokasi"].where(told["lokasi"].notna(), told["desa_text"]).map(_fold)
    words = told["uraian"].where(told["uraian"].notna(), told["pelapor"]).map(_fold)
    facts["words"] = words
    same = facts.groupby(list(facts.columns), dropna=False, sort=False).ngroup()
    joined = case_codes.copy()
    while True:
        known = joined.loc[told.index]
        first = known.groupby(same).transform("min")
        by_case = first.groupby(known).min()
        changed = joined.map(by_case).fillna(joined).astype(case_codes.dtype)
        if np.array_equal(changed, joined):
            return joined
        joined = changed


def _fold(text: object) -> str:
    return _NOT_WORDS.sub(" ", text.casefold()).strip() if isinstance(text, str) else ""
