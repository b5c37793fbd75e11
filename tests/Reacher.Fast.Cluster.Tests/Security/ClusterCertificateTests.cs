using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Reacher.Fast.Cluster.Security;
using Reacher.Fast.Core;

namespace Reacher.Fast.Cluster.Tests.Security;

/// <summary>A machine believes its own certificate, and those of its file's authorities, and no others.</summary>
public sealed class ClusterCertificateTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    [Test]
    public void One_that_was_made_is_believed_by_itself_and_no_other()
    {
        using TemporaryFolder folder = new();
        ClusterCertificate.Make(folder["a.pem"]);
        ClusterCertificate.Make(folder["b.pem"]);
        ClusterCertificate first = ClusterCertificate.Load(folder["a.pem"]), second = ClusterCertificate.Load(folder["b.pem"]);
        Assert.That((first.IsBelieved(first.Own), first.IsBelieved(second.Own), first.IsBelieved(null)), Is.EqualTo((true, false, false)));
        Assert.That(first.Own.HasPrivateKey, Is.True);
        if (!OperatingSystem.IsWindows())
        {
            Assert.That(File.GetUnixFileMode(folder["a.pem"]), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        }
    }

    [Test]
    public void Those_that_an_authority_of_the_file_has_signed_are_believed_and_a_stranger_s_are_not()
    {
        using TemporaryFolder folder = new();
        using ECDsa ourKey = ECDsa.Create(), theirKey = ECDsa.Create();
        using X509Certificate2 ours = Authority("CN=ours", ourKey), theirs = Authority("CN=theirs", theirKey);
        ClusterCertificate machine = Write(folder["machine.pem"], ours), other = Write(folder["other.pem"], ours);
        ClusterCertificate stranger = Write(folder["stranger.pem"], theirs);
        Assert.That((machine.IsBelieved(other.Own), machine.IsBelieved(stranger.Own)), Is.EqualTo((true, false)));
    }

    [TestCase("no certificate at all")]
    [TestCase("")]
    public void A_file_without_a_certificate_is_refused(string text)
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder["file.pem"], text);
        Assert.That(
            () => ClusterCertificate.Load(folder["file.pem"]),
            Throws.InstanceOf<InputException>().With.Message.StartsWith($"'{folder["file.pem"]}' holds no certificate with its key"));
    }

    [Test]
    public void A_file_that_is_not_there_is_refused()
    {
        using TemporaryFolder folder = new();
        Assert.That(
            () => ClusterCertificate.Load(folder["file.pem"]),
            Throws.InstanceOf<InputException>().With.Message.StartsWith($"There is no certificate '{folder["file.pem"]}'; make one with "));
    }

    private static X509Certificate2 Authority(string name, ECDsa key)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(Now.AddDays(-1), Now.AddDays(1));
    }

    private static ClusterCertificate Write(string path, X509Certificate2 authority)
    {
        using ECDsa key = ECDsa.Create();
        byte[] serial = RandomNumberGenerator.GetBytes(8);
        using X509Certificate2 signed = new CertificateRequest($"CN={Path.GetFileName(path)}", key, HashAlgorithmName.SHA256)
            .Create(authority, Now.AddHours(-1), Now.AddHours(1), serial);
        File.WriteAllText(
            path, $"{signed.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n{authority.ExportCertificatePem()}\n");
        return ClusterCertificate.Load(path);
    }
}
