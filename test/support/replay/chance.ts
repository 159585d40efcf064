/**
 * Chance that is the same in every run: each number depends on what it is about and on the seed alone, so every window, page
 * and restart of a synthetic source shows the same history.
 */

/** From 0 up to, not including, 1. @param numbers whole: the seed, and what the chance is about */
export const uniform = (...numbers: number[]): number => hash(...numbers) / 2 ** 32;

/** A whole number from `least` to `most`. */
export const between = (least: number, most: number, ...numbers: number[]): number =>
  least + Math.floor(uniform(...numbers) * (most - least + 1));

/** One of them. */
export const pick = <T>(choices: readonly T[], ...numbers: number[]): T =>
  choices[Math.floor(uniform(...numbers) * choices.length)] as T;

/** A number that stands for a text. */
export const salt = (seed: number, text: string): number => hash(seed, ...Buffer.from(text));

/** A UUID of version 4 in form, and by chance in the rest. */
export function uuid(...numbers: number[]): string {
  const hex = [0, 1, 2, 3]
    .map((part) =>
      hash(...numbers, part)
        .toString(16)
        .padStart(8, "0"),
    )
    .join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Mixes whole numbers into one of 32 bits, with the multipliers of MurmurHash3's finalizer (public domain, Austin Appleby). */
function hash(...numbers: number[]): number {
  let state = 0x9e3779b9;
  for (const number of numbers) {
    state = Math.imul(state ^ number, 0x85ebca6b);
    state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
    state ^= state >>> 16;
  }
  return state >>> 0;
}
