"""Headings that readers add to a table, for what an ordinary column cannot hold."""

EXCESS = "__lebih"  # cells beyond the last heading, joined with " | "
BROKEN = "__rusak"  # the raw text of a row that could not be parsed
SHEET = "__lembar"  # the sheet a row comes from, where a workbook holds several
GEOMETRY = "__geometri"  # the type of a geometry that is not a usable point
NOT_FINITE = "__tak_hingga"  # which cells of a JSON row hold Infinity or a number beyond all others
NOT_YET = "belum ({}), bukan laporan; tidak perlu dibetulkan"  # such a reason
READY = '"{}" tidak dicatat: siapnya TPS bukan tahap di papan; tidak perlu dibetulkan'
NOT_A_REPORT = "__bukan_laporan"  # why a row is not a report; its reason in quarantine
AREA_TOTAL = "__jumlah_wilayah"  # why a row is the sum of reports in the same source
DOUBT = "__keraguan"  # notes on a row that is accepted with them
TOTAL = "__jumlah"  # the label of a total row, from a column that was left out

ALL = frozenset(
    {EXCESS, BROKEN, SHEET, GEOMETRY, NOT_FINITE, NOT_A_REPORT, AREA_TOTAL, DOUBT, TOTAL}
)

CUT = "…"  # ends an excerpt
MAX_COLUMNS = 500
MAX_CELL_CHARS = 1_000_000  # characters in one cell

TOO_MANY_COLUMNS = (
    f"Berkas ini punya lebih dari {MAX_COLUMNS} kolom; kirim hanya kolom laporan yang diperlukan."
)


def is_storable_text(text: str) -> bool:
    """Return whether a text has no NULs and no lone surrogates, which no store accepts."""
    if "\0" in text:
        return False
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def clean_text(text: str) -> str | None:
    """Return a text without outer blanks, NULs and lone surrogates; None where nothing is left."""
    text = text.replace("\0", "").strip()
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode("utf-8")
    return text or None


def excerpt(text: str, limit: int = 1000) -> str:
    """Return the beginning of a raw text, enough to find it again in the sender's file."""
    text = clean_text(text) or ""
    return text if len(text) <= limit else text[:limit] + CUT


# What is said of a day that nothing names: counts are of the day of voting.
VOTING_DAY = "tidak disebut: dibaca hari pemungutan"
