"""The wall: one page of our own, for a large screen without a mouse and for many light viewers."""
