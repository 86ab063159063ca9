"""Akun: who may sign in; accounts are made and ended here by an admin."""
