namespace Reacher.Fast.Training.Cluster;

/// <summary>Whether a store is spoken to by TLS.</summary>
internal enum StoreEncryption
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>Where the server offers it, whoever the server is.</summary>
    IfOffered,

    /// <summary>Always, whoever the server is.</summary>
    Required,

    /// <summary>Always, and the server shows a certificate for its name by an authority that this machine trusts.</summary>
    Verified,
}
