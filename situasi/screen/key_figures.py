"""The strip of key figures: how many, how grave, how fresh, and who is silent."""

from __future__ import annotations

import pandas as pd

from situasi import words
from situasi.analysis import incidents, situasi, turnout
from situasi.analysis.day import Day, reached
from situasi.analysis.overview import Overview
from situasi.analysis.stations import by_kecamatan
from situasi.board import current as board
from situasi.figures.theme import SITUASI
from situasi.labels import label
from situasi.records import TINGKAT as LEVELS
from situasi.roles import SCREENS
from situasi.screen import day_tables, parts, session, tables
from situasi.screen.figure_row import Figure, figure_row
from situasi.screen.parts import Card
from situasi.screen.session import Moment
from situasi.screen.turnout_tables import percent
from situasi.snapshot import Picture
from situasi.words import _


def key_figures(found: Overview, day: Day, at: Moment, shown: Picture) -> None:
    codes = list(found.states["kecamatan"])
    tps = day.stations[day.stations["kecamatan"].isin(codes)]
    rates = turnout.whole(day.turnout.loc[codes])
    figures = [
        Figure("terbuka", _open_card(found), lambda: tables.readable(found.open)),
        Figure("situasi", _situasi_card(found), lambda: day_tables.states(found)),
        Figure("partisipasi", _turnout_card(rates), lambda: day_tables.turnout(day, codes)),
        Figure("tps", _tps_card(tps), lambda: day_tables.late(tps)),
        Figure("personel", _personnel_card(day, codes), lambda: day_tables.gaps(day, codes)),
        Figure("terakhir", _newest_card(found, at), lambda: tables.readable(found.shown)),
        Figure("senyap", _sources_card(found, at, shown), lambda: day_tables.feeds(found)),
    ]
    # Of what a viewer may not see nothing is said, not even that it is missing.
    role = session.viewer().role
    figure_row([one for one in figures if one.key not in SCREENS or role.sees(one.key)])


def _turnout_card(rates: pd.Series) -> Card:
    told, every = int(rates["told"]), int(rates["tps"])
    if not told or pd.isna(rates["rate"]):
        return Card(_("Partisipasi"), "–", _("belum ada hitungan"))
    note = _("{heads} hadir di {told} dari {all} TPS").format(
        told=words.number(told), all=words.number(every), heads=words.number(rates["heads"])
    )
    value = percent(rates["rate"], estimated=bool(rates["told_estimated"]))
    return Card(_("Partisipasi"), value, note)


def _tps_card(tps: pd.DataFrame) -> Card:
    """The phase that most TPS are in or past, and who is late with word of it."""
    states = tps["state"].value_counts()
    late = int(states.get("terlambat", 0) + states.get("tak_terjangkau", 0))
    note = _("{n} terlambat melapor").format(n=words.number(late))
    doubted = int(states.get("diragukan", 0))
    if doubted:
        note += " · " + _("{n} diragukan").format(n=words.number(doubted))
    furthest = reached(by_kecamatan(tps.assign(kecamatan=""))).iloc[0]
    if not isinstance(furthest["fase"], str):
        waiting = _("{n} dari {all}").format(n=words.number(0), all=words.number(len(tps)))
        return Card(_("TPS buka"), waiting, note)
    value = _("{n} dari {all}").format(
        n=words.number(furthest["by"]), all=words.number(furthest["tps"])
    )
    title = _("TPS {fase}").format(fase=label("fase", furthest["fase"]))
    return Card(title, value, note, alarm=late > 0)


def _personnel_card(day: Day, codes: list[str]) -> Card:
    rows = day.gaps.loc[codes]
    known = rows[rows["known"]]
    if known.empty:
        return Card(_("Personel hadir"), "–", _("belum ada plotting"))
    value = _("{n} dari {all}").format(
        n=words.number(known["present"].sum()), all=words.number(known["posted"].sum())
    )
    note = _("{n} dari {all} TPS tanpa petugas").format(
        n=words.number(known["tps_uncovered"].sum()), all=words.number(known["tps"].sum())
    )
    return Card(_("Personel hadir"), value, note)


def _open_card(found: Overview) -> Card:
    if found.newest is None:
        return Card(_("Kejadian terbuka"), "–", _("belum ada laporan"))
    levels = incidents.by_tingkat(found.open)
    shown = [level for level in (*reversed(LEVELS), None) if level or levels.get(None)]
    change = _("{change} dalam 1 jam").format(
        change=words.signed(len(found.open) - found.open_before)
    )
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
        aside=change,
    )


def _situasi_card(found: Overview) -> Card:
    states = situasi.counts(found.states)
    value = parts.counted(
        [
            (parts.swatch(state), words.number(states.get(state, 0)), "")
            for state in (*reversed(SITUASI), None)
        ]
    )
    note = _("merah · kuning · hijau · belum")
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
    exactly = f"{words.clock(local)} {zone}"
    if local.date() != now.date():
        exactly = f"{words.day(local)} {exactly}"
    if not found.newest.exact:
        return Card(_("Laporan terakhir"), words.day(local), _("jam tidak diketahui"))
    days = (now - local).days
    if days >= 1:
        note = _("{n} hari lalu").format(n=words.number(days))
        return Card(
            _("Laporan terakhir"), words.day(local), f"{words.clock(local)} {zone} · {note}"
        )
    fresh = _("{n} baru dalam 1 jam").format(n=words.number(found.fresh))
    return Card(_("Laporan terakhir"), words.ago(local, now), f"{exactly} · {fresh}")


def _sources_card(found: Overview, at: Moment, shown: Picture) -> Card:
    """Feeds that have gone silent, and rows that wait for a correction."""
    names = [label("feed", feed.feed) for feed in found.feeds if feed.silent]
    viewer = session.viewer()
    # The count is of the whole kabupaten: it is told to those who may look at all of it.
    told = at.live and viewer.role.sees("masukan") and not viewer.area
    waiting = _waiting(shown) if told else None
    if waiting:
        kept = " · " + _("{n} baris karantina").format(n=words.number(waiting))
    else:
        kept = " · " + _("karantina kosong") if waiting == 0 else ""
    if not any(feed.expected for feed in found.feeds):
        return Card(_("Sumber senyap"), "–", _("di luar jam pemantauan") + kept)
    value = _("{n} dari {all}").format(
        n=words.number(len(names)), all=words.number(len(found.feeds))
    )
    never = [label("feed", feed.feed) for feed in found.feeds if feed.last is None]
    note = ", ".join(names) or _("semua melapor")
    if never and not names:
        note = _("belum melapor: {names}").format(names=", ".join(never))
    return Card(_("Sumber senyap"), value, note + kept, bool(names))


def _waiting(shown: Picture) -> int:
    seen = session.viewer().role.feeds(tuple(shown.snapshot.waiting))
    return sum(shown.snapshot.waiting[feed] for feed in seen)
