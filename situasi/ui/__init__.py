"""The roof that is looked at: the only package that knows Streamlit."""
