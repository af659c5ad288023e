"""Glossary: the words of the other pages, with their formulae."""

from pathlib import Path

import streamlit as st

from pcae.ui import course, steps

WORDS = Path(steps.__file__).with_name("glossary.md").read_text("utf-8")

if st.button("Take the tour"):
    course.begin(steps.TOUR)
    st.rerun()
left, right = st.columns(2, gap="large")
for number, section in enumerate(WORDS.split("## ")[1:]):
    title, text = section.split("\n", 1)
    with (left, right)[number % 2]:
        st.header(title, anchor=False)
        st.markdown(text)
