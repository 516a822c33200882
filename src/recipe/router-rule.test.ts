import { describe, expect, test } from 'vitest';
import { capturesEverything, foreignHosts, ruleHosts, rulePaths } from './router-reach.ts';
import { parseRule, type Rule } from './router-rule.ts';

const read = (text: string): Rule => {
  const parsed = parseRule(text);
  return parsed.ok ? parsed.rule : expect.fail(`${text}: ${parsed.reason}`);
};
const host = (...args: string[]) => ({ kind: 'matcher', name: 'Host', args });
const prefix = (...args: string[]) => ({ kind: 'matcher', name: 'PathPrefix', args });

describe('a rule of a router', () => {
  test('is a tree in which “and” binds closer than “or”', () => {
    expect(read('Host(`a`) || Host(`b`) && PathPrefix(`/p`)')).toEqual({
      kind: 'or',
      left: host('a'),
      right: { kind: 'and', left: host('b'), right: prefix('/p') },
    });
    expect(read('(Host(`a`) || Host(`b`)) && !PathPrefix(`/p`)')).toEqual({
      kind: 'and',
      left: { kind: 'or', left: host('a'), right: host('b') },
      right: { kind: 'not', rule: prefix('/p') },
    });
  });

  test.each([
    ['several arguments', 'Host(`a`, `b`,`c`)', host('a', 'b', 'c')],
    ['double quotes', 'Host("a")', host('a')],
    ['escapes', String.raw`Host("\x61\u0062\143\"")`, host('abc"')],
    ['backslashes between backticks', 'HostRegexp(`^a\\.b$`)', { ...host('^a\\.b$'), name: 'HostRegexp' }],
    ['a matcher in another case', 'HOST(`a`)', host('a')],
    ['space anywhere', '  Host ( `a` )\n', host('a')],
    ['two values of a header', 'Headers(`X`, `y`)', { ...host('X', 'y'), name: 'Headers' }],
    ['a name of TLS', 'HostSNI(`*`)', { ...host('*'), name: 'HostSNI' }],
  ])('may have %s', (_, text, rule) => {
    expect(read(text)).toEqual(rule);
  });

  test.each([
    ['', 0, 'it ends where a matcher such as Host(`…`) was expected'],
    ['Host(`a`', 8, 'it ends where `)` was expected'],
    ['Host(`a`) Host(`b`)', 10, 'there is `Host(`b`)` where `&&` or `||` was expected'],
    ['Host(`a`), `b`', 9, 'there is `, `b`` where'],
    ['Host(`a`, )', 10, 'there is `)` where a string'],
    ["Host('a')", 5, 'not in single ones'],
    ['Host(`a)', 5, 'a string is not closed'],
    ['Host()', 5, 'there is `)` where a string'],
    ['Hosts(`a`)', 0, 'there is no matcher `Hosts`'],
    ['Host(`a`) && ', 13, 'it ends where a matcher'],
    ['Host(`a`) & Host(`b`)', 10, 'there is `& Host(`b`'],
    [String.raw`Host("\q")`, 5, 'an escape that there is not'],
    ['toString(`a`)', 0, 'there is no matcher'],
    [`${'('.repeat(5000)}`, 100, 'nested deeper than 100'],
    [`Host(\`${'a'.repeat(20_000)}\`)`, 10_000, 'longer than 10000'],
  ])('%o is none, and the reason is told', (text, at, reason) => {
    const parsed = parseRule(text);
    expect(parsed).toMatchObject({ ok: false, at });
    expect(parsed.ok ? '' : parsed.reason).toContain(reason);
  });
});

describe('the reach of a rule', () => {
  test('has the hosts and paths that it names, and not those that it excludes', () => {
    const rule = read(
      '(Host(`A.example`) || Host(`b.example.`, `a.example`)) && !Host(`c`) && (Path(`/x`) || PathPrefix(`/y`))',
    );
    expect(ruleHosts(rule)).toEqual(['a.example', 'b.example']);
    expect(rulePaths(rule)).toEqual([
      { kind: 'exact', path: '/x' },
      { kind: 'prefix', path: '/y' },
    ]);
  });

  test.each([
    ['PathPrefix(`/`)', true],
    ['Host(`a`) || PathPrefix(`/x`)', true],
    ['!Host(`a`)', true],
    ['HostSNI(`*`)', true],
    ['Host(`a`) && PathPrefix(`/x`)', false],
    ['PathPrefix(`/x`) && (Host(`a`) || Host(`b`))', false],
    ['Host(`a`) && !Host(`b`)', false],
    ['HostRegexp(`.*`)', false],
  ])('of %s is everything: %s', (text, everything) => {
    expect(capturesEverything(read(text))).toBe(everything);
  });

  test.each([
    ['Host(`app.example`)', []],
    ['Host(`APP.example.`)', []],
    ['Host(`www.app.example`) && PathPrefix(`/`)', []],
    ['HostRegexp(`^[a-z]+\\.app\\.example$`)', []],
    ['HostRegexp(`{name:[a-z]+}.app.example`)', []],
    ['HostSNIRegexp(`^.+\\.app.example$`)', []],
    ['HostSNIRegexp(`^.+app.example$`)', ['^.+app.example$']],
    ['HostSNIRegexp(`^x|.+\\.app.example$`)', ['^x|.+\\.app.example$']],
    ['Host(`app.example`) && Host(`other.example`)', []],
    ['HostRegexp(`.*`) && Host(`app.example`)', []],
    ['Host(`app.example`, `other.example`)', ['other.example']],
    ['Host(`app.example.evil.test`)', ['app.example.evil.test']],
    ['Host(`api-app.example`)', []],
    ['Host(`x.api-app.example`)', ['x.api-app.example']],
    ['Host(`badapp.example`)', ['badapp.example']],
    [String.raw`Host("\x6fther.example")`, ['other.example']],
    ['HostHeader(`other.example`)', ['other.example']],
    ['HostSNI(`*`)', ['*']],
    ['PathPrefix(`/`)', ['*']],
    ['Host(`app.example`) || Method(`GET`)', ['*']],
    ['HostRegexp(`.*`)', ['.*']],
    ['HostRegexp(`^.*\\.example$`)', ['^.*\\.example$']],
    ['HostRegexp(`^x|^.*\\.app\\.example$`)', ['^x|^.*\\.app\\.example$']],
    ['HostRegexp(`^.*\\\\.app\\.example$`)', ['^.*\\\\.app\\.example$']],
    ['HostRegexp(`[a-z]+\\.app\\.example`)', ['[a-z]+\\.app\\.example']],
    ['HostRegexp(`{a:x}.evil.test/.app.example`)', ['{a:x}.evil.test/.app.example']],
  ])('of %s has these foreign hosts: %j', (text, found) => {
    expect(foreignHosts([read(text)], ['app.example'])).toEqual(found);
  });
});
