import { isOther, read, readList, UNKNOWN } from "./read.ts";

/**
 * Whether a list of settings, as databases and warehouses take them, has a setting with one of these values. What is not known yet
 * counts as had.
 */
export function hasParameter(props: object, list: string, name: string, values: readonly string[]): boolean {
  const parameters = readList(props, list);
  if (parameters === UNKNOWN) return true;
  return parameters.some((parameter) => {
    const key = read(parameter, "parameterKey") ?? read(parameter, "name");
    const value = read(parameter, "parameterValue") ?? read(parameter, "value");
    return !isOther(key, name) && !isOther(value, ...values);
  });
}
