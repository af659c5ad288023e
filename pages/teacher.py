"""Teacher: who is here, what the class has answered and trained, what waits, and what holds."""

import streamlit as st

from pcae import rights
from pcae.ui import shell, teacher_view

STUDENT = "This page is the teacher’s: it opens where the teacher’s link was opened."

if not rights.teaches():
    st.info(STUDENT)
    raise shell.PageEnds

left, right = st.columns([7, 5], gap="medium")
with left:
    teacher_view.networks()
with right:
    teacher_view.lesson()
    teacher_view.queue()
left, right = st.columns([7, 5], gap="medium")
with left:
    teacher_view.limits()
with right:
    teacher_view.addresses()
    teacher_view.clear()
