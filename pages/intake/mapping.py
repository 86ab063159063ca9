"""The mapping of one file by hand: what each column is, and what would become of its rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, TypeVar

import streamlit as st

from pages.intake import actions, tables
from pages.intake.actions import MAX_REFUSED_ROWS, UploadTrial
from situasi.board import current_board as board
from situasi.common.formats import format_counts, format_number
from situasi.common.i18n import _
from situasi.domain.feed_schemas import FEEDS, MERGES
from situasi.domain.labels import label
from situasi.ingest.readers import grid
from situasi.ingest.readers.grid import HeaderPosition, Sheet
from situasi.ingest.sources import column_guess, hand_mapping, saved_profiles
from situasi.ingest.sources.hand_mapping import (
    HandMapping,
    find_source_zone,
    read_columns,
    suggest_name,
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

_KIND_HEADINGS = {"tps": "fase", "incidents": "jenis", "personnel": "checkin", "activities": "giat"}
_ZONES = ("", "UTC", "Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")
_SAMPLES = 3
_COLUMNS_PER_LINE = 4
_PREVIEW_ROWS = 5
T = TypeVar("T")


@dataclass(frozen=True)
class _Editor:
    """One file in the editor. position, header: the sheet, and where its heading lies.

    guesses: of its columns. preset: our heading by theirs, by a mapping made before, if any.
    """

    context: PageContext
    item: WaitingItem
    sheets: Sequence[Sheet]
    position: int
    header: HeaderPosition
    table: Table
    guesses: Mapping[str, Sequence[Guess]]
    preset: tuple[str, Mapping[str, str]] | None

    def key(self, *parts: object) -> str:
        """Return the key of a widget of this file and sheet."""
        return "_".join(map(str, ("peta", self.item.number, self.position, *parts)))


def render_mapping(context: PageContext, item: WaitingItem, sheets: Sequence[Sheet]) -> None:
    """Draw the editor of a file, and the button that stores it."""
    editor = _open_editor(context, item, sheets)
    mapping = _render_choices(editor)
    if mapping is None:
        st.warning(_("Pilih jenis laporan berkas ini."))
        return
    try:
        trial = _try(editor, mapping)
    except (StoreError, WriteRefused) as error:
        markup.render_empty_state(str(error))
        return
    _render_trial(editor, mapping, trial)


def _open_editor(context: PageContext, item: WaitingItem, sheets: Sequence[Sheet]) -> _Editor:
    """Draw the choice of sheet and heading row, and the first rows; return the editor."""
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
    preset = None
    if known and known.profile.feed:
        headings = list(table.cells.columns)
        preset = known.profile.feed, read_columns(known.profile, headings)
    return _Editor(context, item, sheets, position, header, table, guesses, preset)


def _choose_header(
    item: WaitingItem, sheet: Sheet, position: int, guess: HeaderPosition
) -> HeaderPosition:
    options = {index: HeaderPosition(index) for index in range(min(len(sheet.rows), 40))}
    options[guess.first] = guess
    first = st.selectbox(
        _("Baris judul kolom"), list(options), list(options).index(guess.first),
        format_func=lambda index: _format_row(sheet, index),
        key=f"peta_{item.number}_{position}_judul",
    )  # fmt: skip
    return options[first]


def _format_row(sheet: Sheet, index: int) -> str:
    texts = [tables.format_raw_cell(cell) for cell in sheet.rows[index] if cell is not None]
    return f"{sheet.row_numbers[index]}: {' | '.join(texts)[:80]}"


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


def _render_choices(editor: _Editor) -> HandMapping | None:
    """Draw the choices, preset to what the board believes; return them as a mapping."""
    with markup.row():
        feed = _choose_feed(editor)
        if feed is None:
            return None
        name = _choose_name(editor)
    columns = _choose_columns(editor, feed)
    st.caption(_("Untuk seluruh berkas, bila tidak ada kolomnya:"))
    with markup.row():
        facts = _choose_facts(editor, columns)
        kinds = _choose_kind(editor, feed, columns)
        zone = st.selectbox(
            _("Zona waktu"), _ZONES, format_func=_format_zone, key=editor.key("zona")
        )
    _render_source(editor)
    return HandMapping(name, feed, columns, zone or None, kinds, facts)


def _render_source(editor: _Editor) -> None:
    """Say which tool wrote the file, and which of its columns are read in another zone."""
    source = board().ingest_context.sources.recognize(list(editor.guesses))
    if source is None:
        return
    zones = {name: zone for name in editor.guesses if (zone := find_source_zone(source, name))}
    st.caption(
        markup.escape_markdown(
            _("Sumber: {nama}. Ditulis dalam zona lain: {kolom}.").format(
                nama=source.title, kolom=", ".join(f"{n} ({z})" for n, z in zones.items())
            )
            if zones
            else _("Sumber: {nama}.").format(nama=source.title)
        )
    )


def _choose_feed(editor: _Editor) -> str | None:
    readable = editor.context.viewer.role.readable_feeds(tuple(FEEDS))
    feeds = [feed for feed in readable if feed != MERGES.name]
    guess = (
        editor.preset[0]
        if editor.preset
        else editor.item.note.get("feed")
        or hand_mapping.guess_feed(editor.guesses, board().ingest_context)
    )
    return st.selectbox(
        _("Jenis laporan"), feeds, feeds.index(guess) if guess in feeds else None,
        format_func=partial(label, "feed"), key=editor.key("jenis"),
        placeholder=_("pilih jenis laporan"),
    )  # fmt: skip


def _choose_name(editor: _Editor) -> str:
    """Return the name under which the mapping is kept; of an older one, to replace it."""
    used_names = {profile.name for profile in saved_profiles.load_saved_profiles(board().store)}
    suggested = suggest_name(editor.item.source, used_names)
    text = st.text_input(
        _("Nama pemetaan"), suggested, max_chars=60, key=editor.key("nama"),
        help=_("Berkas berikutnya dengan judul kolom ini dibaca sendiri dengan pemetaan ini."),
    )  # fmt: skip
    return suggest_name(f"{text}.x", ()) if text.strip() else suggested


def _choose_columns(editor: _Editor, feed: str) -> dict[str, str]:
    """Draw a choice for each column, with samples and the board's reason."""
    context = board().ingest_context
    offered = ["", *hand_mapping.list_offered_headings(feed, context)]
    guesses = hand_mapping.narrow_to_feed(editor.guesses, feed, context)
    if editor.preset and editor.preset[0] == feed:
        chosen = {
            theirs: hand_mapping.to_offered_heading(feed, own, context)
            for theirs, own in editor.preset[1].items()
        }
    else:
        chosen = hand_mapping.choose_columns(editor.guesses, feed, context)
    columns: dict[str, str] = {}
    headings = list(editor.guesses)
    for start in range(0, len(headings), _COLUMNS_PER_LINE):
        line = st.columns(_COLUMNS_PER_LINE)
        for place, heading in zip(line, headings[start : start + _COLUMNS_PER_LINE], strict=False):
            preset = chosen.get(heading, "")
            with place:
                columns[heading] = st.selectbox(
                    markup.escape_markdown(heading), offered,
                    offered.index(preset) if preset in offered else 0,
                    format_func=lambda own: own or _("tidak dipakai"),
                    key=editor.key(feed, heading),
                )  # fmt: skip
                reason = _describe_guess(guesses[heading], preset)
                st.caption(markup.escape_markdown(f"{_format_samples(editor, heading)} — {reason}"))
    return columns


