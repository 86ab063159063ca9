"""The explanation of each figure: its rule, its limits and the feeds it counts."""

from situasi.domain.election import Election
from situasi.domain.higher_command import HigherCommand
from situasi.presentation.explanations import decisions, incidents, intake, personnel, stations
from situasi.presentation.explanations.higher_command import HIGHER_COMMAND
from situasi.presentation.explanations.model import Explanation, ExplanationBuilder

_PAGES: dict[str, dict[str, ExplanationBuilder]] = {
    "situasi": {
        **incidents.SITUATION,
        **stations.SITUATION,
        **personnel.SITUATION,
        **intake.SITUATION,
    },
    "kejadian": {**incidents.INCIDENTS, **decisions.HOTSPOTS},
    "perubahan": incidents.CHANGES,
    "peringatan": decisions.ALERTS,
    "partisipasi": {**stations.TURNOUT, **decisions.FORECAST},
    "tps": stations.STATIONS,
    "personel": personnel.PERSONNEL,
    "pergeseran": decisions.REDEPLOYMENT,
    "tahapan": personnel.ACTIVITIES,
    "netralitas": personnel.NEUTRALITY,
    "masukan": intake.INTAKE,
    "latihan": decisions.EXERCISES,
    "kesehatan": intake.HEALTH,
    "akun": intake.ACCOUNTS,
}


def find(page: str, key: str, election: Election) -> Explanation | None:
    """Return the explanation of a figure or table of this page; None if it counts nothing.

    key: of the figure, or of the table in which its rows are opened.
    """
    rule = _PAGES.get(page, {}).get(_strip_prefix(key))
    return rule(election) if rule else None


def find_for_higher_command(key: str, command: HigherCommand) -> Explanation | None:
    """Return the explanation of a figure of the higher command page; None if there is none."""
    rule = HIGHER_COMMAND.get(_strip_prefix(key))
    return rule(command) if rule else None


def _strip_prefix(key: str) -> str:
    return key.removeprefix("isi_").removeprefix("baris_")
