using Reacher.Fast.Core;
using Reacher.Fast.Training.Cluster;

namespace Reacher.Fast.Training.Tests.Options;

/// <summary>An address is read as people write it, and beyond this machine asks for a certificate or for the user's word.</summary>
public sealed class ClusterEndpointTests
{
    [TestCase(null, "127.0.0.1", 7710)]
    [TestCase("", "127.0.0.1", 7710)]
    [TestCase(":80", "127.0.0.1", 80)]
    [TestCase("localhost:80", "localhost", 80)]
    [TestCase("127.0.0.9", "127.0.0.9", 7710)]
    [TestCase("[::1]:80", "::1", 80)]
    [TestCase("::1", "::1", 7710)]
    public void An_address_of_this_machine_needs_no_more(string? text, string host, int port)
    {
        var endpoint = ClusterEndpoint.Parse(text, null, insecure: false);
        Assert.That((endpoint.Host, endpoint.Port), Is.EqualTo((host, port)));
    }

    [TestCase("10.0.0.5:80")]
    [TestCase("node-1")]
    [TestCase("0.0.0.0")]
    public void One_beyond_it_needs_a_certificate_or_the_user_s_word(string text)
    {
        Assert.That(
            () => ClusterEndpoint.Parse(text, null, insecure: false),
            Throws.InstanceOf<InputException>().With.Message.Contains("is beyond this machine, where machines know each other by a certificate"));
        Assert.That(ClusterEndpoint.Parse(text, null, insecure: true).IsLoopback, Is.False);
    }

    [TestCase("host:")]
    [TestCase("host:0")]
    [TestCase("host:65536")]
    [TestCase("host:-1")]
    [TestCase("ho st:80")]
    [TestCase("http://host:80")]
    public void What_is_no_address_is_refused(string text) => Assert.That(
        () => ClusterEndpoint.Parse(text, null, insecure: true),
        Throws.InstanceOf<InputException>().With.Message.StartsWith($"'{text}' is no address; write HOST:PORT"));

    [Test]
    public void It_is_kept_for_another_process()
    {
        using TemporaryFolder folder = new();
        var endpoint = new ClusterEndpoint("10.0.0.5", 80, "/etc/cluster.pem");
        endpoint.Save(folder["cluster.json"]);
        Assert.That(ClusterEndpoint.Load(folder["cluster.json"]), Is.EqualTo(endpoint));
    }
}
