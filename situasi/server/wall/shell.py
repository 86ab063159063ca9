"""The page of the wall without figures: titles, sentences for its scripts, keys."""

from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.requests import Request

from situasi.access.roles import LIGHT_SCREENS, WALL_SCREENS, Viewer
from situasi.board import current_board
from situasi.common.i18n import _
from situasi.domain.feed_schemas import TINGKAT
from situasi.domain.labels import label
from situasi.presentation import definition_words, view_text
from situasi.server import html_pages
from situasi.server.frontend import light_view
from situasi.server.wall import assets, svg_map
from situasi.server.wall.query import WallQuery, shows_reports

# The wall loads its own files from its own server, and runs no inline script.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
    "connect-src 'self'; img-src 'self' data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'"
)


def render_shell(request: Request, viewer: Viewer, query: WallQuery) -> Markup:
    """Return the page for this viewer."""
    board = current_board()
    election = board.register.election
    return html_pages.render_template(
        "wall.html",
        theme="dark" if query.dark else "light",
        title=" · ".join((_("Layar"), "Situasi", election.kabupaten)),
        unit=f"{election.command} · {election.operation}",
        zone=election.zone_label,
        svg=svg_map.build_register_drawing(board.boundaries, board.register).svg,
        credit=definition_words.format_credits(election, board.boundaries),
        shows_reports=shows_reports(viewer, query),
        shows_marks=shows_reports(viewer, query) or query.is_case_list,
        is_guest=viewer.link is not None,
        signs=list_signs(),
        style_path=assets.asset_path("list.css" if query.is_list else "wall.css"),
        script_path=assets.asset_path("wall.js"),
        controls=_build_controls(viewer, query),
        script_data=_build_script_data(viewer, query)
        | {"home": _build_home_link(request, viewer, query)},
    )


def list_signs() -> list[tuple[str, str]]:
    """Return the signs of the marks on the map, as classes of the stylesheet, with their words."""
    levels = [(f"tingkat {level}", label("tingkat", level)) for level in reversed(TINGKAT)]
    return [*levels, ("estimate", _("perkiraan"))]


def _build_controls(viewer: Viewer, query: WallQuery) -> tuple[tuple[str, str, str], ...]:
    """Return the controls: action, label and key."""
    controls = (
        ("back", _("Sebelumnya"), "←"),
        ("hold", _("Tahan putaran"), _("Spasi")),
        ("next", _("Berikutnya"), "→"),
        ("freeze", _("Bekukan"), "F"),
        ("mute", _("Bunyi"), "M"),
        ("acknowledge", _("Paham"), "A"),
        ("full", _("Layar penuh"), "L"),
        ("home", _("Papan lengkap"), "B"),
    )
    missing = set() if may_acknowledge(viewer) else {"acknowledge"}
    if query.is_list:  # one view, of which nothing rings
        missing |= {"back", "hold", "next", "mute", "acknowledge"}
    return tuple(control for control in controls if control[0] not in missing)


def _build_home_link(request: Request, viewer: Viewer, wall_query: WallQuery) -> str:
    """Return the path of the page of the only view, else of Situasi, with the same filters."""
    is_single = len(wall_query.views) == 1 and wall_query.views[0] in LIGHT_SCREENS
    page = wall_query.views[0] if is_single else WALL_SCREENS[0]
    query = [
        (name, value)
        for name, value in request.query_params.multi_items()
        if name in (*view_text.WALL_FILTERS, "lang") and not (viewer.link and name != "lang")
    ]
    return f"/{page}?{urlencode([*query, (light_view.FULL_PARAMETER, 'ya')])}"


def _build_script_data(viewer: Viewer, query: WallQuery) -> dict[str, Any]:
    """Return the data that the scripts need."""
    election = current_board().register.election
    offset = election.day_start.utcoffset()
    assert offset is not None
    return {
        "files": assets.fingerprint(),
        "offset": int(offset.total_seconds()),
        "zone": election.zone_label,
        "between": "." if query.language == "id" else ":",
        "views": len(query.views),
        "stacked": query.is_list,
        "may_acknowledge": may_acknowledge(viewer),
        "name": "" if viewer.is_local else viewer.name,
        "words": script_sentences(),
    }


def may_acknowledge(viewer: Viewer) -> bool:
    """Return whether this viewer may acknowledge a case; a guest may not."""
    return viewer.link is None and viewer.role.name != "tamu"


def script_sentences() -> dict[str, str]:
    """Return the sentences that change every second or with what the viewer does."""
    return {
        "wait": _("Memuat gambar …"),
        "connected": _("Tersambung · data per {time}, {age}"),
        "connected_exercise": _("Tersambung · dibaca {age}"),
        "machine_time": view_text.mark_machine_time("{time}", is_exercise=True),
        "last": _("kabar terakhir {time}"),
        "quiet": _("tidak ada kabar baru sejak {time}"),
        "never": _("belum ada kabar"),
        "lost": _("Sambungan terputus sejak {since} — gambar terakhir {time}"),
        "lost_short": _("Terputus · data per {time}, {age}"),
        "broken": _("Penyimpanan tidak terbaca — gambar terakhir {time}"),
        "broken_short": _("Penyimpanan rusak · data per {time}, {age}"),
        "frozen": _("Gambar dibekukan {time} — F untuk melanjutkan"),
        "frozen_short": _("Dibekukan · gambar {time}, {age}"),
        "now": _("baru saja"),
        "seconds": _("{n} detik lalu"),
        "minutes": _("{n} menit lalu"),
        "hours": _("{n} jam lalu"),
        "filter": _("Saringan: {filter}"),
        "turning": _("{at}/{all} · berganti tiap {n} detik"),
        "held": _("{at}/{all} · putaran ditahan"),
        "picked": _("tampilan {at} dari {all}"),
        "single": _("satu tampilan"),
        "on": _("Bunyi hidup"),
        "muted": _("Bunyi dibisukan"),
        "blocked": _("Bunyi diblokir peramban — tekan sembarang tombol"),
        "none": _("Peramban ini tanpa bunyi"),
        "newest": _("Laporan terbaru"),
        "other_grave": _("Laporan berat lain yang masih terbuka"),
        "new": _("Laporan berat baru"),
        "more": _("Laporan berat baru · {n} lagi menunggu"),
        "came": _("masuk {time}"),
        "heard": _("kabar {time}"),
        "hint": _("A: nyatakan paham · lepas sendiri dalam {n} detik"),
        "hint_guest": _("lepas sendiri dalam {n} detik"),
        "sending": _("Mencatat …"),
        "failed": _("Belum tercatat: {why}"),
        "written": _("Tercatat: {what}"),
        "written_before": _("Sudah tercatat: {what}"),
        "undone": _("Dibatalkan: laporan ini belum dipahami siapa pun"),
        "not_undone": _("Tidak dibatalkan: {why}"),
        "too_late": _("sepuluh detik sudah lewat"),
        "no_line": _("sambungan terputus"),
        "unacknowledged": _("belum dipahami"),
        "and_more": _("dan {n} lagi"),
        "decide": _("Putuskan"),
        "decide_more": _("Putuskan · {n} lagi"),
        "list_more": _("{heading} · {n} lagi"),
        "decide_unheld": _("Belum dipegang: {n} laporan berat"),
        "signed_out": _("Sesi ini sudah berakhir."),
        "sign_in": _("Masuk"),
        "made_up": _("LATIHAN"),
    }
