"""The panels of the Situasi page: from an overview to what is drawn."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from situasi import words
from situasi.analysis import incidents, situasi
from situasi.analysis.overview import Overview
from situasi.figures import map as figure_map
from situasi.figures import timeline as figure_timeline
from situasi.figures.map import Area
from situasi.figures.theme import SITUASI, TINGKAT, UNRATED, Theme
from situasi.labels import label
from situasi.records import TINGKAT as LEVELS
from situasi.screen import address, filters, parts, session
from situasi.screen.parts import Card, Item
from situasi.board import current as board
from situasi.screen.session import Moment
from situasi.snapshot import Picture
from situasi.words import _

LISTED = 40
# Hijau is the ordinary: drawn faint, so that kuning and merah are seen at once.
CALM = 95


def header(at: Moment, shown: Picture) -> None:
    """Whose board, which moment, and whether that moment is now."""
    election = board().register.election
    note = _("jam latihan") if at.exercise else _("langsung") if at.live else _("lampau")
    links = [
        (code.upper(), "?" + urlencode({**_every(), "lang": code}, doseq=True), code == words.language())
        for code in words.LANGUAGES
    ]
    parts.header(
        "Situasi",
        f"{election.command} · {election.operation}",
        f"{words.long_day(at.at)} · {words.clock(at.at)} {election.zone_label}",
        note,
        links,
    )


def _every() -> dict[str, Any]:
    return {key: st.query_params.get_all(key) for key in st.query_params}


def key_figures(found: Overview, at: Moment, shown: Picture) -> None:
    parts.cards(
        [
            _open_card(found),
            _fresh_card(found),
            _situasi_card(found),
            _newest_card(found, at),
            _silence_card(found),
            Card(
                _("Karantina"),
                words.number(shown.snapshot.waiting),
                _("baris menunggu perbaikan") if shown.snapshot.waiting else _("tidak ada"),
            ),
        ]
    )


def _open_card(found: Overview) -> Card:
    levels = incidents.by_tingkat(found.open)
    shown = [level for level in (*reversed(LEVELS), None) if level or levels.get(None)]
    split = parts.counted(
        [
            (parts.sign(level), words.number(levels.get(level, 0)), label("tingkat", level))
            for level in shown
        ]
    )
    return Card(
        _("Kejadian terbuka"),
        words.number(len(found.open)),
        split,
        alarm=bool(levels.get("tinggi")),
    )


def _fresh_card(found: Overview) -> Card:
    change = len(found.open) - found.open_before
    note = _("terbuka {change} terhadap 1 jam lalu").format(change=words.signed(change))
    return Card(_("Laporan baru, 1 jam"), words.number(found.fresh), note)


def _situasi_card(found: Overview) -> Card:
    states = situasi.counts(found.states)
    value = parts.counted(
        [
            (parts.swatch(state), words.number(states.get(state, 0)), "")
            for state in (*reversed(SITUASI), None)
        ]
    )
    note = _("merah · kuning · hijau · belum ada laporan")
    title = _("Situasi {n} kecamatan").format(n=words.number(len(found.states)))
    return Card(title, value, note, alarm=bool(states.get("merah")))


def _newest_card(found: Overview, at: Moment) -> Card:
    if found.newest is None:
        return Card(_("Laporan terakhir"), "–", _("belum ada laporan kejadian"))
    now = session.now() if at.live and not at.exercise else at.at
    local = found.newest.astimezone(at.at.tzinfo)
    return Card(
        _("Laporan terakhir"),
        words.ago(local, now.astimezone(at.at.tzinfo)),
        f"{words.day(local)} {words.clock(local)} {board().register.election.zone_label}",
    )


def _silence_card(found: Overview) -> Card:
    names = [label("feed", feed.feed) for feed in found.feeds if feed.silent]
    if not any(feed.expected for feed in found.feeds):
        return Card(_("Sumber senyap"), "–", _("di luar jam pemantauan"))
    value = _("{n} dari {all}").format(
        n=words.number(len(names)), all=words.number(len(found.feeds))
    )
    return Card(_("Sumber senyap"), value, ", ".join(names) or _("semua melapor"), bool(names))


def _bar() -> DeltaGenerator:
    """One line of words and controls, spread over the width."""
    return st.container(
        horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
    )


def map_panel(found: Overview) -> None:
    with _bar():
        measure = filters.measure()
        if len(found.undrawn):
            with st.popover(_("{n} tanpa lokasi").format(n=words.number(len(found.undrawn)))):
                st.dataframe(_table(found.undrawn), hide_index=True)
    theme = session.viewer_theme()
    drawn = found.drawn.tail(figure_map.MOST_POINTS)
    clicks = st.session_state.setdefault("_clicks", 0)
    deck = figure_map.situation_map(
        board().boundaries,
        board().boundaries.address,
        _areas(found, measure, theme),
        drawn.assign(label=[_point_label(row) for row in drawn.itertuples()]),
        theme,
        layer_id=f"kecamatan-{clicks}",
    )
    st.pydeck_chart(
        deck,
        height=figure_map.HEIGHT,
        on_select=_clicked,
        key="peta",
        alt=_("Peta {n} kecamatan dengan {open} kejadian terbuka").format(
            n=len(found.states), open=len(found.open)
        ),
    )
    _under_map(found, measure, theme, len(drawn))


def _clicked() -> None:
    """A click on a kecamatan filters the page; on a report, its kecamatan too."""
    objects = st.session_state["peta"]["selection"]["objects"]
    for layer, picked in objects.items():
        if layer.startswith("kecamatan") and picked:
            filters.toggle_kecamatan(picked[0]["properties"]["kode"])
    st.session_state["_clicks"] = st.session_state.get("_clicks", 0) + 1


def _areas(found: Overview, measure: str, theme: Theme) -> dict[str, Area]:
    register = board().register
    states = dict(zip(found.states["kecamatan"], found.states["situasi"], strict=True))
    opened = incidents.by_kecamatan(found.open)
    most = max(opened.values(), default=0)
    chosen = set(address.current("kec"))
    areas = {}
    for code, place in register.kecamatan.items():
        state, count = states.get(code), opened.get(code, 0)
        reported = code in found.heard or count > 0
        if measure == "situasi":
            fill = SITUASI.get(state) if isinstance(state, str) else None
            value = words.number(count) if count else ""
        elif measure == "terbuka":
            fill = _shade(count, most, theme) if reported else None
            value = words.number(count) if reported else ""
        else:
            fill = _shade(place.tps, max(k.tps for k in register.kecamatan.values()), theme)
            value = words.number(place.tps)
        calm = measure == "situasi" and state == "hijau"
        areas[code] = Area(place.name, value, fill, CALM if calm else 255, code in chosen)
    return areas


def _shade(count: int, most: int, theme: Theme) -> str:
    steps = theme.counts
    return steps[0] if not count else steps[1 + (count * (len(steps) - 2)) // max(most, 1)]


def _point_label(row: Any) -> str:
    place = board().register.name_of(row.kecamatan)
    local = row.occurred_at.tz_convert(board().register.election.zone)
    return f"{label('jenis', row.jenis)} · {place} · {words.clock(local)} · {label('status', row.status)}"


def _under_map(found: Overview, measure: str, theme: Theme, drawn: int) -> None:
    marks = [(parts.sign(level), label("tingkat", level)) for level in reversed(LEVELS)]
    if measure == "situasi":
        marks += [(parts.swatch(code), label("situasi", code)) for code in SITUASI]
    else:
        marks += [
            (parts.colour_swatch(theme.counts[0]), _("sedikit")),
            (parts.colour_swatch(theme.counts[-1]), _("banyak")),
        ]
    marks.append((parts.swatch(None), _("belum ada laporan")))
    source = board().boundaries
    parts.legend(marks, f"{source.credit}. {source.caution}.")
    if drawn < len(found.drawn):
        st.caption(
            _("{n} dari {all} titik digambar").format(
                n=words.number(drawn), all=words.number(len(found.drawn))
            )
        )


def newest_panel(found: Overview, at: Moment) -> None:
    newest = incidents.newest_first(found.shown, LISTED)
    with _bar():
        st.markdown(f"**{_('Laporan terbaru')}**", width="content")
        if found.elsewhen:
            st.button(
                _("{n} di luar rentang waktu · tampilkan").format(n=words.number(found.elsewhen)),
                on_click=filters.all_times,
                type="tertiary",
            )
        with st.popover(_("Semua {n} laporan").format(n=words.number(len(found.shown)))):
            st.dataframe(_table(found.shown.iloc[::-1]), hide_index=True)
    with st.container(height=figure_map.HEIGHT, border=False, key="laporan"):
        parts.report_list(
            [_item(row, at) for row in newest.itertuples()],
            _("Belum ada laporan pada pilihan ini. Letakkan berkas laporan di folder data/inbox/."),
            _("LATIHAN"),
        )


def _item(row: Any, at: Moment) -> Item:
    place = board().register.name_of(row.kecamatan)
    details = [part for part in (row.desa_text, f"TPS {row.tps}" if row.tps else None) if part]
    known = row.known_at.to_pydatetime().astimezone(at.at.tzinfo)
    return Item(
        tingkat=row.tingkat if isinstance(row.tingkat, str) else None,
        tingkat_name=label("tingkat", row.tingkat),
        title=label("jenis", row.jenis),
        place=" · ".join([place, *details]),
        text=row.uraian or "",
        status=label("status", row.status),
        when=words.ago(known, at.at) if known <= at.at else f"{words.day(known)} {words.clock(known)}",
        doubt=row.flags or "",
        rehearsal=bool(row.latihan),
    )


def _table(rows: pd.DataFrame) -> pd.DataFrame:
    """Cases as a table with the headings of our files."""
    zone, register = board().register.election.zone, board().register
    return pd.DataFrame(
        {
            _("waktu"): rows["occurred_at"].dt.tz_convert(zone).dt.strftime("%d/%m/%Y %H.%M"),
            _("tingkat"): [label("tingkat", code) for code in rows["tingkat"]],
            _("jenis"): [label("jenis", code) for code in rows["jenis"]],
            _("kecamatan"): [register.name_of(code) for code in rows["kecamatan"]],
            _("desa"): rows["desa_text"],
            _("TPS"): rows["tps"],
            _("status"): [label("status", code) for code in rows["status"]],
            _("uraian"): rows["uraian"],
            _("catatan periksa"): rows["flags"],
            _("sumber"): rows["sumber"],
            _("id"): rows["id"],
        }
    )


def timeline_panel(found: Overview, at: Moment) -> None:
    election = board().register.election
    moments = [(election.local(moment.at), _(moment.label)) for moment in election.moments]
    past = None if at.live else at.at
    names = {code: label("tingkat", None if code == UNRATED else code) for code in TINGKAT}
    st.plotly_chart(
        figure_timeline.timeline(found.slots, names, moments, past, session.viewer_theme()),
        theme=None,
        config={"displayModeBar": False},
        key="garis_waktu",
        alt=_("Kejadian tiap 15 menit pada hari pemungutan, bertumpuk menurut tingkat"),
    )
    filters.time_slider()
    note = _("Geser untuk melihat papan sebagaimana diketahui pada saat lampau; ujung kanan: langsung.")
    if found.without_hour:
        note += " " + _("{n} laporan tanpa jam tidak digambar.").format(
            n=words.number(found.without_hour)
        )
    with _bar():
        st.caption(note, width="content")
        if not at.live:
            st.button(_("Kembali ke langsung"), on_click=filters.back_to_present)
