"""Laporan for higher levels: data of one time, composed once, written as files."""
