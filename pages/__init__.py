"""The pages, one package each with `page.show()`; importing them has no side effects."""
