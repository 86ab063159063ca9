"""Files as they come from the field become tables of raw cells."""
