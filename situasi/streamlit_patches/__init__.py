"""The only code that changes Streamlit."""
