"""A laporan as PDF: set by typst from the template of the election folder, without any network."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

from situasi.reports.sitrep.letterhead import FOLDER_NAME, SitrepTemplateError
from situasi.reports.sitrep.model import Sitrep
from situasi.reports.sitrep.template_context import build_context

TEMPLATE_NAME = "laporan.typ"
# What a template may use of what lies beside it: a part of it, an emblem, a letter.
_ASSET_SUFFIXES = (".typ", ".png", ".jpg", ".svg", ".ttf", ".otf")


def build_pdf(sitrep: Sitrep, election_folder: Path) -> bytes:
    """The typeset laporan. Raises TemplateRefused.

    Texts reach the template as values, never as its own language: no sign in them does anything.
    """
    # Loaded when somebody asks for one: it brings its own fonts.
    import typst

    path = election_folder / FOLDER_NAME / TEMPLATE_NAME
    said = build_context(sitrep)
    with tempfile.TemporaryDirectory(prefix="situasi-laporan-") as name:
        folder = Path(name)
        _copy_assets(path.parent, folder)
        for drawing in sitrep.drawings:
            file = f"{drawing}.svg"
            (folder / file).write_bytes(sitrep.drawings[drawing].draw("svg"))
            said["gambar"][drawing]["isi"] = file
        (folder / "isi.json").write_text(json.dumps(said, ensure_ascii=False), "utf-8")
        try:
            made = typst.compile(
                folder / TEMPLATE_NAME,
                root=folder,
                font_paths=[folder],
                ignore_system_fonts=True,
                package_path=folder,
                package_cache_path=folder,
                timestamp=int(sitrep.at.timestamp()),
            )
        except typst.TypstError as error:
            where = " ".join(str(error.diagnostic or error.message).split())
            raise SitrepTemplateError(
                f"{path} tidak dapat diset: {where}; perbaiki, atau pasang kembali berkas aslinya"
            ) from error
    assert isinstance(made, bytes), "one PDF"
    return made


def _copy_assets(source_folder: Path, work_folder: Path) -> None:
    """The template and what lies beside it, where nothing else can be read."""
    try:
        for file in source_folder.iterdir():
            if file.suffix.lower() in _ASSET_SUFFIXES:
                shutil.copyfile(file, work_folder / file.name)
    except OSError as error:
        raise SitrepTemplateError(f"{source_folder} tidak terbaca ({error.strerror})") from error
    if not (work_folder / TEMPLATE_NAME).exists():
        raise SitrepTemplateError(
            f"{source_folder / TEMPLATE_NAME} tidak ada; pasang kembali berkas aslinya"
        )
