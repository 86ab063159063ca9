"""A laporan as PDF: compiled by typst from the template in the election folder, without network."""

import json
import shutil
import tempfile
from pathlib import Path

from situasi.reports.sitrep.letterhead import FOLDER_NAME, SitrepTemplateError
from situasi.reports.sitrep.model import Sitrep
from situasi.reports.sitrep.template_context import build_context

TEMPLATE_NAME = "templat.typ"
# Files beside the template that it may use: parts, images and fonts.
_ASSET_SUFFIXES = (".typ", ".png", ".jpg", ".svg", ".ttf", ".otf")


def build_pdf(sitrep: Sitrep, election_folder: Path) -> bytes:
    """Build the PDF. Raises SitrepTemplateError.

    Texts reach the template as values, not as typst code: no character in them has an effect.
    """
    # Imported on first use, because it loads its own fonts.
    import typst

    path = election_folder / FOLDER_NAME / TEMPLATE_NAME
    context = build_context(sitrep)
    with tempfile.TemporaryDirectory(prefix="situasi-laporan-") as name:
        folder = Path(name)
        _copy_assets(path.parent, folder)
        for drawing in sitrep.drawings:
            file_name = f"{drawing}.svg"
            (folder / file_name).write_bytes(sitrep.drawings[drawing].draw("svg"))
            context["gambar"][drawing]["isi"] = file_name
        (folder / "isi.json").write_text(json.dumps(context, ensure_ascii=False), "utf-8")
        try:
            pdf = typst.compile(
                folder / TEMPLATE_NAME,
                root=folder,
                font_paths=[folder],
                ignore_system_fonts=True,
                package_path=folder,
                package_cache_path=folder,
                timestamp=int(sitrep.at.timestamp()),
            )
        except typst.TypstError as error:
            diagnostic = " ".join(str(error.diagnostic or error.message).split())
            raise SitrepTemplateError(
                f"{path} tidak dapat diset: {diagnostic}; "
                "perbaiki, atau pasang kembali berkas aslinya"
            ) from error
    assert isinstance(pdf, bytes), "one PDF"
    return pdf


def _copy_assets(source_folder: Path, work_folder: Path) -> None:
    """Copy the template and the files beside it into a folder where nothing else can be read."""
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
