# Two stages: the first installs the pinned packages, the second holds them, the program, and nothing else.
FROM python:3.13.5-slim-bookworm AS packages
WORKDIR /build
COPY requirements.txt ./
RUN python -m venv /opt/holdfast \
    && /opt/holdfast/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.txt

FROM python:3.13.5-slim-bookworm
# git reads and writes the repository of post-mortems.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates=* git=* openssh-client=* \
    && rm -rf /var/lib/apt/lists/*
# The file system may be mounted read-only: everything that is written goes to /data.
ENV PATH=/opt/holdfast/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOLDFAST_DATA=/data \
    HOST=0.0.0.0 \
    PORT=3000
RUN useradd --system --uid 10001 --home-dir /data --create-home holdfast
COPY --from=packages /opt/holdfast /opt/holdfast
WORKDIR /app
COPY bot ./bot
COPY handlers ./handlers
COPY agents ./agents
USER 10001
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/healthz', timeout=4)"]
# exec form: the stop signal reaches the bot, which finishes what it is doing.
ENTRYPOINT ["python", "-m", "bot"]
CMD ["run"]
