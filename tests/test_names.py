"""Names of the product are standard words: those of a former private language do not come back."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from situasi.domain.settings import ROOT
from tests.product_code import in_one_worker, parse_product

# Whole identifiers, without a leading underscore. What they stood for has a standard name now.
_WORDS = """
ahead akin anew apart aside Asked asked at_once bands Beat beats begun Bench bodies bonds Bonds
both bound_to brought brought_elsewhere calibrated came_from choosable chooser Coded Coder
come_back crowded Deed Deeds deeds_of desk Desk Doorway doorway dressed drips elsewhen elsewhere
errand Errand errands every_one fading farewell feeds_heard filled_in findings Findings Flown
flown folded forget Found found_of Given goes_on going gone_on Grown grown guarded halls
heard_of hearer heed Heed heeded heeds Held held_back here Here hot house hurry hushed in_words
is_crowded is_somebody Judged Keep keep keeper Keeper keeps_file Kept knotted laid_out Ledger
let_go let_in likeness lives looked looked_at looking Lookout lookout lots Made made_up_of maker
Meter mine Moments Mover movers nameless nobody Noted noted nothing one_of opens_here outlook
overseeing Overtaken owns_up parcel Parcel picked Picture pictured Piece Pieces placing Placing
Pulse Raised recall Reckoned reckoned reckoning recognise remember remembered roof Said said saw
say scene Scene Scribe scribe Seldom seldom show_out Shown shown Sight sight sight_of sites
slips Slivers_of some somebody spells Spoken spot Standing Stands stands strange_of strangers
stretch Stretch Taken taken Talk talk talkative tangled Tell teller telling tells Tells there
There Thrown thrown tidy Told told_of trail twins under_way unsealed unsettled Usual vague Veil
veil verbatim Verdict Visit wakes Wanted Watched weighed whose whys word_of_the_gate works_of
wrote
"""
DIALECT = frozenset(_WORDS.split())


def identifiers(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield (line, name) of everything that is defined, bound or passed in a module."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield node.lineno, name
            case ast.ClassDef(name=name):
                yield node.lineno, name
            case ast.Name(id=name, ctx=ast.Store()):
                yield node.lineno, name
            case ast.arg(arg=name):
                yield node.lineno, name
            case ast.alias(asname=str(name)):
                yield node.lineno, name


@in_one_worker
def test_no_name_of_the_product_is_of_the_former_language() -> None:
    scripts = [ROOT / "dashboard.py", *(ROOT / "deploy").glob("*.py")]
    trees = {script: ast.parse(script.read_text("utf-8")) for script in scripts}
    assert [
        f"{file.relative_to(ROOT)}:{line}: {name}"
        for file, tree in {**parse_product(), **trees}.items()
        for line, name in identifiers(tree)
        if name.lstrip("_") in DIALECT
    ] == []


def test_no_module_is_named_by_how_something_came_about() -> None:
    files = [*(ROOT / "situasi").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]
    assert [str(f.relative_to(ROOT)) for f in files if f.stem.lstrip("_") in DIALECT] == []
