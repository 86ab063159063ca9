"""Where a ballot box arrived that is only said to have arrived: at its TPS, or at the PPK."""

import re
from datetime import datetime, time

from situasi.domain.election import Election
from situasi.domain.labels import N_
from situasi.ingest.parsing.cells import normalize_cell
from situasi.ingest.parsing.phase_days import FIRST_HOUR, SUPPLIES

_BARE_ARRIVAL = re.compile(
    r"kotak (?:suara )?(?:(?:sudah|sdh|telah|tlh) )?(?:tiba|sampai|datang|diterima)"
)
AT_PPK = "kotak_tiba_ppk"
READ_AS_PPK = N_("kotak tiba sesudah pemungutan: dibaca tiba di PPK")
WHERE_ARRIVED = N_("kotak tiba di TPS atau di PPK? tulis “logistik tiba” atau “tiba di PPK”")


def is_bare_arrival(words: object) -> bool:
    """Return whether words tell that a box arrived, and not where: `kotak_suara_tiba`."""
    text = " ".join(normalize_cell(words).lower().replace("_", " ").split())
    return _BARE_ARRIVAL.fullmatch(text.strip(" .!")) is not None


def find_arrival(moment: datetime | None, election: Election, has_left: bool) -> str | None:
    """Return the phase of such an arrival; None where it may be either.

    moment: aware; None where no hour is known. has_left: whether the box is known to have left.
    """
    if moment is None:
        return AT_PPK if has_left else None
    if moment >= election.local_time(election.tps_closes):
        return AT_PPK
    is_night = time() <= moment.astimezone(election.zone).time() < time(FIRST_HOUR)
    if moment >= election.local_time(time()) and is_night:  # or of the night after, misdated
        return AT_PPK if has_left else None
    return SUPPLIES
