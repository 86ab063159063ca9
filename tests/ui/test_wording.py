"""How an incident is named on a page."""

from types import SimpleNamespace

import pytest

from situasi.ui.wording.incidents import format_kind


@pytest.mark.parametrize(
    ("jenis", "uraian", "name"),
    [
        ("lainnya", "Ular masuk area TPS 3, pemilih menjauh.",
         "lainnya: Ular masuk area TPS 3, pemilih menjauh."),
        ("lainnya", None, "lainnya"),
        ("kericuhan", "Massa saling dorong.", "kericuhan"),
    ],
)  # fmt: skip
def test_other_incidents_are_named_by_their_words(
    jenis: str, uraian: str | None, name: str
) -> None:
    assert format_kind(SimpleNamespace(jenis=jenis, uraian=uraian)) == name


def test_long_words_of_an_incident_are_cut_between_words() -> None:
    text = "Seorang anak terpisah dari orang tuanya di TPS 3 Tanjung Seteko sejak pagi tadi"
    name = format_kind(SimpleNamespace(jenis="lainnya", uraian=text))
    assert name.endswith("…") and text.startswith(name[len("lainnya: ") : -1]) and len(name) < 75
