"""The screens: one function `show()` each; nothing happens at import."""
