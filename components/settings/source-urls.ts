/** Base URL by dataset, from `dataset=URL`. */
export const sourceUrlsOf = (entries: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    entries.flatMap((entry) => {
      const [, dataset, url] = /^(\w+)=(.+)$/.exec(entry) ?? [];
      return dataset && url ? [[dataset, url]] : [];
    }),
  );
