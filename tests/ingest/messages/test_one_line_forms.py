"""Forms of one line, `HADIR#KANDIS#KUMBANG ILIR#1#09.00#77`: what each part is, or nothing."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from situasi.board import Board
from situasi.ingest.messages.extractor import MessageExtractor
from situasi.ingest.messages.one_line_forms import spell_out_forms
from situasi.ingest.messages.proposal import Proposal
from tests.ingest.messages.delivered_texts import extract_text

AT = datetime(2024, 11, 27, 2, 5, tzinfo=UTC)  # 09.05 WIB


def read(reader: MessageExtractor, text: str) -> Proposal:
    return extract_text(reader, text, AT)


def cells(proposal: Proposal) -> list[dict[str, Any]]:
    wanted = ("tps", "desa", "hadir", "fase", "waktu")
    return [{h: c for h in wanted if (c := row.cells.get(h))} for row in proposal.rows]


@pytest.mark.parametrize(
    "text",
    [
        "HADIR#KANDIS#KUMBANG ILIR#1#09.00#77",
        "hadir #Kandis#Kumbang Ilir#01#9#77",
        "HADIR#KUMBANG ILIR#KANDIS#1#0900#77",
        "HDR;Kandis;Kumbang Ilir;TPS 1;jam 9;77",
        "HADIR|Kumbang Ilir|1|09:00|77",
        "Kandis*Kumbang Ilir*001*77 pemilih*09.00 WIB",
    ],
)
def test_a_form_of_one_line_is_read_by_what_its_parts_can_be(
    reader: MessageExtractor, text: str
) -> None:
    proposal = read(reader, text)
    assert proposal.is_clear
    assert proposal.unread_numbers == ()
    (row,) = cells(proposal)
    assert (row["tps"], row["hadir"], row["waktu"]) == ("001", "77", "27/11/2024 09.00")
    assert row["desa"].lower() == "kumbang ilir"


def test_a_phase_is_told_in_the_same_form(reader: MessageExtractor) -> None:
    (row,) = cells(read(reader, "BUKA#KANDIS#KUMBANG ILIR#1#07.05"))
    assert (row["fase"], row["tps"], row["waktu"]) == ("dibuka", "001", "27/11/2024 07.05")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("HADIR#KANDIS#ENTAH LAH#1#09.00#77", "ENTAH LAH"),  # a desa that is not there
        ("HADIR#KANDIS#KUMBANG ILIR#1#09.00#7O", "7O"),
        ("HADIR#KANDIS#KUMBANG ILIR#1#465#77", "465"),  # a list of voters, or an hour?
        ("HADIR#KANDIS#KUMBANG ILIR#1#10#77", "77"),  # at ten, told at nine
    ],
)
def test_what_is_not_sure_is_asked_and_the_number_of_a_tps_is_no_count(
    reader: MessageExtractor, text: str, word: str
) -> None:
    proposal = read(reader, text)
    assert not proposal.is_clear
    assert all(row.cells.get("hadir") != "1" for row in proposal.rows)
    questions = [cell.reason for row in proposal.rows for cell in row.unclear_cells]
    assert word in " ".join((*questions, *proposal.unread_numbers))


@given(st.text(alphabet="KANDIS kumbang ilir#|;*/019.:-\n", max_size=120))
def test_no_number_of_any_text_is_lost(any_board: Board, text: str) -> None:
    spelled = spell_out_forms(text, any_board.ingest_context.places, AT)
    assert Counter(spelled)["1"] >= Counter(text)["1"]
    assert Counter(spelled)["9"] >= Counter(text)["9"]
