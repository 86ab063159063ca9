"""Lookup of kecamatan and desa as people write them."""
