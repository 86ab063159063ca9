"""Latihan: starts and judges an exercise."""
