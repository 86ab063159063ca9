"""Tables pasted into a message."""

from hypothesis import given
from hypothesis import strategies as st

from situasi.ingest.messages.message_text import Passage
from situasi.ingest.messages.pasted_tables import find_table_rows

lines = st.lists(
    st.tuples(st.integers(1, 42), st.integers(1, 999), st.integers(0, 999)), min_size=1, max_size=8
)


@given(
    lines=lines,
    mark=st.sampled_from([" ", " | ", "|", "; ", " : ", ", "]),
    heading=st.sampled_from(["TPS{0}DPT{0}HADIR", "No TPS{0}Jumlah DPT{0}Jumlah hadir"]),
    edge=st.sampled_from(["", "|"]),
)
def test_each_line_of_a_table_is_read_by_its_columns(
    lines: list[tuple[int, int, int]], mark: str, heading: str, edge: str
) -> None:
    written = "\n".join(edge + mark.join(map(str, line)) + edge for line in lines)
    text = f"Ds Lorok\n{edge}{heading.format(mark)}{edge}\n{written}\nDemikian"
    rows = find_table_rows(Passage(text))
    assert [[field.column for field in row.fields] for row in rows] == [
        ["tps", "dpt", "hadir"]
    ] * len(lines)
    numbers = [tuple(int(text[slice(*field.span)]) for field in row.fields) for row in rows]
    assert numbers == lines


def read(text: str) -> int:
    return len(find_table_rows(Passage(text)))


def test_what_is_no_table_is_left() -> None:
    assert read("TPS HADIR\n1 118 aman") == 0
    assert read("TPS HADIR\n1 118 3") == 0
    assert read("TPS hadir lengkap\n1 118") == 0
    assert read("DPT HADIR\n465 118") == 0
    assert read("TPS HADIR SUARA\n1 118 90") == 0
    assert read("TPS HADIR\nDemikian\n1 118") == 0
    assert read("TPS | HADIR\n----|----\n1 | 118\n2 | -") == 2


@given(st.text(alphabet="TPSHADIRDPT 0123456789|\n-.,", max_size=80))
def test_any_text_is_searched_without_an_error(text: str) -> None:
    for row in find_table_rows(Passage(text)):
        assert all(
            text[slice(*f.span)].isdigit() or text[slice(*f.span)] == "-" for f in row.fields
        )
