import {
  type Alias,
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  parseDocument,
  type Scalar,
  visit,
} from 'yaml';
import { SeatrialError } from '../shared/errors.ts';
import { oddCharacter } from './decode.ts';
import { printedNumber } from './yaml-number.ts';

/**
 * A YAML file as values that know their lines. Aliases and merge keys have been followed, so
 * that a reader sees what Docker sees; nothing has been interpolated.
 */
export type SourceNode = SourceMap | SourceList | SourceScalar;

export interface SourceMap {
  readonly kind: 'map';
  readonly line: number;
  /** In the order of the file; a key that a merge brings stands where the merge stands. */
  readonly entries: readonly SourceEntry[];
}

export interface SourceEntry {
  readonly key: string;
  /** Of the key. */
  readonly line: number;
  readonly value: SourceNode;
}

export interface SourceList {
  readonly kind: 'list';
  readonly line: number;
  readonly items: readonly SourceNode[];
}

export interface SourceScalar {
  readonly kind: 'scalar';
  readonly line: number;
  readonly value: string | number | boolean | null;
  /** As written, without quotes: `0444` stays `0444`. */
  readonly text: string;
  /** It stands without quotes. */
  readonly bare: boolean;
}

/** A stack document of hand-written files is some kilobytes; more is an attack on the reader. */
const LIMITS = { bytes: 512 * 1024, depth: 40, nodes: 50_000, aliased: 1000, tokens: 150_000 };
const TOO_DEEP = 'it is nested more than 40 levels deep';
const KNOWN_TAGS = /^tag:yaml\.org,2002:(str|int|float|bool|null|map|seq|merge|timestamp)$/;

/**
 * Throws `recipe` errors that name file and line: `not-yaml`, `yaml-too-big`, `yaml-too-deep`,
 * `yaml-aliases`, `yaml-tag`, `yaml-documents`, `yaml-key`, `yaml-duplicate-key`, `control-character`. All but the
 * first are refusals of the policy (requirement 23).
 */
export function parseSource(path: string, text: string): SourceNode {
  if (Buffer.byteLength(text) > LIMITS.bytes)
    throw refused('yaml-too-big', path, undefined, 'it has more than 512 KiB');
  refuseManyTokens(path, text);
  const lineCounter = new LineCounter();
  // Duplicate keys are found below: the library compares every key with every other.
  const options = { uniqueKeys: false, stringKeys: false, merge: true, version: '1.2' } as const;
  // Pretty errors copy the line of each, and one line can have a hundred thousand.
  const document = parseDocument(text, { lineCounter, prettyErrors: false, ...options });
  const lineOf = (node: Node) => lineCounter.linePos(node.range?.[0] ?? 0).line;
  const problem = document.errors[0];
  if (problem !== undefined) {
    const code = PROBLEMS[problem.code] ?? 'not-yaml';
    throw refused(code, path, lineCounter.linePos(problem.pos[0]).line, problem.message.split('\n')[0] ?? '');
  }
  return new Reader(path, targetsIn(path, document, lineOf), lineOf).read(document.contents, 1);
}

/** The parser keeps every word that makes no sense as an error, and takes seconds for a file of commas. */
function refuseManyTokens(path: string, text: string): void {
  let tokens = 0;
  let at = 0;
  for (const token of new Lexer().lex(text)) {
    tokens += 1;
    at += token.length;
    if (tokens > LIMITS.tokens) {
      const line = text.slice(0, at).split('\n').length;
      throw refused('yaml-too-big', path, line, `it has more than ${LIMITS.tokens} words and signs`);
    }
  }
}

/** What the library stumbles over and is more than bad spelling: by its own codes. */
const PROBLEMS: Readonly<Record<string, string>> = {
  MULTIPLE_DOCS: 'yaml-documents',
  RESOURCE_EXHAUSTION: 'yaml-too-deep',
};

