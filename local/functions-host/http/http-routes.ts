// Finds the function that a method and a path belong to, and the route parameters in the path.
// Knows neither keys nor bodies; follows the routing of ASP.NET as far as function routes use it.

import type { HttpFunction } from '../worker/app-functions';

export interface RouteMatch {
  target: HttpFunction;
  /** Decoded; an optional parameter that is not there is absent. */
  params: Record<string, string>;
}

export type FindRoute = (method: string, path: string) => RouteMatch | undefined;

interface Route {
  target: HttpFunction;
  pattern: RegExp;
  names: string[];
  /** Sorts literal segments before parameters, and those before a catch-all. */
  precedence: string;
}

/**
 * Routes ignore case and one slash at the end. Throws for a route with a constraint, default or malformed parameter.
 */
export function makeFindRoute(functions: readonly HttpFunction[], routePrefix: string): FindRoute {
  const routes = functions
    .map((target) => toRoute(target, routePrefix))
    .sort((a, b) => (a.precedence < b.precedence ? -1 : a.precedence > b.precedence ? 1 : 0));

  return (method, encodedPath) => {
    const path = decodePath(encodedPath);
    for (const { target, pattern, names } of routes) {
      if (!target.methods.includes(method)) continue;
      const match = pattern.exec(path);
      if (match === null) continue;
      const found = names.map((name, index) => [name, match[index + 1]] as const);
      const present = found.filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '');
      return { target, params: Object.fromEntries(present) };
    }
    return undefined;
  };
}

function toRoute(target: HttpFunction, routePrefix: string): Route {
  const names: string[] = [];
  const segments = `${routePrefix}/${target.route}`.split('/').filter((segment) => segment !== '');
  const sources = segments.map((segment) => {
    const whole = /^\{(\*{0,2})([A-Za-z_]\w*)(\??)\}$/.exec(segment);
    if (whole === null) return `/${mixedSegment(segment, target, names)}`;
    const [, catchAll, name = '', optional] = whole;
    names.push(name);
    if (catchAll !== '') return '(?:/(.*))?';
    return optional === '' ? '/([^/]+)' : '(?:/([^/]+))?';
  });
  const precedence = segments
    .map((segment) => (segment.startsWith('{*') ? '5' : segment.includes('{') ? '3' : '1'))
    .join('');
  return { target, names, precedence, pattern: new RegExp(`^${sources.join('')}/?$`, 'is') };
}

/** Literal text with parameters in between, such as `{year}-{month}`. */
function mixedSegment(segment: string, target: HttpFunction, names: string[]): string {
  return segment
    .split(/(\{\w+\})/)
    .map((part) => {
      const name = /^\{([A-Za-z_]\w*)\}$/.exec(part)?.[1];
      if (name !== undefined) {
        names.push(name);
        return '([^/]+?)';
      }
      if (/[{}]/.test(part)) {
        throw new Error(
          `The route '${target.route}' of the function '${target.name}' is not supported: only {name}, {name?} and {*name} are.`,
        );
      }
      return part.replace(/[\\^$.*+?()[\]|]/g, '\\$&');
    })
    .join('');
}

/** As the real server: an encoded slash stays encoded, and what cannot be decoded stays as it is. */
function decodePath(path: string): string {
  if (!path.includes('%')) return path;
  try {
    return decodeURIComponent(path.replace(/%2f/gi, '%252F'));
  } catch (error) {
    if (error instanceof URIError) return path;
    throw error;
  }
}
