import { ofType, referredTo } from "../../lib/join.ts";
import { hasParameter } from "../../lib/parameters.ts";
import { isOther, read } from "../../lib/read.ts";
import { stackRule } from "../../lib/rule.ts";
import { DATABASE_PARAMETER_GROUPS, DATABASE_PROXIES, DATABASES } from "../../lib/types.ts";

export const tlsForced = stackRule({
  name: "rds-tls-forced",
  title: "Databases refuse connections without TLS",
  description: "Every database has a parameter group of the program that forces TLS, and every proxy requires it.",
  rationale: "Without it a client that forgets to ask for TLS sends its token and its rows as plain text.",
  severity: "high",
  frameworks: [],
  remediation: "Set parameterGroupName to a ParameterGroup with rds.force_ssl 1, and requireTls of a Proxy.",
  url: "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html",
  types: [...DATABASES, ...DATABASE_PROXIES],
  check(resources, report) {
    for (const database of ofType(resources, DATABASES)) {
      const groups = referredTo(database, "parameterGroupName", DATABASE_PARAMETER_GROUPS);
      if (groups.some(({ props }) => hasParameter(props, "parameters", "rds.force_ssl", ["1"]))) continue;
      report(database, {
        problem: groups.length > 0 ? "takes connections without TLS" : "has no parameter group of this stack",
        allowed: "a ParameterGroup of this program with rds.force_ssl 1 as parameterGroupName",
        fix: "add the parameter",
      });
    }
    for (const proxy of ofType(resources, DATABASE_PROXIES)) {
      const tls = read(proxy.props, "requireTls");
      if (!isOther(tls, true)) continue;
      report(proxy, { problem: "takes connections without TLS", value: tls, allowed: "true", fix: "set requireTls" });
    }
  },
});
