/** One call of a function of `abra.sh` in a service's container. */
export interface PostCommand {
  readonly service: string;
  readonly call: string;
  /** The rest of the text, as the container's shell reads it. */
  readonly args: string;
}

/** What a part of the variable says that is no call. */
export interface NoCommand {
  readonly text: string;
}

/** Reads `POST_DEPLOY_CMDS` and its like: `<service> <function> [args]|<service> <function>`. */
export function parsePostCommands(text: string): readonly (PostCommand | NoCommand)[] {
  return text
    .split('|')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const [, service, call, args = ''] =
        /^([A-Za-z0-9._-]+)\s+([A-Za-z_][\w-]*)(?:\s+(.*))?$/s.exec(part) ?? [];
      return service === undefined || call === undefined ? { text: part } : { service, call, args };
    });
}
