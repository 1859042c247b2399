"""SageMaker Model Monitor as records: what is created is judged, kept and shown, and never runs."""
