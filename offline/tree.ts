import type { RecordedResource } from "./record.ts";

/** A component (or the stack) with what it makes. */
export interface TreeNode {
  /** The last part of the type token, such as `DataLake`. */
  readonly type: string;
  readonly name: string;
  /** How many resources are in it and in the components below. */
  readonly total: number;
  /** Its own resources by kind, such as `s3 BucketPolicy`. */
  readonly resources: Readonly<Record<string, number>>;
  readonly components: readonly TreeNode[];
}

/**
 * The components of a program as a tree, the stack as its root.
 * @throws when there is no stack among the resources: then it is no evaluated program
 */
export function resourceTree(resources: readonly RecordedResource[]): TreeNode {
  const stack = resources.find(({ parent }) => parent === undefined);
  if (!stack) throw new Error("these resources have no stack at their root");
  const children = Map.groupBy(resources, ({ parent }) => parent);
  return nodeOf(stack, children);
}

type Children = ReadonlyMap<string | undefined, readonly RecordedResource[]>;

function nodeOf(component: RecordedResource, children: Children): TreeNode {
  const own = children.get(component.urn) ?? [];
  // What a plugin makes is not recorded, so its component stands for it like a resource.
  const isLeaf = (resource: RecordedResource) => resource.custom || resource.remote;
  const components = own.filter((resource) => !isLeaf(resource)).map((resource) => nodeOf(resource, children));
  const leaves = own.filter(isLeaf);
  return {
    type: shortType(component.type),
    name: component.name,
    total: leaves.length + components.reduce((sum, { total }) => sum + total, 0),
    resources: countBy(leaves.map(({ type }) => kindOf(type))),
    components,
  };
}

const shortType = (type: string): string => type.split(":").at(-1) ?? type;

/** @example kindOf("aws:s3/bucketPolicy:BucketPolicy") // "s3 BucketPolicy" */
export function kindOf(type: string): string {
  const [pack, module = ""] = type.split(":");
  const service = module.split("/")[0] ?? "";
  return `${pack === "aws" ? service : `${pack} ${service}`} ${shortType(type)}`;
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of [...names].sort()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** The tree as text, a line for each component, wide lines folded. @param width columns */
export function treeText(root: TreeNode, width = 120): string {
  const components = countComponents(root) - 1;
  const head = `${root.type} ${root.name}: ${root.total} resources in ${components} components`;
  return [head, ...bodyLines(root, "", width)].join("\n");
}

const countComponents = (node: TreeNode): number =>
  node.components.reduce((sum, component) => sum + countComponents(component), 1);

function bodyLines(node: TreeNode, indent: string, width: number): string[] {
  const rail = node.components.length > 0 ? "│  " : "   ";
  const resources = Object.entries(node.resources).map(([kind, count]) => (count > 1 ? `${kind} ×${count}` : kind));
  const lines = fold(resources, width - indent.length - rail.length).map((line) => `${indent}${rail}${line}`);
  for (const [index, component] of node.components.entries()) {
    const isLast = index === node.components.length - 1;
    lines.push(`${indent}${isLast ? "└─" : "├─"} ${component.type} ${component.name} (${component.total})`);
    lines.push(...bodyLines(component, `${indent}${isLast ? "   " : "│  "}`, width));
  }
  return lines;
}

function fold(words: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 2 + word.length <= width) lines[lines.length - 1] = `${line}, ${word}`;
    else lines.push(word);
  }
  return lines;
}
