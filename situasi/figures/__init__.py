"""Frame in, figure out: what is drawn, in the colours of theme.py."""
