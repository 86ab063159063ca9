"""The folder `laporan` of an election: letterhead, limits and templates, edited by the staff."""

import tomllib
from pathlib import Path

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
        raw = tomllib.loads(path.read_text("utf-8"))
        return parse_definition(Letterhead, flatten_tables(raw, "batas"))
    except OSError as error:
        raise SitrepTemplateError(
            f"{path} tidak terbaca ({error.strerror}); "
            f"salin folder {FOLDER_NAME}/ dari pemilihan lain"
        ) from error
    except (ValueError, AttributeError) as error:
        raise SitrepTemplateError(f"{path}: {error}") from error
