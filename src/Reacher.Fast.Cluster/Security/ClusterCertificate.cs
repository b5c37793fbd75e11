using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Orleans.Connections.Security;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Training.Cluster;

namespace Reacher.Fast.Cluster.Security;

/// <summary>
/// What the machines of a run show each other: a file with a certificate, its key, and the certificates of authorities, if there are any. Both
/// sides show theirs. One is believed that is the very same, which is how a file works that <see cref="Make"/> made and that all machines
/// have, or one that an authority of the file has signed, where a site has its own.
/// </summary>
internal sealed class ClusterCertificate
{
    /// <summary>The name that a client calls the other side by, whatever its address is.</summary>
    public const string TargetHost = "reacher-fast";

    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(3650);

    private readonly X509Certificate2Collection authorities = [];

    private ClusterCertificate(X509Certificate2 own) => Own = own;

    /// <summary>What this machine shows.</summary>
    public X509Certificate2 Own { get; }

    /// <summary>What machines show at an endpoint; null where they know each other by none.</summary>
    /// <exception cref="InputException">Its file has no certificate with a key.</exception>
    public static ClusterCertificate? Of(ClusterEndpoint endpoint) => endpoint.Certificate is null ? null : Load(endpoint.Certificate);

    /// <summary>Reads a file.</summary>
    /// <exception cref="InputException">It has no certificate with a key.</exception>
    public static ClusterCertificate Load(string path)
    {
        try
        {
            string text = File.ReadAllText(path);
            using X509Certificate2 read = X509Certificate2.CreateFromPem(text, text);
            // A key that was read from PEM is not always one that TLS can use; one from PKCS #12 is.
            X509Certificate2 own = X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), null);
            var certificate = new ClusterCertificate(own);
            certificate.authorities.ImportFromPem(text);
            return certificate;
        }
        catch (Exception error) when (IoFailure.IsMissing(error))
        {
            throw new InputException($"There is no certificate '{path}'; make one with 'reacher-fast cluster certificate FILE'.", error);
        }
        catch (Exception error) when (IoFailure.Is(error))
        {
            throw new InputException(
                $"The certificate '{path}' cannot be read: {error.Message.TrimEnd('.')}; give the user of this process the right to read it.", error);
        }
        catch (CryptographicException error)
        {
            throw new InputException(
                $"'{path}' holds no certificate with its key ({error.Message.TrimEnd('.')}); make one with 'reacher-fast cluster certificate FILE'.",
                error);
        }
    }

    /// <summary>Makes a certificate that signs itself, and writes it with its key, readable by its owner alone.</summary>
    /// <exception cref="InputException">The file exists, or cannot be written.</exception>
    public static void Make(string path)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=reacher-fast cluster", key, HashAlgorithmName.SHA256);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using X509Certificate2 made = request.CreateSelfSigned(now.AddDays(-1), now + Lifetime);
        try
        {
            FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using StreamWriter file = new(path, options);
            file.Write($"{made.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
        }
        catch (Exception error) when (IoFailure.Is(error))
        {
            throw new InputException($"The certificate '{path}' cannot be written: {error.Message.TrimEnd('.')}; name another file.", error);
        }
    }

    /// <summary>Has both sides of each connection show their certificates, and believe no other.</summary>
    public void Use(TlsOptions options)
    {
        options.LocalCertificate = Own;
        options.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
        options.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
        options.CheckCertificateRevocation = false;
        options.RemoteCertificateValidation = (certificate, _, _) => IsBelieved(certificate);
        options.OnAuthenticateAsClient = (_, client) => client.TargetHost = TargetHost;
    }

    /// <summary>Whether the other side's certificate is this one, or an authority of the file has signed it.</summary>
    public bool IsBelieved(X509Certificate? shown)
    {
        if (shown is null)
        {
            return false;
        }

        if (CryptographicOperations.FixedTimeEquals(shown.GetRawCertData(), Own.RawData))
        {
            return true;
        }

        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        using X509Certificate2 certificate = X509CertificateLoader.LoadCertificate(shown.GetRawCertData());
        return authorities.Count > 1 && chain.Build(certificate);
    }
}
