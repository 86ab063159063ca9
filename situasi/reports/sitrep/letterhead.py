"""The folder `laporan` of an election: letterhead, limits and templates, edited by the staff."""

import tomllib
from pathlib import Path
from typing import Any

from situasi.reports.sitrep.model import Letterhead

FOLDER_NAME = "laporan"
FILE_NAME = "laporan.toml"
KINDS = ("situasi", "harian", "anev")


class SitrepTemplateError(ValueError):
    """A file of the folder cannot be used; the message says which, why, and what to do."""


def load(election_folder: Path) -> Letterhead:
    """Return the letterhead from laporan.toml of the folder. Raises SitrepTemplateError."""
    path = election_folder / FOLDER_NAME / FILE_NAME
    try:
        return _parse(tomllib.loads(path.read_text("utf-8")))
    except OSError as error:
        raise SitrepTemplateError(
            f"{path} tidak terbaca ({error.strerror}); "
            f"salin folder {FOLDER_NAME}/ dari pemilihan lain"
        ) from error
    except KeyError as error:
        raise SitrepTemplateError(f"{path}: isian {error} tidak ada") from error
    except (ValueError, TypeError) as error:
        raise SitrepTemplateError(f"{path}: {error}") from error


def _parse(values: dict[str, Any]) -> Letterhead:
    bounds = values["batas"]
    return Letterhead(
        head_lines=tuple(map(str, values["kepala"])),
        place=str(values["tempat"]),
        classification=str(values["klasifikasi"]),
        titles={kind: str(values["judul"][kind]) for kind in KINDS},
        signatory=str(values["penanda_tangan"]),
        copy_recipients=tuple(map(str, values["tembusan"])),
        max_message_chars=int(bounds["pesan"]),
        max_incidents=int(bounds["kejadian"]),
        max_incidents_per_kecamatan=int(bounds["kejadian_kecamatan"]),
    )
