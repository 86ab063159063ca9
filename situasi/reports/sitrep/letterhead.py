"""The folder `laporan` of an election: letterhead, limits and templates, edited by the staff."""

from pathlib import Path

from situasi.domain.definition_errors import DefinitionError, read_toml, wrap_definition_errors
from situasi.domain.definition_fields import flatten_tables, parse_definition
from situasi.reports.sitrep.model import Letterhead

FOLDER_NAME = "laporan"
FILE_NAME = "laporan.toml"


class SitrepTemplateError(ValueError):
    """A file of the folder cannot be used; the message says which, why, and what to do."""


def load(election_folder: Path) -> Letterhead:
    """Return the letterhead from laporan.toml of the folder. Raises SitrepTemplateError."""
    path = election_folder / FOLDER_NAME / FILE_NAME
    try:
        with wrap_definition_errors(path):
            return parse_definition(Letterhead, flatten_tables(read_toml(path), "batas"))
    except DefinitionError as error:
        raise SitrepTemplateError(str(error)) from error
