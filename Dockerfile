# The image that the port-ocean Helm chart runs: any user, nothing writable but /tmp/ocean.
#   docker build -t port-ocean-custom .
#   docker build -t port-ocean-generic-http --build-arg INTEGRATION_TYPE=generic-http .
# Behind a proxy that signs with its own certificate: --secret id=ca,src=<bundle of trusted certificates>

# python:*-slim, or a Debian with python3 (3.12 to 3.14) and ca-certificates.
ARG BASE=python:3.13.16-slim-trixie


FROM ${BASE} AS build
# Debian's Python comes without pip and venv.
RUN python3 -c 'import ensurepip' 2>/dev/null \
    || { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends python3-venv; }
RUN python3 -c 'import sys; sys.exit(None if (3, 12) <= sys.version_info < (3, 15) else "BASE needs Python 3.12 to 3.14")' \
    && python3 -m venv /opt/pip \
    && python3 -m venv --without-pip /opt/venv
# The lock is complete: nothing is resolved, so no newer release can matter, and nothing is compiled.
COPY requirements.lock /opt/
RUN --mount=type=secret,id=ca \
    if [ -s /run/secrets/ca ]; then export PIP_CERT=/run/secrets/ca; fi \
    && /opt/pip/bin/pip --python /opt/venv/bin/python install --no-cache-dir --disable-pip-version-check \
        --require-hashes --no-deps --only-binary :all: --requirement /opt/requirements.lock \
    && /opt/pip/bin/pip --python /opt/venv/bin/python check

# What .dockerignore lets through.
COPY . /app/
WORKDIR /app
# The chart does not tell the container its type: Ocean takes it from the name in pyproject.toml.
ARG INTEGRATION_TYPE=custom
ARG VERSION=2.0.0
RUN echo "${INTEGRATION_TYPE}" | grep -Eqx '[a-z][a-z0-9-]*' \
        || { echo "INTEGRATION_TYPE is small letters, digits and dashes, not '${INTEGRATION_TYPE}'" >&2; exit 1; }; \
    grep -Fqx "version = \"${VERSION}\"" pyproject.toml \
        || { echo "VERSION is ${VERSION}, but pyproject.toml has another" >&2; exit 1; }; \
    sed -i "s/^name = \"custom\"$/name = \"${INTEGRATION_TYPE}\"/" pyproject.toml \
    && grep -Fqx "name = \"${INTEGRATION_TYPE}\"" pyproject.toml \
    && rm requirements.lock \
    && /opt/venv/bin/python -m compileall -q --invalidation-mode unchecked-hash . \
    && chmod -R a+rX,go-w /app /opt/venv


FROM ${BASE}
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
# The folder is for runs without a volume there; the start script makes what belongs inside.
RUN mkdir -m 1777 /tmp/ocean && ln -s /app/scripts/ocean-custom /usr/local/bin/

# PYTHONPATH: Ocean appends the working folder, this puts it first. TMPDIR and HOME: the one writable place.
ENV PATH=/opt/venv/bin:${PATH} \
    PYTHONPATH=/app \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp/ocean \
    TMPDIR=/tmp/ocean \
    OCEAN__ALLOW_ENVIRONMENT_VARIABLES_JQ_ACCESS=false \
    OCEAN__PROCESSING_MODE=ocean-core

ARG INTEGRATION_TYPE=custom
ARG VERSION=2.0.0
LABEL org.opencontainers.image.title="port-ocean-${INTEGRATION_TYPE}" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="Apache-2.0" \
      integration.version="${VERSION}"

WORKDIR /app
USER 1001:1001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import http.client, os, sys; c = http.client.HTTPConnection('127.0.0.1', int(os.environ.get('APPLICATION__PORT') or 8000), timeout=4); c.request('GET', '/health/live'); sys.exit(c.getresponse().status != 200)"]
CMD ["sh", "/app/scripts/start.sh"]
