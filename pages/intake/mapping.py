"""The mapping of one file by hand: what each column is, and what would become of its rows."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeVar

import streamlit as st

from pages.intake import actions, tables
from pages.intake.actions import MAX_REFUSED_ROWS, UploadTrial
from pages.intake.mapping_choices import Editor, render_choices
from situasi.board import current_board as board
from situasi.common.formats import format_counts, format_number
from situasi.common.i18n import _
from situasi.ingest import waiting
from situasi.ingest.readers import grid, table_builder
from situasi.ingest.readers.grid import HeaderPosition, Sheet
from situasi.ingest.remapping.board_reading import read_columns_as_board
from situasi.ingest.sources import (
    column_guess,
    hand_mapping,
    saved_profiles,
    sheet_mapping,
)
from situasi.ingest.sources.hand_mapping import (
    HandMapping,
    read_columns,
)
from situasi.ingest.sources.rival_guesses import Guess
from situasi.ingest.sources.sheet_mapping import find_mapping, take_alike
from situasi.ingest.tables import Table
from situasi.ingest.waiting_mapping import WaitingFile
from situasi.ingest.write_scope import WriteRefused
from situasi.store.model import StoreError, WaitingItem
from situasi.ui import audit
from situasi.ui.components import markup
from situasi.ui.page_context import PageContext
from situasi.ui.tables import table_view

_PREVIEW_ROWS = 5
T = TypeVar("T")


def render_mapping(context: PageContext, file: WaitingFile) -> None:
    """Draw the editor of a file, and the button that stores it."""
    editor = _open_editor(context, file)
    mapping = render_choices(editor)
    if mapping is None:
        st.warning(_("Pilih jenis laporan berkas ini."))
        return
    try:
        trial = _try(editor, mapping)
    except (StoreError, WriteRefused) as error:
        markup.render_empty_state(str(error))
        return
    _render_trial(editor, mapping, trial)


def _open_editor(context: PageContext, file: WaitingFile) -> Editor:
    """Draw the choice of sheet and heading rows, and the first rows; return the editor."""
    item, sheets = file.item, file.sheets
    visible = [index for index, sheet in enumerate(sheets) if grid.is_table(sheet)]
    visible = [index for index in visible if not sheets[index].is_hidden] or visible or [0]
    largest = max(visible, key=lambda index: len(sheets[index].rows))
    profiles = saved_profiles.load_saved_profiles(board().store)
    known = find_mapping(sheets, item.source, profiles)
    start = next(iter(known.headers)) if known else largest
    with markup.row():
        position = start
        if len(visible) > 1:
            position = st.selectbox(
                _("Lembar"), visible, visible.index(start),
                format_func=lambda index: sheets[index].name, key=f"peta_{item.number}_lembar",
            )  # fmt: skip
        sheet = sheets[position]
        guess = known.headers.get(position) if known else None
        header = _choose_header(item, sheet, position, guess or grid.guess_header(sheet.rows))
        _render_first_rows(sheet, position, header)
    alike = [sheet, *(sheets[index] for index in visible if index != position)]
    table = _cached(context, "mapping table", take_alike, alike, item.number, position, header)
    guesses = _cached(context, "mapping guesses", _guess, table, item.number, position, header)
    preset: tuple[str, Mapping[str, str]] | None = None
    reason = _("menurut pemetaan yang tersimpan")
    if known and known.profile.feed:
        headings = list(table.cells.columns)
        preset = known.profile.feed, read_columns(known.profile, headings)
    elif (file.replaces or item.note["why"] == waiting.HELD) and (feed := item.note["feed"]):
        reason = _("seperti dibaca papan")
        read = partial(_read_as_board, item, feed, guesses)
        columns = _cached(context, "board reading", read, table, item.number, position, header)
        preset = feed, columns
    words = known.profile.code_by_word if known else {}
    facts = _suggest_facts(item, sheet, header, guesses)
    return Editor(context, file, position, header, table, guesses, preset, reason, words, facts)


def _suggest_facts(
    item: WaitingItem, sheet: Sheet, header: HeaderPosition, guesses: Mapping[str, object]
) -> dict[str, str]:
    """Return what the name of the file says; a program names its files after their export."""
    context = board().ingest_context
    if context.sources.recognize(list(guesses)) is not None:
        return {}
    titles = table_builder.format_titles(sheet.rows[: header.first])
    return hand_mapping.suggest_facts(titles, sheet.name, item.source, context)


def _choose_header(
    item: WaitingItem, sheet: Sheet, position: int, guess: HeaderPosition
) -> HeaderPosition:
    """Draw the choice of the rows that hold the headings, from the first to the last."""
    rows = list(range(min(len(sheet.rows), grid.HEADER_SEARCH_ROWS)))
    key, write = f"peta_{item.number}_{position}_judul", partial(_format_row, sheet)
    first = st.selectbox(
        _("Baris judul kolom, dari"), rows, rows.index(guess.first), format_func=write, key=key
    )
    ends = rows[first : first + sheet_mapping.MAX_HEADER_ROWS]
    count = guess.count if first == guess.first else grid.guess_count(sheet.rows, first)
    last = st.selectbox(
        _("sampai baris"), ends, min(count, len(ends)) - 1, format_func=write, key=f"{key}_{first}"
    )
    if last - first + 1 < grid.guess_count(sheet.rows, first):
        number = sheet.row_numbers[last + 1]
        st.caption(_("Baris {no} tampak masih bagian dari judul kolom.").format(no=number))
    return HeaderPosition(first, last - first + 1)


def _format_row(sheet: Sheet, index: int) -> str:
    texts = [tables.format_raw_cell(cell) for cell in sheet.rows[index] if cell is not None]
    return f"{sheet.row_numbers[index]}: {' | '.join(texts)[:80]}"


def _read_as_board(
    item: WaitingItem,
    feed: str,
    guesses: Mapping[str, Sequence[Guess]],
    table: Table,
    header: HeaderPosition,  # noqa: ARG001
) -> Mapping[str, str]:
    current = board()
    context = saved_profiles.bind_saved_profiles(current.ingest_context, current.store)
    return read_columns_as_board(table, guesses, item.source, feed, context)


def _guess(table: Table, header: HeaderPosition) -> Mapping[str, Sequence[Guess]]:  # noqa: ARG001
    return column_guess.guess_columns(table, board().ingest_context)


def _cached(
    context: PageContext,
    name: str,
    build: Callable[[Any, HeaderPosition], T],
    source: object,
    number: int,
    position: int,
    header: HeaderPosition,
) -> T:
    """Return what is built of a file, once for all viewers until something new is stored."""
    return board().analysis_cache.get_or_make(
        name, context.snapshot, lambda: build(source, header), number, position, header
    )


def _render_first_rows(sheet: Sheet, position: int, header: HeaderPosition) -> None:
    table = tables.build_sheet_table(sheet, header.end + _PREVIEW_ROWS)
    table_view.render_table_popover(
        _("Baris pertama seperti dikirim"), lambda: table, f"lembar_{position}"
    )


def _try(editor: Editor, mapping: HandMapping) -> UploadTrial:
    """Return what would become of every row; computed once for the same choices."""
    file = editor.file
    parts = (mapping.columns, mapping.kinds, mapping.facts, *mapping.words.values())
    choices = (*mapping.words, *(tuple(part.items()) for part in parts))
    viewer = editor.context.viewer
    return board().analysis_cache.get_or_make(
        "mapping trial",
        editor.context.snapshot,
        lambda: actions.try_mapping(file, mapping, editor.position, editor.header),
        viewer.name, viewer.area, editor.item.number, editor.position, editor.header,
        mapping.feed, mapping.zone, choices, file.replaces,
    )  # fmt: skip


def _render_trial(editor: Editor, mapping: HandMapping, trial: UploadTrial) -> None:
    """Draw what would be accepted and held, and the button that stores it."""
    result = trial.result
    if result.refused:
        st.warning(markup.escape_markdown(result.refused))
    else:
        st.text(_("Dengan pilihan ini: {said}").format(said=tables.format_row_balance(result)))
        for reason, count in trial.common_reasons:
            text = _("{n} baris: {alasan}").format(n=format_number(count), alasan=reason)
            (st.caption if result.accepted else st.warning)(markup.escape_markdown(text))
        _render_rows(trial)
    st.button(
        _format_save(trial),
        type="primary" if result.accepted else "secondary", key=editor.key("simpan"),
        on_click=actions.store_mapping, args=(editor.file, mapping, editor.position, editor.header),
        disabled=bool(result.refused) or not result.read,
    )  # fmt: skip


def _format_save(trial: UploadTrial) -> str:
    """Return what the button does with these rows."""
    result = trial.result
    if result.accepted and result.quarantined:
        text = _("Simpan pemetaan: {a} baris masuk, {q} ke karantina")
    elif result.accepted:
        text = _("Simpan pemetaan dan masukkan {a} baris")
    elif result.quarantined:
        text = _("Simpan pemetaan, {q} baris ke karantina")
    elif result.read:
        text = _("Simpan pemetaan saja: semua baris sudah di papan")
    else:
        text = _("Simpan pemetaan")
    return format_counts(text, a=result.accepted, q=result.quarantined)


def _render_rows(trial: UploadTrial) -> None:
    """Draw the rows that would be accepted, and those that would not, each behind a button."""
    audit.log_viewed(trial.preview_rows, "masukan")
    with markup.row():
        for feed, rows in trial.preview_rows.items():
            if len(rows):
                title = _("{n} baris pertama yang akan diterima").format(n=format_number(len(rows)))
                table_view.render_table_popover(
                    title, partial(tables.build_stored_table, feed, rows), "peta_diterima"
                )
        if trial.result.reasons:
            count = min(len(trial.result.reasons), MAX_REFUSED_ROWS)
            title = format_counts(_("{n} baris yang akan ditolak dan alasannya"), n=count)
            table_view.render_table_popover(
                title, lambda: tables.build_refused_table(trial.result), "peta_ditolak"
            )
