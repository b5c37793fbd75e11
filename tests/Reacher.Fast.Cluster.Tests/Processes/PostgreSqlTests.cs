using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orleans.Configuration;
using Reacher.Fast.Cluster.Stores;
using Reacher.Fast.Core;
using Reacher.Fast.Runner.Tests;
using Reacher.Fast.Training.Cluster;

namespace Reacher.Fast.Cluster.Tests.Processes;

/// <summary>The tables and queries of a PostgreSQL store: those of a site, and those that a run makes.</summary>
public sealed class PostgreSqlTests
{
    private static readonly DateTime Now = new(2026, 5, 4, 3, 2, 1, DateTimeKind.Utc);

    [Test]
    public async Task Of_two_that_know_the_same_version_one_writes()
    {
        using PostgreSqlServer server = new();
        await RunStore.RequireFree(Endpoint(server.Address, "a"), Address(1));
        await using ServiceProvider services = Services(server.Address);
        IMembershipTable table = services.GetRequiredService<IMembershipTable>();
        await table.InitializeMembershipTableAsync(tryInitTableVersion: true);
        MembershipTableData empty = await table.ReadAllAsync();
        MembershipEntry first = Silo(1), second = Silo(2);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(empty.Members, Is.Empty);
            Assert.That(await table.InsertRowAsync(first, empty.Version.Next()), Is.True);
            Assert.That(await table.InsertRowAsync(second, empty.Version.Next()), Is.False, "the version is an old one");
        }

        MembershipTableData one = await table.ReadAllAsync();
        Assert.That(await table.InsertRowAsync(first, one.Version.Next()), Is.False, "the silo is there");
        Assert.That(await table.InsertRowAsync(second, one.Version.Next()), Is.True);
        MembershipTableData two = await table.ReadAllAsync();
        Assert.That(two.Members.Select(member => member.Item1.SiloAddress), Is.EquivalentTo(new[] { first.SiloAddress, second.SiloAddress }));
        Assert.That(new[] { empty, one, two }.Select(data => data.Version.Version), Is.EqualTo(new[] { 0, 1, 2 }));

        first.Status = SiloStatus.Dead;
        first.SuspectTimes = [new(second.SiloAddress, Now)];
        Assert.That(await table.UpdateRowAsync(first, one.Version.VersionEtag, one.Version.Next()), Is.False, "the version is an old one");
        Assert.That(await table.UpdateRowAsync(Silo(3), two.Version.VersionEtag, two.Version.Next()), Is.False, "there is no such silo");
        Assert.That(await table.UpdateRowAsync(first, two.Version.VersionEtag, two.Version.Next()), Is.True);
        MembershipTableData row = await table.ReadRowAsync(first.SiloAddress);
        MembershipEntry read = row.Members.Single().Item1;
        Assert.That(row.Version.Version, Is.EqualTo(3));
        Assert.That((read.Status, read.HostName, read.SiloName, read.ProxyPort), Is.EqualTo((SiloStatus.Dead, "host", "silo", 7710)));
        Assert.That((read.StartTime, read.IAmAliveTime), Is.EqualTo((Now, Now)));
        Assert.That(read.SuspectTimes!.Single().Item1, Is.EqualTo(second.SiloAddress));
        Assert.That((await table.ReadRowAsync(Silo(3).SiloAddress)).Members, Is.Empty);

