import { expect } from 'vitest';
import { parseCommitSha } from '../../../shared/brand.ts';
import type { Finding, Severity } from '../../finding.ts';
import { type Recipe, recipeFrom } from '../../recipe.ts';
import { findingsOf } from '../findings.ts';
import type { KnownRelease } from '../version-findings.ts';

export type Change = readonly [path: string, from: string, to: string];
/** Code, severity, file, and the text of the line where it has to be found. */
export type Wanted = readonly [code: string, severity: Severity, file: string, line: string];

/** The files of a recipe by path. */
export type Tree = Readonly<Record<string, string>>;

const COMPOSE = `version: "3.8"

x-database: &database
  POSTGRES_USER: shelf
  POSTGRES_DB: shelf

services:
  app:
    image: example/shelf:2.4.0
    networks:
      - proxy
      - inside
    environment:
      - BASE_URL=https://\${DOMAIN}
      - DB_HOST=\${STACK_NAME}_db
      - DB_PASSWORD_FILE=/run/secrets/db_pw
      - LOG_LEVEL=\${LOG_LEVEL:-info}
      - THEME=\${THEME}
    secrets:
      - db_pw
    configs:
      - source: settings
        target: /etc/shelf.conf
      - source: start
        target: /start.sh
        mode: 0555
    entrypoint: ["tini", "--", "/start.sh"]
    volumes:
      - books:/books
    healthcheck:
      test: ["CMD-SHELL", "wget -q -O /dev/null http://127.0.0.1:8080/"]
      interval: 10s
      retries: 5
      start_period: 1m
    deploy:
      update_config:
        order: stop-first
      labels:
        - "traefik.enable=true"
        - "traefik.docker.network=proxy"
        - "traefik.http.routers.\${STACK_NAME}.rule=Host(\`\${DOMAIN}\`\${EXTRA_DOMAINS})"
        - "traefik.http.routers.\${STACK_NAME}.entrypoints=web-secure"
        - "traefik.http.routers.\${STACK_NAME}.tls.certresolver=\${LETS_ENCRYPT_ENV}"
        - "traefik.http.services.\${STACK_NAME}.loadbalancer.server.port=8080"
        - "backupbot.backup=\${ENABLE_BACKUPS:-true}"
        - "coop-cloud.\${STACK_NAME}.timeout=\${TIMEOUT:-120}"
        - "coop-cloud.\${STACK_NAME}.version=1.3.0+2.4.0"

  db:
    image: postgres:16.8-alpine
    networks:
      - inside
    stop_grace_period: 1m
    environment:
      <<: *database
      POSTGRES_PASSWORD_FILE: /run/secrets/db_pw
    secrets:
      - db_pw
    volumes:
      - pgdata:/var/lib/postgresql/data
    configs:
      - source: db_hook
        target: /db_hook.sh
        mode: 0555
    healthcheck:
      test: ["CMD-SHELL", "pg_isready -q -U $$POSTGRES_USER"]
    deploy:
      labels:
        backupbot.backup.pre-hook: "/db_hook.sh save"
        backupbot.backup.volumes.pgdata.path: "shelf.sql"
        backupbot.restore.post-hook: "/db_hook.sh load"

networks:
  proxy:
    external: true
  inside:

volumes:
  books:
  pgdata:

secrets:
  db_pw:
    external: true
    name: \${STACK_NAME}_db_pw_\${SECRET_DB_PW_VERSION}

configs:
  settings:
    name: \${STACK_NAME}_settings_\${SETTINGS_VERSION}
    file: settings.conf.tmpl
    template_driver: golang
  start:
    name: \${STACK_NAME}_start_\${START_VERSION}
    file: start.sh
  db_hook:
    name: \${STACK_NAME}_db_hook_\${DB_HOOK_VERSION}
    file: db_hook.sh
`;

