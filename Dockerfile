# The server with all domains and scenarios of this repository. Its data are in /data: runs, notebooks, keys, audit.
#   docker build --tag llm-sim . && docker run --init --publish 8000:8000 --volume llm-sim:/data llm-sim

FROM node:24-bookworm-slim AS deno
# Deno comes from npm like everything else; the program itself needs no Node.
RUN npm install --global deno@2.9.6 \
  && cp "$(find /usr/local/lib/node_modules/deno -type f -name deno -size +10M | head -n 1)" /deno \
  && /deno --version

FROM debian:bookworm-slim
COPY --from=deno /deno /usr/local/bin/deno
ENV DENO_DIR=/opt/deno DENO_NO_UPDATE_CHECK=1 NO_COLOR=1
RUN useradd --uid 10001 --no-create-home --home-dir /data simulation \
  && mkdir /app /data /opt/deno \
  && chown simulation:simulation /app /data /opt/deno
WORKDIR /app
USER simulation

# Packages first: they change less often than sources.
COPY --chown=simulation deno.json deno.lock ./
RUN deno install --frozen

COPY --chown=simulation main.ts LICENSE ./
COPY --chown=simulation framework/ framework/
COPY --chown=simulation runner/ runner/
COPY --chown=simulation server/ server/
COPY --chown=simulation routes/ routes/
COPY --chown=simulation static/ static/
COPY --chown=simulation islands/ islands/
COPY --chown=simulation cli/ cli/
COPY --chown=simulation domains/ domains/
COPY --chown=simulation scenarios/ scenarios/
COPY --chown=simulation notebooks/ notebooks/
# What is compiled when the program starts is in the image; pages and endpoints are when they are asked for first.
RUN deno install --frozen --entrypoint main.ts \
  && deno eval 'await (await import("./server/mod.ts")).currentScripts()' \
  && deno run --cached-only --allow-read --allow-write --allow-net --allow-env --allow-run=deno main.ts run scenarios/economic/quick_test.yaml --output /tmp/first --quiet \
  && rm -r /tmp/first

ENV LLM_SIM_KEY_FILE=/data/key
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGINT
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["deno", "eval", "Deno.exit((await fetch('http://127.0.0.1:8000/health/ready')).ok ? 0 : 1)"]
CMD ["deno", "run", "--allow-read", "--allow-write", "--allow-net", "--allow-env", "--allow-run=deno", "main.ts", "serve", "--host", "0.0.0.0", "--port", "8000", "--output", "/data/output", "--notebooks", "/data/notebooks"]
