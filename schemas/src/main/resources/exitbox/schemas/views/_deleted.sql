-- Rows that --keep, --keep-size or --on-full had deleted, by the files they were in, as the catalog tells. Here it has none: who reads a
-- recording with its catalog puts them in its place.
-- @column host The machine.
-- @column table_name The table that they were of.
-- @column seq The lowest number of theirs.
-- @column rows How many they were.
CREATE VIEW _deleted AS
SELECT NULL::VARCHAR AS host, NULL::VARCHAR AS table_name, NULL::BIGINT AS seq, NULL::BIGINT AS rows WHERE false;
