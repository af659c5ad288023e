"""Plotly and SVG figures from arrays."""
