"""A laporan as PDF: set by typst from the template of the election folder, without any network."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

from situasi.reports.sitrep.letterhead import FOLDER, TemplateRefused
from situasi.reports.sitrep.model import Laporan
from situasi.reports.sitrep.template_context import filled

NAME = "laporan.typ"
# What a template may use of what lies beside it: a part of it, an emblem, a letter.
_BESIDE = (".typ", ".png", ".jpg", ".svg", ".ttf", ".otf")


def written(laporan: Laporan, election: Path) -> bytes:
    """The typeset laporan. Raises TemplateRefused.

    Texts reach the template as values, never as its own language: no sign in them does anything.
    """
    # Loaded when somebody asks for one: it brings its own fonts.
    import typst

    path = election / FOLDER / NAME
    said = filled(laporan)
    with tempfile.TemporaryDirectory(prefix="situasi-laporan-") as name:
        folder = Path(name)
        _bring(path.parent, folder)
        for drawing in laporan.drawings:
            file = f"{drawing}.svg"
            (folder / file).write_bytes(laporan.drawings[drawing].draw("svg"))
            said["gambar"][drawing]["isi"] = file
        (folder / "isi.json").write_text(json.dumps(said, ensure_ascii=False), "utf-8")
        try:
            made = typst.compile(
                folder / NAME,
                root=folder,
                font_paths=[folder],
                ignore_system_fonts=True,
                package_path=folder,
                package_cache_path=folder,
                timestamp=int(laporan.at.timestamp()),
            )
        except typst.TypstError as error:
            where = " ".join(str(error.diagnostic or error.message).split())
            raise TemplateRefused(
                f"{path} tidak dapat diset: {where}; perbaiki, atau pasang kembali berkas aslinya"
            ) from error
    assert isinstance(made, bytes), "one PDF"
    return made


def _bring(beside: Path, folder: Path) -> None:
    """The template and what lies beside it, where nothing else can be read."""
    try:
        for file in beside.iterdir():
            if file.suffix.lower() in _BESIDE:
                shutil.copyfile(file, folder / file.name)
    except OSError as error:
        raise TemplateRefused(f"{beside} tidak terbaca ({error.strerror})") from error
    if not (folder / NAME).exists():
        raise TemplateRefused(f"{beside / NAME} tidak ada; pasang kembali berkas aslinya")
