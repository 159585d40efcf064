import { randomUUID } from "node:crypto";
import {
  BatchExecuteStatementCommand,
  DescribeStatementCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  type RedshiftDataClient,
} from "@aws-sdk/client-redshift-data";
import type { Clock } from "../dataset/clock.ts";
import type { WarehouseAddress } from "./address.ts";

/** Which Redshift; the database user follows from the role that asks. */
export type RedshiftConnection = Pick<WarehouseAddress, "kind" | "name" | "database">;

export type RedshiftRow = Readonly<Record<string, string | undefined>>;

/** https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_BatchExecuteStatement.html */
const MOST_STATEMENTS = 40;

const FIRST_WAIT = 200;
const LONGEST_WAIT = 5_000;

/** Statements through the Data API, which answers at once and is asked until they have ended. */
export class RedshiftStatements {
  readonly #client: RedshiftDataClient;
  readonly #connection: {
    readonly Database: string;
    readonly WorkgroupName?: string;
    readonly ClusterIdentifier?: string;
  };
  readonly #clock: Clock;
  readonly #signal: AbortSignal;

  constructor(
    client: RedshiftDataClient,
    { kind, name, database }: RedshiftConnection,
    clock: Clock,
    signal: AbortSignal,
  ) {
    this.#client = client;
    this.#connection = {
      Database: database,
      ...(kind === "workgroup" ? { WorkgroupName: name } : { ClusterIdentifier: name }),
    };
    this.#clock = clock;
    this.#signal = signal;
  }

  /**
   * Runs the statements as one transaction. Where the client sends it again because an answer was lost, it is still one
   * batch; a batch that failed is another one when it is tried again, as Redshift remembers tokens for hours.
   * @throws with Redshift's own words when one of them fails; none has any effect then
   */
  async batch(statements: readonly string[]): Promise<void> {
    if (statements.length > MOST_STATEMENTS)
      throw new Error(`Redshift takes ${MOST_STATEMENTS} statements in a batch, these are ${statements.length}`);
    const { Id } = await this.#client.send(
      new BatchExecuteStatementCommand({ ...this.#connection, Sqls: [...statements], ClientToken: randomUUID() }),
    );
    await this.#ended(Id);
  }

  /** @returns all rows of the result, as texts */
  async query(statement: string): Promise<RedshiftRow[]> {
    const { Id } = await this.#client.send(new ExecuteStatementCommand({ ...this.#connection, Sql: statement }));
    await this.#ended(Id);
    const rows: RedshiftRow[] = [];
    let token: string | undefined;
    do {
      const page = await this.#client.send(new GetStatementResultCommand({ Id, NextToken: token }));
      const names = (page.ColumnMetadata ?? []).map(({ name }) => name ?? "");
      for (const record of page.Records ?? [])
        rows.push(
          Object.fromEntries(record.map((field, i) => [names[i], field.stringValue ?? field.longValue?.toString()])),
        );
      token = page.NextToken;
    } while (token);
    return rows;
  }

  async #ended(id: string | undefined): Promise<void> {
    for (let wait = FIRST_WAIT; ; wait = Math.min(wait * 2, LONGEST_WAIT)) {
      const { Status, Error: problem } = await this.#client.send(new DescribeStatementCommand({ Id: id }));
      if (Status === "FINISHED") return;
      if (Status === "FAILED" || Status === "ABORTED") throw new Error(`Redshift: ${problem ?? Status.toLowerCase()}`);
      await this.#clock.sleep(wait, this.#signal);
    }
  }
}
