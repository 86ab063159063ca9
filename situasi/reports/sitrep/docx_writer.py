"""A laporan as DOCX: a template of the election folder that the staff edits, filled."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from situasi.reports.sitrep.letterhead import FOLDER, TemplateRefused
from situasi.reports.sitrep.model import Laporan
from situasi.reports.sitrep.template_context import NAMES, filled, plain

NAME = "laporan.docx"
_WIDE = 165  # millimetres of a picture


def written(laporan: Laporan, election: Path) -> bytes:
    """The filled template. Raises TemplateRefused."""
    # Loaded when somebody asks for one.
    from docx.shared import Mm
    from docxtpl import InlineImage
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    path = election / FOLDER / NAME
    with _refusing(path):
        template = _opened(path)
        _check_pairs(template)
        said = filled(laporan)
        for name, drawing in laporan.drawings.items():
            picture = io.BytesIO(drawing.draw("png"))
            said["gambar"][name]["isi"] = InlineImage(template, picture, width=Mm(_WIDE))
        # What is asked for and not there is a slip of the pen: it is said, not left empty.
        strict = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
        template.render(said, jinja_env=strict, autoescape=True)
        _describe(template, laporan, said)
        file = io.BytesIO()
        template.save(file)
        return file.getvalue()


def check(election: Path) -> None:
    """Whether the template can be read, without filling it. Raises TemplateRefused."""
    from jinja2.sandbox import SandboxedEnvironment

    path = election / FOLDER / NAME
    with _refusing(path):
        template = _opened(path)
        _check_pairs(template)
        asked = template.get_undeclared_template_variables(SandboxedEnvironment())
        if strange := sorted(asked - NAMES):
            raise _Faulty(f"isian tidak dikenal: {', '.join(strange)}")


def _check_pairs(template: Any) -> None:
    """A sign that is opened and not closed would swallow all to the next one, without a word."""
    from docx.oxml.ns import qn

    sections = template.docx.sections
    parts = [template.docx.element, *(s.header._element for s in sections),
             *(s.footer._element for s in sections)]  # fmt: skip
    for paragraph in (one for part in parts for one in part.iter(qn("w:p"))):
        text = "".join(one.text or "" for one in paragraph.iter(qn("w:t")))
        for opens, closes in (("{{", "}}"), ("{%", "%}")):
            if text.count(opens) != text.count(closes):
                raise _Faulty(f"tanda {opens} {closes} rusak di: {text[:80]}")


class _Faulty(ValueError):
    """Said as it is."""


def _describe(template: Any, laporan: Laporan, said: dict[str, Any]) -> None:
    """What the file says of itself, instead of what its template did; and its pictures in words."""
    core = template.docx.core_properties
    core.title, core.subject = f"{laporan.title} {laporan.command}", said["saat"]
    core.author = core.last_modified_by = plain(laporan.command)
    core.comments = said["latihan"]
    core.created = core.modified = laporan.at.replace(tzinfo=None)
    alts = iter(one["uraian"] for one in said["gambar"].values() if "isi" in one)
    for shape in template.docx.inline_shapes:
        shape._inline.docPr.set("descr", next(alts, ""))


def _opened(path: Path) -> Any:
    """The template. What it says of itself LibreOffice ties to it by another word than Word does:
    it would not be found, and a second one made of the same name."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docxtpl import DocxTemplate

    template = DocxTemplate(path)
    template.init_docx()
    for tie in template.docx.part.package.rels.values():
        if tie.reltype.endswith("/metadata/core-properties"):
            tie._reltype = RELATIONSHIP_TYPE.CORE_PROPERTIES
    return template


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    """Whatever is wrong with the template in words for whoever edited it."""
    from docx.opc.exceptions import PackageNotFoundError
    from jinja2 import TemplateError, TemplateSyntaxError, UndefinedError
    from lxml.etree import XMLSyntaxError

    again = "perbaiki, atau pasang kembali berkas aslinya"
    try:
        yield
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, OSError) as error:
        raise TemplateRefused(f"{path} tidak terbaca sebagai DOCX; {again}") from error
    except _Faulty as error:
        raise TemplateRefused(f"{path}: {error}; {again}") from error
    except UndefinedError as error:
        raise TemplateRefused(f"{path}: isian tidak dikenal ({error.message}); {again}") from error
    except TemplateSyntaxError as error:
        where = f" ({error.message})"
        raise TemplateRefused(
            f"{path}: tanda {{{{ }}}} atau {{% %}} rusak{where}; {again}"
        ) from error
    except (TemplateError, XMLSyntaxError, TypeError, ValueError, AttributeError) as error:
        raise TemplateRefused(f"{path} tidak dapat diisi ({error}); {again}") from error
