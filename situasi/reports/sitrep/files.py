"""The files of a laporan: their names, how they are made and written to a folder."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from situasi.common import atomic_files, i18n
from situasi.reports.sitrep.letterhead import FOLDER_NAME, SitrepTemplateError
from situasi.reports.sitrep.model import Sitrep

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FolderStamp = tuple[tuple[str, int], ...]
# By format and election folder: the folder stamp and the error of the last attempt.
_template_errors: dict[tuple[str, Path], tuple[FolderStamp, str]] = {}
# MIME type by file extension.
FORMATS = {"docx": _DOCX, "pdf": "application/pdf", "xlsx": _XLSX, "txt": "text/plain"}


def build_file(sitrep: Sitrep, file_format: str, election_folder: Path) -> bytes:
    """Build the file of this format (FORMATS). Raises SitrepTemplateError."""
    try:
        with i18n.use_language("id"):
            content = _build_content(sitrep, file_format, election_folder)
    except SitrepTemplateError as error:
        stamp = _compute_stamp(election_folder)
        _template_errors[file_format, election_folder] = stamp, str(error)
        raise
    _template_errors.pop((file_format, election_folder), None)
    return content


def list_template_errors(election_folder: Path) -> list[str]:
    """Return the known errors of the templates in their present state.

    A viewer who clicks for a file learns from the browser only that there is none.
    """
    state = election_folder, _compute_stamp(election_folder)
    errors = [_check_docx_template(*state)]
    for (_, folder), (stamp, text) in _template_errors.items():
        if (folder, stamp) == state:
            errors.append(text)
    return list(dict.fromkeys(filter(None, errors)))


@lru_cache(maxsize=8)
def _check_docx_template(election_folder: Path, stamp: FolderStamp) -> str:  # noqa: ARG001 (key of the cache)
    from situasi.reports.sitrep import docx_writer

    try:
        docx_writer.check_template(election_folder)
    except SitrepTemplateError as error:
        return str(error)
    return ""


def _compute_stamp(election_folder: Path) -> FolderStamp:
    """Return a stamp that changes when a file of the folder changes."""
    files = sorted((election_folder / FOLDER_NAME).glob("*"))
    return tuple((file.name, file.stat().st_mtime_ns) for file in files)


def _build_content(sitrep: Sitrep, file_format: str, election_folder: Path) -> bytes:
    """Build the file. Its writer, with its libraries, is imported on first use."""
    if file_format == "docx":
        from situasi.reports.sitrep import docx_writer

        return docx_writer.build_docx(sitrep, election_folder)
    if file_format == "pdf":
        from situasi.reports.sitrep import pdf_writer

        return pdf_writer.build_pdf(sitrep, election_folder)
    if file_format == "xlsx":
        from situasi.reports.sitrep import xlsx_writer

        return xlsx_writer.build_xlsx(sitrep)
    return (sitrep.message + "\n").encode("utf-8")


def format_stem(
    kind: str,
    at: datetime,
    kecamatan: Sequence[str] = (),
    period: tuple[datetime, datetime] | None = None,
    *,
    has_exercise_rows: bool = False,
) -> str:
    """Return a stem such as "LATIHAN_laporan-situasi_20241127-1230".

    It is the same for the same laporan of the same minute.
    """
    parts = ["LATIHAN"] if has_exercise_rows else []
    parts += [f"laporan-{kind}", f"{at:%Y%m%d-%H%M}"]
    if period is not None:
        parts.append("kurun-" + "-".join(f"{moment:%Y%m%d%H%M}" for moment in period))
    return "_".join([*parts, *kecamatan])


def format_sitrep_stem(sitrep: Sitrep, kecamatan: Sequence[str]) -> str:
    """Return the name of the files of a laporan, without the extension."""
    period = None if sitrep.kind == "situasi" else (sitrep.since, sitrep.until)
    return format_stem(
        sitrep.kind, sitrep.at, kecamatan, period, has_exercise_rows=sitrep.has_exercise_rows
    )


def write_files(
    sitrep: Sitrep,
    kecamatan: Sequence[str],
    file_formats: Iterable[str],
    election_folder: Path,
    folder: Path,
) -> list[Path]:
    """Write the files that do not exist yet and return their paths.

    Raises OSError and SitrepTemplateError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for file_format in file_formats:
        path = folder / f"{format_sitrep_stem(sitrep, kecamatan)}.{file_format}"
        if not path.exists():
            atomic_files.write(path, build_file(sitrep, file_format, election_folder))
            written.append(path)
    return written
