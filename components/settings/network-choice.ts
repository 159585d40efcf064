import type { Dataset, Fault } from "../../runtime/dataset/index.ts";
import { secretsOf } from "../../runtime/dataset/index.ts";
import { overlap, parseRange } from "../address-range.ts";
import { taskServices } from "../endpoint-plan.ts";
import { type NetworkChoice, networkFaults } from "../network-plan.ts";
import type { WrittenSettings } from "./schema.ts";
import { sourceUrlsOf } from "./source-urls.ts";

/** The settings but those that are given in another form once they are read. */
type Written = Omit<WrittenSettings, "datasets" | "sources" | "sourceUrls">;

const ENDPOINTS = { auto: undefined, always: true, never: false } as const;

/** What the settings and the datasets say about the network. */
export function networkChoice(settings: Written, datasets: readonly Dataset[]): NetworkChoice {
  const { networkExisting: existing, networkTasksIn, imageFolder } = settings;
  const interfaceEndpoints = ENDPOINTS[settings.networkInterfaceEndpoints];
  const image = imageFolder ? "account" : "internet";
  return {
    vpc: existing
      ? { kind: "existing", ...existing }
      : {
          kind: "new",
          cidr: settings.networkCidr,
          zones: settings.networkZones,
          nat: settings.networkNat,
        },
    ...(networkTasksIn === "auto" ? {} : { tasksIn: networkTasksIn }),
    uses: taskServices({
      image,
      secrets: datasets.some((dataset) => secretsOf(dataset).length > 0),
      warehouse: settings.warehouse !== "none" && datasets.some(({ load }) => load.warehouse),
      database: settings.database !== "none" && datasets.some(({ load }) => load.database),
      compute: settings.computeKind === "ec2-spot" ? "ec2" : "fargate",
    }),
    ...(interfaceEndpoints === undefined ? {} : { interfaceEndpoints }),
    image,
  };
}

/** Everything about the network that cannot work together. */
export function networkSettingsFaults(settings: WrittenSettings, datasets: readonly Dataset[]): Fault[] {
  const choice = networkChoice(settings, datasets);
  const faults = networkFaults(choice).map((fault) => ({ ...fault, path: SETTING_OF[fault.path] ?? fault.path }));
  return [
    ...faults,
    ...overlaps(settings),
    ...spotFaults(settings),
    ...zoneFaults(settings),
    ...gatewayFaults(settings),
    ...unreachable(settings, datasets),
  ];
}

/** Which setting says what a path of `NetworkChoice` says. */
const SETTING_OF: Readonly<Record<string, string>> = {
  "vpc.cidr": "networkCidr",
  "vpc.zones": "networkZones",
  "vpc.subnetIds": "networkExisting.subnetIds",
  tasksIn: "networkTasksIn",
  interfaceEndpoints: "networkInterfaceEndpoints",
  image: "imageFolder",
};

function overlaps({ networkCidr, networkExisting, networkAvoid }: Written): Fault[] {
  const own = parseRange(networkExisting?.cidr ?? networkCidr);
  return networkAvoid.flatMap((cidr, index) => {
    const other = parseRange(cidr);
    if (!own || !other || !overlap(own, other)) return [];
    const problem = `overlaps networkAvoid[${index}], ${cidr}`;
    return [{ path: "networkCidr", problem, value: networkCidr, fix: "take a range that nothing else uses" }];
  });
}

function spotFaults({ computeKind, networkNat, networkExisting }: Written): Fault[] {
  if (computeKind !== "ec2-spot" || networkExisting || networkNat !== "none") return [];
  return [
    {
      path: "networkNat",
      problem: "tasks on ec2-spot get no public address and need NAT",
      value: networkNat,
      allowed: '"single", "perZone"',
    },
  ];
}

/** Sources on the internet, where tasks have no way to it. */
function unreachable(settings: WrittenSettings, datasets: readonly Dataset[]): Fault[] {
  if (settings.networkTasksIn !== "isolated") return [];
  const mirrored = sourceUrlsOf(settings.sourceUrls);
  const names = datasets.map(({ name }) => name).filter((name) => !(name in mirrored));
  if (names.length === 0) return [];
  return [
    {
      path: "networkTasksIn",
      problem: `tasks in isolated subnets cannot reach the source of ${names.join(", ")}`,
      value: settings.networkTasksIn,
      fix: "give sourceUrls a mirror within the network for each, or run tasks in private subnets",
    },
  ];
}

function gatewayFaults({ networkExisting, warehouse }: Written): Fault[] {
  if (warehouse === "none" || !networkExisting || networkExisting.routeTableIds.length > 0) return [];
  return [
    {
      path: "networkExisting.routeTableIds",
      problem: "a warehouse reaches S3 only through an endpoint that the platform knows",
      value: networkExisting.routeTableIds,
      fix: "name the route tables of the isolated or private subnets",
    },
  ];
}

/** Zones that a store needs at least. https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-usage-considerations.html */
const ZONES = { serverless: 3, provisioned: 2, postgres: 2 } as const;

function zoneFaults(settings: Written): Fault[] {
  const { networkExisting: existing, networkZones, warehouse, database } = settings;
  const subnets = existing?.subnetIds;
  const zones = subnets ? subnets.isolated.length || subnets.private.length : networkZones;
  const path = subnets ? "networkExisting.subnetIds" : "networkZones";
  const wanted = [warehouse, database].flatMap((kind) => (kind === "none" ? [] : [{ kind, zones: ZONES[kind] }]));
  return wanted
    .filter((store) => store.zones > zones)
    .map((store) => ({
      path,
      problem: `has too few for ${store.kind === "postgres" ? "the database" : `a ${store.kind} warehouse`}`,
      value: zones,
      allowed: `at least ${store.zones}`,
    }));
}
