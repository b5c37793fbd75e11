namespace Reacher.Fast.Cluster.Tests.Processes;

/// <summary>A store as a site has one, on this machine and with a password; a test without the server's program is ignored and says so.</summary>
internal abstract class StoreServer : IDisposable
{
    public const string Password = "s3cret-of-the-site";

    private const string Cluster = $"reacher-fast-{ClusterRun.Id}";

    protected TemporaryFolder Folder { get; } = new();

    protected int Port { get; } = FreePort.Find();

    /// <summary>Its address, as users give it.</summary>
    public string Address => Told(Password);

    /// <summary>The same without what is secret.</summary>
    public abstract string Shown { get; }

    /// <summary>The version and the silos that the run has in it; 0 where it has nothing.</summary>
    public int Entries => EntriesOf(Cluster);

    /// <summary>Starts one.</summary>
    public static StoreServer Start(string product) => product == RedisServer.Name ? new RedisServer() : new PostgreSqlServer();

    /// <summary>Its address with another password.</summary>
    public abstract string Told(string password);

    /// <summary>The address of another store of this machine, with a password that messages must not have.</summary>
    public abstract string At(int port);

    /// <summary>Takes it away, and whoever speaks to it loses their connection.</summary>
    public abstract void Kill();

    /// <summary>Starts it again.</summary>
    public abstract void StartAgain();

    public void Dispose()
    {
        Kill();
        Folder.Dispose();
    }

    protected abstract int EntriesOf(string cluster);
}
