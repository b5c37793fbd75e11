using Reacher.Fast.Core;
using Reacher.Fast.Training.Cluster;

namespace Reacher.Fast.Training.Tests.Cluster;

/// <summary>The address of a site's store, and that nothing secret of it is shown or kept.</summary>
public sealed class ClusterStoreTests
{
    [TestCase("redis://a", "redis://a:6379", null, null, 0)]
    [TestCase("redis://10.0.0.5:7000/", "redis://10.0.0.5:7000", null, null, 0)]
    [TestCase("rediss://:p%40ss@a.example:1/2", "rediss://a.example:1", null, "p@ss", 2)]
    [TestCase("redis://me:a:b@[::1]:6380", "redis://[::1]:6380", "me", "a:b", 0)]
    [TestCase("redis://me@a", "redis://a:6379", "me", null, 0)]
    public void An_address_is_taken_apart_and_shown_without_what_is_secret(
        string text, string shown, string? user, string? password, int database)
    {
        ClusterStore store = ClusterStore.Parse(text);
        Assert.That(store.ToString(), Is.EqualTo(shown));
        Assert.That((store.User, store.Password, store.Database), Is.EqualTo((user, password, database)));
        Assert.That(store.IsSecure, Is.EqualTo(text.StartsWith("rediss", StringComparison.Ordinal)));
    }

    [TestCase("")]
    [TestCase("s3cret@10.0.0.5:6379")]
    [TestCase("10.0.0.5:6379")]
    [TestCase("redis://")]
    [TestCase("redis://a/s3cret")]
    [TestCase("redis://a?password=s3cret")]
    [TestCase("https://me:s3cret@a")]
    [TestCase("postgresql://me:s3cret@a/b")]
    public void What_is_no_address_is_refused_and_not_repeated(string text) => Assert.That(
        () => ClusterStore.Parse(text),
        Throws.InstanceOf<InputException>().With.Message.StartsWith("--cluster-store ").And.Message.Contains("redis://HOST:PORT")
            .And.Message.Not.Contains("s3cret"));

    [Test]
    public void Who_reads_an_endpoint_from_a_file_has_the_store_from_its_environment()
    {
        string? before = Environment.GetEnvironmentVariable(ClusterStore.Variable);
        using TemporaryFolder folder = new();
        try
        {
            Environment.SetEnvironmentVariable(ClusterStore.Variable, null);
            Assert.That(() => ClusterStore.Parse(null), Throws.InstanceOf<InputException>());
            var endpoint = ClusterEndpoint.InStore(ClusterStore.Parse("redis://:s3cret@a"), "run", null, insecure: true);
            endpoint.Save(folder["cluster.json"]);
            new Membership(endpoint, 1, 2, [3]).Save(folder["membership.json"]);
            Assert.That(Directory.GetFiles(folder.Path).Select(File.ReadAllText), Has.None.Contains("s3cret"));
            ClusterEndpoint read = ClusterEndpoint.Load(folder["cluster.json"]);
            Assert.That(read.WithStore, Throws.InstanceOf<InputException>());

            HandDown(endpoint.Store!);
            Assert.That(read.WithStore(), Is.EqualTo(endpoint));
            Assert.That(Environment.GetEnvironmentVariable(ClusterStore.Variable), Is.Null, "no other program is to have it");
            HandDown(endpoint.Store!);
            Assert.That(Membership.Load(folder["membership.json"]).Endpoint.WithStore(), Is.EqualTo(endpoint));
            Assert.That(endpoint.ToString(), Is.EqualTo("'run' in redis://a:6379"));
        }
        finally
        {
            Environment.SetEnvironmentVariable(ClusterStore.Variable, before);
        }

        static void HandDown(ClusterStore store)
        {
            foreach ((string name, string value) in store.ForProcess)
            {
                Environment.SetEnvironmentVariable(name, value);
            }
        }
    }

    [Test]
    public void A_run_in_a_store_has_an_id()
    {
        ClusterStore store = ClusterStore.Parse("redis://a");
        Assert.That(() => ClusterEndpoint.InStore(store, "", null, insecure: false), Throws.InstanceOf<InputException>());
        ClusterEndpoint found = ClusterEndpoint.InStore(store, "run", null, insecure: false) with { Host = "10.0.0.5", Port = 1 };
        Assert.That(found.RequireSecurity, Throws.InstanceOf<InputException>().With.Message.StartsWith("10.0.0.5:1 is beyond this machine"));
        Assert.That((found with { Host = "127.0.0.1" }).RequireSecurity, Throws.Nothing);
        Assert.That((found with { IsInsecure = true }).RequireSecurity, Throws.Nothing);
    }
}
