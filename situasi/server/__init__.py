"""The roof that is spoken to: routes and the life of the server; no Streamlit."""
