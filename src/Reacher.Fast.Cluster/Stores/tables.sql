-- What Orleans' provider of clustering looks for in PostgreSQL: its members, the version of each cluster's table, and the queries themselves
-- by their names, with the parameters that the provider gives them.

CREATE TABLE OrleansMembershipVersionTable
(
    DeploymentId text PRIMARY KEY,
    Version integer NOT NULL DEFAULT 0
);

CREATE TABLE OrleansMembershipTable
(
    DeploymentId text NOT NULL REFERENCES OrleansMembershipVersionTable ON DELETE CASCADE,
    Address text NOT NULL,
    Port integer NOT NULL,
    Generation integer NOT NULL,
    SiloName text NOT NULL,
    HostName text NOT NULL,
    Status integer NOT NULL,
    ProxyPort integer NOT NULL,
    SuspectTimes text,
    StartTime timestamptz NOT NULL,
    IAmAliveTime timestamptz NOT NULL,
    PRIMARY KEY (DeploymentId, Address, Port, Generation)
);

CREATE TABLE OrleansQuery
(
    QueryKey text PRIMARY KEY,
    QueryText text NOT NULL
);

INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES
('InsertMembershipVersionKey', $$
    WITH version AS
    (
        INSERT INTO OrleansMembershipVersionTable (DeploymentId) VALUES (@DeploymentId)
        ON CONFLICT DO NOTHING
        RETURNING 1
    )
    SELECT count(*) > 0 FROM version
$$),
-- A row is written only by who knows the newest version, which is another one afterwards: of two who know the same the second waits for the
-- first's lock on the version's row, finds the version changed, and writes nothing.
('InsertMembershipKey', $$
    WITH version AS
    (
        UPDATE OrleansMembershipVersionTable AS v SET Version = v.Version + 1
        WHERE v.DeploymentId = @DeploymentId AND v.Version = @Version AND NOT EXISTS
        (
            SELECT FROM OrleansMembershipTable AS m
            WHERE m.DeploymentId = @DeploymentId AND m.Address = @Address AND m.Port = @Port AND m.Generation = @Generation
        )
        RETURNING v.DeploymentId
    ),
    member AS
    (
        INSERT INTO OrleansMembershipTable
            (DeploymentId, Address, Port, Generation, SiloName, HostName, Status, ProxyPort, StartTime, IAmAliveTime)
        SELECT DeploymentId, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime FROM version
        RETURNING 1
    )
    SELECT count(*) > 0 FROM member
$$),
('UpdateMembershipKey', $$
    WITH version AS
    (
        UPDATE OrleansMembershipVersionTable AS v SET Version = v.Version + 1
        WHERE v.DeploymentId = @DeploymentId AND v.Version = @Version AND EXISTS
        (
            SELECT FROM OrleansMembershipTable AS m
            WHERE m.DeploymentId = @DeploymentId AND m.Address = @Address AND m.Port = @Port AND m.Generation = @Generation
        )
        RETURNING v.DeploymentId
    ),
    member AS
    (
        UPDATE OrleansMembershipTable AS m SET Status = @Status, SuspectTimes = @SuspectTimes, IAmAliveTime = @IAmAliveTime
        FROM version AS v
        WHERE m.DeploymentId = v.DeploymentId AND m.Address = @Address AND m.Port = @Port AND m.Generation = @Generation
        RETURNING 1
    )
    SELECT count(*) > 0 FROM member
$$),
-- A sign of life changes no version: it contradicts nothing that another silo writes.
('UpdateIAmAlivetimeKey', $$
    UPDATE OrleansMembershipTable SET IAmAliveTime = @IAmAliveTime
    WHERE DeploymentId = @DeploymentId AND Address = @Address AND Port = @Port AND Generation = @Generation
$$),
-- Where a cluster has no members, its version comes alone.
('MembershipReadAllKey', $$
    SELECT v.Version, m.Address, m.Port, m.Generation, m.SiloName, m.HostName, m.Status, m.ProxyPort, m.SuspectTimes, m.StartTime, m.IAmAliveTime
    FROM OrleansMembershipVersionTable AS v LEFT JOIN OrleansMembershipTable AS m USING (DeploymentId)
    WHERE v.DeploymentId = @DeploymentId
$$),
('MembershipReadRowKey', $$
    SELECT v.Version, m.Address, m.Port, m.Generation, m.SiloName, m.HostName, m.Status, m.ProxyPort, m.SuspectTimes, m.StartTime, m.IAmAliveTime
    FROM OrleansMembershipVersionTable AS v LEFT JOIN OrleansMembershipTable AS m
        ON m.DeploymentId = v.DeploymentId AND m.Address = @Address AND m.Port = @Port AND m.Generation = @Generation
    WHERE v.DeploymentId = @DeploymentId
$$),
('GatewaysQueryKey', $$
    SELECT Address, ProxyPort, Generation FROM OrleansMembershipTable
    WHERE DeploymentId = @DeploymentId AND Status = @Status AND ProxyPort > 0
$$),
-- The members go with it.
('DeleteMembershipTableEntriesKey', $$
    DELETE FROM OrleansMembershipVersionTable WHERE DeploymentId = @DeploymentId
$$),
-- Status 6 is that of the dead.
('CleanupDefunctSiloEntriesKey', $$
    DELETE FROM OrleansMembershipTable WHERE DeploymentId = @DeploymentId AND Status = 6 AND IAmAliveTime < @IAmAliveTime
$$),
('CleanupDefunctSiloEntryKey', $$
    DELETE FROM OrleansMembershipTable
    WHERE DeploymentId = @DeploymentId AND Address = @Address AND Port = @Port AND Generation = @Generation AND Status = 6
        AND StartTime = @StartTime AND IAmAliveTime = @IAmAliveTime AND SuspectTimes IS NOT DISTINCT FROM @SuspectTimes
$$);
