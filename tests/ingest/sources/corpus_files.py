"""The made-up files of other tools in corpus/*.toml: how they are written, and their answer key.

A file is `text`, or `sheets` of a workbook, or `members` of an archive. Its answers: `feed`;
`held`, the rows that are kept back or are no reports; `waits`, where the headings alone do not
tell what it is; `facts`, one entry an accepted row in the order of the file, with what is known of
it: `at` (UTC; without a day that of the vote), `flagged`, and any column of the feed.
"""

from __future__ import annotations

import json
import tomllib
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from tests.ingest.readers.workbooks.build import WORKBOOK_WRITERS

FOLDER = Path(__file__).parent / "corpus"


class CorpusFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    why: str
    text: str | None = None
    codec: str = "utf-8"
    rows: Any = None
    sheets: dict[str, list[list[Any]]] | None = None
    merged: dict[str, list[str]] = {}
    members: dict[str, str] | None = None
    feed: str | None = None
    held: int = 0
    waits: bool = False
    facts: tuple[dict[str, Any], ...] = ()

    def write(self, folder: Path) -> Path:
        path = folder / self.name
        if self.sheets is not None:
            WORKBOOK_WRITERS[path.suffix](path, self.sheets, self.merged)
        elif self.members is not None:
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
                for member, text in self.members.items():
                    archive.writestr(member, text)
        elif self.rows is not None:
            path.write_text(json.dumps(self.rows, default=str, ensure_ascii=False), "utf-8")
        else:
            path.write_bytes((self.text or "").encode(self.codec))
        return path


def read_corpus() -> list[CorpusFile]:
    found = []
    for path in sorted(FOLDER.glob("*.toml")):
        entries = tomllib.loads(path.read_text("utf-8"))["file"]
        found += [CorpusFile.model_validate(entry) for entry in entries]
    return found


def moment(text: str) -> datetime:
    """`02:05` or `2024-11-26 02:05`, in UTC."""
    whole = text if "-" in text else f"2024-11-27 {text}"
    return datetime.fromisoformat(whole).replace(tzinfo=UTC)
