"""The pages, one package each with `page.show(context)`; importing them has no side effects."""
