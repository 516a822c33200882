import type { Route, RouteCondition } from '../../ports/router.ts';

/** The route that a GET without headers of its own takes. */
export function routeFor(routes: readonly Route[], host: string, path: string): Route | undefined {
  const fitting = routes.filter(
    (route) => route.host === host && route.conditions.every((condition) => holds(condition, path)),
  );
  return fitting.sort((one, other) => other.priority - one.priority)[0];
}

function holds({ values, not, ...condition }: RouteCondition, asked: string): boolean {
  const { pathname, searchParams } = new URL(asked, 'http://nobody.invalid');
  const fits = (value: string): boolean => {
    switch (condition.kind) {
      case 'path':
        return pathname === value;
      case 'path-prefix':
        return pathname.startsWith(value);
      case 'method':
        return value === 'GET';
      case 'query':
        return value === '*'
          ? searchParams.has(condition.name)
          : searchParams.getAll(condition.name).includes(value);
      // A stranger's pattern could keep our own process busy for ever.
      case 'path-pattern':
      case 'header':
      case 'header-pattern':
        return false;
    }
  };
  return values.some(fits) !== not;
}

/** What the app is asked for after the steps that change a path; without a router in between there are no others. */
export function pathBehind({ steps }: Route, asked: string): string {
  let path = asked;
  for (const step of steps) {
    if (step.kind === 'add-prefix') path = `${step.prefix}${path}`;
    if (step.kind !== 'strip-prefix') continue;
    const prefix = step.prefixes.find((one) => path.startsWith(one));
    if (prefix !== undefined) path = `/${path.slice(prefix.length).replace(/^\//, '')}`;
  }
  return path;
}
