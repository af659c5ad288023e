"""Data that others publish: fetched, checked and cited."""
