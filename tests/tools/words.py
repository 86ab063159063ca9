"""Collect the interface words from the code into the English catalogue: `make words`."""

from __future__ import annotations

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "situasi" / "common" / "locale" / "en" / "LC_MESSAGES" / "situasi.po"


def collected() -> Catalog:
    """Every message in the code, without translations."""
    catalogue = Catalog(project="situasi", charset="utf-8")
    for folder in ("situasi", "pages"):
        found = extract_from_dir(ROOT / folder, [("**.py", "python"), ("**.html", "jinja2")])
        for file, _line, message, comments, context in found:
            place = [(f"{folder}/{Path(file).as_posix()}", 0)]
            catalogue.add(message, None, place, auto_comments=comments, context=context)
    return catalogue


def existing() -> Catalog:
    """The catalogue as it is kept."""
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="en")


def main() -> None:
    """Bring the catalogue up to date; new messages are left for the translator."""
    catalogue = existing() if CATALOGUE.exists() else Catalog(locale="en", charset="utf-8")
    catalogue.update(collected(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    with CATALOGUE.open("wb") as file:
        write_po(file, catalogue, sort_output=True, omit_header=True, include_lineno=False)
    missing = [m.id for m in catalogue if m.id and not m.string]
    print(f"{CATALOGUE.relative_to(ROOT)}: {len(missing)} missing", *missing, sep="\n  ")


if __name__ == "__main__":
    main()
