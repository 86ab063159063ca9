"""The steps to a board that is ready: the state of each, what is there, and what comes next."""

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from situasi.access import accounts
from situasi.access.accounts import Account
from situasi.analysis.personnel.coverage import Coverage
from situasi.board import current_board as board
from situasi.common import metrics
from situasi.common.formats import format_counts, format_relative_time
from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.domain.register import Register
from situasi.ui import session
from situasi.ui.page_context import PageContext
from situasi.ui.render_cache import cached_records

READY, PARTIAL, MISSING = "siap", "sebagian", "belum"
# Somebody of each of these has to be able to sign in.
NEEDED_ROLES = ("pimpinan", "operator", "admin")
# What the day is told by; a delivery of each shows that its way is open.
NEEDED_FEEDS = ("incidents", "tps", "personnel")
# Programs whose rows are no delivery of the field.
_PROGRAMS = frozenset({"latihan", "pembukaan"})


@dataclass(frozen=True)
class Step:
    """One step. known: what is there. next_act: what to do; "" where nothing is left.

    screen: the page on which it is done; "" where it is done elsewhere.
    """

    name: str
    state: str
    known: str
    next_act: str = ""
    screen: str = ""


def list_steps(context: PageContext, coverage: Coverage) -> list[Step]:
    """Return the steps in the order in which they are taken."""
    known = cached_records("akun", context.snapshot_view, accounts.load_all, {})
    return [
        check_accounts([account for account in known.values() if account]),
        check_register(context.register),
        check_roster(coverage),
        check_postings(coverage),
        check_deliveries(context.snapshot.batches),
        check_wall(),
    ]


def _state(is_complete: bool, is_begun: bool) -> str:
    return READY if is_complete else PARTIAL if is_begun else MISSING


def check_accounts(known: Collection[Account]) -> Step:
    """Check that somebody of each needed role can sign in."""
    enabled = [account for account in known if account.enabled]
    missing = [role for role in NEEDED_ROLES if role not in {account.role for account in enabled}]
    text = format_counts(_("{n} akun aktif"), n=len(enabled))
    if not known:
        return Step(
            _("Akun"), MISSING,
            _("Belum ada akun: papan terbuka hanya di komputer ini."),
            _("Buat akun pertama di komputer server: python -m situasi user add NAMA --role admin"),
        )  # fmt: skip
    next_act = ""
    if missing:
        roles = ", ".join(label("role", role) for role in missing)
        next_act = _("Buat akun untuk: {roles}.").format(roles=roles)
    return Step(_("Akun"), _state(not missing, bool(enabled)), text, next_act, "akun")


def check_register(register: Register) -> Step:
    """Check that the list of TPS is KPU's: nothing estimated, and its totals agree."""
    estimated = int(register.tps["estimated"].sum())
    text = format_counts(
        _("{n} TPS; DPT {estimated} TPS masih perkiraan; {wrong} jumlah berbeda"),
        n=len(register.tps), estimated=estimated, wrong=len(register.mismatches),
    )  # fmt: skip
    is_complete = not estimated and not register.mismatches
    return Step(
        _("Daftar TPS dan DPT dari KPU"), _state(is_complete, len(register.tps) > 0), text,
        "" if is_complete else _(
            "Minta daftar TPS dan DPT resmi ke KPU, lalu ganti tps.csv di folder pemilihan."
        ),
        "tps",
    )  # fmt: skip


def check_roster(coverage: Coverage) -> Step:
    """Check that the officers are known."""
    is_listed = coverage.officers["on_roster"].astype(bool)
    return Step(
        _("Daftar personel"), _state(coverage.has_roster, coverage.has_roster),
        format_counts(_("{n} personel di daftar"), n=int(is_listed.sum())),
        "" if coverage.has_roster
        else _("Unggah daftar personel; formulir kosongnya ada di Masukan."),
        "masukan",
    )  # fmt: skip


def check_postings(coverage: Coverage) -> Step:
    """Check that every TPS has somebody posted."""
    posted, total = int((coverage.tps["posted"] > 0).sum()), len(coverage.tps)
    text = format_counts(_("{n} dari {all} TPS ada petugasnya"), n=posted, all=total)
    is_complete = posted == total
    return Step(
        _("Plotting ke TPS"), _state(is_complete, posted > 0), text,
        "" if is_complete else _("Unggah plotting personel, atau lengkapi TPS yang kosong."),
        "masukan" if not posted else "pergeseran",
    )  # fmt: skip


def check_deliveries(batches: pd.DataFrame) -> Step:
    """Check that each way of reporting has brought a row, for a trial at least."""
    came = batches[(batches["accepted"] > 0) & ~batches["actor"].isin(_PROGRAMS)]
    missing = [feed for feed in NEEDED_FEEDS if feed not in set(came["feed"])]
    text = format_counts(_("{n} kiriman dari lapangan diterima"), n=len(came))
    next_act = ""
    if missing:
        feeds = ", ".join(label("feed", feed) for feed in missing)
        next_act = _("Kirim satu laporan uji lewat tiap jalur: {feeds}; lalu tarik kembali.")
        next_act = next_act.format(feeds=feeds)
    return Step(_("Kiriman uji"), _state(not missing, len(came) > 0), text, next_act, "masukan")


def check_wall() -> Step:
    """Check that a wall screen has shown the board since the server was started."""
    seen_at = metrics.get_wall_read_at()
    if seen_at is None:
        return Step(
            _("Layar dinding"), MISSING, _("Belum dibuka sejak server dimulai."),
            _("Buka /layar di komputer layar, tekan F11, dan biarkan terbuka."), "layar",
        )  # fmt: skip
    text = _("Terakhir membaca papan {when}.")
    local = seen_at.astimezone(board().register.election.zone)
    return Step(
        _("Layar dinding"), READY, text.format(when=format_relative_time(local, session.now())),
        screen="layar",
    )  # fmt: skip
