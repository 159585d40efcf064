import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "../settings.ts";

/** The tag that bills are split by: nothing but this stack has its value. */
export const platformTag = (): { readonly key: string; readonly value: string } => ({
  key: "Platform",
  value: `${pulumi.getProject()}-${pulumi.getStack()}`,
});

/** What every resource is tagged with. https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
export const tagsOf = (settings: Settings): Record<string, string> => ({
  Project: pulumi.getProject(),
  Environment: pulumi.getStack(),
  [platformTag().key]: platformTag().value,
  Owner: settings.owner,
  CostCenter: settings.costCenter,
  DataClass: settings.dataClass,
  Disposable: String(settings.disposable),
});
