"""The words of an election's own files, in English."""

import pytest

from situasi.common import i18n
from situasi.domain import boundaries, exercise_scenarios
from situasi.domain.register import Register
from situasi.presentation import definition_words


def test_every_name_of_the_shipped_election_has_english_words(register: Register) -> None:
    election = register.election
    shown = boundaries.load(election.boundaries_folder)
    scenarios = exercise_scenarios.load(register).values()
    texts = [
        *(stage.name for stage in register.stages),
        *(item.text for item in register.sop),
        *(text for scenario in scenarios for text in (scenario.name, scenario.description)),
        election.rules.staffing_patterns.basis,
        shown.credit,
        shown.basemap.credit,
        shown.caution,
    ]
    assert not [text for text in texts if text not in election.english]


@pytest.mark.parametrize(("language", "name"), [("id", "Masa tenang"), ("en", "Quiet period")])
def test_the_words_are_of_the_language_of_the_viewer(
    register: Register, language: str, name: str
) -> None:
    election = register.election
    with i18n.use_language(language):
        assert definition_words.translate(election, "Masa tenang") == name
        assert definition_words.translate(election, "tidak dikenal") == "tidak dikenal"
        credit = definition_words.translate_sentences(
            election, "Disederhanakan, bukan acuan hukum. Sungai."
        )
    assert credit.endswith(" Sungai.")
    assert credit.startswith("Simplified" if language == "en" else "Disederhanakan")
