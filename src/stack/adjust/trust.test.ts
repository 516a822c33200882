import { describe, expect, test } from 'vitest';
import { shaOf } from '../../../test/support/requests.ts';
import { parseRunId, parseStackName } from '../../shared/brand.ts';
import { parseStackFile } from '../document.ts';
import type { AppPlace, TrustFiles } from './adjustment.ts';
import { trustRouter } from './trust.ts';

const FILES: TrustFiles = {
  bundle: { path: '/t/authorities.pem', directory: '/t', content: Buffer.from('pem') },
  javaStore: { path: '/t/authorities.jks', directory: '/t', content: Buffer.from('jks') },
};
const PEM = '/run/seatrial/authorities.pem';

describe('the authority of the run’s router', () => {
  test('is in a file of every service, and in the variables that programs read', () => {
    const file = parseStackFile(
      'services: {app: {image: x, configs: [{source: own, target: /own}]}, db: {image: y}}\nconfigs: {own: {file: /x}}',
    );
    const adjustments = trustRouter(file, place({ trust: FILES }));
    expect(file.configs).toEqual({
      own: { file: '/x' },
      'seatrial-authorities': { file: '/t/authorities.pem' },
      'seatrial-authorities-java': { file: '/t/authorities.jks' },
    });
    const { app, db } = file.services;
    expect(app?.configs?.map(({ target }) => target)).toEqual(['/own', PEM, '/run/seatrial/authorities.jks']);
    expect(db?.configs).toHaveLength(2);
    expect(db?.environment).toMatchObject({
      ...{ SSL_CERT_FILE: PEM, NODE_EXTRA_CA_CERTS: PEM, REQUESTS_CA_BUNDLE: PEM },
      ...{ CURL_CA_BUNDLE: PEM, GIT_SSL_CAINFO: PEM },
      JAVA_TOOL_OPTIONS: [
        '-Djavax.net.ssl.trustStore=/run/seatrial/authorities.jks',
        '-Djavax.net.ssl.trustStorePassword=changeit -Djavax.net.ssl.trustStoreType=JKS',
      ].join(' '),
    });
    expect(adjustments).toHaveLength(1);
    expect(adjustments[0]?.what).toContain('SSL_CERT_FILE');
  });

  test('leaves what a recipe says of its own trust, and says so', () => {
    const file = parseStackFile('services: {app: {image: x, environment: {JAVA_TOOL_OPTIONS: -Xmx1g}}}');
    const adjustments = trustRouter(file, place({ trust: FILES }));
    expect(file.services['app']?.environment?.['JAVA_TOOL_OPTIONS']).toBe('-Xmx1g');
    expect(adjustments.slice(1)).toMatchObject([
      { service: 'app', what: 'JAVA_TOOL_OPTIONS as the recipe sets it' },
    ]);
  });

  test('is the same for every commit of a run, or an upgrade would restart what it does not touch', () => {
    const [one, two] = ['a', 'b'].map((digit) => {
      const file = parseStackFile('services: {app: {image: x}}');
      trustRouter(file, place({ trust: FILES, sha: shaOf(digit) }));
      return file;
    });
    expect(two).toEqual(one);
  });

  test('is nowhere where the router is not ours', () => {
    const file = parseStackFile('services: {app: {image: x}}');
    expect(trustRouter(file, place({}))).toEqual([]);
    expect(file).toEqual(parseStackFile('services: {app: {image: x}}'));
  });
});

function place(more: Partial<AppPlace>): AppPlace {
  const run = parseRunId('00zohv67h');
  const stack = parseStackName('sample-00zohv67hl');
  if (run === undefined || stack === undefined) throw new Error('no names');
  return {
    ...{ run, stack, app: 'live', controller: 'test', expires: 1234, sha: shaOf('a') },
    ...{ network: 'sample-net', nodeId: 'node1', ipvs: true },
    ...more,
  };
}
