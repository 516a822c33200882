import type { Finding } from '../finding.ts';
import type { Recipe } from '../recipe.ts';
import type { VersionLabel } from '../version-label.ts';
import { recipeVersionLabel, versionLabelsOf } from '../version-label.ts';
import { compareReleases, isRelease } from '../versions.ts';
import { fileText, found, type View } from './view.ts';

/** A release that can be reached from where the change branched off, newest first. */
export interface KnownRelease {
  readonly tag: string;
  /** Lightweight tags have no message; abra does not deploy them. */
  readonly annotated: boolean;
}

/** What the recipe says of its own version. */
export function versionFindings(
  view: View,
  base: View | undefined,
  releases: readonly KnownRelease[],
): readonly Finding[] {
  const labels = versionLabelsOf(view.files, view.env);
  const label = recipeVersionLabel(labels);
  if (label === undefined) return withoutLabel(view, labels);
  return [
    ...form(view, label),
    ...(label.service === 'app' && label.place === 'deploy.labels' ? [] : [elsewhere(label)]),
    ...(isRelease(label.value) ? [...raised(view, base, label, releases), ...lightweight(releases)] : []),
  ];
}

function withoutLabel(view: View, labels: readonly VersionLabel[]): Finding[] {
  const [legacy] = labels;
  const app = view.services.find(({ name }) => name === 'app');
  const remedy =
    'Add `coop-cloud.${STACK_NAME}.version=<recipe version>+<app version>` under `deploy.labels` of service `app`.';
  if (legacy !== undefined) {
    return [
      found(
        'version-label',
        'note',
        legacy,
        `The version label of service \`${legacy.service}\` has the form of 2021, which abra no longer reads.`,
        remedy,
      ),
    ];
  }
  return [
    found(
      'version-label',
      'note',
      app,
      'No service says which version of the recipe it is, so operators cannot see what they run.',
      remedy,
    ),
  ];
}

function form(view: View, label: VersionLabel): Finding[] {
  if (isRelease(label.value)) return [];
  const said = label.value === '' ? 'is empty' : `says \`${label.value}\``;
  return [
    found(
      'version-label',
      'warning',
      label,
      `The version label ${said}, which is no \`<recipe version>+<app version>\`, so no upgrade of ${view.recipe.name} can be told from another.`,
      'Write for example `0.1.0+1.2.3`.',
    ),
  ];
}

function elsewhere(label: VersionLabel): Finding {
  const container = label.place === 'labels';
  return found(
    'version-label',
    'warning',
    label,
    container
      ? `The version label of service \`${label.service}\` is a container label; abra reads service labels, which only \`deploy.labels\` sets.`
      : `The version label is on service \`${label.service}\`; abra looks for it on \`app\`.`,
    'Move it under `deploy.labels` of service `app`.',
  );
}

/** B80, and a release that is newer than what the label says. */
function raised(
  view: View,
  base: View | undefined,
  label: VersionLabel,
  releases: readonly KnownRelease[],
): Finding[] {
  const before = base === undefined ? undefined : recipeVersionLabel(versionLabelsOf(base.files, base.env));
  if (before !== undefined && isRelease(before.value) && compareReleases(label.value, before.value) < 0) {
    return [
      found(
        'B80',
        'error',
        label,
        `The version label goes back from ${before.value} to ${label.value}.`,
        `Raise it above ${before.value}.`,
      ),
    ];
  }
  const [newest] = releases;
  if (newest !== undefined && compareReleases(label.value, newest.tag) < 0) {
    return [
      found(
        'B80',
        'warning',
        label,
        `The version label says ${label.value}, but ${newest.tag} is released already, so operators would not be offered this as an upgrade.`,
        `Raise it above ${newest.tag}.`,
      ),
    ];
  }
  if (base === undefined || before === undefined) return [];
  // Where it is above every release, somebody raised it already for what comes next.
  const pending = newest !== undefined && compareReleases(label.value, newest.tag) > 0;
  if (label.value !== before.value || pending || !isDeployedDifferently(view.recipe, base.recipe)) return [];
  return [
    found(
      'B80',
      'warning',
      label,
      `What is deployed changed, but the version label still says ${label.value}, so the upgrade cannot be told from the old version.`,
      `Raise it, for example to ${next(label.value)}.`,
    ),
  ];
}

/** Whether the stack that operators get can be another one: texts for people do not count. */
function isDeployedDifferently(head: Recipe, base: Recipe): boolean {
  const paths = new Set([
    'abra.sh',
    ...[...head.compose, ...base.compose].map(({ path }) => path),
    ...[...head.configs, ...base.configs].flatMap(({ path }) => path ?? []),
  ]);
  return [...paths].some(
    (path) => withoutComments(fileText(head, path), path) !== withoutComments(fileText(base, path), path),
  );
}

function withoutComments(text: string | undefined, path: string): string | undefined {
  if (text === undefined || !/\.ya?ml$|^abra\.sh$/.test(path)) return text;
  return text
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, '').trimEnd())
    .filter((line) => line !== '')
    .join('\n');
}

function next(version: string): string {
  const [, front, patch, rest] = /^(v?\d+\.\d+\.)(\d+)(.*)$/.exec(version) ?? [];
  return patch === undefined ? 'the next recipe version' : `${front ?? ''}${Number(patch) + 1}${rest ?? ''}`;
}

/** B81, for the one release that counts. */
function lightweight(releases: readonly KnownRelease[]): Finding[] {
  const [newest] = releases;
  if (newest === undefined || newest.annotated) return [];
  return [
    found(
      'B81',
      'note',
      undefined,
      `The tag ${newest.tag} has no message of its own, and abra does not deploy such a release.`,
      `Tag it again: \`git tag -a -f ${newest.tag} ${newest.tag}^{}\`.`,
    ),
  ];
}
