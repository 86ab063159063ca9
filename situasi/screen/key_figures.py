"""The strip of key figures: how many, how grave, how fresh, and who is silent."""

from __future__ import annotations

from situasi import words
from situasi.analysis import incidents, situasi
from situasi.analysis.overview import Overview
from situasi.board import current as board
from situasi.figures.theme import SITUASI
from situasi.labels import label
from situasi.records import TINGKAT as LEVELS
from situasi.screen import parts, session, tables
from situasi.screen.figure_row import Figure, figure_row
from situasi.screen.parts import Card
from situasi.screen.session import Moment
from situasi.snapshot import Picture
from situasi.words import _


def key_figures(found: Overview, at: Moment, shown: Picture) -> None:
    figure_row(
        [
            Figure("terbuka", _open_card(found), lambda: tables.readable(found.open)),
            Figure("baru", _fresh_card(found)),
            Figure("situasi", _situasi_card(found)),
            Figure("terakhir", _newest_card(found, at)),
            Figure("senyap", _silence_card(found)),
            Figure("karantina", _quarantine_card(at, shown)),
        ]
    )


def _quarantine_card(at: Moment, shown: Picture) -> Card:
    waiting = shown.snapshot.waiting
    if not at.live:
        return Card(_("Karantina"), "–", _("hanya untuk keadaan sekarang"))
    note = _("baris menunggu perbaikan") if waiting else _("tidak ada")
    return Card(_("Karantina"), words.number(waiting), note)


def _open_card(found: Overview) -> Card:
    if found.newest is None:
        return Card(_("Kejadian terbuka"), "–", _("belum ada laporan"))
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
    note = _("merah · kuning · hijau · belum dinyatakan")
    if found.everywhere:
        note = _("seluruh kabupaten: {state}").format(state=label("situasi", found.everywhere))
    title = _("Situasi {n} kecamatan").format(n=words.number(len(found.states)))
    return Card(title, value, note, alarm=bool(states.get("merah") or found.everywhere))


def _newest_card(found: Overview, at: Moment) -> Card:
    if found.newest is None:
        return Card(_("Laporan terakhir"), "–", _("belum ada laporan kejadian"))
    now = (session.now() if at.live and not at.exercise else at.at).astimezone(at.at.tzinfo)
    local = found.newest.at.astimezone(at.at.tzinfo)
    zone = board().register.election.zone_label
    exactly = f"{words.day(local)} {words.clock(local)} {zone}"
    if not found.newest.exact:
        return Card(_("Laporan terakhir"), words.day(local), _("jam tidak diketahui"))
    days = (now - local).days
    if days >= 1:
        note = _("{n} hari lalu").format(n=words.number(days))
        return Card(
            _("Laporan terakhir"), words.day(local), f"{words.clock(local)} {zone} · {note}"
        )
    return Card(_("Laporan terakhir"), words.ago(local, now), exactly)


def _silence_card(found: Overview) -> Card:
    names = [label("feed", feed.feed) for feed in found.feeds if feed.silent]
    if not any(feed.expected for feed in found.feeds):
        return Card(_("Sumber senyap"), "–", _("di luar jam pemantauan"))
    value = _("{n} dari {all}").format(
        n=words.number(len(names)), all=words.number(len(found.feeds))
    )
    never = [label("feed", feed.feed) for feed in found.feeds if feed.last is None]
    note = ", ".join(names) or _("semua melapor")
    if never and not names:
        note = _("belum melapor: {names}").format(names=", ".join(never))
    return Card(_("Sumber senyap"), value, note, bool(names))
