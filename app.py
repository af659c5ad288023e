"""pcae: PCA beside the bottleneck, on real digits. `streamlit run app.py`."""

import sys

import streamlit as st
from starlette.middleware import Middleware
from threadpoolctl import threadpool_limits

from pcae import rights
from pcae.server import live, memory, visitors
from pcae.server.announcing import open_to_others
from pcae.server.guard import Guard
from pcae.server.routes import routes
from pcae.server.static import Static
from pcae.server.uploading import Uploads

rights.find_with(visitors.of_session)
memory.share_heaps()
# a page's thread gives the interpreter away at every message to the browser: it gets it back sooner
sys.setswitchinterval(0.001)
threadpool_limits(1, "blas")  # visitors come side by side; small products wait for other threads
app = st.App(
    "pcae/ui/frame.py",
    routes=[*routes(), *live.routes()],
    lifespan=open_to_others,
    middleware=[
        Middleware(Guard),
        Middleware(visitors.Visitors),
        Middleware(Uploads),
        Middleware(Static),
    ],
)
