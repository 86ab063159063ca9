"""Why this number: by which rule a figure is made, with which limits, of which reports."""

from __future__ import annotations

from situasi.domain.election import Election
from situasi.domain.higher_command import HigherCommand
from situasi.presentation.explanations import decisions, incidents, intake, personnel, stations
from situasi.presentation.explanations.higher_command import ABOVE
from situasi.presentation.explanations.model import Rule, Why

_PAGES: dict[str, dict[str, Rule]] = {
    "situasi": {
        **incidents.SITUATION,
        **stations.SITUATION,
        **personnel.SITUATION,
        **intake.SITUATION,
    },
    "kejadian": {**incidents.INCIDENTS, **decisions.HOT},
    "perubahan": incidents.CHANGES,
    "peringatan": decisions.ALERTS,
    "partisipasi": {**stations.TURNOUT, **decisions.OUTLOOK},
    "tps": stations.STATIONS,
    "personel": personnel.PERSONNEL,
    "pergeseran": decisions.MOVES,
    "tahapan": personnel.ACTIVITIES,
    "netralitas": personnel.NEUTRALITY,
    "masukan": intake.INTAKE,
    "latihan": decisions.DRILLS,
    "kesehatan": intake.HEALTH,
}


def of(page: str, key: str, election: Election) -> Why | None:
    """The rule of a figure or table of this page; None where it counts nothing.

    key: of the figure, or of the table in which its rows are opened.
    """
    rule = _PAGES.get(page, {}).get(_plain(key))
    return rule(election) if rule else None


def above(key: str, command: HigherCommand) -> Why | None:
    """The same for the page of a command above."""
    rule = ABOVE.get(_plain(key))
    return rule(command) if rule else None


def _plain(key: str) -> str:
    return key.removeprefix("isi_").removeprefix("baris_")
