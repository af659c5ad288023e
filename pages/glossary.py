"""Glossary: the words of the other pages, with their formulae."""

from pathlib import Path

import streamlit as st

from pcae.ui import shell, tour

WORDS = Path(tour.__file__).with_name("glossary.md").read_text("utf-8")

if st.button("Take the tour"):
    tour.begin()
    st.switch_page(shell.path(tour.STEPS[0].page))
left, right = st.columns(2, gap="large")
for number, section in enumerate(WORDS.split("## ")[1:]):
    title, text = section.split("\n", 1)
    with (left, right)[number % 2]:
        st.header(title, anchor=False)
        st.markdown(text)
