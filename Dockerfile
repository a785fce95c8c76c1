# syntax=docker/dockerfile:1
# Built once with the package index in reach; needs no network at run time: the model is inside.

FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
RUN python -m venv /opt/wellsourced
ENV PATH=/opt/wellsourced/bin:$PATH
# The CPU build of torch where the index has one under this name; dependencies first, so that a change
# of the code does not fetch them again.
COPY constraints.txt pyproject.toml README.md LICENSE ./
COPY service/__init__.py service/__init__.py
COPY prompts prompts
COPY models models
ARG TORCH_INDEX=""
RUN if [ -n "$TORCH_INDEX" ]; then \
      pip install --constraint constraints.txt --extra-index-url "$TORCH_INDEX" "torch==2.13.0"; \
    fi \
 && pip install --constraint constraints.txt ".[pdf,postgres,queue,tracing]" \
 && pip uninstall --yes wellsourced
COPY service service
RUN pip install --no-deps .

FROM python:3.11-slim-bookworm
LABEL org.opencontainers.image.title="wellsourced" \
      org.opencontainers.image.licenses="Apache-2.0"
RUN groupadd --system --gid 10001 brief \
 && useradd --system --uid 10001 --gid brief --create-home --home-dir /var/lib/wellsourced brief
COPY --from=build /opt/wellsourced /opt/wellsourced
ENV PATH=/opt/wellsourced/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HF_HUB_OFFLINE=1 \
    BRIEF_DATABASE_URL=sqlite:////var/lib/wellsourced/brief.db \
    BRIEF_CACHE_DIR=/var/lib/wellsourced/engines \
    BRIEF_MODELS_DIR=/var/lib/wellsourced/models \
    BRIEF_SECRET_FILE=/var/lib/wellsourced/secret
USER brief
WORKDIR /var/lib/wellsourced
# Converts the model in the box, so that the first start need not; fails where it does not hold.
RUN brief models check compact
VOLUME /var/lib/wellsourced
EXPOSE 8000
STOPSIGNAL SIGTERM
# Of the API: that of a worker is in deploy/compose.yaml.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
ENTRYPOINT ["brief"]
# Also `worker`, which is asked for its health by --metrics-port. Without API keys the service answers
# on loopback only; inside a container publishing it takes a key, or BRIEF_ALLOW_REMOTE=true, said by
# whoever runs it. docs/operating.md tells both.
CMD ["serve", "--host", "127.0.0.1", "--port", "8000"]
