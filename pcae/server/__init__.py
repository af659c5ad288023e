"""The server around Streamlit's own."""
