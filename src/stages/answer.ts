import type { Answer } from '../ports/router.ts';
import { SeatrialError } from '../shared/errors.ts';
import { cut, oneLine } from '../shared/text.ts';
import { until } from '../shared/wait.ts';
import type { Stack } from '../stack/stack.ts';
import { check, fail, type StageContext } from './context.ts';

const ANSWER_MS = 30_000;
const ONE_REQUEST_MS = 5000;
const POLL_MS = 250;
const MAX_BYTES = 1024 * 1024;

/** Pages that web servers show when nobody gave them anything to serve. */
const DEFAULT_PAGES: readonly { readonly server: string; readonly sign: RegExp }[] = [
  { server: 'nginx', sign: /<title>\s*Welcome to nginx!?\s*<\/title>/i },
  { server: 'Apache', sign: /<title>Apache2 (Debian|Ubuntu) Default Page|<h1>It works!<\/h1>/i },
  { server: 'Caddy', sign: /<title>Caddy works!<\/title>/i },
  { server: 'Traefik', sign: /^404 page not found\s*$/ },
];

/** Checks that the app's address is answered by the app itself. */
export async function answersAsItself(context: StageContext, stack: Stack): Promise<void> {
  const [fault] = stack.routeFaults;
  if (fault !== undefined) {
    return await check(context, 'answers', TITLE, async () => {
      const { service, code, sentence } = fault;
      return fail({ code, sentence, where: { service }, evidence: [] });
    });
  }
  const route = stack.routes[0];
  if (route === undefined) {
    context.emit({
      type: 'check',
      check: {
        stage: context.stage,
        id: 'answers',
        title: TITLE,
        outcome: 'skipped',
        note: 'the recipe has no HTTP route',
        took: 0,
      },
    });
    return;
  }
  await check(context, 'answers', TITLE, async () => {
    const answer = await appAnswer(context, route.host, context.suite.http.path, route.service);
    judgeAnswer(context, answer, route.service);
    return `${answer.status}, ${answer.body.length} bytes`;
  });
}

const TITLE = 'its address answers as the app itself';

/** Asks until the app answers; what only the router says is not yet an answer. */
export async function appAnswer(
  context: StageContext,
  host: string,
  path: string,
  service: string,
): Promise<Answer> {
  const { router, signal } = context;
  try {
    return await until({ name: 'answer', deadline: ANSWER_MS, every: POLL_MS, signal }, async () => {
      const answer = await router.ask({ host, path, deadline: ONE_REQUEST_MS, maxBytes: MAX_BYTES }, signal);
      if (answer.from === 'app' && ![502, 503, 504].includes(answer.status))
        return { done: true, value: answer };
      return {
        done: false,
        missing:
          answer.from === 'router'
            ? `the router reaches no app: ${answer.status}`
            : `status ${answer.status}`,
      };
    });
  } catch (error) {
    // Also the router may keep one waiting, and that is no fault of the app's.
    if (!(error instanceof SeatrialError && error.facts['deadline'] === 'answer')) throw error;
    return fail({
      code: 'no-answer',
      sentence: `All services are healthy, but nothing answers for ${host} on the port that the labels name (\`${service}\`): ${String(error.facts['missing'])}.`,
      evidence: [error.message],
    });
  }
}

function judgeAnswer(context: StageContext, answer: Answer, service: string): void {
  const body = oneLine(cut(new TextDecoder().decode(answer.body), 300));
  const evidence = [`status ${answer.status}`, body];
  const page = DEFAULT_PAGES.find(({ sign }) => sign.test(new TextDecoder().decode(answer.body)));
  if (page !== undefined) {
    fail({
      code: 'default-page',
      sentence: `The address answers with ${page.server}'s default page, not with the app.`,
      where: { service },
      evidence,
    });
  }
  const wanted = context.suite.http.status;
  const good =
    wanted.length > 0
      ? wanted.includes(answer.status)
      : answer.status < 400 || answer.status === 401 || answer.status === 403;
  if (good) return;
  fail({
    code: 'bad-answer',
    sentence: `The app answers ${context.suite.http.path} with status ${answer.status}: “${cut(body, 120)}”.`,
    where: { service },
    evidence,
  });
}
