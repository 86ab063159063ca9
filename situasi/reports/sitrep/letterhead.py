"""The folder `laporan` of an election: letterhead, bounds and templates, which the staff edits."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from situasi.reports.sitrep.model import Letter

FOLDER = "laporan"
NAME = "laporan.toml"
KINDS = ("situasi", "harian", "anev")


class TemplateRefused(ValueError):
    """A file of the folder cannot be used; the message says which, why, and what to do."""


def load(election: Path) -> Letter:
    """What stands in laporan.toml of this election folder. Raises TemplateRefused."""
    path = election / FOLDER / NAME
    try:
        return _read(tomllib.loads(path.read_text("utf-8")))
    except OSError as error:
        raise TemplateRefused(
            f"{path} tidak terbaca ({error.strerror}); salin folder {FOLDER}/ dari pemilihan lain"
        ) from error
    except KeyError as error:
        raise TemplateRefused(f"{path}: isian {error} tidak ada") from error
    except (ValueError, TypeError) as error:
        raise TemplateRefused(f"{path}: {error}") from error


def _read(told: dict[str, Any]) -> Letter:
    bounds = told["batas"]
    return Letter(
        head=tuple(map(str, told["kepala"])),
        place=str(told["tempat"]),
        classification=str(told["klasifikasi"]),
        titles={kind: str(told["judul"][kind]) for kind in KINDS},
        signatory=str(told["penanda_tangan"]),
        copies=tuple(map(str, told["tembusan"])),
        longest=int(bounds["pesan"]),
        listed=int(bounds["kejadian"]),
        of_each=int(bounds["kejadian_kecamatan"]),
    )
