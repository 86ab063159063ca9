"""Places that tell nothing: kecamatan of which at least half of a source is silent.

A source that delivers is not silent, and yet a whole kecamatan may be: what is due comes from the
register and the postings, never from those that told.
"""

import pandas as pd

from situasi.analysis.stations.status import SILENT_STATES
from situasi.domain.feed_schemas import PERSONNEL, TPS

SILENT_SHARE = 0.5
_COLUMNS = ["feed", "kecamatan", "silent", "due", "share"]


def find_silent_places(
    phases: pd.DataFrame, gaps: pd.DataFrame, *, has_station_reports: bool
) -> pd.DataFrame:
    """List the silent kecamatan of each feed, the largest silence first.

    phases: of stations.status.count_by_kecamatan. gaps: of personnel.coverage.build_gap_table.
    has_station_reports: whether any TPS told anything; where none did, the feed itself is missing.
    Columns: feed, kecamatan, silent (TPS late or unreachable; officers who never arrived or tell
    nothing any more), due (TPS of which a report is or was due; officers posted, of whom
    word is due), share. Of TPS that need nobody any more no officer is due.
    """
    parts = []
    if has_station_reports:
        silent = phases[list(SILENT_STATES)].sum(axis=1)
        parts.append(_build_part(TPS.name, silent, phases["tps"] - phases["belum_waktunya"]))
    posted = gaps[gaps["known"].astype(bool) & (gaps["released"] < gaps["tps"])]
    due = posted["posted"] - posted["ditunggu"]
    parts.append(_build_part(PERSONNEL.name, posted["tanpa_kabar"] + posted["belum_tiba"], due))
    table = pd.concat(parts)
    table = table[table["share"] >= SILENT_SHARE]
    return table.sort_values("silent", ascending=False, kind="stable").reset_index(drop=True)


def _build_part(feed: str, silent: pd.Series, due: pd.Series) -> pd.DataFrame:
    share = (silent / due.where(due > 0)).astype("float64")
    table = pd.DataFrame({"feed": feed, "silent": silent, "due": due, "share": share})
    return table.rename_axis("kecamatan").reset_index()[_COLUMNS]
