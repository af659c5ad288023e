"""A class on one server: its room and its lessons."""
