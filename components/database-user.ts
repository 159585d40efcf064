/**
 * What the administrator of a Postgres on RDS has to run before a role can sign in as `user` with a token instead of a
 * password: nobody else can make the user, as only the administrator may hand on `rds_iam`. Running it again changes nothing.
 * https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.DBAccounts.html
 * The user can make tables and owns them; it is no administrator of anything.
 * @param user lower case letters, digits and _, so that it needs no quotes
 */
export const databaseUserSql = (user: string, database: string): string =>
  [
    `do $$ begin if not exists (select from pg_roles where rolname = '${user}') then create role ${user} login; end if; end $$;`,
    `grant rds_iam to ${user};`,
    `grant connect, temporary on database ${database} to ${user};`,
    `grant usage, create on schema public to ${user};`,
  ].join("\n");
