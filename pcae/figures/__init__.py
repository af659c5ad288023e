"""Figures from arrays: for plotly.js, for the small planes of codes, and as SVG."""
