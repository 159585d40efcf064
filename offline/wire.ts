import * as pulumi from "@pulumi/pulumi";

/** A value that only exists once the cloud has made the resource (Pulumi's preview shows it as `output<string>`). */
export const UNKNOWN: unique symbol = Symbol("unknown until deployed");

/** A value that the program marked as secret; Pulumi encrypts it in its state. */
export class Secret {
  readonly value: Value;

  constructor(value: Value) {
    this.value = value;
  }
}

/** A file, text or address that a resource uploads. */
export class Asset {
  readonly kind: "path" | "text" | "uri" | "assets";
  readonly value: string;

  constructor(kind: Asset["kind"], value: string) {
    this.kind = kind;
    this.value = value;
  }
}

/** A property as a program gave it: JSON, in which secrets, assets and what is not known yet are marked. */
export type Value =
  | string
  | number
  | boolean
  | null
  | typeof UNKNOWN
  | Secret
  | Asset
  | readonly Value[]
  | { readonly [key: string]: Value };

/** Properties as they travel between a Pulumi program and the engine. */
export type WireProperties = { readonly [key: string]: unknown };

const { specialArchiveSig, specialAssetSig, specialResourceSig, specialSecretSig, specialSigKey, unknownValue } =
  pulumi.runtime;

/** Reads properties from the wire; a property that is undefined there does not exist. */
export function fromWire(properties: WireProperties): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([key, value]) => (value === undefined ? [] : [[key, valueFromWire(value)]])),
  );
}

function valueFromWire(wire: unknown): Value {
  if (wire === null || wire === undefined) return null;
  if (typeof wire === "string") return wire === unknownValue ? UNKNOWN : wire;
  if (typeof wire === "number" || typeof wire === "boolean") return wire;
  if (Array.isArray(wire)) return wire.map(valueFromWire);
  if (typeof wire !== "object") throw new TypeError(`a ${typeof wire} cannot travel to the engine`);
  const fields = wire as WireProperties;
  switch (fields[specialSigKey]) {
    case undefined:
      return fromWire(fields);
    case specialSecretSig:
      return new Secret(valueFromWire(fields.value));
    case specialResourceSig:
      return typeof fields.urn === "string" ? fields.urn : UNKNOWN;
    case specialAssetSig:
    case specialArchiveSig:
      return assetFromWire(fields);
    default:
      throw new TypeError(`unknown signature ${String(fields[specialSigKey])} in a property`);
  }
}

function assetFromWire(fields: WireProperties): Asset {
  for (const kind of ["path", "text", "uri"] as const) {
    const value = fields[kind];
    if (typeof value === "string") return new Asset(kind, value);
  }
  return new Asset("assets", Object.keys((fields.assets as object | undefined) ?? {}).join(", "));
}

/** The value without its secret mark; what it holds stays marked. */
export function reveal(value: Value | undefined): Value | undefined {
  return value instanceof Secret ? reveal(value.value) : value;
}

/** Whether a value is, or anywhere holds, something that is not known before the deployment. */
export function hasUnknown(value: Value | undefined): boolean {
  if (value === UNKNOWN) return true;
  if (value === undefined || value === null || typeof value !== "object" || value instanceof Asset) return false;
  if (value instanceof Secret) return hasUnknown(value.value);
  return Object.values(value).some(hasUnknown);
}
