"""Figures for docs/figures.md, each from a script that prints a table."""