/** Nothing in it is worth more than a note: optional features are off, behind a \`#\`. */
export const GOOD: Tree = {
  'compose.yml': COMPOSE,
  'compose.smtp.yml': `version: "3.8"

services:
  app:
    environment:
      - SMTP_HOST
      - SMTP_FROM=\${SMTP_FROM}
      - SMTP_PASSWORD_FILE=/run/secrets/smtp_pw
    secrets:
      - smtp_pw

secrets:
  smtp_pw:
    external: true
    name: \${STACK_NAME}_smtp_pw_\${SECRET_SMTP_PW_VERSION}
`,
  'compose.search.yml': `version: "3.8"

services:
  app:
    environment:
      - SEARCH_URL=http://\${STACK_NAME}_search:7700
  search:
    image: getmeili/meilisearch:v1.11.3
    networks:
      - inside
    volumes:
      - index:/meili_data
    healthcheck:
      test: ["CMD", "curl", "-f", "http://127.0.0.1:7700/health"]
    stop_grace_period: 30s
    deploy:
      labels:
        - "backupbot.backup.volumes.index=false"

volumes:
  index:
`,
  'compose.search-large.yml': `version: "3.8"

services:
  search:
    environment:
      - MEILI_MAX_INDEXING_MEMORY=\${SEARCH_MEMORY:-2Gb}
`,
  '.env.sample': `TYPE=shelf

DOMAIN=shelf.example.com
#EXTRA_DOMAINS=', \`www.shelf.example.com\`'
LETS_ENCRYPT_ENV=production

COMPOSE_FILE="compose.yml"
SECRET_DB_PW_VERSION=v1 # length=32

#THEME=dark
#TIMEOUT=120
#ENABLE_BACKUPS=true

## Mail
#COMPOSE_FILE="$COMPOSE_FILE:compose.smtp.yml"
#SMTP_HOST=mail.example.com
#SMTP_FROM=shelf@example.com
#SECRET_SMTP_PW_VERSION=v1 # generate=false

## Search
#COMPOSE_FILE="$COMPOSE_FILE:compose.search.yml"
#COMPOSE_FILE="$COMPOSE_FILE:compose.search-large.yml"
`,
  'abra.sh': `export SETTINGS_VERSION=v2
export START_VERSION=v1
export DB_HOOK_VERSION=v3

environment() {
  export NOTHING="to do with abra"
}
`,
  'settings.conf.tmpl': `url = https://{{ env "DOMAIN" }}
password = {{ secret "db_pw" }}
{{ if eq (env "THEME") "mail" }}
mail = {{ secret "smtp_pw" }}
{{ end }}
`,
  'start.sh': '#!/bin/sh\nexec shelf\n',
  'db_hook.sh': `#!/bin/bash
set -euo pipefail
root=/var/lib/postgresql/data
dump="$root/shelf.sql"
case "$1" in
  save)
    pg_dump -U "$POSTGRES_USER" "$POSTGRES_DB" > "$dump.new"
    mv "$dump.new" "$dump"
    ;;
  load)
    psql -U "$POSTGRES_USER" -d "$POSTGRES_DB" --single-transaction -f "$dump"
    ;;
esac
`,
  'README.md': '# Shelf\n\n* **Backups**: Yes\n',
};

/** A tree in which one text of one file is another one. */
export function changed(
  tree: Tree,
  ...changes: readonly (readonly [path: string, from: string, to: string])[]
): Tree {
  const copy: Record<string, string> = { ...tree };
  for (const [path, from, to] of changes) {
    const text = copy[path] ?? '';
    if (!text.includes(from)) throw new Error(`${path} has no ${from}`);
    copy[path] = text.replace(from, () => to);
  }
  return copy;
}

export function recipeOf(tree: Tree): Recipe {
  const sha = parseCommitSha('a'.repeat(40));
  if (sha === undefined) throw new Error('that is a commit');
  const files = Object.entries(tree).map(([path, text]) => ({
    ...{ path, executable: false },
    content: Buffer.from(text),
  }));
  return recipeFrom({ name: 'shelf', sha, tree: 'b'.repeat(40), files, leftOut: [] });
}

export function findingsIn(
  head: Tree,
  base?: Tree,
  releases: readonly KnownRelease[] = [],
): readonly Finding[] {
  return findingsOf({
    head: recipeOf(head),
    base: base === undefined ? undefined : recipeOf(base),
    releases,
  });
}

/** Findings with the text of their line instead of its number. */
export function placed(tree: Tree, findings: ReturnType<typeof findingsIn>) {
  return findings.map(({ code, severity, file, line }) => ({
    ...{ code, severity, file },
    text: (tree[file ?? ''] ?? '').split('\n')[(line ?? 0) - 1] ?? '',
  }));
}

/** What `placed` gives for a finding on a line with this text. */
export function expectation([code, severity, file, text]: Wanted) {
  return { code, severity, file, text: expect.stringContaining(text) };
}
