"""HTTP routes and the life of the process; no Streamlit."""
