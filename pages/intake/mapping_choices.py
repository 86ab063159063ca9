"""What a person says of a file: its kind, columns, unknown words, and what holds for all rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

import streamlit as st

from pages.intake import tables
from situasi.board import current_board as board
from situasi.common.i18n import _
from situasi.domain.feed_schemas import FEEDS, MERGES
from situasi.domain.labels import label
from situasi.ingest.readers.grid import HeaderPosition, Sheet
from situasi.ingest.sources import hand_mapping, saved_profiles
from situasi.ingest.sources.hand_mapping import HandMapping, find_source_zone, suggest_name
from situasi.ingest.sources.rival_guesses import Guess
from situasi.ingest.tables import Table
from situasi.ingest.vocabulary.csv_lists import normalize_key
from situasi.ingest.waiting_mapping import WaitingFile
from situasi.store.model import WaitingItem
from situasi.ui.components import markup
from situasi.ui.page_context import PageContext

_KIND_HEADINGS = {"tps": "fase", "incidents": "jenis", "personnel": "checkin", "activities": "giat"}
_ZONES = ("", "UTC", "Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura")
_SAMPLES = 3
_COLUMNS_PER_LINE = 4


@dataclass(frozen=True)
class Editor:
    """One file in the editor. position, header: the sheet, and where its heading lies.

    guesses: of its columns. preset: our heading by theirs, by a mapping made before or as the board
    read it, if any, and preset_reason which; known_words: our code by the key of a word, by our
    heading, by the same mapping. named_facts: what the name of the file says, by our heading.
    """

    context: PageContext
    file: WaitingFile
    position: int
    header: HeaderPosition
    table: Table
    guesses: Mapping[str, Sequence[Guess]]
    preset: tuple[str, Mapping[str, str]] | None
    preset_reason: str
    known_words: Mapping[str, Mapping[str, str]]
    named_facts: Mapping[str, str]

    @property
    def item(self) -> WaitingItem:
        """What is known of the file."""
        return self.file.item

    @property
    def sheets(self) -> Sequence[Sheet]:
        """All sheets of the file."""
        return self.file.sheets

    def key(self, *parts: object) -> str:
        """Return the key of a widget of this file and sheet."""
        return "_".join(map(str, ("peta", self.item.number, self.position, *parts)))


def render_choices(editor: Editor) -> HandMapping | None:
    """Draw the choices, preset to what the board believes; return them as a mapping."""
    with markup.row():
        feed = _choose_feed(editor)
        if feed is None:
            return None
        name = _choose_name(editor)
    columns = _choose_columns(editor, feed)
    words = _choose_words(editor, feed, columns)
    st.caption(_("Untuk seluruh berkas, bila tidak ada kolomnya:"))
    with markup.row():
        facts = _choose_facts(editor, columns)
        kinds = _choose_kind(editor, feed, columns)
        zone = st.selectbox(
            _("Zona waktu"), _ZONES, format_func=_format_zone, key=editor.key("zona")
        )
    _render_source(editor)
    _render_named_facts(editor, facts)
    return HandMapping(name, feed, columns, zone or None, kinds, facts, words)


def _render_source(editor: Editor) -> None:
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


def _render_named_facts(editor: Editor, facts: Mapping[str, str]) -> None:
    """Say which of the facts were not chosen by anybody, but stand in the name of the file."""
    named = [f"{own} {fact}" for own, fact in editor.named_facts.items() if facts.get(own) == fact]
    if named:
        text = _("Dari nama berkas, periksa: {isi}.").format(isi=", ".join(named))
        st.caption(markup.escape_markdown(text))


def _choose_feed(editor: Editor) -> str | None:
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


def _choose_name(editor: Editor) -> str:
    """Return the name under which the mapping is kept; of an older one, to replace it."""
    used_names = {profile.name for profile in saved_profiles.load_saved_profiles(board().store)}
    suggested = suggest_name(editor.item.source, used_names)
    text = st.text_input(
        _("Nama pemetaan"), suggested, max_chars=60, key=editor.key("nama"),
        help=_("Berkas berikutnya dengan judul kolom ini dibaca sendiri dengan pemetaan ini."),
    )  # fmt: skip
    return suggest_name(f"{text}.x", ()) if text.strip() else suggested


def _choose_columns(editor: Editor, feed: str) -> dict[str, str]:
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
                reason = _describe_guess(guesses[heading], preset, editor.preset_reason)
                st.caption(markup.escape_markdown(f"{_format_samples(editor, heading)} — {reason}"))
    return columns


def _choose_words(
    editor: Editor, feed: str, columns: Mapping[str, str]
) -> dict[str, dict[str, str]]:
    """Draw a choice for each word of fixed words that the board does not know."""
    context = board().ingest_context
    unknown = hand_mapping.list_unknown_words(editor.table, columns, feed, context)
    words: dict[str, dict[str, str]] = {}
    if unknown:
        st.caption(_("Kata yang belum dikenal; tanpa pilihan barisnya ditahan:"))
    for heading, texts in unknown.items():
        codes = next(item.allowed_codes for item in FEEDS[feed].columns if item.heading == heading)
        known = editor.known_words.get(heading, {})
        for start in range(0, len(texts), _COLUMNS_PER_LINE):
            line = st.columns(_COLUMNS_PER_LINE)
            for place, word in zip(line, texts[start : start + _COLUMNS_PER_LINE], strict=False):
                preset = known.get(normalize_key(word))
                code = place.selectbox(
                    markup.escape_markdown(f"{heading}: {word[:40]}"), codes,
                    codes.index(preset) if preset in codes else None,
                    format_func=partial(label, heading), key=editor.key(feed, heading, word),
                    placeholder=_("berarti …"),
                )  # fmt: skip
                if code:
                    words.setdefault(heading, {})[word] = code
    return words


def _format_samples(editor: Editor, heading: str) -> str:
    """Return some different cells of a column."""
    cells = editor.table.cells[heading].dropna().head(200)
    samples = list(dict.fromkeys(map(tables.format_raw_cell, cells)))[:_SAMPLES]
    return " · ".join(sample[:40] for sample in samples) or _("kosong")


def _describe_guess(guesses: Sequence[Guess], preset: str, preset_reason: str) -> str:
    """Return why the board believes what is preset, or what else a column might be."""
    for guess in guesses:
        if guess.heading == preset:
            return guess.reason
    if preset:
        return preset_reason
    if guesses and guesses[0].is_unclear:
        return _("mungkin {kolom}, kolom lain juga; pilih yang benar: {alasan}").format(
            kolom=guesses[0].heading, alasan=guesses[0].reason
        )
    if guesses:
        return _("mungkin {kolom}: {alasan}").format(
            kolom=guesses[0].heading, alasan=guesses[0].reason
        )
    return _("tidak dikenali")


def _choose_facts(editor: Editor, columns: Mapping[str, str]) -> dict[str, str]:
    """Draw date, hour and kecamatan for all rows; none where a column has them."""
    own, facts, named = set(columns.values()), dict[str, str](), editor.named_facts
    if not own & {"tanggal"}:
        if "tanggal" in named and not own & {"waktu"}:
            first = datetime.strptime(named["tanggal"], "%d/%m/%Y").date()  # noqa: DTZ007
            st.session_state.setdefault(editor.key("tanggal"), first)
        day = st.date_input(
            _("Tanggal"), None, format="DD/MM/YYYY", key=editor.key("tanggal")
        )  # fmt: skip
        if isinstance(day, date):
            facts["tanggal"] = f"{day:%d/%m/%Y}"
    if not own & {"waktu", "jam"}:
        if "jam" in named:
            st.session_state.setdefault(editor.key("jam"), named["jam"])
        clock = st.text_input(_("Jam"), placeholder="09.00", max_chars=5, key=editor.key("jam"))
        if clock.strip():
            facts["jam"] = clock.strip()
    if not own & {"kecamatan", "kode_kecamatan", "koordinat"}:
        names = {code: area.name for code, area in editor.context.register.kecamatan.items()}
        codes = [code for code, name in names.items() if name == named.get("kecamatan")]
        if codes:
            st.session_state.setdefault(editor.key("kecamatan"), codes[0])
        code = st.selectbox(
            _("Kecamatan"), list(names), None, format_func=names.__getitem__,
            key=editor.key("kecamatan"), placeholder=_("menurut baris"),
        )  # fmt: skip
        if code is not None:
            facts["kecamatan"] = names[code]
    return facts


def _choose_kind(editor: Editor, feed: str, columns: Mapping[str, str]) -> dict[str, str]:
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
