"""What pages share: session, filters, tables and components. Knows Streamlit."""
