/** Files of a recipe as large as recipes get: ten services, two databases, an overlay, secrets and templates. */
export function tenServices(version: string): Readonly<Record<string, string>> {
  return {
    'compose.yml': compose(version),
    'compose.mail.yml': MAIL,
    '.env.sample': SAMPLE,
    'abra.sh': CONFIGS.map((name) => `export ${name.toUpperCase()}_VERSION=v1\n`).join(''),
    ...Object.fromEntries(CONFIGS.map((name) => [`${name}.tmpl`, TEMPLATE])),
    'README.md':
      '# drive\n\n<!-- metadata -->\n* **Category**: Apps\n* **Status**: 3, stable\n<!-- endmetadata -->\n',
  };
}

const WORKERS = ['worker', 'beat', 'mailer', 'indexer', 'preview', 'office'];
const CONFIGS = ['nginx_conf', 'app_conf', 'pg_hook'];
const TEMPLATE = 'host = {{ env "DOMAIN" }}\nname = {{ env "STACK_NAME" }}\n'.repeat(20);

const SAMPLE = `TYPE=drive
DOMAIN=drive.example.com
LETS_ENCRYPT_ENV=production
COMPOSE_FILE="compose.yml"
COMPOSE_FILE="$COMPOSE_FILE:compose.mail.yml"
TIMEOUT=300
SECRET_DB_PASSWORD_VERSION=v1
SECRET_APP_KEY_VERSION=v1 # length=64 charset=hex
SECRET_MAIL_PASSWORD_VERSION=v1
`;

const MAIL = `version: "3.8"
services:
  app:
    environment:
      - MAIL_HOST=mailer
    secrets: [mail_password]
secrets:
  mail_password:
    external: true
    name: \${STACK_NAME}_mail_password_\${SECRET_MAIL_PASSWORD_VERSION}
`;

function compose(version: string): string {
  return `version: "3.8"

x-service: &service
  image: registry.example/drive:${version}
  networks: [inside]
  environment: &environment
    DB_HOST: \${STACK_NAME}_db
    DB_PASSWORD_FILE: /run/secrets/db_password
    CACHE_URL: redis://\${STACK_NAME}_cache:6379
  secrets: [db_password, app_key]
  deploy:
    restart_policy:
      condition: on-failure

services:
  app:
    <<: *service
    networks: [proxy, inside]
    environment:
      <<: *environment
      PUBLIC_URL: https://\${DOMAIN}
    configs:
      - source: app_conf
        target: /etc/drive.conf
    volumes:
      - media:/media
    healthcheck:
      test: ["CMD", "curl", "-f", "http://127.0.0.1:8000/health"]
      interval: 30s
      timeout: 10s
      retries: 5
      start_period: 1m
    deploy:
      update_config:
        failure_action: rollback
        order: stop-first
      labels:
        - "traefik.enable=true"
        - "traefik.docker.network=proxy"
        - "traefik.http.routers.\${STACK_NAME}.rule=Host(\`\${DOMAIN}\`)"
        - "traefik.http.routers.\${STACK_NAME}.entrypoints=web-secure"
        - "traefik.http.services.\${STACK_NAME}.loadbalancer.server.port=8000"
        - "backupbot.backup=true"
        - "coop-cloud.\${STACK_NAME}.version=1.0.0+${version}"
        - "coop-cloud.\${STACK_NAME}.timeout=\${TIMEOUT:-300}"
${WORKERS.map((name) => `  ${name}:\n    <<: *service\n    command: ["drive", "${name}"]\n`).join('')}  web:
    image: registry.example/nginx:1.27.4
    networks: [inside]
    configs:
      - source: nginx_conf
        target: /etc/nginx/conf.d/default.conf
  db:
    image: postgres:16.4
    networks: [inside]
    environment:
      POSTGRES_PASSWORD_FILE: /run/secrets/db_password
    secrets: [db_password]
    volumes:
      - db:/var/lib/postgresql/data
    configs:
      - source: pg_hook
        target: /pg_hook.sh
        mode: 0555
    healthcheck:
      test: ["CMD", "pg_isready", "-U", "postgres"]
    stop_grace_period: 1m
    deploy:
      labels:
        - "backupbot.backup.pre-hook=/pg_hook.sh save"
        - "backupbot.backup.volumes.db.path=dump.sql"
        - "backupbot.restore.post-hook=/pg_hook.sh load"
  cache:
    image: redis:7.4.1
    networks: [inside]

networks:
  proxy:
    external: true
  inside:

volumes:
  media:
  db:

secrets:
  db_password:
    external: true
    name: \${STACK_NAME}_db_password_\${SECRET_DB_PASSWORD_VERSION}
  app_key:
    external: true
    name: \${STACK_NAME}_app_key_\${SECRET_APP_KEY_VERSION}

configs:
${CONFIGS.map((name) => `  ${name}:\n    name: \${STACK_NAME}_${name}_\${${name.toUpperCase()}_VERSION}\n    file: ${name}.tmpl\n    template_driver: golang\n`).join('')}`;
}
