"""What the board took each column for, where a person looks at a file that it read by itself."""

from collections.abc import Mapping, Sequence

from situasi.ingest.context import IngestContext
from situasi.ingest.readers import reserved_columns
from situasi.ingest.sources.conversion import convert_table
from situasi.ingest.sources.hand_mapping import (
    choose_columns,
    list_offered_headings,
    to_offered_heading,
)
from situasi.ingest.sources.rival_guesses import Guess
from situasi.ingest.sources.source_times import DateOrder, MonthFirstFound
from situasi.ingest.tables import Table, UnknownHeadings


def read_columns_as_board(
    table: Table,
    guesses: Mapping[str, Sequence[Guess]],
    file_name: str,
    feed: str,
    context: IngestContext,
) -> dict[str, str]:
    """Return our heading by theirs, as a delivery of this feed was read.

    A column that was taken apart, or filled from elsewhere, is the one that is guessed.
    """
    offered = set(list_offered_headings(feed, context))
    read: dict[str, str] = {}
    for theirs, own in _match_columns(table, file_name, feed, context).items():
        heading = to_offered_heading(feed, own, context)
        if heading in offered and heading not in read.values():
            read[theirs] = heading
    guessed = choose_columns(guesses, feed, context)
    others = {
        theirs: own
        for theirs, own in guessed.items()
        if theirs not in read and own not in read.values()
    }
    return {theirs: read.get(theirs) or others.get(theirs, "") for theirs in guesses}


def _match_columns(
    table: Table, file_name: str, feed: str, context: IngestContext
) -> dict[str, str]:
    """Return our heading of each column that the conversion kept, by name or by its cells."""
    profile = context.sources.find_profile(table, file_name)
    try:
        try:
            converted = convert_table(table, file_name, context, profile)
        except MonthFirstFound:
            order = DateOrder(month_first=True)
            converted = convert_table(table, file_name, context, profile, order)
    except UnknownHeadings:
        return {}
    sources = {
        name: table.cells[name].tolist()
        for name in table.cells.columns
        if name not in reserved_columns.ALL and table.cells[name].notna().any()
    }
    matched: dict[str, str] = {}
    for name in converted.cells.columns:
        own = context.vocabulary.find_own_heading(name, feed)
        if own is None or len(converted.cells) != len(table.cells):
            continue
        cells = converted.cells[name].tolist()
        same = [theirs for theirs, column in sources.items() if column == cells]
        theirs = name if name in same else next((n for n in same if n not in matched), None)
        if theirs is not None:
            matched.setdefault(theirs, own)
    return matched
