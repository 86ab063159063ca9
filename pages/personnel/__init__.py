"""Personel: postings, presence and shortfalls."""