def _format_samples(editor: _Editor, heading: str) -> str:
    """Return some different cells of a column."""
    cells = editor.table.cells[heading].dropna().head(200)
    samples = list(dict.fromkeys(map(tables.format_raw_cell, cells)))[:_SAMPLES]
    return " · ".join(sample[:40] for sample in samples) or _("kosong")


def _describe_guess(guesses: Sequence[Guess], preset: str) -> str:
    """Return why the board believes what is preset, or what else a column might be."""
    for guess in guesses:
        if guess.heading == preset:
            return guess.reason
    if preset:
        return _("menurut pemetaan yang tersimpan")
    if guesses and guesses[0].is_unclear:
        return _("mungkin {kolom}, kolom lain juga; pilih yang benar: {alasan}").format(
            kolom=guesses[0].heading, alasan=guesses[0].reason
        )
    if guesses:
        return _("mungkin {kolom}: {alasan}").format(
            kolom=guesses[0].heading, alasan=guesses[0].reason
        )
    return _("tidak dikenali")


def _choose_facts(editor: _Editor, columns: Mapping[str, str]) -> dict[str, str]:
    """Draw date, hour and kecamatan for all rows; none where a column has them."""
    own, facts = set(columns.values()), dict[str, str]()
    if not own & {"tanggal"}:
        day = st.date_input(
            _("Tanggal"), None, format="DD/MM/YYYY", key=editor.key("tanggal")
        )  # fmt: skip
        if isinstance(day, date):
            facts["tanggal"] = f"{day:%d/%m/%Y}"
    if not own & {"waktu", "jam"}:
        clock = st.text_input(_("Jam"), placeholder="09.00", max_chars=5, key=editor.key("jam"))
        if clock.strip():
            facts["jam"] = clock.strip()
    if not own & {"kecamatan", "kode_kecamatan", "tempat", "koordinat"}:
        names = {code: area.name for code, area in editor.context.register.kecamatan.items()}
        code = st.selectbox(
            _("Kecamatan"), list(names), None, format_func=names.__getitem__,
            key=editor.key("kecamatan"), placeholder=_("menurut baris"),
        )  # fmt: skip
        if code is not None:
            facts["kecamatan"] = names[code]
    return facts


