"""Agencies: officers on the roster, posted and present, for each institution."""

from __future__ import annotations

import pandas as pd

from situasi.analysis.personnel.officers import UNKNOWN
from situasi.analysis.personnel.presence import STATES
from situasi.domain import feed_schemas


def by_agency(officers: pd.DataFrame) -> pd.DataFrame:
    """One row per agency, by instansi ("tidak_diketahui" where nobody stated it).

    roster; posted by duty (tps, kecamatan, cadangan, patroli); of the posted: present,
    the other states, and `mute`: who never checked in at all; unposted: who only checked in.
    officers: of officers.officers.
    """
    every = officers.assign(agency=officers["instansi"].fillna(UNKNOWN))
    said = every["checkin"].notna()
    flags = pd.DataFrame(
        {
            "roster": every["on_roster"],
            "posted": every["posted"],
            **{duty: every["posted"] & (every["duty"] == duty) for duty in feed_schemas.PENUGASAN},
            **{state: every["posted"] & (every["state"] == state) for state in STATES},
            "mute": every["posted"] & ~said,
            "unposted": ~every["posted"] & said,
        }
    )
    rows = flags.groupby(every["agency"]).sum()
    return rows.reindex([c for c in (*feed_schemas.INSTANSI, UNKNOWN) if c in rows.index])
