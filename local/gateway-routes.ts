/** A route of the HTTP API. The method `*` or `ANY` takes every method; the path `$default` takes what no other route does. */
export interface GatewayRoute {
  readonly method: string;
  readonly path: string;
  /** The function's name. */
  readonly function: string;
}

export interface RouteFound {
  readonly route: GatewayRoute;
  readonly routeKey: string;
  readonly pathParameters: Readonly<Record<string, string>>;
}

/** How closely a route fits: full match, then a greedy variable; a method of its own before any method; `$default` last (source: "Routes for HTTP APIs"). */
export function findRoute(routes: readonly GatewayRoute[], method: string, path: string): RouteFound | undefined {
  const fitting = routes.flatMap((route) => {
    if (!isAny(route.method) && route.method !== method) return [];
    const pathParameters = route.path === '$default' ? {} : fit(route.path, path);
    return pathParameters === undefined ? [] : [{ route, pathParameters }];
  });
  const [best] = fitting.sort((a, b) => looseness(a.route) - looseness(b.route));
  if (best === undefined) return undefined;
  const { route } = best;
  return { ...best, routeKey: route.path === '$default' ? '$default' : `${isAny(route.method) ? 'ANY' : route.method} ${route.path}` };
}

/** The variables of a path that fits; undefined when it does not. `{proxy+}` takes one segment or more. */
function fit(template: string, path: string): Record<string, string> | undefined {
  const [parts, segments] = [template.split('/'), path.split('/')];
  const variables: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const segment = segments[index];
    if (segment === undefined) return undefined;
    const name = /^\{(.+)\}$/.exec(part)?.[1];
    if (name === undefined) {
      if (part !== segment) return undefined;
    } else if (name.endsWith('+')) {
      const rest = segments.slice(index).join('/');
      return rest === '' ? undefined : { ...variables, [name.slice(0, -1)]: decoded(rest) };
    } else {
      if (segment === '') return undefined;
      variables[name] = decoded(segment);
    }
  }
  return parts.length === segments.length ? variables : undefined;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function looseness(route: GatewayRoute): number {
  const ofPath = route.path === '$default' ? 1000 : (route.path.endsWith('+}') ? 100 : 0) + 2 * (route.path.split('{').length - 1);
  return ofPath + (isAny(route.method) ? 1 : 0);
}

function isAny(method: string): boolean {
  return method === '*' || method === 'ANY';
}
