"""Words of an election's own files (stages, SOP, scenarios, sources) in the viewer's language."""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from situasi.common.i18n import current_language
from situasi.domain.election import Election

FILE_NAME = "english.csv"  # of the election folder; headings: indonesia, english


def translate(election: Election, text: str) -> str:
    """Return a text of the definition in the viewer's language, unchanged where nobody wrote it."""
    if current_language() == "id":
        return text
    return load_english(election.folder).get(text, text)


def translate_sentences(election: Election, text: str) -> str:
    """Return a text of several such sentences, each of those known in the viewer's language."""
    if current_language() == "id":
        return text
    for sentence, english in load_english(election.folder).items():
        text = text.replace(f"{sentence}.", f"{english}.")
    return text


@cache
def load_english(folder: Path) -> Mapping[str, str]:
    """Return the English texts by the Indonesian; empty where the election has none."""
    path = folder / FILE_NAME
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {row["indonesia"]: row["english"] for row in csv.DictReader(file)}
