export type JsonValue = string | number | boolean | null | JsonValue[] | { [field: string]: JsonValue };

/**
 * One row as the source sent it, an array or an object. A JSON number that a float cannot hold exactly comes as its text,
 * so that no digit is lost.
 */
export type SourceRow = readonly JsonValue[] & { readonly [field: string]: JsonValue };
