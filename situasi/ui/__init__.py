"""Streamlit code that pages share: session, filters, tables and components."""
