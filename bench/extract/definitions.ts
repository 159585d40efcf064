import { bars } from "./dataset.ts";

/** For the threads that process: where the source is makes no difference to them. */
export default bars("https://example.com");
