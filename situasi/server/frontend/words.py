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

    ours: what it becomes; `{x}` stands for what the script puts in at `${...}`. is_code: it is no
    text but code, in every language the same.
    """

    script: str
    stock: str
    ours: str
    is_code: bool = False


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
    Word(
        "index.",
        "The page that you have requested does not seem to exist",
        N_("Alamat ini bukan halaman papan, atau bukan untuk peran Anda"),
    ),
    Word(
        "index.",
        "You have requested page /${e}, but no corresponding file was found in the app's pages/ "
        "directory",
        N_("Alamat /{x} bukan halaman papan, atau bukan untuk peran Anda"),
    ),
    Word("index.", "${t}. Running the app's main page.", N_("{x}. Yang tampil halaman pertama.")),
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
    Word("DataFrame.", "Sort ascending", N_("Urutkan naik")),
    Word("DataFrame.", "Sort descending", N_("Urutkan turun")),
    Word("DataFrame.", "Statistics", N_("Ringkasan")),
    Word("DataFrame.", "Format", N_("Bentuk angka")),
    Word("DataFrame.", "Autosize", N_("Lebar otomatis")),
    Word("DataFrame.", "Pin column", N_("Sematkan kolom")),
    Word("DataFrame.", "Unpin column", N_("Lepas sematan")),
    Word("DataFrame.", "Hide column", N_("Sembunyikan kolom")),
    Word("DataFrame.", "Copy column name", N_("Salin judul kolom")),
    Word("DataFrame.", "Dataframe column menu", N_("Menu kolom")),
    Word("DataFrame.", "Automatic", N_("Otomatis")),
    Word("DataFrame.", "Localized", N_("Menurut bahasa")),
    Word("DataFrame.", "Plain", N_("Polos")),
    Word("DataFrame.", "Compact", N_("Ringkas")),
    Word("DataFrame.", "Dollar", N_("Dolar")),
    Word("DataFrame.", "Percent", N_("Persen")),
    Word("DataFrame.", "Scientific", N_("Ilmiah")),
    Word("DataFrame.", "Accounting", N_("Akuntansi")),
    Word("DataFrame.", "Distance", N_("Selisih dari kini")),
    Word("DataFrame.", "Calendar", N_("Kalender")),
    Word("DataFrame.", "Duration", N_("Lama")),
    Word("DataFrame.", "Values", N_("Terisi")),
    Word("DataFrame.", "Empty", N_("Kosong")),
    Word("DataFrame.", "empty", N_("tidak ada baris")),
    Word("DataFrame.", "Distinct", N_("Berlainan")),
    Word("DataFrame.", "Sum", N_("Jumlah")),
    Word("DataFrame.", "Average", N_("Rata-rata")),
    Word("DataFrame.", "Minimum", N_("Terendah")),
    Word("DataFrame.", "Maximum", N_("Tertinggi")),
    Word("DataFrame.", "Standard deviation", N_("Simpangan baku")),
    Word("DataFrame.", "25th percentile", N_("Persentil 25")),
    Word("DataFrame.", "75th percentile", N_("Persentil 75")),
    Word("DataFrame.", "Range", N_("Rentang")),
    Word("DataFrame.", "Average length", N_("Panjang rata-rata")),
    Word("DataFrame.", "Minimum length", N_("Terpendek")),
    Word("DataFrame.", "Maximum length", N_("Terpanjang")),
    Word("DataFrame.", "Count", N_("Banyaknya")),
    Word("DataFrame.", "No data", N_("Tidak ada data")),
    Word("DataFrame.", "Based on sample", N_("Menurut sebagian baris")),
    Word("DataFrame.", "Distribution histogram", N_("Sebaran nilai")),
    Word("DataFrame.", "Top values frequency chart", N_("Nilai tersering")),
    Word("DataFrame.", "Add row", N_("Tambah baris")),
    Word("DataFrame.", "Delete row(s)", N_("Hapus baris")),
    # "Download as CSV" keeps its name: board.css hides the button by it.
    Word("Multiselect", "Multiselect options", N_("Pilihan")),
    Word("Selectbox", "Selectbox options", N_("Pilihan")),
    Word("index.", "Notifications", N_("Pemberitahuan")),
    Word("index.", "Navigate to home page", N_("Ke halaman pertama")),
    Word("StreamlitMarkdown", "Help", N_("Bantuan")),
    Word("StreamlitMarkdown", "Help for ${t.replaceAll(/\\s+/g,` `)}", N_("Bantuan: {x}")),
    Word("utils.", "file upload", N_("Pilih berkas")),
    # A role, not a text: with its name it is a group, and axe-core finds fault with the other.
    Word("utils.", "presentation", "group"),
    Word("utils.", "File is larger than ${q(e)}", N_("Berkas lebih besar dari {x}")),
    Word("utils.", "Only one file is allowed.", N_("Hanya satu berkas.")),
    Word("utils.", "Upload failed", N_("Unggahan gagal")),
    Word("utils.", "Click to retry upload", N_("Klik untuk mengunggah lagi")),
    Word("utils.", "Cancel upload of ${e.name}", N_("Batalkan unggahan {x}")),
    Word("utils.", "Remove ${e.name}", N_("Lepas {x}")),
    Word(
        "utils.",
        "File type must be ${t.length>1?`one of ${t.join(`, `)}`:t[0]}",
        N_("Jenis berkas harus {x}"),
    ),
    Word("utils.", "one of ${t.join(`, `)}", N_("salah satu dari {x}")),
    Word("DateInput", "Choose date", N_("Pilih tanggal")),
    Word("DateInput", "Choose date range", N_("Pilih rentang tanggal")),
    Word("DateInput", "Clear date", N_("Kosongkan tanggal")),
    Word("DateInput", "Clear dates", N_("Kosongkan tanggal")),
    Word("DateInput", "Date range", N_("Rentang tanggal")),
    Word(
        "DateInput",
        "Use arrow keys to navigate dates. Enter to select. Escape to close.",
        N_("Panah memilih tanggal, Enter memakai, Escape menutup."),
    ),
    Word("TextInput", "Show password", N_("Tampilkan sandi")),
    Word("TextInput", "Hide password", N_("Sembunyikan sandi")),
    Word("DownloadButton", "Download failed", N_("Unduhan gagal")),
    # Columns are as wide as the usual letters need (baseFontSize), and grow with larger ones.
    Word(
        "DataFrame.",
        "if(typeof e==`number`)return e;if(e in ",
        "if(typeof e==`number`)return Math.round(e*parseFloat(getComputedStyle("
        "document.documentElement).fontSize)/15);if(e in ",
        is_code=True,
    ),
    # Rows of two lines (ui/tables/dataframe.py) wrap texts, on a screen of any size.
    Word("DataFrame.", "e.rowHeight>P(`4rem`)", "e.rowHeight>Number(`43`)", is_code=True),
    # Their heights grow with the letters as the grid's own rows do, which are 33 px high at a desk;
    # and a table that has more rows than it shows takes the room of a high screen, at most as much
    # as they need (m).
    Word(
        "DataFrame.",
        "let d=e.rowHeight??t.defaultRowHeight,",
        "let d=e.rowHeight?Math.round(e.rowHeight*t.defaultRowHeight/33):t.defaultRowHeight,",
        is_code=True,
    ),
    Word(
        "DataFrame.",
        "h=Lg(c),g=Fg(c)",
        "h=Lg(c)&&Math.min(m,Math.round(Lg(c)*t.defaultRowHeight/33"
        "*(innerWidth<2500||innerHeight<1900?1:1.4))),g=Fg(c)",
        is_code=True,
    ),
    # A letter that begins left of its place (j) was cut off by as much on the right: "Tan ung".
    Word(
        "DeckGlJsonChart.",
        "Math.ceil(r.actualBoundingBoxRight-r.actualBoundingBoxLeft)",
        "Math.ceil(r.actualBoundingBoxRight+Math.max(0,-r.actualBoundingBoxLeft))",
        is_code=True,
    ),
)


def find_words(script: str) -> tuple[Word, ...]:
    """Return the words of a script, by its file name."""
    return tuple(word for word in WORDS if script.startswith(word.script))


def replace_words(text: str, words: tuple[Word, ...]) -> str:
    """Return the script with our words, in the language of the request, for its own."""
    for word in words:
        ours = (word.ours if word.is_code else _literal(_ours(word))).replace("\\", "\\\\")
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
    # What is a name for the program alone keeps it. What stands before is looked at last: a pattern
    # that begins with the text itself finds it thirty times faster.
    if word.is_code:
        return re.compile(re.escape(word.stock))
    literal = re.escape(_literal(word.stock))
    return re.compile(rf"{literal}(?<!\bid:{literal})(?<!displayName={literal})")


def _literal(text: str) -> str:
    # The scripts write every text as a template literal; one that begins with + is the end of one.
    return f"{text}`" if text.startswith("+") else f"`{text}`"


def _ours(word: Word) -> str:
    start, end = word.stock.find("${"), word.stock.rfind("}")
    hole = word.stock[start : end + 1] if start >= 0 else ""
    text = _(word.ours).replace("\\", "\\\\").replace("`", "\\`").replace("${", "\\${")
    return text.replace("{x}", hole)
