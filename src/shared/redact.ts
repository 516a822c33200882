/** Replaces registered secrets in everything that leaves the process. */
export interface Redactor {
  /** Registers a secret before its first use. Values under 6 characters would blank ordinary text and are refused. */
  register(secret: string): void;
  redact(text: string): string;
}

const SHORTEST = 6;

export function createRedactor(): Redactor {
  const forms = new Set<string>();
  let pattern: RegExp | undefined;
  return {
    register(secret) {
      if (secret.length < SHORTEST) return;
      for (const form of formsOf(secret)) forms.add(form);
      const longestFirst = [...forms].sort((a, b) => b.length - a.length);
      pattern = new RegExp(longestFirst.map(escapeRegExp).join('|'), 'g');
    },
    redact(text) {
      return pattern === undefined ? text : text.replace(pattern, '[redacted]');
    },
  };
}

/** A secret as it may turn up: as it is, URL-encoded, inside JSON, hex, and base64 in its three alignments. */
function formsOf(secret: string): string[] {
  const forms = [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('hex'),
  ];
  for (const shift of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(shift), Buffer.from(secret)]).toString('base64');
    // The characters at both ends also carry bits of the neighbours: leave them out.
    const inner = encoded.slice(shift === 0 ? 0 : 4, encoded.length - (encoded.endsWith('=') ? 4 : 0));
    if (inner.length >= SHORTEST) forms.push(inner);
  }
  return forms;
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
