"""What the columns of a foreign table most likely are: by their headings, and by what they hold."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from situasi.domain import feed_schemas
from situasi.domain.feed_schemas import ColumnKind
from situasi.domain.officer_marks import NUMBER_MARK
from situasi.ingest.context import IngestContext
from situasi.ingest.gazetteer.codes import format_dotted
from situasi.ingest.parsing.cells import UnreadableCell, is_blank, normalize_cell
from situasi.ingest.parsing.coordinates import read_joined_point
from situasi.ingest.parsing.date_parser import parse_date_parts
from situasi.ingest.parsing.number_series import grow, number_rows
from situasi.ingest.parsing.numbers import read_count, read_decimal, read_tps
from situasi.ingest.parsing.time_of_day import read_clock
from situasi.ingest.readers import reserved_columns
from situasi.ingest.redaction.persons import REDACTED, is_person_heading
from situasi.ingest.sources.rival_guesses import Guess, settle_rivals
from situasi.ingest.tables import Cell, Table
from situasi.ingest.vocabulary.wide_headings import WideHeading, format_wide_heading

_SAMPLE_CELLS = 60  # different cells of a column that are looked at
_MIN_SHARE = 0.6  # of cells that must be of one kind
_MIN_CONFIDENCE = 0.3
_OF_WORDS = frozenset(("tempat", "lokasi"))
_TIMES = frozenset(("waktu", "tanggal", "jam", "waktu_lapor"))
# Feeds in which several rows may tell of one thing; elsewhere a repeated number is no id.
_WITH_UPDATES = frozenset(("incidents", "activities", "neutrality", "merges"))
# Our headings that are never chosen by hand.
NOT_OFFERED = frozenset(
    ("catatan_periksa", "ketelitian", "latihan", "no_karantina", "alasan", "teks_asli")
)
_OF_SUBMISSION = re.compile(r"submi|kirim|lapor|terima|receiv|creat|dibuat|upload|unggah", re.I)
_OF_ID = re.compile(r"(?:^|[\W_])(?:id|uuid|key|kode laporan|no laporan|ref)(?:$|[\W_])", re.I)
_OF_ROW_NUMBER = re.compile(
    r"(?:(?:no|nomor|nomer|num|number|urut|urutan|seq|sequence|index|idx|row|baris|line|#)[\W_]*)+"
    r"(?:id)?",
    re.I,
)
_CLOCKLIKE = re.compile(r"\d{1,2}\s*[.:]\s*\d{2}|\b(?:jam|pukul|pkl|wib)\b", re.I)
# Of who may vote, of papers, TPS and officers: never of who came.
_NOT_PRESENT = re.compile(
    r"\bdpt\b|\bdptb\b|\bdpk\b|daftar|surat suara|kotak|segel|\btps\b|petugas|personel"
    r"|personil|linmas|saksi|kpps",
    re.I,
)
# Of a part of them: what came since the last report, or who has not come.
_OF_A_PART = re.compile(r"tambah|target|per\W*jam|selisih|\bsisa|belum|\bblm\b|tidak|\btdk\b", re.I)
_OF_PERSONS = re.compile(r"\bdpt|petugas|personel|personil|linmas|saksi|kpps", re.I)
_OF_AMOUNT = re.compile(r"jumlah|jml|jmlh|total|banyak|(?:kotak|surat) suara", re.I)
_TPS_TEXT = re.compile(r"(?:tps\W{0,3})?\d{1,3}", re.I)
_TPS_CODE = re.compile(r"\d{13}|\d\d(?:\.\d\d){2}\.\d{4}\.\d{3}")  # of KPU
_ACCOUNT = re.compile(r"[^\W\d_]\d|@")  # `kandis01`: of a person, not a place
_WORDS = re.compile(r"[^\W\d_]+")
_CLOCK = re.compile(r"(?<![\d.:])[0-2]?\d[.:][0-5]\d(?![\d.:])")
_OF_TPS = frozenset((feed_schemas.TPS.name,))


@dataclass(frozen=True)
class _Column:
    """A column under its heading: its filled cells in order, and some different ones of them."""

    heading: str
    cells: list[Cell]
    sample: list[Cell]


def guess_columns(table: Table, context: IngestContext) -> dict[str, list[Guess]]:
    """Return for each heading what it may be, the likeliest first; empty where nothing is known.

    A column with names of persons or with candidates' votes is nothing. What the profile of the
    source says of a column goes before its heading and content.
    """
    guesses: dict[str, list[Guess]] = {}
    headings = [name for name in table.cells.columns if name not in reserved_columns.ALL]
    source = context.sources.recognize(headings)
    known = context.sources.sort_headings(headings, source)
    wide = context.vocabulary.find_wide_headings([known.stripped.get(n, n) for n in headings])
    for name in headings:
        column = _take_column(known.stripped.get(name, name), table.cells[name].tolist())
        if _is_unwanted(column, context) or name in known.left_out:
            found = {}
        elif name in known.own and known.own[name] not in NOT_OFFERED:
            own = "waktu_lapor" if name == known.form_time else known.own[name]
            reason = f"judul kolom {source.title}" if source else "judul kolom dikenal"
            found = {own: Guess(own, 0.97, reason, by_heading=True)}
        else:
            found = _guess_wide(column, wide)
            if not found or context.vocabulary.clues.is_heading("arrival_hour", column.heading):
                found |= _guess_column(column, context)  # of the boxes, or of an officer
        guesses[name] = sorted(found.values(), key=lambda guess: -guess.confidence)
    return settle_rivals(guesses, table)


def _guess_wide(column: _Column, wide: Mapping[str, WideHeading]) -> dict[str, Guess]:
    """Return that the cells are reports of their own: counts of an hour, or hours of a phase."""
    heading, confidence = wide.get(column.heading), 0.95
    if heading is None and (clocks := _CLOCK.findall(column.heading)):
        counts = _share(column, lambda cell: _can_read(read_count, cell))
        if len(clocks) > 1 or counts < _MIN_SHARE or _is_of_others(column.heading):
            return {}
        hour, minute = re.split("[.:]", clocks[0])
        heading, confidence = WideHeading("hadir", "clock", f"{int(hour):02d}.{minute}"), 0.7
    own = format_wide_heading(heading) if heading else None
    if own is None:
        return {}
    return {own: Guess(own, confidence, "jam di judul kolom", _OF_TPS, by_heading=True)}


def _is_of_others(heading: str) -> bool:
    """Return whether a heading counts something else than all voters who came."""
    return bool(_NOT_PRESENT.search(heading) or _OF_A_PART.search(heading))


def _take_column(heading: str, cells: Sequence[Cell]) -> _Column:
    filled = [cell for cell in cells if not is_blank(cell)]
    return _Column(heading, filled, list(dict.fromkeys(filled))[:_SAMPLE_CELLS])


def _is_unwanted(column: _Column, context: IngestContext) -> bool:
    has_names = REDACTED in column.sample
    is_person = has_names and (len(column.sample) == 1 or is_person_heading(column.heading))
    return is_person or context.is_vote_heading(column.heading)


def _guess_column(column: _Column, context: IngestContext) -> dict[str, Guess]:
    """Return the best guess for each of our headings: content confirms or weakens a heading."""
    by_content = {guess.heading: guess for guess in _guess_by_content(column, context)}
    found = dict(by_content)
    for guess in _guess_by_heading(column.heading, context):
        if guess.heading in _OF_WORDS and column.sample and not _has_words(column):
            continue
        if guess.heading == "fase" and not _TIMES.isdisjoint(by_content):
            continue
        if guess.heading == "id" and len(set(column.cells)) < len(column.cells):
            guess = replace(guess, feeds=_WITH_UPDATES)
        seen = by_content.get(guess.heading)
        if seen is not None:
            joined = min(0.99, max(guess.confidence, seen.confidence) + 0.1)
            reason = f"{guess.reason}; {seen.reason}"
            found[guess.heading] = replace(guess, confidence=joined, reason=reason, by_heading=True)
        elif guess.confidence > found.get(guess.heading, Guess("", 0, "")).confidence:
            is_doubted = column.sample and _has_content_test(guess.heading)
            confidence = guess.confidence * (0.5 if is_doubted else 1)
            found[guess.heading] = replace(guess, confidence=confidence, by_heading=True)
    return {name: guess for name, guess in found.items() if guess.confidence >= _MIN_CONFIDENCE}


def _has_words(column: _Column) -> bool:
    return any(isinstance(cell, str) and any(map(str.isalpha, cell)) for cell in column.sample)


def _guess_by_heading(heading: str, context: IngestContext) -> Iterator[Guess]:
    """Yield what the heading says, as a whole or by some of its words."""
    if context.vocabulary.clues.is_heading("arrival_hour", heading):
        yield Guess("jam", 0.9, "judul jam tiba", frozenset((feed_schemas.PERSONNEL.name,)))
    own = context.vocabulary.find_own_heading(heading)
    if own is not None and own not in NOT_OFFERED:
        yield Guess(own, 0.9, "judul kolom dikenal")
        return
    name = re.split("[/:]", heading.rstrip("/:?"))[-1]  # without its groups
    words = [word.lower() for word in _WORDS.findall(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name))]
    best: dict[str, Guess] = {}
    for size in range(min(3, len(words)), 0, -1):
        for start in range(len(words) - size + 1):
            part = " ".join(words[start : start + size])
            own = context.vocabulary.find_own_heading(part) if len(part) > 2 else None
            is_amount = own == "tps" and _OF_AMOUNT.search(heading)
            is_part = own == "hadir" and _OF_A_PART.search(heading)
            if own is not None and own not in NOT_OFFERED and not is_amount and not is_part:
                confidence = 0.35 + 0.35 * size / len(words)
                guess = Guess(own, confidence, f"judul memuat “{part}”")
                if confidence > best.get(own, Guess("", 0, "")).confidence:
                    best[own] = guess
    yield from best.values()


def _guess_by_content(column: _Column, context: IngestContext) -> Iterator[Guess]:
    if not column.sample:
        return
    yield from _guess_times(column)
    yield from _guess_places(column, context)
    yield from _guess_codes(column, context)
    yield from _guess_numbers(column)
    yield from _guess_texts(column)


def _guess_times(column: _Column) -> Iterator[Guess]:
    parts = [_read_parts(cell) for cell in column.sample]
    with_clock = sum(part is not None and part for part in parts) / len(parts)
    days = sum(part is not None and not part for part in parts) / len(parts)
    heading = "waktu_lapor" if _OF_SUBMISSION.search(column.heading) else "waktu"
    if with_clock >= _MIN_SHARE:
        yield Guess(heading, 0.9 * with_clock, "isinya tanggal dengan jam")
    elif days >= _MIN_SHARE:
        yield Guess("tanggal", 0.85 * days, "isinya tanggal")
    elif (clocks := _share(column, _is_clock)) >= _MIN_SHARE:
        yield Guess("jam", 0.85 * clocks, "isinya jam")


def _read_parts(cell: Cell) -> bool | None:
    """Return whether a cell that is a date has a time of day; None where it is no date."""
    if isinstance(cell, int | float) or (isinstance(cell, str) and cell.strip().isdigit()):
        return None
    try:
        return parse_date_parts(cell).clock is not None
    except UnreadableCell:
        return None


def _is_clock(cell: Cell) -> bool:
    if isinstance(cell, str) and not _CLOCKLIKE.search(cell):
        return False
    return not isinstance(cell, int | float) and _can_read(read_clock, cell)


def _guess_places(column: _Column, context: IngestContext) -> Iterator[Guess]:
    texts = [
        cell
        for cell in column.sample
        if isinstance(cell, str) and any(map(str.isalpha, cell)) and not _ACCOUNT.search(cell)
    ]
    if len(texts) >= _MIN_SHARE * len(column.sample):
        kecamatan = sum(_is_kecamatan(text, context) for text in texts) / len(texts)
        desa = sum(_is_desa(text, context) for text in texts) / len(texts)
        if kecamatan >= _MIN_SHARE:
            yield Guess("kecamatan", 0.85 * kecamatan, "isinya nama kecamatan")
        if desa >= _MIN_SHARE:
            yield Guess("desa", 0.85 * desa, "isinya nama desa atau kelurahan")
    if (codes := _share(column, lambda cell: _is_desa_code(cell, context))) >= _MIN_SHARE:
        yield Guess("kode_desa", 0.9 * codes, "isinya kode desa atau kelurahan")
    if (share := _share(column, _is_point)) >= _MIN_SHARE:
        yield Guess("koordinat", 0.9 * share, "isinya titik koordinat")
    for heading, low, high in (("lat", -11.5, 6.5), ("lon", 94.5, 141.5)):
        share = sum(_is_degree(cell, low, high) for cell in column.sample) / len(column.sample)
        if share >= _MIN_SHARE:
            yield Guess(heading, 0.85 * share, "isinya derajat koordinat Indonesia")


def _is_kecamatan(text: str, context: IngestContext) -> bool:
    try:
        return context.places.read_kecamatan(None, text).code is not None
    except UnreadableCell:
        return False


def _is_desa(text: str, context: IngestContext) -> bool:
    try:
        return context.places.read_desa(text, None, required=False).code is not None
    except UnreadableCell:
        return False


def _is_desa_code(cell: Cell, context: IngestContext) -> bool:
    code = format_dotted(cell)
    return code is not None and code in context.register.desa


def _is_point(cell: Cell) -> bool:
    return isinstance(cell, str) and _can_read(read_joined_point, cell)


def _is_degree(cell: Cell, low: float, high: float) -> bool:
    """Return whether a cell is a number with decimals in this range."""
    text = str(cell).strip()
    if "." not in text and "," not in text:
        return False
    try:
        number = read_decimal(cell)
    except UnreadableCell:
        return False
    return low <= number <= high and len(text.replace(",", ".").partition(".")[2]) > 2


def _guess_codes(column: _Column, context: IngestContext) -> Iterator[Guess]:
    """Yield the columns of fixed words of which most cells are one.

    A word that stands in every row says nothing: `aman` is a status, a report and a wish.
    """
    texts = [
        cell for cell in column.sample if isinstance(cell, str) and any(map(str.isalpha, cell))
    ]
    is_constant = len(column.sample) == 1 < len(column.cells)
    if is_constant or len(texts) < _MIN_SHARE * len(column.sample):
        return
    best: dict[str, Guess] = {}
    for feed in feed_schemas.FEEDS.values():
        for item in feed.columns:
            if item.kind is not ColumnKind.CATEGORY or item.heading in NOT_OFFERED:
                continue
            known = sum(_is_code(feed.name, item.name, text, context) for text in texts)
            share = known / len(texts)
            if share < _MIN_SHARE:
                continue
            reason = f"{known} dari {len(texts)} isi yang berbeda dikenal sebagai {item.heading}"
            confidence = (0.8 if len(texts) > 1 else 0.6) * share
            other = best.get(item.heading)
            feeds = frozenset((feed.name,)) | (other.feeds if other else frozenset())
            if other is not None and other.confidence >= confidence:
                confidence, reason = other.confidence, other.reason
            best[item.heading] = Guess(item.heading, confidence, reason, feeds)
    yield from best.values()


def _is_code(feed: str, column: str, text: str, context: IngestContext) -> bool:
    """Return whether a word is a code as it stands; one that only resembles it is not."""
    try:
        return context.vocabulary.read_code(feed, column, text)[1] is None
    except UnreadableCell:
        return False


def _guess_numbers(column: _Column) -> Iterator[Guess]:
    marks = _share(column, lambda cell: NUMBER_MARK.match(str(cell)) is not None)
    if marks >= _MIN_SHARE:
        yield Guess("petugas", 0.85 * marks, "isinya tanda NRP petugas")
        return
    stations = _share(column, _is_station)
    is_other = any(p.search(column.heading) for p in (_OF_AMOUNT, _OF_PERSONS, _OF_ID))
    is_row_number = _OF_ROW_NUMBER.fullmatch(column.heading) is not None
    may_be_station = stations >= 0.9 and _look_like_stations(column)
    if may_be_station and not is_other and not is_row_number:
        yield Guess("tps", 0.75 * stations, "isinya nomor TPS")
    counts = _share(column, lambda cell: _can_read(read_count, cell))
    are_flags = all(isinstance(cell, bool) for cell in column.sample)
    if counts < 0.9 or is_row_number or are_flags or _is_of_others(column.heading):
        return
    if number_rows(column.cells):
        if not may_be_station:
            yield Guess("tps", 0.35, "isinya bilangan urut")
        return
    # By their content alone numbers may count anything: a person has to choose them.
    if grow(column.cells):
        yield Guess("hadir", 0.6, "isinya bilangan yang bertambah ke bawah", is_unclear=True)
    elif len(column.sample) > 2:
        yield Guess("hadir", 0.4, "isinya bilangan", is_unclear=True)


def _is_station(cell: Cell) -> bool:
    text = normalize_cell(cell)
    is_number = _TPS_TEXT.fullmatch(text) is not None and _can_read(read_tps, cell)
    return is_number or _TPS_CODE.fullmatch(text) is not None


def _look_like_stations(column: _Column) -> bool:
    """Return whether numbers are TPS and not counts: small, a code, or written 001 or TPS 1."""
    texts = [normalize_cell(cell).lower() for cell in column.sample]
    if any(text.startswith(("0", "tps")) or _TPS_CODE.fullmatch(text) for text in texts):
        return True
    numbers = [int(text) for text in texts if text.isdigit()]
    are_few = len(texts) > 1 and len(column.cells) > len(texts)
    return are_few and bool(numbers) and max(numbers) <= 60


def _guess_texts(column: _Column) -> Iterator[Guess]:
    texts = [cell for cell in column.sample if isinstance(cell, str)]
    if len(texts) < _MIN_SHARE * len(column.sample):
        return
    words = sum(len(_WORDS.findall(text)) for text in texts) / len(texts)
    if words >= 3:
        yield Guess("uraian", min(0.7, 0.4 + words / 30), "isinya kalimat")
    if _OF_ID.search(column.heading) and len(set(column.cells)) == len(column.cells):
        yield Guess("id", 0.6, "tiap baris lain isinya")


def _has_content_test(heading: str) -> bool:
    """Return whether content could have confirmed a heading, and did not."""
    return heading in {"waktu", "tanggal", "jam", "waktu_lapor", "lat", "lon", "koordinat", "hadir"}


def _share(column: _Column, test: Callable[[Cell], bool]) -> float:
    return sum(map(test, column.sample)) / len(column.sample)


def _can_read(read: Callable[[Cell], object], cell: Cell) -> bool:
    try:
        read(cell)
    except (UnreadableCell, ValueError):
        return False
    return True
