"""HTML of a page: whatever somebody wrote in a report is text, and never markup."""

from __future__ import annotations

from situasi.presentation.incident_item import IncidentItem
from situasi.ui.components import markup

HOSTILE = "<script>alert('x')</script>\"&"


def test_no_cell_of_a_report_is_read_as_markup() -> None:
    item = IncidentItem(
        tingkat="tinggi", tingkat_label=HOSTILE, title=HOSTILE, place=HOSTILE, text=HOSTILE,
        status=HOSTILE, time_text=HOSTILE, last_report="", occurrence="", check_notes=HOSTILE,
        source=HOSTILE, is_exercise=True,
    )  # fmt: skip
    html = str(markup.build_report_list([item], HOSTILE))
    assert "<script" not in html and '"&"' not in html
    assert html.count("&lt;script&gt;") == 9


def test_no_sign_of_markdown_in_a_typed_text_is_one() -> None:
    assert markup.escape_markdown("$x$ [a](b) **c** <d>") == (r"\$x\$ \[a\]\(b\) \*\*c\*\* \<d\>")
    assert markup.escape_markdown("- a-b") == r"\- a-b"
