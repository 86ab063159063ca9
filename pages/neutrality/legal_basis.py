"""The rules of police neutrality in short, each with the web page it was read on."""

from __future__ import annotations

from situasi.domain.labels import N_

# Name, summary in our own words, source URL.
RULES: tuple[tuple[str, str, str], ...] = (
    (
        N_("TAP MPR VII/2000 pasal 10; UU 2/2002 pasal 28"),
        N_("Polri netral dalam politik; anggota tidak memilih dan tidak dipilih."),
        "https://onlineluwuraya.co.id/pemilu-serentak-2024-kapolres-palopo-tegaskan-kepada-personilnya-untuk-netral",
    ),
    (
        N_("PP 2/2003 pasal 5, 7, 8, 9"),
        N_("Politik praktis adalah pelanggaran disiplin: tindakan atau hukuman disiplin."),
        "https://nasional.kompas.com/copy/2020/09/10/11445971/anggota-polisi-tidak-netral-selama-pilkada-2020-terancam-kena-sanksi",
    ),
    (
        N_("Perpol 7/2022 pasal 4 huruf h dan pasal 8; PP 1/2003 pasal 12"),
        N_("Kode etik mewajibkan netralitas; pelanggaran etik dapat berujung PTDH."),
        "https://wahananews.co/nasional/propam-polri-siapkan-sanksi-bagi-anggota-yang-abaikan-netralitas-dalam-pemilu-2024-9acai2WlIQ/2",
    ),
    (
        N_("Surat telegram Kapolri nomor 2407, Oktober 2023"),
        N_("Perintah netralitas dan aturan media sosial untuk pemilihan 2024."),
        "https://merdeka.com/amp/peristiwa/polisi-dilarang-pose-jari-dukung-capres-bisa-dipecat-tidak-hormat-jika-melanggar-63717-mvk.html",
    ),
    (
        N_("STR/800/XI/HUK.7.1/2020"),
        N_("Perintah netralitas Pilkada 2020 dengan sedikitnya dua belas larangan."),
        "https://nasional.sindonews.com/newsread/241478/13/kapolri-keluarkan-tr-netralitas-pilkada-ini-yang-tidak-boleh-dilakukan-anggota-polri-1606039891/10",
    ),
    (
        N_("Target waktu Propam, Desember 2023"),
        N_("Perkara etik selesai dalam 14 hari."),
        "https://belu.inews.id/read/383506/dilarang-pose-foto-komitmen-polri-netral-di-pemilu-2024/2",
    ),
)

NOTE = N_(
    "Kode N01–N15 disusun papan ini dari perintah 2019, 2020, dan 2024; bukan kode resmi. "
    "Perintah Polda Sumsel atau Polres untuk 2024 tidak ditemukan."
)
