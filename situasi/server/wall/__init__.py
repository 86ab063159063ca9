"""The wall: a page without Streamlit, for a large screen without a mouse and many light viewers."""
