"""The files of a laporan: what each is called, how it is made, how it comes to lie in a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from situasi.common import atomic_files, i18n
from situasi.reports.sitrep.letterhead import FOLDER, TemplateRefused
from situasi.reports.sitrep.model import Laporan

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Stamp = tuple[tuple[str, int], ...]
# By form and folder: of which files, and why they gave none.
_refused: dict[tuple[str, Path], tuple[Stamp, str]] = {}
# By ending: what a browser calls it.
FORMATS = {"docx": _DOCX, "pdf": "application/pdf", "xlsx": _XLSX, "txt": "text/plain"}


def made(laporan: Laporan, form: str, election: Path) -> bytes:
    """The file of this form (FORMATS). Raises TemplateRefused."""
    before = i18n.current_language()
    i18n.set_language("id")
    try:
        content = _MAKERS[form](laporan, election)
    except TemplateRefused as error:
        _refused[form, election] = (_stamp(election), str(error))
        raise
    else:
        _refused.pop((form, election), None)
        return content
    finally:
        i18n.set_language(before)


def troubles(election: Path) -> list[str]:
    """What is known to be wrong with the templates as they lie there now, in words.

    Who clicks for a file is told by the browser only that there is none.
    """
    stamp = _stamp(election)
    found = [said for (_, folder), (at, said) in _refused.items()
             if (folder, at) == (election, stamp)]  # fmt: skip
    return list(dict.fromkeys([*filter(None, [_checked(election, stamp)]), *found]))


@lru_cache(maxsize=8)
def _checked(election: Path, stamp: Stamp) -> str:  # noqa: ARG001 (anew when a file changed)
    from situasi.reports.sitrep import docx_writer

    try:
        docx_writer.check(election)
    except TemplateRefused as error:
        return str(error)
    return ""


def _stamp(election: Path) -> Stamp:
    """Changes when anybody changes a file of the folder."""
    files = sorted((election / FOLDER).glob("*")) if (election / FOLDER).is_dir() else []
    return tuple((one.name, one.stat().st_mtime_ns) for one in files)


def _docx(laporan: Laporan, election: Path) -> bytes:
    from situasi.reports.sitrep import docx_writer

    return docx_writer.written(laporan, election)


def _pdf(laporan: Laporan, election: Path) -> bytes:
    from situasi.reports.sitrep import pdf_writer

    return pdf_writer.written(laporan, election)


def _xlsx(laporan: Laporan, election: Path) -> bytes:  # noqa: ARG001 (it needs no template)
    from situasi.reports.sitrep import xlsx_writer

    return xlsx_writer.written(laporan)


def _txt(laporan: Laporan, election: Path) -> bytes:  # noqa: ARG001
    return (laporan.message + "\n").encode("utf-8")


_MAKERS: dict[str, Callable[[Laporan, Path], bytes]] = {
    "docx": _docx,
    "pdf": _pdf,
    "xlsx": _xlsx,
    "txt": _txt,
}


def stem(
    kind: str,
    at: datetime,
    kecamatan: Sequence[str] = (),
    period: tuple[datetime, datetime] | None = None,
    *,
    rehearsal: bool = False,
) -> str:
    """'LATIHAN_laporan-situasi_20241127-1230': equal for the same laporan of the same minute."""
    parts = ["LATIHAN"] if rehearsal else []
    parts += [f"laporan-{kind}", f"{at:%Y%m%d-%H%M}"]
    if period is not None:
        parts.append("kurun-" + "-".join(f"{one:%Y%m%d%H%M}" for one in period))
    return "_".join([*parts, *kecamatan])


def stem_of(laporan: Laporan, kecamatan: Sequence[str]) -> str:
    """The name of its files, without the ending."""
    period = None if laporan.kind == "situasi" else (laporan.since, laporan.until)
    return stem(laporan.kind, laporan.at, kecamatan, period, rehearsal=laporan.rehearsal)


def write(
    laporan: Laporan, kecamatan: Sequence[str], forms: Iterable[str], election: Path, folder: Path
) -> list[Path]:
    """Write those that are not there yet; their paths. Raises OSError, TemplateRefused."""
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for form in forms:
        path = folder / f"{stem_of(laporan, kecamatan)}.{form}"
        if not path.exists():
            atomic_files.write(path, made(laporan, form, election))
            found.append(path)
    return found
