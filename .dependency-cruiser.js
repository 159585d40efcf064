/** Imports go one way. Each rule says which rooms a room may not know; docs/architecture.md draws the picture. */
const room = (name) => `^${name}/`;

const forbid = (name, comment, from, to, more = {}) => ({
  name,
  comment,
  severity: "error",
  from: { path: from },
  to: { path: to, ...more },
});

export default {
  forbidden: [
    forbid(
      "datasets-know-the-vocabulary",
      "a definition imports the vocabulary and nothing else of the project",
      room("datasets"),
      "^(index\\.ts|components|offline|demo|policies|test|bench|runtime)/?",
      { pathNot: room("runtime/dataset") },
    ),
    forbid(
      "components-plan",
      "components know the vocabulary, never how data is fetched, stored or loaded",
      room("components"),
      "^(datasets|offline|demo|policies|test|bench|runtime)/",
      { pathNot: room("runtime/dataset") },
    ),
    forbid(
      "vocabulary-is-pure",
      "runtime/dataset knows no other room",
      room("runtime/dataset"),
      "^(index\\.ts|datasets|components|offline|demo|policies|test|bench|runtime)/?",
      { pathNot: room("runtime/dataset") },
    ),
    forbid(
      "store-knows-the-vocabulary",
      "the store knows only runtime/dataset",
      room("runtime/store"),
      room("runtime"),
      {
        pathNot: "^runtime/(dataset|store)/",
      },
    ),
    forbid(
      "decoding-is-pure",
      "the decoders know only runtime/dataset and what the store calls a body",
      room("runtime/decode"),
      room("runtime"),
      { pathNot: "^runtime/(dataset|store|decode)/" },
    ),
    ...["extract", "process", "load", "publish"].map((step) =>
      forbid(
        `${step}-knows-no-other-step`,
        "the steps meet in the lake, not in code",
        room(`runtime/${step}`),
        room("runtime"),
        { pathNot: `^runtime/(dataset|store|decode|${step})/` },
      ),
    ),
    forbid(
      "tasks-do-not-know-the-command",
      "a cloud task is no command line",
      room("runtime/tasks"),
      "^(runtime/cli|components|offline|demo|policies|test|bench)/",
    ),
    forbid(
      "runtime-without-pulumi",
      "what runs in a task, on a laptop and in a client has no Pulumi in it",
      room("runtime"),
      "(^(components|offline|policies|demo|test|bench)/|node_modules/@pulumi/)",
    ),
    forbid(
      "policies-stand-alone",
      "the policy pack checks any program and knows no room of this one",
      room("policies"),
      "^(index\\.ts|datasets|components|offline|demo|runtime|test|bench)/?",
    ),
    forbid(
      "tests-are-not-imported",
      "only tests, benchmarks and the demonstration use test/support",
      "^(index\\.ts|datasets|components|runtime|offline|policies)/?",
      room("test"),
    ),
    {
      name: "no-circular",
      comment: "a circle is one file in disguise",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "resolvable",
      comment: "every import must exist",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "declared",
      comment: "every package is in package.json",
      severity: "error",
      from: {},
      to: { dependencyTypes: ["npm-no-pkg", "npm-unknown"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default", "types"] },
  },
};
