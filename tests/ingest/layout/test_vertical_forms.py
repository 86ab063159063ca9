"""A form with its labels below one another is read as a table of one row, and no other sheet is."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from situasi.ingest.layout.vertical_forms import lay_out_form

KNOWN = {"tanggal", "jam", "kecamatan", "desa", "tps", "jenis"}
LABELS = ["Tanggal", "Jam", "Kecamatan", "Desa", "TPS", "Jenis"]
ANSWERS = ["27/11/2024", "09.10", "Kandis", "Kandis I", 1, "Keributan"]


def score(headings: Sequence[str]) -> int:
    return len(KNOWN & {heading.casefold() for heading in headings})


@pytest.mark.parametrize(
    "write",
    [
        lambda _, label, answer: [label, ":", answer],
        lambda _, label, answer: [f"{label} :", None, answer],
        lambda n, label, answer: [str(n), label, ":", answer],
        lambda n, label, answer: [n, f"{label}:", answer],
        lambda _, label, answer: [None, label, f": {answer}"],
    ],
)
def test_labels_become_the_heading_and_answers_the_row_below(write) -> None:
    fields = zip(range(1, 7), LABELS, ANSWERS, strict=True)
    rows = [["FORMULIR"], [], *(write(*field) for field in fields), [], ["KAPOLSEK"]]
    laid_out = lay_out_form(rows, score)
    assert laid_out is not None
    assert [*laid_out[2]] == LABELS
    assert [*map(str, laid_out[3])] == [*map(str, ANSWERS)]
    assert (laid_out[0], laid_out[-1], len(laid_out)) == (["FORMULIR"], ["KAPOLSEK"], len(rows))


@pytest.mark.parametrize("answer", ["", " .... ", "____", "(contoh: keributan)", None])
def test_what_stands_where_an_answer_belongs_is_none(answer) -> None:
    rows = [[label, ":", answer] for label in LABELS]
    laid_out = lay_out_form(rows, score)
    assert laid_out is not None
    assert [*laid_out[1]] == [None] * len(LABELS)


def test_words_that_go_on_below_their_answer_belong_to_it() -> None:
    rows = [[label, ":", answer] for label, answer in zip(LABELS, ANSWERS, strict=True)]
    laid_out = lay_out_form([*rows, [None, None, "di depan TPS"]], score)
    assert laid_out is not None
    assert laid_out[1][-1] == "Keributan di depan TPS"


@pytest.mark.parametrize(
    "rows",
    [
        [["Desa", "TPS", "Jam"], ["Kandis I", 1, "09.10"]],
        [["Kandis", 120], ["Indralaya", 99], ["Tanjung Raja", 87], ["Pemulutan", 4], ["Rantau", 5]],
        [[label, ":", "x"] for label in LABELS[:4]],
        [[label, f"tulis {label} di sini"] for label in LABELS],
        [[f"{label}: wajib"] for label in LABELS],
        [],
    ],
)
def test_tables_and_short_lists_are_no_form(rows) -> None:
    assert lay_out_form(rows, score) is None
