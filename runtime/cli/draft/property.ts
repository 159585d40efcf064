export const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** The name of a property in TypeScript. */
export const property = (name: string): string => (IDENTIFIER.test(name) ? name : JSON.stringify(name));
