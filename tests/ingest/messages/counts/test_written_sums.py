"""Sums below a list of counts: silent where they agree, told where they do not."""

from __future__ import annotations

from datetime import date

import pytest

from situasi.ingest.messages.chat_splitter import Message
from situasi.ingest.messages.extractor import MessageExtractor
from situasi.ingest.messages.proposal import Proposal


def read(reader: MessageExtractor, *lines: str) -> Proposal:
    text = "\n".join(("Pemilih hadir jam 10.00 Ds Miji Kec Kandis", *lines))
    return reader.extract(Message(text), date(2024, 11, 27))


@pytest.mark.parametrize("line", ["Jumlah : 115", "Total 115 orang", "JML = 115.", "*Total: 115*"])
def test_a_sum_that_agrees_is_silent(reader: MessageExtractor, line: str) -> None:
    found = read(reader, "TPS 1 : 55", "TPS 2 : 60", line)
    assert found.is_clear
    assert [row.cells["hadir"] for row in found.rows] == ["55", "60"]


@pytest.mark.parametrize("total", [114, 125, 5, 1115])
def test_a_sum_that_differs_is_told(reader: MessageExtractor, total: int) -> None:
    found = read(reader, "TPS 1 : 55", "TPS 2 : 60", f"Jumlah : {total}")
    [note] = found.notes
    assert note == f'"Jumlah : {total}": 2 jumlah di atasnya bersama 115; periksa'
    assert [row.cells["hadir"] for row in found.rows] == ["55", "60"]


def test_sums_of_parts_and_of_all_are_each_compared(reader: MessageExtractor) -> None:
    lines = ["TPS 1 : 55", "TPS 2 : 60", "Jumlah : 115", "Ds Kumbang Ulu", "TPS 1 : 40",
             "TPS 2 : 41"]  # fmt: skip
    assert read(reader, *lines, "Jumlah : 81", "Total : 196").is_clear
    [note] = read(reader, *lines, "Jumlah : 81", "Total : 169").notes
    assert '"Total : 169"' in note


def test_the_sum_of_men_and_women_is_a_count_of_its_station(reader: MessageExtractor) -> None:
    found = read(reader, "TPS 1 L 25 P 30", "Jumlah 55")
    assert [row.cells["hadir"] for row in found.rows] == ["55"]
    assert not found.notes
