using Reacher.Fast.Core;
using Reacher.Fast.Training.Cluster;

namespace Reacher.Fast.Training.Tests.Cluster;

/// <summary>The address of a site's store, and that nothing secret of it is shown or kept.</summary>
public sealed class ClusterStoreTests
{
    [TestCase("redis://a", "redis://a:6379", null, null, null)]
    [TestCase("redis://10.0.0.5:7000/", "redis://10.0.0.5:7000", null, null, null)]
    [TestCase("rediss://:p%40ss@a.example:1/2", "rediss://a.example:1", null, "p@ss", "2")]
    [TestCase("redis://me:a:b@[::1]:6380", "redis://[::1]:6380", "me", "a:b", null)]
    [TestCase("redis://me@a", "redis://a:6379", "me", null, null)]
    [TestCase("postgres://a", "postgresql://a:5432", null, null, null)]
    [TestCase("postgresql://me:p%2Fss@[::1]:1/my%20runs?sslmode=require", "postgresql://[::1]:1", "me", "p/ss", "my runs")]
    public void An_address_is_taken_apart_and_shown_without_what_is_secret(
        string text, string shown, string? user, string? password, string? database)
    {
        ClusterStore store = ClusterStore.Parse(text);
        Assert.That(store.ToString(), Is.EqualTo(shown));
        Assert.That((store.User, store.Password, store.Database), Is.EqualTo((user, password, database)));
    }

    [TestCase("redis://a", nameof(StoreKind.Redis), nameof(StoreEncryption.None))]
    [TestCase("rediss://a", nameof(StoreKind.Redis), nameof(StoreEncryption.Verified))]
    [TestCase("postgres://a/b", nameof(StoreKind.PostgreSql), nameof(StoreEncryption.IfOffered))]
    [TestCase("postgresql://a/b", nameof(StoreKind.PostgreSql), nameof(StoreEncryption.IfOffered))]
    [TestCase("postgresql://a/b?sslmode=require", nameof(StoreKind.PostgreSql), nameof(StoreEncryption.Required))]
    [TestCase("postgresql://a/b?sslmode=verify-full", nameof(StoreKind.PostgreSql), nameof(StoreEncryption.Verified))]
    public void An_address_says_what_the_store_is_and_whether_by_TLS(string text, string kind, string encryption)
    {
        ClusterStore store = ClusterStore.Parse(text);
        Assert.That((store.Kind.ToString(), store.Encryption.ToString()), Is.EqualTo((kind, encryption)));
    }

    [TestCase("postgresql://a/b?sslmode=maybe")]
    [TestCase("postgresql://me@a/b?password=s3cret")]
    [TestCase("postgresql://me@a/b?sslmode=require&password=s3cret")]
    public void What_else_an_address_of_PostgreSQL_asks_for_is_refused_and_not_repeated(string text) => Assert.That(
        () => ClusterStore.Parse(text),
        Throws.InstanceOf<InputException>().With.Message.Contains("?sslmode=verify-full").And.Message.Not.Contains("s3cret"));

    [TestCase("")]
    [TestCase("s3cret@10.0.0.5:6379")]
    [TestCase("10.0.0.5:6379")]
    [TestCase("redis://")]
    [TestCase("redis://a/s3cret")]
    [TestCase("redis://a?password=s3cret")]
    [TestCase("https://me:s3cret@a")]
    [TestCase("postgresql:///s3cret")]
    [TestCase("postgresql://a/b#s3cret")]
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
