"""The source profiles that are known, and which of them a table belongs to."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType

from situasi.ingest.layout.header_detection import make_unique_names
from situasi.ingest.readers import reserved_columns
from situasi.ingest.sources.heading_groups import is_of_others, strip_groups
from situasi.ingest.sources.profile import HeadingSet, SourceProfile, matches_heading, parse_profile
from situasi.ingest.tables import Table
from situasi.ingest.vocabulary.csv_lists import normalize_key
from situasi.ingest.vocabulary.vocabulary import Vocabulary
from situasi.ingest.vocabulary.wide_headings import keep_day

FOLDER = "profiles"
_OF_ARRIVAL = ("arrival_hour", "presence_question")
_COUNTS = frozenset(("hadir", "hadir_dpt", "hadir_l", "hadir_p"))


@dataclass(frozen=True)
class SourceHeadings:
    """What the headings of a table are.

    profile: of the source they belong to, or None. own: our heading, by theirs. left_out:
    headings of the source's metadata. stripped: theirs without group, for those not in `own`.
    form_time: the heading whose time stands for that of the event, which the form did not ask.
    """

    profile: SourceProfile | None
    own: Mapping[str, str]
    left_out: tuple[str, ...]
    stripped: Mapping[str, str]
    form_time: str | None = None

    def name(self, heading: str) -> str:
        """Return our heading for one of theirs; one that is not known without its group."""
        if heading in self.own:
            return keep_day(self.own[heading], heading)
        return self.stripped.get(heading) or heading

    def list_unique_names(self, headings: Sequence[str]) -> list[str]:
        """Return a name each; of headings with one meaning, the profile's order says who is first.

        The others are called `id (2)`.
        """
        names = list(map(self.name, headings))
        free = [index for index, name in enumerate(names) if name not in reserved_columns.ALL]
        order = sorted(free, key=lambda index: (self._rank(headings[index], names[index]), index))
        unique = make_unique_names([names[index] for index in order])
        by_index = dict(zip(order, unique, strict=True))
        return [by_index.get(index) or name for index, name in enumerate(names)]

    def _rank(self, theirs: str, ours: str) -> int:
        listed = self.profile.columns.get(ours, ()) if self.profile else ()
        keys, key = list(map(normalize_key, listed)), normalize_key(theirs)
        return keys.index(key) if key in keys else len(keys)


@dataclass(frozen=True)
class SourceCatalog:
    """All profiles, those made by hand for this board before those that ship with it."""

    vocabulary: Vocabulary
    profiles: tuple[SourceProfile, ...] = ()

    @cached_property
    def by_name(self) -> dict[str, SourceProfile]:
        """The profiles by name; of two with one name the first counts."""
        return {profile.name: profile for profile in reversed(self.profiles)}

    def recognize(
        self, headings: Sequence[str], sheet: str = "", file_name: str = ""
    ) -> SourceProfile | None:
        """Return the profile whose signature these headings show; the one that asks most."""
        best: tuple[int, SourceProfile] | None = None
        for profile in self.profiles:
            score = score_signature(profile, headings, sheet, file_name)
            if score and (best is None or score > best[0]):
                best = score, profile
        return best[1] if best else None

    def find_profile(self, table: Table, file_name: str) -> SourceProfile | None:
        """Return the profile that a table is known to have, else the one its headings show."""
        headings = [name for name in table.cells.columns if name not in reserved_columns.ALL]
        known = self.by_name.get(table.source)
        return known or self.recognize(headings, table.sheet, file_name)

    def sort_headings(
        self,
        headings: Sequence[str],
        profile: SourceProfile | None,
        tags: Mapping[str, str] = MappingProxyType({}),
    ) -> SourceHeadings:
        """Sort the headings of a table of this source: ours, left out, or with a group.

        tags: our heading by theirs, as a row of tags says; for headings known by nothing else.
        """

        def is_known(heading: str) -> bool:
            return self.vocabulary.find_any_column(heading) is not None or (
                profile is not None and profile.find_heading(heading) is not None
            )

        stripped = self._strip_groups(headings, is_known, profile.groups if profile else "")
        own: dict[str, str] = {}
        left_out: list[str] = []
        for heading in headings:
            plain = stripped.get(heading, heading)
            name, is_left_out = profile.sort_heading(heading, plain) if profile else (None, False)
            if name is not None:
                own[heading] = name
            elif (
                profile
                and is_left_out
                and not (is_known(heading) and profile.is_named_by_end(heading))
            ):
                left_out.append(heading)
            elif heading in tags and not is_known(plain):
                own[heading] = tags[heading]
        left_out += self._apply_fallbacks(headings, own, stripped, profile)
        form_time = self._find_form_time(headings, own, stripped, profile)
        if form_time is not None:
            own[form_time] = "waktu"
            left_out = [heading for heading in left_out if heading != form_time]
        rest = {theirs: name for theirs, name in stripped.items() if theirs not in own}
        return SourceHeadings(profile, own, tuple(left_out), rest, form_time)

    def _strip_groups(
        self, headings: Sequence[str], is_known: Callable[[str], bool], separators: str
    ) -> dict[str, str]:
        """Return what headings are without their groups, also those of hours that are no columns.

        Those are the hours of phases and of officers who came.
        """

        def tells_arrival(heading: str) -> bool:
            clues = self.vocabulary.clues
            return any(clues.is_heading(group, heading) for group in _OF_ARRIVAL)

        def may_be_stripped(heading: str) -> bool:
            is_phase = self.vocabulary.is_phase_heading
            return is_known(heading) or is_phase(heading) or tells_arrival(heading)

        return {
            theirs: name
            for theirs, name in strip_groups(headings, may_be_stripped, separators).items()
            if is_known(name)
            or not is_of_others(theirs.removesuffix(name), is_arrival=tells_arrival(name))
        }

    def _apply_fallbacks(
        self,
        headings: Sequence[str],
        own: dict[str, str],
        stripped: Mapping[str, str],
        profile: SourceProfile | None,
    ) -> list[str]:
        """Add fallbacks to `own` where the table lacks what they stand for; return the others."""
        rest = []
        names = {own.get(h) or stripped.get(h, h) for h in headings}
        known = set(map(self.vocabulary.find_own_heading, names))
        for fallback in profile.fallbacks if profile else ():
            for heading in [h for h in headings if matches_heading(h, fallback.heading)]:
                if known.isdisjoint(fallback.without):
                    own[heading] = fallback.means
                else:
                    rest.append(heading)
        return rest

    def _find_form_time(
        self,
        headings: Sequence[str],
        own: dict[str, str],
        stripped: Mapping[str, str],
        profile: SourceProfile | None,
    ) -> str | None:
        """Return the heading that says when the form was filled in, where it asked no time.

        An hour of the report that was asked (`Jam laporan`) is added to `own` as that of the event
        where the source itself notes when it was sent, and beside a count, which has no other.
        """
        names = {h: own.get(h) or stripped.get(h, h) for h in headings}
        columns = {h: self.vocabulary.find_any_column(name) for h, name in names.items()}
        known = set(columns.values())
        if not known.isdisjoint({"occurred_at", "clock"}):
            return None
        wide = self.vocabulary.find_wide_headings(list(names.values())).values()
        if any(heading.column == "clock" for heading in wide):  # each has its own hour
            return None
        hours = [h for h, column in columns.items() if column == "reported_clock"]
        if hours and _has_no_other_hour(known, profile, is_wide=bool(wide)):
            own[hours[0]] = "jam"
            return None
        if profile is None or "date" in known:
            return None
        return next(
            (h for wanted in profile.form_times for h in headings if matches_heading(h, wanted)),
            None,
        )

    def count_known_headings(self, headings: Sequence[str]) -> int:
        """Count the headings of a row that name a column of ours or belong to a known source."""
        if all(heading.startswith("#") for heading in headings if heading):
            return 0  # HXL tags below the headings
        names = strip_groups(headings, self._is_known)
        plain = [names.get(heading, heading) for heading in headings]
        known = self.vocabulary.count_known_headings(plain)
        if len(headings) < 2:  # a single text is no signature
            return known
        return max(
            [known, *(self._count_for(profile, headings, plain) for profile in self.profiles)]
        )

    def _is_known(self, heading: str) -> bool:
        return self.vocabulary.find_any_column(heading) is not None

    def _count_for(
        self, profile: SourceProfile, headings: Sequence[str], plain: Sequence[str]
    ) -> int:
        if not score_signature(profile, headings, "", ""):
            return 0
        own = sum(
            profile.sort_heading(*pair) != (None, False)
            for pair in zip(headings, plain, strict=True)
        )
        return own + sum(map(self._is_known, plain))


def _has_no_other_hour(
    known: Collection[str | None], profile: SourceProfile | None, *, is_wide: bool
) -> bool:
    """Return whether the hour of a report, in a table with these columns, is that of the event.

    Beside a day of its own it is so only for counts: what happened may be of another hour.
    """
    if "date" not in known and profile is not None:
        return True
    is_sent_apart = "date" in known or "reported_at" not in known
    return is_sent_apart and not is_wide and not _COUNTS.isdisjoint(known)


def score_signature(
    profile: SourceProfile, headings: Sequence[str], sheet: str, file_name: str
) -> int:
    """Return how many headings of a signature are there; 0 where it is not fulfilled.

    sheet, file_name: not looked at where they are not known ("").
    """
    signature = profile.signature
    if sheet and signature.sheets and not _matches_any(sheet, signature.sheets):
        return 0
    if file_name and signature.file_names and not _matches_any(file_name, signature.file_names):
        return 0
    known = _index_headings(tuple(headings))
    if not all(map(known.has, signature.headings)):
        return 0
    found = sum(map(known.has, signature.any_of))
    certain = sum(map(known.has, signature.certain))
    if signature.any_of and found < signature.at_least and not certain:
        return 0
    named = bool(signature.sheets) + bool(signature.file_names)
    return len(signature.headings) + found + certain + named


@lru_cache(maxsize=256)
def _index_headings(headings: tuple[str, ...]) -> HeadingSet:
    return HeadingSet(headings)


def _matches_any(text: str, patterns: Sequence[str]) -> bool:
    return any(matches_heading(text, pattern) for pattern in patterns)


def load_catalog(
    folders: Iterable[Path], vocabulary: Vocabulary, saved: Sequence[SourceProfile] = ()
) -> SourceCatalog:
    """Read the profiles of these folders, the first folder first. Raises ProfileError.

    saved: profiles made by hand, which come before all others.
    """
    files = [path for folder in folders for path in sorted(folder.glob("*.toml"))]
    read = [parse_profile(path.read_text("utf-8"), path.name) for path in files]
    return SourceCatalog(vocabulary, (*saved, *read))
