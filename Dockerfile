# Frontdesk in a container. Settings are read from /frontdesk/frontdesk.toml, everything kept lies in /frontdesk/data:
#
#   docker build -t frontdesk .      # README.md shows how to run it
#
# Chosen with --build-arg: EXTRAS, e.g. "postgresql,tune" to train in the container; PIP_EXTRA_INDEX_URL, the address of
# PyTorch's builds for the processor, without which pip may bring several gigabytes of CUDA libraries.
#
# The image runs on every x86-64 processor with AVX2 (2013 and later) and on arm64. With --build-arg GGML_NATIVE=ON
# it is made for the processor of the building machine alone; Frontdesk's kernel for Q8_0
# needs that, and a processor with AVX-512 VNNI.

FROM python:3.11-slim-bookworm AS builder
# The compiler does not reach the final image, so Debian's current one will do.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends g++ \
    && rm -rf /var/lib/apt/lists/*
RUN python -m venv /opt/frontdesk
ENV PATH=/opt/frontdesk/bin:$PATH
WORKDIR /src
# The model's engine first: it takes longest and changes least.
ARG GGML_NATIVE=OFF
ARG PIP_EXTRA_INDEX_URL
COPY constraints.txt ./
COPY bot/generation/kernels kernels
RUN CMAKE_ARGS="-DGGML_NATIVE=${GGML_NATIVE} -DLLAVA_BUILD=OFF -DCMAKE_PROJECT_llama_cpp_INCLUDE=/src/kernels/llama-cpp.cmake" \
    pip install --no-cache-dir -c constraints.txt llama-cpp-python
COPY pyproject.toml README.md LICENSE ./
COPY migrations migrations
COPY knowledge knowledge
COPY bot bot
COPY adapters adapters
ARG EXTRAS=postgresql
RUN pip install --no-cache-dir -c constraints.txt ".[${EXTRAS}]"

FROM python:3.11-slim-bookworm
# llama.cpp and PyTorch compute in threads through OpenMP; sources of the kind git call git.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends git libgomp1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home frontdesk \
    && install -d -o 10001 -g 10001 /frontdesk /frontdesk/data
COPY --from=builder /opt/frontdesk /opt/frontdesk
ENV PATH=/opt/frontdesk/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    FRONTDESK_HTTP__LISTEN=0.0.0.0:8080
USER 10001:10001
WORKDIR /frontdesk
VOLUME ["/frontdesk/data"]
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=120s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
ENTRYPOINT ["frontdesk"]
CMD ["run"]
