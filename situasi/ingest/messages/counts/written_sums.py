"""Sums below a list of counts (`Jumlah : 593`), compared with the counts above them."""

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from situasi.domain.labels import N_
from situasi.ingest.messages.counts.count_words import PEOPLE, TOTAL
from situasi.ingest.messages.counts.turnout_counts import TurnoutCount
from situasi.ingest.messages.entities import MessageEntities
from situasi.ingest.messages.message_text import Span

_SUM = re.compile(
    rf"^\W*(?:sub ?)?{TOTAL.pattern}(?: (?:hadir|pemilih|keseluruhan))?[ :=]*"
    rf"(?P<sum>[0-9]{{1,3}}(?:[.,][0-9]{{3}})|[0-9]{{1,6}})(?: ?{PEOPLE})?[ .]*$",
    re.IGNORECASE | re.MULTILINE,
)
_DIFFERS = N_('"{words}": {n} jumlah di atasnya bersama {total}; periksa')


class WrittenSum(NamedTuple):
    """A sum as written. note: how it differs from the counts above; None where it is their sum."""

    digits: Span
    note: str | None


def find_written_sums(
    entities: MessageEntities, counts: Sequence[TurnoutCount]
) -> Iterator[WrittenSum]:
    """Yield each sum on a line of its own below two counts of TPS or more, which it may add up.

    It is that of all above, or of however many right above it.
    """
    read = {count.digits.start for count in counts}
    voters = sorted((c.digits, c.value) for c in counts if c.column == "hadir" and c.tps)
    for match in _SUM.finditer(entities.passage.text):
        digits, total = Span(*match.span("sum")), int(re.sub("[.,]", "", match["sum"]))
        above = [value for span, value in reversed(voters) if span.end <= digits.start]
        if digits.start in read or len(above) < 2:
            continue
        words = match[0].strip()
        differs = _DIFFERS.format(words=words, n=len(above), total=sum(above))
        yield WrittenSum(digits, None if total in accumulate(above) else differs)
