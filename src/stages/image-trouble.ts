import type { Cause } from '../journal/check.ts';
import { splitImage } from '../ports/image-name.ts';
import { oneLine } from '../shared/text.ts';

/** Why an image cannot be had: the recipe names one that is not there, or it could not be asked for. */
export interface ImageTrouble {
  readonly kind: ImageTroubleKind;
  readonly fault: 'recipe' | 'environment';
  /** The engine's, and through it the registry's. */
  readonly words: string;
}

export type ImageTroubleKind =
  | 'missing'
  | 'denied'
  | 'architecture'
  | 'format'
  | 'reference'
  | 'limit'
  | 'login'
  | 'disk'
  | 'slow'
  | 'unreachable'
  | 'unknown';

/**
 * What engines from 20.10 to 28 say when an image cannot be pulled. The first that fits counts:
 * several say "not found" of a thing that is there, and registries add what else they know.
 */
const WORDS: readonly (readonly [ImageTroubleKind, RegExp])[] = [
  ['limit', /toomanyrequests|too many requests|\b429\b|rate limit|rate exceeded/i],
  [
    'architecture',
    /no matching manifest for|no match for platform|does not (match|provide) the (specified|requested|host) platform|unsupported platform|cannot be used on this platform|exec format error/i,
  ],
  [
    'format',
    /schema ?(version )?1\b.*(deprecated|removed|unsupported|not supported)|unsupported manifest media type|unsupported media ?type|encountered remote ".*"\(unknown\)/i,
  ],
  ['disk', /no space left on device|disk quota exceeded|read-only file system/i],
  ['login', /incorrect username or password|no basic auth credentials|invalid (username|credentials)/i],
  [
    'unreachable',
    /connection (refused|reset|timed out)|no route to host|network is unreachable|no such host|server misbehaving|temporary failure in name resolution|i\/o timeout|TLS handshake|x509|tls: |certificate|server gave HTTP response|unexpected EOF|: EOF\b|request canceled|context deadline exceeded|Client\.Timeout|proxyconnect|bad gateway|service unavailable|gateway time-?out|internal server error|(status|HTTP)\S* (code )?50[0234]\b/i,
  ],
  [
    'denied',
    /pull access denied|repository does not exist|requested access to the resource is denied|(^|: )denied\b|insufficient_scope/i,
  ],
  ['login', /unauthorized|authentication required|\b401\b|\b403\b|forbidden/i],
  [
    'missing',
    /manifest unknown|manifest for .* not found|name unknown|repository name not known|no such (image|manifest)|not found/i,
  ],
  ['reference', /invalid reference format|invalid (repository name|tag|reference)|must be lowercase/i],
];

const OF_THE_RECIPE: ReadonlySet<ImageTroubleKind> = new Set([
  'missing',
  'denied',
  'architecture',
  'format',
  'reference',
]);
/** Where one more attempt may help. */
const PASSING: ReadonlySet<ImageTroubleKind> = new Set(['unreachable']);

/** Tells apart whose move it is when an image cannot be pulled. */
export function imageTrouble(words: string): ImageTrouble {
  const said = oneLine(words);
  const kind = WORDS.find(([, pattern]) => pattern.test(said))?.[0] ?? 'unknown';
  return troubleOf(kind, said);
}

export function troubleOf(kind: ImageTroubleKind, words: string): ImageTrouble {
  return { kind, fault: OF_THE_RECIPE.has(kind) ? 'recipe' : 'environment', words };
}

export function isPassing({ kind }: ImageTrouble): boolean {
  return PASSING.has(kind);
}

/** The one sentence for a service whose image cannot be had. */
export function imageCause(service: string, image: string, trouble: ImageTrouble): Cause {
  const [code, sentence] = told(
    `image ${tagOf(image)} of service \`${service}\``,
    splitImage(image).host,
    trouble,
  );
  return { code, sentence, where: { service }, evidence: [trouble.words] };
}

function told(
  image: string,
  registry: string,
  { kind, words }: ImageTrouble,
): [code: string, sentence: string] {
  switch (kind) {
    case 'missing':
      return ['B48', `The ${image} cannot be pulled, since ${registry} has none of that name: ${words}.`];
    case 'denied':
      return [
        'B48',
        `The ${image} cannot be pulled: ${registry} says that it does not exist or is not for everybody: ${words}.`,
      ];
    case 'architecture':
      return ['B85', `The ${image} has no build for this node's architecture: ${words}.`];
    case 'format':
      return ['image-format', `The ${image} is in a format that the engine does not read: ${words}.`];
    case 'reference':
      return ['image-reference', `The ${image} has a name that no registry can have: ${words}.`];
    case 'limit':
      return [
        'registry-limit',
        `${registry} gives us no more for now, so the ${image} could not be pulled: ${words}.`,
      ];
    case 'login':
      return [
        'registry-auth',
        `${registry} does not know us, so the ${image} could not be pulled: ${words}. Logins stand in seatrial.toml under [registry].`,
      ];
    case 'disk':
      return ['no-space', `The node has no room for the ${image}: ${words}.`];
    case 'slow':
      return ['pull-deadline', `The ${image} was not there in time: ${words}.`];
    case 'unreachable':
      return ['registry', `${registry} could not be asked for the ${image}: ${words}.`];
    case 'unknown':
      return ['registry', `The ${image} could not be pulled: ${words}.`];
  }
}

export function tagOf(image: string): string {
  return image.replace(/@sha256:[0-9a-f]+$/, '');
}
