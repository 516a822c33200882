import { expect, test } from 'vitest';
import { recipeOf as filesOf } from '../../test/support/recipe.ts';
import { parseEnvSample } from '../recipe/env-sample.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { environmentOf } from './environment.ts';

const DOMAIN = 'pad-00zohv67hl.test.example.org';

test('the run’s own domain and name stand over everything', () => {
  expect(values('DOMAIN=pad.example.com\nSTACK_NAME=mine\n', { DOMAIN: 'theirs', STACK_NAME: 'x' })).toEqual({
    ...{ DOMAIN, STACK_NAME: 'pad-00zohv67hl', LETS_ENCRYPT_ENV: '' },
  });
});

test('no certificate is asked for, unless the suite wants one', () => {
  expect(values('LETS_ENCRYPT_ENV=production')['LETS_ENCRYPT_ENV']).toBe('');
  expect(values('', { LETS_ENCRYPT_ENV: 'staging' })['LETS_ENCRYPT_ENV']).toBe('staging');
});

test('TYPE and RECIPE lose the version that abra would look for', () => {
  const sample = 'TYPE=pad:1.2.0+3.4\nRECIPE=https://git.example.org:8080/x/pad:abc';
  expect(values(sample)).toMatchObject({ TYPE: 'pad', RECIPE: 'https://git.example.org:8080/x/pad' });
});

test('hosts of the sample below the app’s own go below the run’s, one label deep', () => {
  const sample = `DOMAIN=pad.example.com
SANDBOX_DOMAIN=sandbox.pad.example.com
DEEP=https://a.b.pad.example.com:8443/x?y=pad.example.com
MAIL=postmaster@$DOMAIN
LIST="pad.example.com, \`www.pad.example.com\`"
`;
  expect(values(sample)).toMatchObject({
    SANDBOX_DOMAIN: `sandbox-${DOMAIN}`,
    DEEP: `https://a-b-${DOMAIN}:8443/x?y=${DOMAIN}`,
    MAIL: `postmaster@${DOMAIN}`,
    LIST: `${DOMAIN}, \`www-${DOMAIN}\``,
  });
});

test('hosts of others stay', () => {
  const sample =
    'DOMAIN=pad.example.com\nOIDC_ISSUER=https://sso.example.com/realms/main\nSMTP=mail.other.org\nNOT=mypad.example.com pad.example.com.au';
  expect(values(sample)).toMatchObject({
    OIDC_ISSUER: 'https://sso.example.com/realms/main',
    SMTP: 'mail.other.org',
    NOT: 'mypad.example.com pad.example.com.au',
  });
});

test('a host that the app’s own router names is its own, whatever it is called', () => {
  const compose =
    'services: {app: {image: x, deploy: {labels: ["traefik.http.routers.x.rule=Host(`${DOMAIN}`) || Host(`${API_HOST}`)"]}}}';
  const sample = 'DOMAIN=pad.example.com\nAPI_HOST=api.example.com\nAPI=https://api.example.com/v1';
  expect(values(sample, {}, compose)).toMatchObject({
    API_HOST: `api-${DOMAIN}`,
    API: `https://api-${DOMAIN}/v1`,
  });
});

test('where the sample’s domain is the bare example.com, not everybody’s host is the app’s', () => {
  expect(values('DOMAIN=example.com\nOIDC=https://sso.example.com')['OIDC']).toBe('https://sso.example.com');
});

test('abra’s own place holder for the domain is filled in', () => {
  expect(values('DOMAIN={{ .Domain }}\nMEDIA=media.{{ .Domain }}')).toMatchObject({
    ...{ DOMAIN, MEDIA: `media-${DOMAIN}` },
  });
});

test('a host that would make too long a label is cut', () => {
  const { LONG = '' } = values(`DOMAIN=pad.example.com\nLONG=${'x'.repeat(60)}.pad.example.com`);
  expect(LONG.split('.')[0]).toHaveLength(63);
  expect(LONG).toMatch(/^x+-pad-00zohv67hl\.test\.example\.org$/);
});

test('the suite’s settings come after the sample and may use what stands there', () => {
  const settings = {
    COMPOSE_FILE: '$COMPOSE_FILE:compose.sso.yml',
    URL: 'https://${DOMAIN}/x',
    NONE: '<$NOTHING>',
    PRICE: '\\$5 $5',
    NEXT: '$URL',
  };
  expect(values('COMPOSE_FILE=compose.yml', settings)).toMatchObject({
    COMPOSE_FILE: 'compose.yml:compose.sso.yml',
    URL: `https://${DOMAIN}/x`,
    NONE: '<>',
    PRICE: '$5 ',
    NEXT: `https://${DOMAIN}/x`,
  });
});

test('what abra.sh exports wins over sample and suite, as in abra, but not over the run', () => {
  const recipe = {
    ...recipeOf('CONF_VERSION=v1'),
    exports: [
      { name: 'CONF_VERSION', value: 'v3', line: 1 },
      { name: 'STACK_NAME', value: 'other', line: 2 },
    ],
  };
  expect(environmentOf({ ...options(recipe), settings: { CONF_VERSION: 'v2' } }).values).toMatchObject({
    ...{ CONF_VERSION: 'v3', STACK_NAME: 'pad-00zohv67hl' },
  });
});

test('each host that was moved is told, and what the suite decides is not ours', () => {
  const sample = 'DOMAIN=pad.example.com\nA=a.pad.example.com\nB=b.pad.example.com\nC=c';
  const { adjustments } = environmentOf({ ...options(recipeOf(sample)), settings: { B: 'own' } });
  expect(adjustments.map(({ what }) => what)).toEqual([`A is a-${DOMAIN} instead of a.pad.example.com`]);
});

function values(sample: string, settings: Record<string, string> = {}, compose?: string) {
  return environmentOf({ ...options(recipeOf(sample, compose)), settings }).values;
}

function options(recipe: Recipe) {
  return { recipe, settings: {}, domain: DOMAIN, stack: 'pad-00zohv67hl' };
}

function recipeOf(sample: string, compose = 'services: {app: {image: x}}'): Recipe {
  // The sample is read apart: it may name compose files that only the suite has switched on.
  return { ...filesOf({ 'compose.yml': compose }), envSample: parseEnvSample(sample), env: {} };
}
