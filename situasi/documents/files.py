"""The files of a laporan: what each is called, how it is made, how it comes to lie in a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path

from situasi import whole, words
from situasi.reports.laporan import Laporan

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# By ending: what a browser calls it.
FORMATS = {"docx": _DOCX, "pdf": "application/pdf", "xlsx": _XLSX, "txt": "text/plain"}


def made(laporan: Laporan, form: str, election: Path) -> bytes:
    """The file of this form (FORMATS). Raises TemplateRefused."""
    before = words.language()
    words.use("id")
    try:
        return _MAKERS[form](laporan, election)
    finally:
        words.use(before)


def _docx(laporan: Laporan, election: Path) -> bytes:
    from situasi.reports import document

    return document.written(laporan, election)


def _pdf(laporan: Laporan, election: Path) -> bytes:
    from situasi.reports import press

    return press.written(laporan, election)


def _xlsx(laporan: Laporan, election: Path) -> bytes:  # noqa: ARG001 (it needs no template)
    from situasi.reports import report_book

    return report_book.written(laporan)


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
            whole.write(path, made(laporan, form, election))
            found.append(path)
    return found
