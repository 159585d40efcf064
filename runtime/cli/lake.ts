import { existsSync } from "node:fs";
import { UserError } from "../dataset/errors.ts";
import { isEmulated } from "../environment.ts";
import { openStore } from "../store/open.ts";
import type { Store } from "../store/store.ts";
import { localPlaces } from "./local.ts";
import { stackOutputs } from "./stack.ts";
import { UsageError } from "./usage.ts";

export interface LakeOptions {
  /** The local folder. */
  readonly data: string;
  /** Another lake: `s3://bucket/prefix`, or a folder. @default the one of the local folder */
  readonly lake?: string;
  /** The lake of a deployed stack. */
  readonly stack?: string;
}

/** The lake that a command looks into or adds to; nothing of it is locked. */
export async function openLake({ data, lake, stack }: LakeOptions): Promise<Store> {
  if (stack === undefined) return openPlace(lake ?? localPlaces(data).lake);
  if (lake !== undefined)
    throw new UsageError("one lake at a time:", [{ path: "--lake", problem: "cannot be beside --stack", value: lake }]);
  const { lakeUrl, region } = await stackOutputs(stack);
  return openStore(lakeUrl, { emulated: isEmulated(), region });
}

/** The store of an `s3://` location or a folder. */
export const openPlace = (place: string): Promise<Store> => openStore(place, { emulated: isEmulated() });

/** The same, of which something must be there. @throws UserError when the local folder has none */
export function openFilledLake(options: LakeOptions): Promise<Store> {
  const place = options.lake ?? localPlaces(options.data).lake;
  if (!place.startsWith("s3://") && !existsSync(place))
    throw new UserError("there is no lake yet:", [
      {
        path: options.lake ? "--lake" : "--data",
        problem: "no data in this folder",
        value: options.lake ?? options.data,
        fix: "run tidegate run first, or name the folder",
      },
    ]);
  return openLake(options);
}
