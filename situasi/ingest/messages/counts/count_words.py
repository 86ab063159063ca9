"""Words and patterns around the numbers that count voters present."""

import re

from situasi.ingest.messages.clock_mentions import SPELLED_HOURS
from situasi.ingest.parsing.number_words import SPELLED_COUNT

# A count of one sex; only the sum of both is stored. Voters on the list, who are not present.
SEX, ON_LIST = "l+p", "dpt"

PEOPLE = r"(?:orang|org|wong|pemilih|pmlh|warga|jiwa|voters)"
# `118/465`, `118 dari DPT 465`: voters present of voters on the list; not day and month, as no
# list is so short.
_OF = (
    rf"(?: ?/ ?| ?{PEOPLE}?,? ?\b(?:dari|dr)\b ?"
    r"(?:(?:total|jumlah|jml|seluruh|keseluruhan|dpt|sebanyak)\b ?[:=]? ?){0,3})"
)
_GLUED = rf"(?:{PEOPLE}|pers|wib)\b"
_END = rf"(?![0-9_%]|(?!{_GLUED})[^\W\d_]|/[0-9\w]|[.,:][0-9])"
NUMBER = re.compile(
    r"(?:(?<![\w.,/*-])|(?<=\b[lp]))"
    rf"(?:(?P<came>[0-9]{{1,4}}){_OF}(?P<list>[0-9]{{2,4}}){_END}(?! ?(?:tps|persen)\b)"
    rf"|(?:[1-9][0-9]{{0,2}}(?:[.,][0-9]{{3}})+|[0-9]{{1,6}}){_END}"
    r"(?! ?persen\b| [0-9]{3}(?![\w.,:/]))"
    rf"|(?P<spelled>{SPELLED_COUNT})(?: \((?P<digits>[0-9]{{2,3}})\))?(?! ?(?:persen|ribu)\b|\w))",
    re.IGNORECASE,
)
# `1O1`, `l20`: a letter typed for a digit; what it counts is asked.
GARBLED = re.compile(
    r"(?<![\w.,:/-])(?=[OolI]*[0-9])(?=[0-9]*[OolI])[0-9OolI]{2,4}(?![\w/-]|[.,:][0-9])"
)
SHORTEST_LIST = 32  # voters; no month has so many days
_CAST = r"(?:memilih|milih|mencoblos|nyoblos|ncoblos|coblos)"
_DONE = r"(?:sudah|telah|sdh|tlh|udah|yang|yg)"
_PRESENT = (
    r"hadir|hdr|kehadiran|(?:pengguna|(?:meng)?gunakan|menyalurkan) hak (?:pilih|suara)|datang"
    rf"|partisipasi|{_DONE} {_CAST}|mencoblos|nyoblos"
)
HEADS = re.compile(rf"\b(?:{_PRESENT})\b", re.IGNORECASE)
BEHIND = re.compile(
    rf" ?{PEOPLE}?\b ?(?:(?:yang|yg|telah|sudah|sdh|tlh|udah|ikut) ){{0,4}}"
    rf"(?:hadir|hdr|{_CAST}|datang|(?:meng)?gunakan hak pilih|menyalurkan hak)",
    re.IGNORECASE,
)
ABSENT = re.compile(
    rf"\b(?:tidak|tdk|belum|blm|tak|sisa) (?:[a-z]+ )?(?:hadir|hdr|datang|{_CAST}|(?:meng)?gunakan"
    r"|menyalurkan)\b",
    re.IGNORECASE,
)
PARTS = {"dptb": "hadir_dptb", "dpk": "hadir_dpk", "dpt": "hadir_dpt"}
PART = re.compile(r"\b(dptb|dpk|dpt)\b", re.IGNORECASE)
LEADING_PART = re.compile(r"\A *(?:dptb|dpk|dpt)\b(?= *[a-z])", re.IGNORECASE)
SEXES = re.compile(
    r"(?:\A|[\W_])(?:l|p|lk|pr|laki(?:[ -]laki|2)?|perempuan|pria|wanita)\W*\Z", re.IGNORECASE
)
ON_VOTER_LIST = re.compile(r"(?<!sisa )\bdpt[\s:=]*\Z", re.IGNORECASE)
# A written doubling, whose 2 is no number of its own.
DOUBLED = re.compile(r"laki2\W*\Z", re.IGNORECASE)
_SEX = r"(?:l|p|lk|pr|laki(?:[ -]laki|2)?|perempuan|pria|wanita)"
# `40 lk, 45 pr`: the sex stands behind; in `118 L 60 P 58` it is of the next number.
SEX_BEHIND = re.compile(
    rf" ?{_SEX}\b(?:\W{{0,3}}(?![\W0-9])|\W*\Z|\W{{1,3}}[0-9]+ ?{_SEX}\b(?!\W{{0,3}}[0-9]))",
    re.IGNORECASE,
)
BOTH_SEXES = re.compile(
    r"\b(?:l|lk|laki(?:[ -]laki|2)?|pria)\W{0,3}[0-9]+.{0,12}?"
    r"\b(?:p|pr|perempuan|wanita)\W{0,3}[0-9]"
    r"|[0-9]+ ?(?:lk|laki(?:[ -]laki|2)?|pria)\b.{0,8}?[0-9]+ ?(?:pr|perempuan|wanita)\b",
    re.IGNORECASE,
)
MARKS = re.compile(r"[;,\n]")
# `Pengguna hak pilih: DPT 205, DPTb 2`: the parts are of the voters present.
OPENS_PARTS = re.compile(
    rf"\b(?:{_PRESENT})\b[^\n;]{{0,80}}:\W{{0,3}}(?:dptb|dpk|dpt)\W*\Z", re.IGNORECASE
)
PERCENT = re.compile(r"\b[0-9]{1,3}(?:[.,][0-9]{1,2})? ?(?:%|persen\b)", re.IGNORECASE)
# People at a TPS who are not counted as voters.
OTHERS = re.compile(
    r"\b(?:kpps|saksi|linmas|personel|personil|pers|anggota|petugas|panwas\w*|ptps|polri|tni|tamu"
    r"|peserta|undangan|massa|pam|bko|brimob|korban|pelaku|tersangka|tim|medis"
    r"|perawat|dokter|wartawan|camat|lurah|kades|kapolsek|danramil|babinsa|bhabin\w*|pps|ppk|kpu"
    r"|bawaslu|rombongan)\b",
    re.IGNORECASE,
)
# A change, an aim or a guess of what comes is no count.
NO_STATE = re.compile(
    r"\b(?:ber|per)?(?:tambah|kurang)\w*\b|\b(?:naik|turun|selisih|target|estimasi|perkiraan"
    r"|diperkirakan|rencana|akan|bukan|bkn|undangan|kuota|kapasitas|persen)\b|%"
    r"|\b(?:dari|dr)(?: (?:total|jumlah|jml|dpt))*\W*\Z",
    re.IGNORECASE,
)
ABOUT = re.compile(
    r"(?:\b(?:sekitar|skitar|sktr|kurang lebih|lebih kurang|k\.?l|hampir|lebih dari"
    r"|kira(?:-kira|2)?)|\u00b1)"
    r"\W*\Z",
    re.IGNORECASE,
)
# What follows a number that counts no people.
NOT_PEOPLE = re.compile(
    rf" ?(?:kali|x|surat|lembar|lbr|paslon|menit|mnt|jam(?! ?(?:[0-9]|setengah|{SPELLED_HOURS}))"
    r"|hari|meter|m|km|cm|kotak|bilik"
    r"|tps(?!\W{0,3}[0-9])|rumah"
    r"|unit|suara|titik|desa|kelurahan|kecamatan|kk|ton|kg|buah|(?:dari|dr) [0-9]{1,3} tps)\b",
    re.IGNORECASE,
)
# Meetings are attended too, but by no voters.
GATHERING = re.compile(
    r"\b(?:apel|rapat|rakor|sosialisasi|kampanye|briefing|upacara|pleno|bimtek|simulasi)\b",
    re.IGNORECASE,
)
TOTAL = re.compile(
    r"(?:total|jumlah|jml|jlh)(?: (?:l dan p|l\+p|seluruhnya|semua))?", re.IGNORECASE
)
# `118 hadir dan 2 saksi`: the rest counts others.
AND_COUNT = re.compile(r"(?:\bdan\b|&|\+) ?[0-9].*")
# `118 org saksi 2`: what follows the people counted is of the next number.
NEXT_COUNT = re.compile(rf"( ?{PEOPLE}\b)\W{{0,3}}[a-z]+\W{{0,3}}[0-9].*", re.IGNORECASE)
UNIT = re.compile(rf" ?{PEOPLE}\b", re.IGNORECASE)
# `167 orang` at the end of its line.
COUNTED_LINE = re.compile(rf" ?{PEOPLE}\b *[.,;]? *(?:\n|\Z)", re.IGNORECASE)
AT_STATION = re.compile(
    rf" ?{PEOPLE} (?:(?:sudah|telah|sdh|saat ini|skrg) )?di (?=tps\b)", re.IGNORECASE
)
# Between a TPS, a time or a place and its count these words say nothing else of it.
NEUTRAL = re.compile(
    r"(?:[\s:=\-\u2013(.>,]|\b(?:situasi|aman|kondusif|lancar|terkendali|dan|sementara|saat|ini"
    r"|sdh|sudah|telah|baru|ada|sebanyak|mencapai|berjumlah|pemilih|pmlh|jumlah|jml|total|update|posisi"
    r"|pantauan|skrg|sekarang|(?:di)?tutup|ramai|sepi|msh|masih|hanya|cuma|terpantau|s[/.]?d"
    r"|smtr|smntr|la|lah|ado|tadi|td)\b)*",
    re.IGNORECASE,
)
# `tertulis 115, yg benar 151`: behind the wrong number, wherever its TPS stands.
RIGHT_NUMBER = re.compile(r"(?:yang|yg) (?:benar|betul)|(?:se)?harusnya", re.IGNORECASE)
# `jumlah pemilih 78`; `yg benar 78 bukan 87`, `td 60 skrg 78`: told instead of an earlier one.
SUM_OR_CORRECTED = re.compile(
    rf"{TOTAL.pattern}|(?:{TOTAL.pattern} )?(?:pemilih|pmlh|pengunjung)"
    r"(?: (?:sudah|sdh|telah|ada|baru|mencapai|berjumlah|sebanyak)){0,2}"
    rf"|{RIGHT_NUMBER.pattern}|menjadi|jadi|dikoreksi"
    r"|(?:skrg|skg|sekarang|saat ini|smtr|smntr|sementara|tadi|td)"
    r"(?: (?:baru|sudah|sdh|lah|la|ado))?"
    r"|baru|sudah|sdh|lah|la|ado",
    re.IGNORECASE,
)
# Between a desa and its number.
OF_PLACE = re.compile(rf"[ :=-]*(?:(?:{SUM_OR_CORRECTED.pattern})[ :=-]*)?", re.IGNORECASE)
CORRECTS = re.compile(r" *,? ?\(?(?:bukan|bkn) [0-9]", re.IGNORECASE)
# `masing2 75 dan 80`: a number for each.
FOR_EACH = re.compile(r"\b(?:masing[ -]?masing|masing2|msg2)\W*\Z", re.IGNORECASE)
# A heading of the list of voters, whose number does not stand beside it.
LIST_HEADING = re.compile(r"\bdpt\b(?!\W{0,4}[0-9])", re.IGNORECASE)
# The tally of votes, whose numbers are ballots.
TALLY = re.compile(r"hitung", re.IGNORECASE)
VOTERS = re.compile(r"\b(?:pemilih|pmlh)\b", re.IGNORECASE)
# Behind a bare count its sentence ends, or the next TPS or time begins.
TIME_BEHIND = re.compile(r" *\(?(?:(?:jam|jm|pkl|pukul)\b|[01]?[0-9][.:][0-5][0-9])", re.IGNORECASE)
ENDS_COUNT = re.compile(
    r" *(?:(?:n?dan|komandan|pak|bang)\b *(?![0-9]))?"
    r"(?:\Z|[,;.)&+/|\n]|(?:ya|bukan|bkn|desa|ds|kel|kelurahan)\b"
    r"|\(?[0-9]{1,3}(?:[.,][0-9]{1,2})? ?%"
    r"|(?:dan )?\(?(?:tps|jam|jm|pkl|pukul|[01][0-9][.:][0-9])|\(?dpt\b)",
    re.IGNORECASE,
)
# Where votes are counted, a number behind a TPS may be one of votes.
COUNTING = re.compile(
    r"\b(?:suara|hitung|penghitungan|perhitungan|hasil|paslon|calon|kolom"
    r"|rekap(?:itulasi)?(?! (?:jam|jm|pukul|pkl)\b)|kotak kosong|unggul|menang|perolehan)\b",
    re.IGNORECASE,
)
