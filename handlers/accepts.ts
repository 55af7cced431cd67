/** Whether text is wanted more than JSON, which everybody gets who does not say. */
export function prefersText(accept: string | undefined): boolean {
  const of = qualities(accept);
  return of('text/plain', 'text/*', '*/*') > of('application/json', 'application/*', '*/*');
}

/** Whether JSON is wanted more than YAML, which everybody gets who does not say. */
export function prefersJson(accept: string | undefined): boolean {
  const of = qualities(accept);
  return of('application/json', 'application/*', '*/*') > of('application/yaml', 'application/*', '*/*');
}

/** How much of the types is wanted, 0 to 1; the most exact range that is there tells (source: RFC 9110, Accept). */
function qualities(accept: string | undefined): (...types: readonly string[]) => number {
  const ranges = (accept ?? '').split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const quality = parameters.find((parameter) => parameter.startsWith('q='));
    return { type, quality: quality === undefined ? 1 : Number(quality.slice(2)) || 0 };
  });
  return (...types) => types.flatMap((type) => ranges.filter((range) => range.type === type))[0]?.quality ?? 0;
}
