"""What a page shows in place of a part that could not be drawn."""

from typing import Final

import streamlit as st

# In both languages: what failed may be what knows the viewer's.
MESSAGE: Final = (
    "Bagian ini gagal digambar; sebabnya tercatat di log papan. Bila tidak kembali sendiri dalam "
    "satu menit, muat ulang halaman. — This part could not be drawn; the reason is in the log of "
    "the board. Should it not come back by itself within a minute, load the page anew."
)


def on_script_error(_error: Exception) -> bool:
    """Show our message in place of Streamlit's, which is English and leads to its cloud."""
    st.error(MESSAGE)
    return True
