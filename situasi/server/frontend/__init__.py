"""What a browser is given first: the frontend of Streamlit, packed, and in our words."""
