"""The message that a page shows for a part that could not be drawn."""

from __future__ import annotations

from types import ModuleType
from typing import Final

# In both languages: the code that knows the viewer's language may have failed.
MESSAGE: Final = (
    "Bagian ini gagal digambar; sebabnya tercatat di log papan. Bila tidak kembali sendiri dalam "
    "satu menit, muat ulang halaman. — This part could not be drawn; the reason is in the log of "
    "the board. Should it not come back by itself within a minute, load the page anew."
)


def set_error_message(streamlit_module: ModuleType) -> None:
    """Replace the message of Streamlit, which is in English and refers to its cloud.

    streamlit_module: the module of Streamlit that shows exceptions.
    """
    vars(streamlit_module)["_GENERIC_UNCAUGHT_EXCEPTION_TEXT"] = MESSAGE
