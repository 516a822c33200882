import type { SettingFlags } from '../config/settings.ts';

/** Flags that every command takes. */
export interface CommonFlags {
  readonly config?: string;
  readonly stateDir?: string;
  readonly maxTests?: string;
  readonly dockerHost?: string;
  /** `true`, or for `demo` the file to write to. */
  readonly json?: boolean | string;
}

export function settingFlags(flags: CommonFlags): SettingFlags {
  const { config, stateDir, maxTests, dockerHost } = flags;
  return {
    ...(config === undefined ? {} : { config }),
    ...(stateDir === undefined ? {} : { stateDir }),
    ...(maxTests === undefined ? {} : { maxTests }),
    ...(dockerHost === undefined ? {} : { dockerHost }),
  };
}
