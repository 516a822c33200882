import { answersAsItself } from './answer.ts';
import type { StageContext } from './context.ts';
import { type DeployCheck, installHealthy, settle } from './deploy.ts';
import { runsTheCommit } from './identity.ts';

/** A new operator installs the change from nothing. */
export async function install(context: StageContext): Promise<void> {
  const deployment = (id: string, title: string): DeployCheck => ({
    id,
    title,
    stack: context.head,
    blame: 'fail',
  });
  await installHealthy(context, deployment('deploys', 'it deploys and every service becomes healthy'));
  await runsTheCommit(context, context.head, 'what runs is the commit under test');
  await answersAsItself(context, context.head);
  await settle(context, deployment('stays', 'it stays healthy'));
}
