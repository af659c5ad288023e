import pytest
import streamlit as st


@pytest.fixture(autouse=True)
def empty_caches():
    st.cache_resource.clear()
