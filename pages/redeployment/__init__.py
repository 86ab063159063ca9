"""Pergeseran: shortfalls of officers and the plan that fills them."""
