"""Laporan that go up: found of one moment, told once, written as files."""