        second.IAmAliveTime = Now.AddSeconds(5);
        await table.UpdateIAmAliveAsync(second);
        await table.CleanupDefunctSiloEntriesAsync(Now.AddDays(1));
        MembershipTableData cleaned = await table.ReadAllAsync();
        Assert.That(cleaned.Members.Single().Item1.IAmAliveTime, Is.EqualTo(Now.AddSeconds(5)));
        Assert.That(cleaned.Version.Version, Is.EqualTo(3), "a sign of life changes no version");
        await table.DeleteMembershipTableEntriesAsync(ClusterRun.Id);
        Assert.That(server.Ask("SELECT count(*) FROM OrleansMembershipVersionTable"), Is.Zero);
        Assert.That(server.Ask("SELECT count(*) FROM OrleansMembershipTable"), Is.Zero);
    }

    [Test]
    public async Task Two_runs_that_start_at_once_make_the_tables_once()
    {
        using PostgreSqlServer server = new();
        await using NpgsqlConnection other = server.Open();
        await using NpgsqlTransaction transaction = await other.BeginTransactionAsync();
        await using var command = new NpgsqlCommand($"SELECT pg_advisory_xact_lock({PostgreSqlProvider.Lock})", other);
        await command.ExecuteNonQueryAsync();
        Task[] runs =
        [
            RunStore.RequireFree(Endpoint(server.Address, "a"), Address(1)), RunStore.RequireFree(Endpoint(server.Address, "b"), Address(2)),
        ];
        RunnerProcess.WaitUntil(
            () => server.Ask("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted") is 2L, "both wait");
        await transaction.RollbackAsync();
        await Task.WhenAll(runs);
        Assert.That(server.Ask("SELECT count(*) FROM OrleansQuery"), Is.EqualTo(10));
    }

    [Test]
    public async Task Tables_that_are_there_are_used_as_they_are_by_a_user_who_may_make_none()
    {
        using PostgreSqlServer server = new();
        server.Execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC; CREATE ROLE runner LOGIN PASSWORD 'p4ss-of-the-runner'");
        string address = server.AddressOf("runner", "p4ss-of-the-runner");
        using TemporaryFolder folder = new();
        using RunnerProcess refused = RunnerProcess.Start(
            "train", "--results-dir", folder["results"], "--run-id", ClusterRun.Id, "--cluster", "--cluster-store", address);
        Assert.That(refused.WaitForExit(), Is.EqualTo(2));
        Assert.That(refused.Errors.Trim(), Is.EqualTo(
            $"reacher-fast: The store {server.Shown} has no tables of Orleans, and its user may not make them; start a run once as a user " +
            "who may, or have the site's administrator make them."));
        Assert.That(Directory.Exists(folder["results"]), Is.False);
        Assert.That(() => RunStore.Locate(Endpoint(address, ClusterRun.Id), default), Throws.Exception.With.Message.Contains("has no run 'run'"));

        await RunStore.RequireFree(Endpoint(server.Address, "a"), Address(1));
        Assert.That(
            () => RunStore.RequireFree(Endpoint(address, ClusterRun.Id), Address(1)),
            Throws.InstanceOf<InputException>().With.Message.Contains("cannot be used (its user may not use the tables of Orleans there)"));
        server.Execute(
            """
            UPDATE OrleansQuery SET QueryText = QueryText || ' -- as the site has it';
            GRANT SELECT ON OrleansQuery TO runner;
            GRANT SELECT, INSERT, UPDATE, DELETE ON OrleansMembershipTable, OrleansMembershipVersionTable TO runner;
            """);
        using ClusterRun run = new(["--cluster-store", address]);
        RunnerProcess.WaitUntil(() => run.IsListening, "the run listens");
        Assert.That(server.Entries, Is.EqualTo(2));
        run.Trainer.Signal("INT");
        Assert.That(run.Trainer.WaitForExit(), Is.EqualTo(130), run.Trainer.Errors);
        Assert.That(server.Entries, Is.Zero);
        Assert.That(server.Ask("SELECT count(*) FROM OrleansQuery WHERE QueryText LIKE '% -- as the site has it'"), Is.EqualTo(10));
    }

    [Test]
    public async Task A_table_of_queries_that_is_another_one_is_refused()
    {
        using PostgreSqlServer server = new();
        await RunStore.RequireFree(Endpoint(server.Address, "a"), Address(1));
        server.Execute("DELETE FROM OrleansQuery WHERE QueryKey = 'MembershipReadAllKey'");
        Assert.That(
            () => RunStore.RequireFree(Endpoint(server.Address, "a"), Address(1)),
            Throws.InstanceOf<InputException>().With.Message.Contains("OrleansQuery").And.Message.Contains("MembershipReadAllKey"));
    }

    private static ClusterEndpoint Endpoint(string address, string run) =>
        ClusterEndpoint.InStore(ClusterStore.Parse(address), run, null, insecure: true);

    private static IPEndPoint Address(int port) => new(IPAddress.Loopback, port);

    private static MembershipEntry Silo(int generation) => new()
    {
        SiloAddress = SiloAddress.New(Address(11111), generation),
        SiloName = "silo",
        HostName = "host",
        Status = SiloStatus.Active,
        ProxyPort = 7710,
        StartTime = Now,
        IAmAliveTime = Now,
    };

    private static ServiceProvider Services(string address)
    {
        var builder = new Builder();
        new PostgreSqlProvider().Use(builder, ClusterStore.Parse(address));
        builder.Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (ClusterRun.Id, ClusterRun.Id));
        return builder.Services.BuildServiceProvider();
    }

    private sealed class Builder : ISiloBuilder
    {
        public IServiceCollection Services { get; } = new ServiceCollection().AddOptions().AddLogging();

        public IConfiguration Configuration { get; } = new ConfigurationBuilder().Build();
    }
}
