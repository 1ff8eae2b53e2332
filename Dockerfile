# syntax=docker/dockerfile:1
# Nabat in a container: docker build -t nabat . (docs/operating.md, "Docker").

# The version that package.json names as the package "node", so that it need not be fetched a second time.
ARG NODE=24.21.0

# Versions are those of the lock file. Not "npm ci": it insists on packages for other machines that only development needs.
# Without scripts: those are of the package "node", which would fetch the Node that is here already, and what "npm install"
# does at its end, which is done below.

# The console, by itself: what it is made with has no place in the image.
FROM node:${NODE}-bookworm-slim AS console
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY api/package.json api/
COPY client/package.json client/
COPY server/package.json server/
COPY web/package.json web/
RUN npm install --omit=dev --ignore-scripts --no-audit --no-fund --workspace=web
COPY tsconfig.json ./
COPY api api
COPY web web
RUN node web/build.mjs

FROM node:${NODE}-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY api/package.json api/
COPY client/package.json client/
COPY server/package.json server/
COPY web/package.json web/
RUN npm install --omit=dev --ignore-scripts --no-audit --no-fund --workspace=server
COPY api api
COPY client client
COPY server server
COPY --from=console /app/web/dist web/dist
# The first start compiles everything; what it keeps belongs to the user it ran as, and is used for that one only. It also
# shows that the image starts: the server is stopped after ten seconds and has to end well.
RUN mkdir -p node_modules/.cache/nabat && chown -R node:node node_modules/.cache
USER node
RUN NABAT_DATA=/tmp/data NABAT_PORT=0 timeout --preserve-status 10 node server/nabat.mjs serve

FROM node:${NODE}-bookworm-slim
WORKDIR /app
COPY --from=build /app /app
# A volume made for this folder takes over whose it is.
RUN install -d -o node -g node -m 0700 /data && ln -s /app/server/nabat.mjs /usr/local/bin/nabat
USER node
ENV NABAT_DATA=/data NABAT_HOST=0.0.0.0 NABAT_PORT=8080
VOLUME /data
EXPOSE 8080
# Whether the process lives. That the database is away is no reason to start it again: /readyz tells that.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.NABAT_PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=8", "server/nabat.mjs", "serve"]
