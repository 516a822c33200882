import { entryOf, nodeAt, textOf } from '../../recipe/source.ts';
import type { PolicyFinding } from './finding.ts';
import { asked, type PolicyView, servicesOf, texts } from './view.ts';

/** Constraints that only say what the image runs on, or keep away from managers. */
const HARMLESS = [/^node\.platform\.(os|arch)(==|!=)[\w.-]+$/, /^node\.role(==worker|!=manager)$/];

/** Requirement 32: a service runs where the run does, once for each replica, and chooses no nodes. */
export function placement(view: PolicyView): readonly PolicyFinding[] {
  return servicesOf(view).flatMap(({ name, node }) => {
    const mode = entryOf(nodeAt(node, 'deploy'), 'mode');
    const kind = textOf(mode?.value) ?? '';
    return [
      ...(mode !== undefined && kind.startsWith('global')
        ? [
            asked(view, {
              ...{
                requirement: 32,
                code: 'global-mode',
                feature: `mode:${kind}`,
                service: name,
                line: mode.line,
              },
              sentence: `Service ${name} runs on every node (\`mode: ${kind}\`).`,
              remedy: 'Use `mode: replicated`.',
            }),
          ]
        : []),
      ...texts(nodeAt(node, 'deploy', 'placement', 'constraints'))
        .map(({ text, line }) => ({ text: text.replace(/\s+/g, ''), line }))
        .filter(({ text }) => !HARMLESS.some((harmless) => harmless.test(text)))
        .map(({ text, line }) =>
          asked(view, {
            ...{ requirement: 32, code: 'placement', feature: `placement:${text}`, service: name, line },
            ...(/^node\.role==manager$/i.test(text) ? { approvable: false as const } : {}),
            sentence: `Service ${name} chooses its node (\`${text}\`).`,
            remedy: 'Leave the constraint out; where an operator needs one, it belongs into an overlay.',
          }),
        ),
    ];
  });
}
