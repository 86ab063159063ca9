"""The screens, a package each with `page.show()`; nothing happens at import."""
