/** How a user changes what a component gives to one of its children: some arguments, or a function of all of them. */
export type Transform<Args> = Partial<Args> | ((args: Args) => Args);

/** The arguments of a child after the user's change. */
export function transformed<Args extends object>(args: Args, transform: Transform<Args> | undefined): Args {
  return typeof transform === "function" ? transform(args) : { ...args, ...transform };
}
