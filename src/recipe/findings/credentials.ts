import type { Finding } from '../finding.ts';
import { variablesIn } from '../interpolate.ts';
import { found, type View } from './view.ts';

const CREDENTIAL = /(pass(word|wd|phrase)?|secret|token|(api|private|secret|encryption|signing)_?key)$/i;
/** Values that say how something is done, or that nothing is set. */
const NO_VALUE =
  /^(|true|false|yes|no|on|off|none|null|nil|disabled|enabled|\d{1,2}|\/.*|file|\*+|<.*>|\{\{.*|(https?|file|env):.*|.*\/run\/secrets\/.*)$/i;

/** B45: credentials in the text of the recipe, which every install shares. */
export function credentialFindings(view: View): readonly Finding[] {
  return view.services.flatMap((service) =>
    service.environment.flatMap((pair) => {
      const raw = pair.raw ?? '';
      const kind = CREDENTIAL.test(pair.key) ? plainValue(raw) : inUrl(raw);
      if (kind === undefined) return [];
      const how =
        kind === 'default'
          ? 'has a default that every install shares'
          : 'is part of the text of the recipe, so every install shares it';
      return [
        found(
          'B45',
          'warning',
          pair,
          `The credential \`${pair.key}\` of service \`${service.name}\` ${how}.`,
          `Make it a secret, mount it and give the service ${/file$/i.test(pair.key) ? 'its path' : `\`${pair.key}_FILE=/run/secrets/<name>\``}.`,
        ),
      ];
    }),
  );
}

function plainValue(raw: string): 'text' | 'default' | undefined {
  if (!raw.includes('$')) return NO_VALUE.test(raw.trim()) ? undefined : 'text';
  const uses = variablesIn(raw);
  const [first] = uses;
  if (uses.length !== 1 || first?.fallback === undefined || !/^\$\{[^}]*\}$/.test(raw.trim()))
    return undefined;
  return NO_VALUE.test(first.fallback.trim()) ? undefined : 'default';
}

function inUrl(raw: string): 'text' | undefined {
  const [, password] = /:\/\/[^:/@\s$]+:([^@/\s$]+)@/.exec(raw) ?? [];
  return password === undefined ? undefined : 'text';
}
