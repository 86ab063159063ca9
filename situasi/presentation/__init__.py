"""Texts and view models for any output, and the explanation behind each number."""
