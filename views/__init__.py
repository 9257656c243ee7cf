"""What people see. Only this package imports Streamlit."""
