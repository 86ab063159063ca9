"""What a briefing asks, page by page: the figures shown are those that the files give."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Protocol

from situasi.common.formats import format_number
from situasi.domain.register import Register
from tests import day_from_files as files
from tests.builders import wib
from tests.day_from_files import Day

COUNTING_PPK, NEXT_STAGE = "T23", "Rekapitulasi tingkat kecamatan (PPK)"  # after polling day
# The pages that answer a briefing; tests/pages/test_clocks.py draws the others.
SCREENS = (
    "situasi",
    "kejadian",
    "partisipasi",
    "tps",
    "personel",
    "tahapan",
    "netralitas",
    "masukan",
)


class ReadablePage(Protocol):
    """A page as it is read, in a browser or without one."""

    def card(self, title: str) -> tuple[str, str]:
        """Value and note of one key figure."""

    def words(self) -> str:
        """Everything that can be read on the page."""


def compare(shown: ReadablePage, screen: str, day: Day, register: Register, at: datetime) -> None:
    """Hold what this page shows at a past moment against the files."""
    every = _stations(register)
    counts, opened = files.heads(day, at), files.open_incidents(day, at)
    posted, present = files.posted_police(day, at), files.present_police(day, at)
    if screen == "situasi":
        assert shown.card("Kejadian terbuka")[0] == format_number(len(opened))
        note = shown.card("Partisipasi")[1]
        if note.startswith("pukul"):  # of that hour alone; Partisipasi has the sum of all
            recent, every_tps, old = numbers_of(note.partition(" di ")[2])
            assert (recent + old, every_tps) == (len(counts), 667)
        else:
            came = format_number(sum(counts.values()))
            assert f"{came} hadir di {len(counts)} dari 667 TPS" in note
        assert numbers_of_card(shown, "Personel hadir")[:2] == [len(present), len(posted)]
    elif screen == "partisipasi":
        total = [sum(counts.values()), len(counts), 667]
        assert numbers_of_card(shown, "Pemilih hadir")[:3] == total
        assert numbers_of_card(shown, "TPS belum melapor jumlah")[0] == 667 - len(counts)
    elif screen == "tps":
        unopened = files.unopened(day, at, every)
        assert numbers_of_card(shown, "Belum ada kabar buka") == [len(unopened), 667]
    elif screen == "personel":
        assert numbers_of_card(shown, "Polisi diplot di TPS")[0] == len(posted)
        assert numbers_of_card(shown, "Hadir di TPS")[:2] == [len(present), len(posted)]
        nobody = f"{len(every - set().union(*posted.values()))} tanpa plotting"
        assert nobody in shown.card("TPS tanpa petugas")[1]
    elif screen == "kejadian":
        late = files.overdue(day, at)
        assert numbers_of_card(shown, "Kejadian terbuka")[0] == len(opened)
        assert numbers_of_card(shown, "Lewat waktu")[:2] == [len(late), len(opened)]
        grave = sum(row["tingkat"] == "tinggi" for row in opened.values())
        assert f"{grave} tinggi" in shown.card("Kejadian terbuka")[1]
    else:
        _compare_plain(shown, screen, day, register, at)


def _compare_plain(
    shown: ReadablePage, screen: str, day: Day, register: Register, at: datetime
) -> None:
    """Those pages that need no counts of TPS or officers."""
    if screen == "tahapan":
        planned = len(files.planned_for(day, at, COUNTING_PPK))
        assert shown.card("Tahap berikut")[0] == NEXT_STAGE
        assert f"Untuk tahap berikut ({NEXT_STAGE}): {planned} giat" in shown.words()
    elif screen == "netralitas":
        assert files.neutrality_cases(day, at) == set()
        assert "Tidak ada kasus" in shown.words()
    elif screen == "masukan":
        due = register.election.thresholds.silent_after
        silent = [one for one, minutes in due.items() if at - _last_report(day, one, at) > minutes]
        assert numbers_of_card(shown, "Sumber senyap") == [len(silent), len(due)]


def numbers_of_card(shown: ReadablePage, title: str) -> list[int]:
    """The whole numbers of a key figure, written in Indonesian."""
    return numbers_of(" ".join(shown.card(title)))


def numbers_of(text: str) -> list[int]:
    """The whole numbers of a text, written in Indonesian."""
    return [int(part.replace(".", "")) for part in re.findall(r"\d+(?:\.\d{3})*(?![,\d])", text)]


def _stations(register: Register) -> set[files.Tps]:
    names = {code: desa.name for code, desa in register.desa.items()}
    return {
        (str(one.kecamatan), names[str(one.desa)], f"{one.nomor:03d}")
        for one in register.tps.itertuples()
    }


def _last_report(day: Day, feed: str, at: datetime) -> datetime:
    return max(filter(None, [files.last_told(day, feed, at), wib("04.00")]))
