"""A laporan as DOCX: a template of the election folder, edited by the staff, filled with values."""

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

TEMPLATE_NAME = "templat.docx"
_PICTURE_WIDTH_MM = 165


def build_docx(sitrep: Sitrep, election_folder: Path) -> bytes:
    """Build the DOCX from the template. Raises SitrepTemplateError."""
    # Imported on first use.
    from docx.shared import Mm
    from docxtpl import InlineImage
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    path = election_folder / FOLDER_NAME / TEMPLATE_NAME
    with _translate_errors(path):
        template = _open_template(path)
        _check_tag_pairs(template)
        context = build_context(sitrep)
        for name, drawing in sitrep.drawings.items():
            picture = io.BytesIO(drawing.draw("png"))
            context["gambar"][name]["isi"] = InlineImage(
                template, picture, width=Mm(_PICTURE_WIDTH_MM)
            )
        # An unknown name in a template is a mistake: report it instead of leaving a gap.
        strict = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
        template.render(context, jinja_env=strict, autoescape=True)
        _set_document_properties(template, sitrep, context)
        file = io.BytesIO()
        template.save(file)
        return file.getvalue()


def check_template(election_folder: Path) -> None:
    """Check that the template is readable, without filling it. Raises SitrepTemplateError."""
    from jinja2.sandbox import SandboxedEnvironment

    path = election_folder / FOLDER_NAME / TEMPLATE_NAME
    with _translate_errors(path):
        template = _open_template(path)
        _check_tag_pairs(template)
        names = template.get_undeclared_template_variables(SandboxedEnvironment())
        if unknown := sorted(names - TEMPLATE_FIELDS):
            raise _TemplateFault(f"isian tidak dikenal: {', '.join(unknown)}")


def _check_tag_pairs(template: Any) -> None:
    """Raise _TemplateFault if a tag is not closed: it would silently swallow the text after it."""
    from docx.oxml.ns import qn

    sections = template.docx.sections
    parts = [template.docx.element, *(section.header._element for section in sections),
             *(section.footer._element for section in sections)]  # fmt: skip
    for paragraph in (node for part in parts for node in part.iter(qn("w:p"))):
        text = "".join(node.text or "" for node in paragraph.iter(qn("w:t")))
        for opening, closing in (("{{", "}}"), ("{%", "%}")):
            if text.count(opening) != text.count(closing):
                raise _TemplateFault(f"tanda {opening} {closing} rusak di: {text[:80]}")


class _TemplateFault(ValueError):
    """A fault in the template; the message is shown unchanged."""


def _set_document_properties(template: Any, sitrep: Sitrep, values: dict[str, Any]) -> None:
    """Replace the document properties of the template, and set the alt texts of the pictures."""
    core = template.docx.core_properties
    core.title, core.subject = f"{sitrep.title} {sitrep.command}", values["saat"]
    core.author = core.last_modified_by = strip_unprintable(sitrep.command)
    core.comments = values["latihan"]
    core.created = core.modified = sitrep.at.replace(tzinfo=None)
    alts = iter(picture["uraian"] for picture in values["gambar"].values() if "isi" in picture)
    for shape in template.docx.inline_shapes:
        shape._inline.docPr.set("descr", next(alts, ""))


def _open_template(path: Path) -> Any:
    """Return the template with a core properties relationship that python-docx finds.

    LibreOffice writes another relationship type than Word does: the properties would not be found,
    and a second part with the same name would be made.
    """
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docxtpl import DocxTemplate

    template = DocxTemplate(path)
    template.init_docx()
    for relationship in template.docx.part.package.rels.values():
        if relationship.reltype.endswith("/metadata/core-properties"):
            relationship._reltype = RELATIONSHIP_TYPE.CORE_PROPERTIES
    return template


@contextmanager
def _translate_errors(path: Path) -> Iterator[None]:
    """Raise every error of the template as SitrepTemplateError, in words for its editor."""
    from docx.opc.exceptions import PackageNotFoundError
    from jinja2 import TemplateError, TemplateSyntaxError, UndefinedError
    from lxml.etree import XMLSyntaxError

    remedy = "perbaiki, atau pasang kembali berkas aslinya"
    try:
        yield
    except (PackageNotFoundError, zipfile.BadZipFile, KeyError, OSError) as error:
        raise SitrepTemplateError(f"{path} tidak terbaca sebagai DOCX; {remedy}") from error
    except _TemplateFault as error:
        raise SitrepTemplateError(f"{path}: {error}; {remedy}") from error
    except UndefinedError as error:
        detail = f"isian tidak dikenal ({error.message})"
        raise SitrepTemplateError(f"{path}: {detail}; {remedy}") from error
    except TemplateSyntaxError as error:
        detail = f"tanda {{{{ }}}} atau {{% %}} rusak ({error.message})"
        raise SitrepTemplateError(f"{path}: {detail}; {remedy}") from error
    except (TemplateError, XMLSyntaxError, TypeError, ValueError, AttributeError) as error:
        raise SitrepTemplateError(f"{path} tidak dapat diisi ({error}); {remedy}") from error
