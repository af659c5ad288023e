"""Figures for the README, each from a script that prints a table."""
