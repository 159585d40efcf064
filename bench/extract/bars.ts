/** What the source of the benchmark has: days of prices of some symbols, in pages. */
export const SYMBOLS = Array.from({ length: 500 }, (_, i) => `S${String(i).padStart(3, "0")}`);
export const PAGES = 5;
export const PAGE_ROWS = 300;
export const ROWS = SYMBOLS.length * PAGES * PAGE_ROWS;

export const FIRST_DAY = "2020-01-01";

const DAY = 86_400_000;

/** One page: `{ symbol, bars: [{ date, open, high, low, close, volume }], next_page_token }`. @param page from 0 */
export function pageOf(symbol: string, page: number): string {
  const seed = SYMBOLS.indexOf(symbol);
  const bars = Array.from({ length: PAGE_ROWS }, (_, i) => {
    const day = page * PAGE_ROWS + i;
    const cents = 5_000 + seed * 37 + ((day * 7_919) % 4_001);
    const at = (change: number): number => (cents + change) / 100;
    return {
      date: new Date(Date.parse(FIRST_DAY) + day * DAY).toISOString().slice(0, 10),
      ...{ open: at(0), high: at(125), low: at(-150), close: at(50) },
      volume: 1_000 + ((day * 104_729 + seed) % 900_007),
    };
  });
  return JSON.stringify({ symbol, bars, next_page_token: page + 1 < PAGES ? String(page + 1) : null });
}
