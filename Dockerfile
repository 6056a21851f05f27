# docker build -t edgeguard .
# docker run --rm --read-only --tmpfs /tmp -p 8443:8443 edgeguard demo --address 0.0.0.0

FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/edgeguard
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY config config
COPY rules rules
COPY edgeguard edgeguard
# Wheels only: a dependency that would need a compiler stops the build here. pip itself does not go into the next stage.
RUN /opt/edgeguard/bin/pip install --only-binary=:all: . && /opt/edgeguard/bin/pip uninstall --yes pip

FROM python:3.13-slim
RUN pip uninstall --yes --root-user-action=ignore pip \
    && rm -rf /usr/local/lib/python3.13/ensurepip /usr/local/bin/pip* \
    && useradd --system --uid 10001 --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin edgeguard
COPY --from=build /opt/edgeguard /opt/edgeguard
# Compiled patterns, and versions of rules; a volume keeps them for the next container.
RUN install -d -o 10001 -g 10001 -m 0700 /var/cache/edgeguard
VOLUME /var/cache/edgeguard
ENV PATH=/opt/edgeguard/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 CACHE_DIRECTORY=/var/cache/edgeguard
USER 10001
EXPOSE 8080 8443
STOPSIGNAL SIGTERM
# The admin listener's default address; it is on the container's loopback, out of reach from outside.
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:9180/healthz', timeout=2)"]
ENTRYPOINT ["edgeguard"]
CMD ["serve", "-c", "/etc/edgeguard/edgeguard.yaml"]