/** What each alias stands for: the last node before it that carries its name. Throws for unknown tags. */
function targetsIn(path: string, document: Document, lineOf: LineOf): ReadonlyMap<Alias, Node> {
  const named = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(document, {
    Alias(_, alias) {
      const target = named.get(alias.source);
      if (target !== undefined) targets.set(alias, target);
    },
    Value(_, node) {
      if (node.anchor !== undefined) named.set(node.anchor, node);
      if (node.tag !== undefined && !KNOWN_TAGS.test(node.tag))
        throw refused('yaml-tag', path, lineOf(node), `it uses the tag ${node.tag}`);
    },
  });
  return targets;
}

type LineOf = (node: Node) => number;

/** Follows aliases within limits; a class because depth and counters belong to one reading. */
class Reader {
  private nodes = 0;
  private aliased = 0;
  private insideAlias = 0;
  private readonly path: string;
  private readonly targets: ReadonlyMap<Alias, Node>;
  private readonly lineOf: LineOf;

  constructor(path: string, targets: ReadonlyMap<Alias, Node>, lineOf: LineOf) {
    this.path = path;
    this.targets = targets;
    this.lineOf = lineOf;
  }

  read(node: unknown, depth: number): SourceNode {
    if (!isNode(node)) return { kind: 'scalar', line: 1, value: null, text: '', bare: true };
    const line = this.lineOf(node);
    if (depth > LIMITS.depth) throw refused('yaml-too-deep', this.path, line, TOO_DEEP);
    this.count(line);
    if (isAlias(node)) return this.behind(node, line, depth);
    if (isMap(node)) return { kind: 'map', line, entries: this.entriesOf(node.items, depth) };
    if (isSeq(node))
      return { kind: 'list', line, items: node.items.map((item) => this.read(item, depth + 1)) };
    if (isScalar(node)) {
      this.refuseOdd(node);
      return scalar(node, line);
    }
    throw refused('not-yaml', this.path, line, 'it has something that is neither map, list nor value');
  }

  private behind(alias: Alias, line: number, depth: number): SourceNode {
    const target = this.targets.get(alias);
    if (target === undefined)
      throw refused('not-yaml', this.path, line, `the alias *${alias.source} names nothing`);
    this.insideAlias += 1;
    const found = this.read(target, depth + 1);
    this.insideAlias -= 1;
    return found;
  }

  private count(line: number): void {
    this.nodes += 1;
    if (this.insideAlias > 0) this.aliased += 1;
    if (this.nodes > LIMITS.nodes)
      throw refused('yaml-too-big', this.path, line, `it has more than ${LIMITS.nodes} values`);
    if (this.aliased > LIMITS.aliased)
      throw refused('yaml-aliases', this.path, line, 'its aliases stand for more than 1000 values');
  }

  private entriesOf(items: readonly { key: unknown; value: unknown }[], depth: number): SourceEntry[] {
    const own = new Map<string, SourceEntry>();
    const merged = new Map<string, SourceEntry>();
    let merges = 0;
    for (const { key, value } of items) {
      if (!isScalar(key) || isCollection(key)) throw this.badKey(key);
      this.refuseOdd(key);
      const name = scalar(key, 1).text;
      if (name === '<<' ? merges > 0 : own.has(name))
        throw refused(
          'yaml-duplicate-key',
          this.path,
          this.lineOf(key),
          `the key \`${name}\` stands there twice`,
        );
      if (name === '<<') {
        merges += 1;
        this.merge(merged, value, this.lineOf(key), depth);
      } else own.set(name, { key: name, line: this.lineOf(key), value: this.read(value, depth + 1) });
    }
    return [...new Map([...merged, ...own]).values()];
  }

  private merge(into: Map<string, SourceEntry>, value: unknown, line: number, depth: number): void {
    const found = this.read(value, depth + 1);
    const maps = found.kind === 'list' ? found.items : [found];
    for (const map of maps) {
      if (map.kind !== 'map') throw refused('not-yaml', this.path, line, 'only maps can be merged with `<<`');
      for (const entry of map.entries) if (!into.has(entry.key)) into.set(entry.key, entry);
    }
  }

