"""Words of an election's own files (stages, SOP, scenarios, sources) in the viewer's language."""

from situasi.common.i18n import current_language
from situasi.domain.boundaries import Boundaries
from situasi.domain.election import Election


def translate(election: Election, text: str) -> str:
    """Return a text of the definition in the viewer's language, unchanged where nobody wrote it."""
    return text if current_language() == "id" else election.english.get(text, text)


def translate_sentences(election: Election, text: str) -> str:
    """Return a text of several such sentences, each of those known in the viewer's language."""
    if current_language() == "id":
        return text
    for sentence, english in election.english.items():
        text = text.replace(f"{sentence}.", f"{english}.")
    return text


def format_credits(election: Election, boundaries: Boundaries) -> str:
    """Return the sources of the map and their caution, to stand beside it."""
    return translate_sentences(election, boundaries.credit_line)
