"""HTTP routes, middleware and the lifespan of the process; no Streamlit."""