def _choose_kind(editor: _Editor, feed: str, columns: Mapping[str, str]) -> dict[str, str]:
    """Draw the kind of all rows, where no column says it."""
    heading = _KIND_HEADINGS.get(feed)
    if heading is None or heading in columns.values():
        return {}
    item = next(column for column in FEEDS[feed].columns if column.heading == heading)
    code = st.selectbox(
        _("Isi untuk semua baris: {kolom}").format(kolom=heading), item.allowed_codes, None,
        format_func=partial(label, heading), key=editor.key(feed, "semua"),
        placeholder=_("tidak disebut"),
    )  # fmt: skip
    return {heading: code} if code else {}


def _format_zone(zone: str) -> str:
    names = {"UTC": "UTC", "Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
    return names.get(zone) or _("seperti tertulis, atau {zona}").format(
        zona=board().register.election.zone_label
    )


def _try(editor: _Editor, mapping: HandMapping) -> UploadTrial:
    """Return what would become of every row; computed once for the same choices."""
    file = WaitingFile(editor.item, editor.sheets)
    parts = (mapping.columns, mapping.kinds, mapping.facts)
    choices = tuple(tuple(part.items()) for part in parts)
    viewer = editor.context.viewer
    return board().analysis_cache.get_or_make(
        "mapping trial",
        editor.context.snapshot,
        lambda: actions.try_mapping(file, mapping, editor.position, editor.header),
        viewer.name, viewer.area, editor.item.number, editor.position, editor.header,
        mapping.feed, mapping.zone, choices,
    )  # fmt: skip


def _render_trial(editor: _Editor, mapping: HandMapping, trial: UploadTrial) -> None:
    """Draw what would be accepted and held, and the button that stores it."""
    result = trial.result
    if result.refused:
        st.warning(markup.escape_markdown(result.refused))
    else:
        balance = tables.format_row_balance(
            result.read, result.accepted, result.duplicate, result.quarantined
        )
        st.text(_("Dengan pilihan ini: {said}").format(said=balance))
        for reason, count in trial.common_reasons:
            text = _("{n} baris: {alasan}").format(n=format_number(count), alasan=reason)
            (st.caption if result.accepted else st.warning)(markup.escape_markdown(text))
        _render_rows(trial)
    file = WaitingFile(editor.item, editor.sheets)
    st.button(
        _format_save(trial),
        type="primary" if result.accepted else "secondary", key=editor.key("simpan"),
        on_click=actions.store_mapping, args=(file, mapping, editor.position, editor.header),
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
