import assert from "node:assert/strict";
import { PipelineGroup } from "../../components/pipeline-group.ts";
import { parts } from "../support/components.ts";
import { inputs, joined, made, recorded } from "../support/pulumi.ts";

describe("PipelineGroup", () => {
  it("is a group of schedules and an encrypted log group that forgets", async () => {
    const recording = await recorded(() => new PipelineGroup("group", { ...parts(), logRetentionDays: 30 }));
    assert.deepEqual(
      made(recording).filter((name) => name.includes(" group")),
      [
        "aws:cloudwatch/logGroup:LogGroup group-logs",
        "aws:scheduler/scheduleGroup:ScheduleGroup group-schedules",
        "tidegate:pipeline:PipelineGroup group",
      ],
    );
    assert.deepEqual(inputs(recording, "group-schedules"), { name: "tidegate-test-datasets" });
    const { kmsKeyId: _, ...logs } = inputs(recording, "group-logs");
    assert.deepEqual(logs, { name: "/tidegate/test/pipelines", retentionInDays: 30 });
    assert.deepEqual(joined(recording, "group-logs", "kmsKeyId"), ["key-key"]);
  });

  it("has events that no other stack's pipelines put", async () => {
    const sources: string[] = [];
    const program = () => sources.push(new PipelineGroup("group", parts()).eventSource);
    await recorded(program);
    await recorded(program, { stack: "other" });
    assert.deepEqual(sources, ["tidegate.tidegate-test", "tidegate.tidegate-other"]);
  });
});
