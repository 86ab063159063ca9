"""Tools of the developers; nothing of the product needs them."""