  /** What may not stand in a file may not come out of an escape either: other readers take some for line breaks. */
  private refuseOdd(node: Scalar): void {
    const { value } = node;
    const odd = typeof value === 'string' ? oddCharacter(value.replaceAll('\r', '')) : undefined;
    if (odd === undefined) return;
    const why = `a value has the character ${odd.name}`;
    throw refused('control-character', this.path, this.lineOf(node), why);
  }

  private badKey(key: unknown): SeatrialError {
    const line = isNode(key) ? this.lineOf(key) : undefined;
    return refused('yaml-key', this.path, line, 'a key has to be plain text');
  }
}

function scalar(node: Scalar, line: number): SourceScalar {
  const { value } = node;
  const bare = node.type === 'PLAIN' && node.tag === undefined;
  const kept =
    value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? value
      : String(value);
  return {
    kind: 'scalar',
    line,
    value: kept,
    text: node.source ?? (kept === null ? '' : String(kept)),
    bare,
  };
}

function refused(code: string, file: string, line: number | undefined, why: string): SeatrialError {
  return new SeatrialError({
    kind: 'recipe',
    code,
    sentence: `${line === undefined ? file : `${file} line ${line}`} is ${code === 'not-yaml' ? 'not YAML' : 'not read'}: ${why}.`,
    remedy: 'Write the file as plain YAML; `docker stack config -c` reads it as we do.',
    facts: { file, line, ...(code === 'not-yaml' ? {} : { requirement: 23 }) },
  });
}

/** The value of a key of a map; undefined where it is no map or has no such key. */
export function entryOf(node: SourceNode | undefined, key: string): SourceEntry | undefined {
  return node?.kind === 'map' ? node.entries.find((entry) => entry.key === key) : undefined;
}

/** The node at a path of keys. */
export function nodeAt(node: SourceNode | undefined, ...keys: readonly string[]): SourceNode | undefined {
  return keys.reduce<SourceNode | undefined>((at, key) => entryOf(at, key)?.value, node);
}

export function entriesOf(node: SourceNode | undefined): readonly SourceEntry[] {
  return node?.kind === 'map' ? node.entries : [];
}

export function itemsOf(node: SourceNode | undefined): readonly SourceNode[] {
  return node?.kind === 'list' ? node.items : [];
}

export function textOf(node: SourceNode | undefined): string | undefined {
  return node?.kind === 'scalar' && node.value !== null ? node.text : undefined;
}

/**
 * A block that Compose takes as a map or as a list of `key=value`: labels, environment,
 * sysctls. A key without a value has the value undefined.
 */
export function pairsOf(node: SourceNode | undefined): readonly SourcePair[] {
  if (node?.kind === 'map')
    return node.entries.map(({ key, line, value }) => ({ key, line, value: printedOf(value), form: 'map' }));
  return itemsOf(node).flatMap((item): SourcePair[] => {
    const text = textOf(item);
    if (text === undefined) return [];
    const equals = text.indexOf('=');
    return [
      equals < 0
        ? { key: text, line: item.line, value: undefined, form: 'list' }
        : { key: text.slice(0, equals), line: item.line, value: text.slice(equals + 1), form: 'list' },
    ];
  });
}

/** Docker takes numbers in such a map for numbers, and prints them in its own way. */
function printedOf(node: SourceNode): string | undefined {
  const number = node.kind === 'scalar' && node.bare ? printedNumber(node.text) : undefined;
  return number ?? textOf(node);
}

export interface SourcePair {
  readonly key: string;
  readonly line: number;
  readonly value: string | undefined;
  /** Variables in keys are filled in only in the list form. */
  readonly form: 'map' | 'list';
}
