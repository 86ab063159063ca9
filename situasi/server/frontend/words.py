"""Words of Streamlit's frontend that a viewer may see, and ours for them.

Streamlit writes them into its scripts, and has no setting for another language.
"""

import re
from dataclasses import dataclass
from typing import Final

from situasi.common.i18n import _
from situasi.domain.labels import N_


@dataclass(frozen=True)
class Word:
    """A text in a script of Streamlit. script: how its name begins. stock: as it is written there.

    ours: what it becomes; `{x}` stands for what the script puts in at `${...}`.
    """

    script: str
    stock: str
    ours: str


WORDS: Final = (
    Word(
        "index.",
        "Streamlit server is not responding. Are you connected to the internet?",
        N_("Papan tidak menjawab. Periksa jaringan kantor; gambar yang tampak mungkin sudah lama."),
    ),
    Word(
        "index.",
        "Is Streamlit still running? If you accidentally stopped Streamlit, just restart it in "
        "your terminal:",
        N_("Papan tidak menjawab. Jalankan lagi di terminal:"),
    ),
    Word("index.", "Connection error", N_("Sambungan terputus")),
    Word("index.", "Connecting", N_("Menyambung")),
    Word("index.", "Connecting to Streamlit server", N_("Menyambung ke papan")),
    Word("index.", "Unable to connect to Streamlit server", N_("Papan tidak tersambung")),
    Word("index.", "Page not found", N_("Halaman tidak ada")),
    Word("index.", "Skip to main content", N_("Langsung ke isi")),
    Word("index.", "App pages", N_("Halaman papan")),
    Word("index.", "Collapse sidebar", N_("Tutup menu")),
    Word("index.", "Expand sidebar", N_("Buka menu")),
    Word("index.", "Sidebar", N_("Menu")),
    Word("index.", "Close", N_("Tutup")),
    Word("index.", "Try again", N_("Coba lagi")),
    Word("index.", "Running...", N_("Memuat …")),
    Word("index.", "Bad message format", N_("Jawaban tidak terbaca")),
    Word("Multiselect", "Clear all", N_("Kosongkan")),
    Word("Multiselect", "Open", N_("Buka pilihan")),
    Word("Multiselect", "Remove ${e}", N_("Lepas {x}")),
    Word("Multiselect", "Selected values", N_("Yang dipilih")),
    Word("Multiselect", "No results", N_("Tidak ada yang cocok")),
    Word("Selectbox", "Clear value", N_("Kosongkan")),
    Word("Selectbox", "Open", N_("Buka pilihan")),
    Word("Selectbox", "No results", N_("Tidak ada yang cocok")),
    Word("utils.", "No options to select", N_("Tidak ada pilihan")),
    Word("utils.", "Choose options", N_("Pilih")),
    Word("utils.", "Choose an option", N_("Pilih satu")),
    Word("FileUploader", "Upload", N_("Pilih berkas")),
    Word("FileUploader", "Drag and drop files here", N_("Lepaskan berkas di sini")),
    Word("FileUploader", "Drag and drop a file here", N_("Lepaskan berkas di sini")),
    Word("FileUploader", "Add files", N_("Tambah berkas")),
    Word("FileUploader", "${T(t,D.Byte,0)} per file", N_("paling besar {x}")),
    Word("InputInstructions", "submit form", N_("mengirim")),
    Word("InputInstructions", "apply", N_("memakai")),
    Word("InputInstructions", "Press Enter to ${e}", N_("Enter untuk {x}")),
    Word("InputInstructions", "+Enter to ${e}", N_("+Enter untuk {x}")),
    Word("NumberInput", "Increment", N_("Tambah satu")),
    Word("NumberInput", "Decrement", N_("Kurangi satu")),
    Word("NumberInput", "Clear value", N_("Kosongkan")),
    Word("TextInput", "Clear entry", N_("Kosongkan")),
    Word("Toolbar", "Fullscreen", N_("Layar penuh")),
    Word("Toolbar", "Close fullscreen", N_("Tutup layar penuh")),
    Word("DataFrame.", "Search", N_("Cari")),
    Word("DataFrame.", "Type to search", N_("Ketik untuk mencari")),
    Word("DataFrame.", "Close Search", N_("Tutup pencarian")),
    Word("DataFrame.", "Next Result", N_("Berikutnya")),
    Word("DataFrame.", "Previous Result", N_("Sebelumnya")),
    Word("DataFrame.", "Show/hide columns", N_("Pilih kolom")),
    Word("DataFrame.", "Select all", N_("Semua kolom")),
    Word("DataFrame.", "Clear selection", N_("Lepas pilihan")),
    Word("DownloadButton", "Download failed", N_("Unduhan gagal")),
)


def find_words(script: str) -> tuple[Word, ...]:
    """Return the words of a script, by its file name."""
    return tuple(word for word in WORDS if script.startswith(word.script))


def replace_words(text: str, words: tuple[Word, ...]) -> str:
    """Return the script with our words, in the language of the request, for its own."""
    for word in words:
        ours = _literal(_ours(word)).replace("\\", "\\\\")
        text = _find(word).sub(ours, text)
    return text


def list_missing(texts: dict[str, str]) -> list[str]:
    """Return the words that stand in none of their scripts. texts: by file name."""
    return [
        word.stock
        for word in WORDS
        if not any(
            name.startswith(word.script) and _find(word).search(text)
            for name, text in texts.items()
        )
    ]


def _find(word: Word) -> re.Pattern[str]:
    # What is a name for the program alone keeps it.
    return re.compile(r"(?<!\bid:)(?<!displayName=)" + re.escape(_literal(word.stock)))


def _literal(text: str) -> str:
    # The scripts write every text as a template literal; one that begins with + is the end of one.
    return f"{text}`" if text.startswith("+") else f"`{text}`"


def _ours(word: Word) -> str:
    start, end = word.stock.find("${"), word.stock.find("}")
    hole = word.stock[start : end + 1] if start >= 0 else ""
    text = _(word.ours).replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${")
    return text.replace("{x}", hole)
