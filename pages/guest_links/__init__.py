"""Tautan tamu: the guest links and their withdrawal."""
