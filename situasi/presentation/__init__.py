"""Telling: what was found in the words, signs and colours of a reader, whoever draws it."""
