# One image for every role. The digest was read from public repositories that pin it (three of them name it, with Python
# 3.11.16); it was not pulled where this was written. Check it with `docker buildx imagetools inspect` before you build.
ARG BASE=python:3.11-slim-bookworm@sha256:528257d48c1da0dcecc2e725d1ae34498d60c965f1241e39cd6a85a8859bdf84

FROM ${BASE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/lora-triage
WORKDIR /source
COPY constraints.txt pyproject.toml README.md ./
COPY bot bot
COPY diagnostics diagnostics
COPY knowledge knowledge
COPY migrations migrations
RUN PIP_CONSTRAINT=constraints.txt /opt/lora-triage/bin/pip install '.[distributed]' \
    && find /opt/lora-triage -name tests -type d -prune -exec rm -rf {} +

FROM ${BASE}
# rendering uses fonts that come with matplotlib; nothing else of the system is needed
RUN useradd --system --uid 10001 --home-dir /data --create-home triage
COPY --from=build /opt/lora-triage /opt/lora-triage
ENV PATH=/opt/lora-triage/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    LORA_TRIAGE_DATA=/data LORA_TRIAGE_LOG_FORMAT=json MPLCONFIGDIR=/tmp/matplotlib
USER triage
WORKDIR /data
VOLUME /data
ENTRYPOINT ["lora-triage"]
CMD ["serve"]
