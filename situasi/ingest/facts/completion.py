"""Completion of a table by the facts that none of its columns holds."""

from situasi.ingest.context import IngestContext
from situasi.ingest.facts.file_context import FileContext
from situasi.ingest.facts.group_sums import name_station_totals
from situasi.ingest.facts.hourly_sexes import sum_sexes
from situasi.ingest.facts.kinds import complete_kind
from situasi.ingest.facts.place_columns import name_place_columns
from situasi.ingest.facts.places import complete_place, take_station_column
from situasi.ingest.facts.polsek_places import name_polsek_areas, take_polsek_places
from situasi.ingest.facts.times import complete_time
from situasi.ingest.sources.converted_table import ConvertedTable


def complete(
    table: ConvertedTable, facts: FileContext, context: IngestContext, known_feed: str | None = None
) -> None:
    """Fill in what the titles, the sheet or the file say, each marked at its row.

    known_feed: where it is not the headings that tell it.
    """
    take_station_column(table)
    name_polsek_areas(table, context)
    sum_sexes(table)
    name_place_columns(table, facts, context)
    name_station_totals(table, facts, context)
    complete_kind(table, facts, context, known_feed)
    feed = known_feed or context.vocabulary.detect_feed(table.headings)
    if feed in {None, "roster", "merges", "neutrality"}:
        return
    if feed != "postings":  # an order without a time is of the day's watch
        complete_time(table, facts, feed, context)
    complete_place(table, facts, context)
    take_polsek_places(table, facts, context)
