import type { ServiceEntry, StackFile } from '../document.ts';
import { STORE_PASSWORD } from '../trust-store.ts';
import type { Adjustment, AppPlace } from './adjustment.ts';

const BUNDLE = '/run/seatrial/authorities.pem';
const JAVA_STORE = '/run/seatrial/authorities.jks';
const CONFIGS = [
  { source: 'seatrial-authorities', target: BUNDLE, mode: 0o444 },
  { source: 'seatrial-authorities-java', target: JAVA_STORE, mode: 0o444 },
];
const JAVA_OPTIONS = [
  `-Djavax.net.ssl.trustStore=${JAVA_STORE}`,
  `-Djavax.net.ssl.trustStorePassword=${STORE_PASSWORD}`,
  '-Djavax.net.ssl.trustStoreType=JKS',
];
/** What OpenSSL, Node, Python, curl, git and Java read. */
const VARIABLES: Readonly<Record<string, string>> = {
  SSL_CERT_FILE: BUNDLE,
  NODE_EXTRA_CA_CERTS: BUNDLE,
  REQUESTS_CA_BUNDLE: BUNDLE,
  CURL_CA_BUNDLE: BUNDLE,
  GIT_SSL_CAINFO: BUNDLE,
  JAVA_TOOL_OPTIONS: JAVA_OPTIONS.join(' '),
};

/** The authority of the run's router is trusted by every service, so that the app's one URL works inside too. */
export function trustRouter(file: StackFile, { trust }: AppPlace): Adjustment[] {
  if (trust === undefined) return [];
  file.configs = {
    ...file.configs,
    'seatrial-authorities': { file: trust.bundle.path },
    'seatrial-authorities-java': { file: trust.javaStore.path },
  };
  const kept = Object.entries(file.services).flatMap(([name, service]) => trustIn(name, service));
  const everywhere: Adjustment = {
    service: undefined,
    what: `the authority of the run’s router in ${BUNDLE} and in ${Object.keys(VARIABLES).join(', ')}`,
    reason: 'so that services reach each other under the one https address that visitors have',
  };
  return [everywhere, ...kept];
}

function trustIn(name: string, service: ServiceEntry): Adjustment[] {
  const theirs = Object.keys(VARIABLES).filter((key) => service.environment?.[key] !== undefined);
  service.configs = [...(service.configs ?? []), ...CONFIGS];
  service.environment = { ...VARIABLES, ...service.environment };
  return theirs.map((key) => ({
    service: name,
    what: `${key} as the recipe sets it`,
    reason: 'what a recipe says of its own trust wins; the run’s router may be unknown there',
  }));
}
