/**
 * Memory that Fargate offers per vCPU: lowest, highest and step, in MiB.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-cpu-memory-error.html
 */
const SIZES = [
  { vcpu: 0.25, memory: [512, 1024, 2048] },
  { vcpu: 0.5, memory: steps(1024, 4096, 1024) },
  { vcpu: 1, memory: steps(2048, 8192, 1024) },
  { vcpu: 2, memory: steps(4096, 16384, 1024) },
  { vcpu: 4, memory: steps(8192, 30720, 1024) },
  { vcpu: 8, memory: steps(16384, 61440, 4096) },
  { vcpu: 16, memory: steps(32768, 122880, 8192) },
];

function steps(from: number, to: number, by: number): number[] {
  return Array.from({ length: (to - from) / by + 1 }, (_, i) => from + i * by);
}

export const isFargateSize = (size: { readonly vcpu: number; readonly memory: number }): boolean =>
  SIZES.some(({ vcpu, memory }) => vcpu === size.vcpu && memory.includes(size.memory));

/** The sizes as text for an error. */
export const FARGATE_SIZES = SIZES.map(
  ({ vcpu, memory }) => `${vcpu} vCPU with ${memory[0]} to ${memory.at(-1)} MiB`,
).join(", ");
