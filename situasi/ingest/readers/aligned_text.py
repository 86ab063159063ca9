"""Texts that are tables: columns aligned by spaces, or reports of lines `Desa : Miji`."""

import csv
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from situasi.ingest.layout.header_detection import HEADER_SEARCH_ROWS, HeaderScorer
from situasi.ingest.readers import text_encoding

_MAX_BYTES = 4 << 20  # nobody aligns more by hand
_CELL = re.compile(r"\S++(?: \S++)*+")  # two spaces part the cells
_MIN_HEADINGS = 3
_MIN_KNOWN = 2

# A line of a report: its label, and what stands behind it.
_LABELLED = re.compile(
    r"[\s*•-]*+(?:\d{1,2}[.)]\s*)?(?P<label>[^\W\d][^:=\d]{1,40})[:=](?P<text>.*)"
)
_MIN_REPORTS = 2

Cell = tuple[int, int, str]  # where it begins and ends in its line, and its text


@contextmanager
def as_delimited_text(
    path: Path, encoding: text_encoding.Encoding, score_header: HeaderScorer
) -> Iterator[Path | None]:
    """Yield a temporary file of the same lines with tabs between the cells; None: no such table.

    A line whose cells cannot be told apart stays one cell, so that it is held.
    """
    lines = _read_lines(path, encoding)
    headings = _find_headings(lines, score_header)
    if headings is not None:
        extents = _measure_extents(lines, headings)
        rows = [_align(cells, extents) for cells in lines]
    elif (reports := _join_reports(lines, score_header)) is not None:
        rows = reports
    else:
        yield None
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        plain = Path(folder) / "tabel.txt"
        with plain.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter="\t").writerows(rows)
        yield plain


def _read_lines(path: Path, encoding: text_encoding.Encoding) -> list[list[Cell]]:
    if path.stat().st_size > _MAX_BYTES:
        return []
    texts = text_encoding.read_lines(path, encoding, text_encoding.ReadProgress(0))
    return [_split(text.expandtabs()) for text in texts]


def _split(text: str) -> list[Cell]:
    return [(*match.span(), match[0]) for match in _CELL.finditer(text)]


def _find_headings(lines: Sequence[list[Cell]], score: HeaderScorer) -> list[Cell] | None:
    """Return the line of headings that names most columns; None where none names enough."""
    head = [cells for cells in lines[:HEADER_SEARCH_ROWS] if len(cells) >= _MIN_HEADINGS]
    scores = [score([text for *_, text in cells]) for cells in head]
    best = max(scores, default=0)
    return head[scores.index(best)] if best >= _MIN_KNOWN else None


def _measure_extents(lines: Sequence[list[Cell]], headings: list[Cell]) -> list[tuple[int, int]]:
    """Return where the cells of each column begin and end, by the lines that fill them all."""
    full = [cells for cells in lines if len(cells) == len(headings)]
    return [
        (min(cell[0] for cell in column), max(cell[1] for cell in column))
        for column in zip(*full, strict=True)
    ]


def _align(cells: list[Cell], extents: Sequence[tuple[int, int]]) -> list[str]:
    if len(cells) == len(extents):
        return [text for *_, text in cells]
    if len(cells) == 2 and cells[1][2].startswith(":"):  # a title: `Hari   : Rabu`
        return [" ".join(text for *_, text in cells)]
    row = [""] * len(extents)
    for start, end, text in cells:
        places = [i for i, (first, last) in enumerate(extents) if start < last and first < end]
        if len(places) != 1 or row[places[0]]:
            return [" ".join(text for *_, text in cells)]
        row[places[0]] = text
    return row


def _join_reports(lines: Sequence[list[Cell]], score: HeaderScorer) -> list[list[str]] | None:
    """Return reports of labelled lines as rows, each where its last line stood; None if others.

    Each has the labels of the first or some of them, beginning with the same; other lines stand
    above the first report only.
    """
    texts = [" ".join(text for *_, text in cells) for cells in lines]
    pairs = [_LABELLED.fullmatch(text) for text in texts]
    first = next((i for i, pair in enumerate(pairs) if pair), len(texts))
    if any(text and not pair for text, pair in zip(texts[first:], pairs[first:], strict=True)):
        return None
    reports: list[tuple[int, dict[str, str]]] = []  # the last line of each, and text by label
    for index, pair in enumerate(pairs[first:], first):
        if pair is None:
            continue
        label = pair["label"].strip()
        if not reports or label == next(iter(reports[0][1])):
            reports.append((index, {}))
        report = reports[-1][1]
        if label in report:
            return None
        report[label] = pair["text"].strip()
        reports[-1] = index, report
    labels = list(reports[0][1]) if reports else []
    if len(reports) < _MIN_REPORTS or len(labels) < _MIN_HEADINGS or score(labels) < _MIN_KNOWN:
        return None
    if any(not report.keys() <= {*labels} for _, report in reports):
        return None
    rows = [[text] if text and index < first else [] for index, text in enumerate(texts)]
    rows[first] = labels
    for index, report in reports:
        rows[index] = [report.get(label, "") for label in labels]
    return rows
