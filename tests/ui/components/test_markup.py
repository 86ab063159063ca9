"""HTML of a page: whatever somebody wrote in a report is text, and never markup."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

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


def test_a_report_leads_to_its_case_where_the_viewer_may_open_it() -> None:
    item = IncidentItem(
        tingkat="tinggi", tingkat_label="", title="Unjuk rasa", place="", text="", status="",
        time_text="", last_report="", occurrence="", case='A&b="c|2024',
    )  # fmt: skip
    html = str(markup.build_report_list([item], "", "kejadian?lang=en&kasus="))
    [address] = re.findall('href="([^"]+)"', html)
    assert parse_qs(urlsplit(unescape(address)).query)["kasus"] == [item.case]
    assert "href" not in str(markup.build_report_list([item], ""))
