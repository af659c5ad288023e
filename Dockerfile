# The dashboard in a container; docs/class.md tells how to start it, alone or with Caddy before it.
FROM python:3.11-slim

# 1: with TensorFlow's CUDA libraries, for a host with NVIDIA's container toolkit
ARG CUDA=0

WORKDIR /app
COPY requirements.txt requirements-gpu.txt ./
RUN pip install --no-cache-dir -r requirements.txt "streamlit[auth]"
RUN if [ "$CUDA" = 1 ]; then pip install --no-cache-dir -r requirements-gpu.txt; fi

COPY .streamlit/config.toml .streamlit/
COPY pages pages
COPY pcae pcae
COPY app.py ./
RUN python -m compileall -q app.py pages pcae

# what is trained and brought lies in the volume, and belongs to a user of no rights
RUN useradd --uid 1000 --create-home pcae && install -d -o pcae -g pcae -m 700 /data
USER pcae
VOLUME /data
ENV PCAE_HOME=/data KERAS_HOME=/data/keras
ENV STREAMLIT_SERVER_ADDRESS=0.0.0.0 STREAMLIT_SERVER_HEADLESS=true
ENV STREAMLIT_LOGGER_HIDE_WELCOME_MESSAGE=true
EXPOSE 8501

# the server answers, and where networks wait a worker lives
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD python -m pcae.classroom.alive
CMD ["python", "-m", "streamlit", "run", "app.py"]
