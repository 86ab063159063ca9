"""Kecamatan and desa as people write them."""
