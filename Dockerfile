# Vantrail's daemon and the pages it serves. Two stages do the work, the third holds only what runs.
# The version is that of the npm package `node` in package.json: the one everything is tested with.
ARG NODE_VERSION=24.21.0

FROM node:${NODE_VERSION}-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Not `npm ci`: it refuses a lock file that lacks an optional package of some other platform. No package of the daemon
# needs its install script: better-sqlite3 carries its binaries. Of these one is needed, and SQLite's sources are not.
RUN npm install --no-save --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error \
  && cd node_modules/better-sqlite3 \
  && rm -rf deps src \
  && find prebuilds -name '*.node' ! -name "linux-$(node -p process.arch).node" -delete \
  && node -e "new (require('better-sqlite3'))(':memory:').close()"

FROM node:${NODE_VERSION}-bookworm-slim AS pages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm install --no-save --ignore-scripts --no-audit --no-fund --loglevel=error
COPY tsconfig.json vite.config.ts ./
COPY protocol protocol
COPY desktop desktop
COPY web-view web-view
RUN node node_modules/vite/bin/vite.js build --logLevel error \
  && node node_modules/vite/bin/vite.js build --config web-view/vite.config.ts --logLevel error

FROM node:${NODE_VERSION}-bookworm-slim
ENV NODE_ENV=production \
  VANTRAIL_HOST=0.0.0.0 \
  VANTRAIL_DATA=/data
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY --from=pages /app/dist dist
COPY package.json LICENSE ./
COPY protocol protocol
COPY daemon daemon
COPY deploy/healthcheck.mjs deploy/healthcheck.mjs
# An empty volume takes the owner of the folder it is mounted on.
RUN install -d -m 0700 -o node -g node /data /keys
USER node
VOLUME ["/data"]
EXPOSE 8080 1883 8883
# The daemon stops within 10 s of it: viewers are told to come back, what was accepted is made durable.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=120s --retries=3 CMD ["node", "deploy/healthcheck.mjs"]
CMD ["node", "--max-semi-space-size=64", "daemon/main.ts"]
