/** Express writes `:name` where OpenAPI writes `{name}`. */
export function expressPath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}
