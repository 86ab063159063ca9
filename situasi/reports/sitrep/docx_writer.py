"""A laporan as DOCX: a template of the election folder that the staff edits, filled."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from situasi.reports.sitrep.letterhead import FOLDER_NAME, SitrepTemplateError
from situasi.reports.sitrep.model import Sitrep
from situasi.reports.sitrep.template_context import (
    TEMPLATE_FIELDS,
    build_context,
    strip_unprintable,
)

TEMPLATE_NAME = "laporan.docx"
_PICTURE_WIDTH_MM = 165  # millimetres of a picture


def build_docx(sitrep: Sitrep, election_folder: Path) -> bytes:
    """The filled template. Raises TemplateRefused."""
    # Loaded when somebody asks for one.
    from docx.shared import Mm
    from docxtpl import InlineImage
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    path = election_folder / FOLDER_NAME / TEMPLATE_NAME
    with _translate_errors(path):
        template = _open_template(path)
        _check_tag_pairs(template)
        said = build_context(sitrep)
        for name, drawing in sitrep.drawings.items():
            picture = io.BytesIO(drawing.draw("png"))
            said["gambar"][name]["isi"] = InlineImage(
                template, picture, width=Mm(_PICTURE_WIDTH_MM)
            )
        # What is asked for and not there is a slip of the pen: it is said, not left empty.
        strict = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
        template.render(said, jinja_env=strict, autoescape=True)
        _set_document_properties(template, sitrep, said)
        file = io.BytesIO()
        template.save(file)
        return file.getvalue()


def check_template(election_folder: Path) -> None:
    """Whether the template can be read, without filling it. Raises TemplateRefused."""
    from jinja2.sandbox import SandboxedEnvironment

    path = election_folder / FOLDER_NAME / TEMPLATE_NAME
    with _translate_errors(path):
        template = _open_template(path)
        _check_tag_pairs(template)
        asked = template.get_undeclared_template_variables(SandboxedEnvironment())
        if strange := sorted(asked - TEMPLATE_FIELDS):
            raise _TemplateFault(f"isian tidak dikenal: {', '.join(strange)}")


def _check_tag_pairs(template: Any) -> None:
    """A sign that is opened and not closed would swallow all to the next one, without a word."""
    from docx.oxml.ns import qn

    sections = template.docx.sections
    parts = [template.docx.element, *(s.header._element for s in sections),
             *(s.footer._element for s in sections)]  # fmt: skip
    for paragraph in (one for part in parts for one in part.iter(qn("w:p"))):
        text = "".join(one.text or "" for one in paragraph.iter(qn("w:t")))
        for opens, closes in (("{{", "}}"), ("{%", "%}")):
            if text.count(opens) != text.count(closes):
                raise _TemplateFault(f"tanda {opens} {closes} rusak di: {text[:80]}")


class _TemplateFault(ValueError):
    """Said as it is."""


def _set_document_properties(template: Any, sitrep: Sitrep, values: dict[str, Any]) -> None:
    """What the file says of itself, instead of what its template did; and its pictures in words."""
    core = template.docx.core_properties
    core.title, core.subject = f"{sitrep.title} {sitrep.command}", values["saat"]
    core.author = core.last_modified_by = strip_unprintable(sitrep.command)
    core.comments = values["latihan"]
    core.created = core.modified = sitrep.at.replace(tzinfo=None)
    alts = iter(one["uraian"] for one in values["gambar"].values() if "isi" in one)
    for shape in template.docx.inline_shapes:
        shape._inline.docPr.set("descr", next(alts, ""))


def _open_template(path: Path) -> Any:
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
def _translate_errors(path: Path) -> Iterator[None]:
    """Whatever is wrong with the template in words for whoever edited it."""
    from docx.opc.exceptions import PackageNotFoundError
    from jinja2 import TemplateError, TemplateSyntaxError, UndefinedError
    from lxml.etree import XMLSyntaxError

    again = "perbaiki, atau pasang kembali berkas aslinya"
    try:
        yield
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, OSError) as error:
        raise SitrepTemplateError(f"{path} tidak terbaca sebagai DOCX; {again}") from error
    except _TemplateFault as error:
        raise SitrepTemplateError(f"{path}: {error}; {again}") from error
    except UndefinedError as error:
        raise SitrepTemplateError(
            f"{path}: isian tidak dikenal ({error.message}); {again}"
        ) from error
    except TemplateSyntaxError as error:
        where = f" ({error.message})"
        raise SitrepTemplateError(
            f"{path}: tanda {{{{ }}}} atau {{% %}} rusak{where}; {again}"
        ) from error
    except (TemplateError, XMLSyntaxError, TypeError, ValueError, AttributeError) as error:
        raise SitrepTemplateError(f"{path} tidak dapat diisi ({error}); {again}") from error
