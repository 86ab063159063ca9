"""Empty forms (XLSX) to download, one for each kind of report."""

from functools import partial

import streamlit as st

from situasi.common.i18n import _
from situasi.domain.labels import label
from situasi.ui import audit
from situasi.ui.page_context import PageContext

# The names of situasi.reports.form_templates.FORMS, which loads openpyxl and so waits for a click.
_FORMS = (
    "hitungan", "incidents", "tps", "personnel", "activities", "roster", "postings", "neutrality",
)  # fmt: skip
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def render_forms_popover(context: PageContext) -> None:
    """Draw a popover with the forms; each is built when it is asked for."""
    with st.popover(_("Formulir kosong"), key="formulir"):
        st.caption(_("Isi di Excel, lalu unggah kembali apa adanya."))
        for name in _FORMS:
            title = _("hitungan per jam, semua TPS") if name == "hitungan" else label("feed", name)
            audit.render_download_button(
                title,
                partial(_build, name, context),
                {"table": "formulir", "title": name},
                "xlsx",
                0,
                file_name=f"formulir_{name}.xlsx",
                mime=_XLSX,
                key=f"formulir_{name}",
                type="tertiary",
            )


def _build(name: str, context: PageContext) -> bytes:
    from situasi.reports.form_templates import build_form

    return build_form(name, context.register.restrict_to(context.viewer.area))
