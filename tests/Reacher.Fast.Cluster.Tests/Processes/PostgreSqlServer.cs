using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Reacher.Fast.Runner.Tests;

namespace Reacher.Fast.Cluster.Tests.Processes;

/// <summary>Debian's PostgreSQL with an empty database, which <see cref="Owner"/> owns. It does not run as root, but as the user postgres.</summary>
internal sealed class PostgreSqlServer : StoreServer
{
    public const string Name = "PostgreSQL";

    private const string Installed = "/usr/lib/postgresql";
    private const string Owner = "site";
    private const string Database = "runs";
    private const string User = "postgres";

    private readonly string programs;
    private Process process;

    public PostgreSqlServer()
    {
        programs = Programs();
        string data = Folder["data"];
        // The server's own user is to reach the folder that it owns.
        Run(["chmod", "755", Folder.Path]);
        File.WriteAllText(Folder["password"], Password);
        Run(["install", "-d", "-m", "700", .. Environment.IsPrivilegedProcess ? ["-o", User] : Array.Empty<string>(), data]);
        Run([.. AsUser("initdb"), "-D", data, "-U", Owner, "-A", "scram-sha-256", "--pwfile", Folder["password"], "--no-sync", "-E", "UTF8"]);
        process = Start();
        Execute("postgres", $"CREATE DATABASE {Database}");
    }

    public override string Shown => string.Create(CultureInfo.InvariantCulture, $"postgresql://127.0.0.1:{Port}");

    public override string Told(string password) => AddressOf(Owner, password);

    public override string At(int port) => string.Create(CultureInfo.InvariantCulture, $"postgres://me:p4ss@127.0.0.1:{port}/{Database}");

    /// <summary>Its address for another user.</summary>
    public string AddressOf(string user, string password) =>
        string.Create(CultureInfo.InvariantCulture, $"postgresql://{user}:{password}@127.0.0.1:{Port}/{Database}");

    /// <summary>At once, without a farewell; it keeps what it knows.</summary>
    public override void Kill()
    {
        RunnerProcess.Kill("QUIT", process.Id);
        process.WaitForExit();
        process.Dispose();
    }

    public override void StartAgain() => process = Start();

    /// <summary>A connection of the database's owner.</summary>
    public NpgsqlConnection Open() => Open(Database);

    /// <summary>Has the owner of the database say something.</summary>
    public void Execute(string command) => Execute(Database, command);

    /// <summary>What the owner of the database is told.</summary>
    public object? Ask(string question)
    {
        using NpgsqlConnection connection = Open();
        using var command = new NpgsqlCommand(question, connection);
        return command.ExecuteScalar();
    }

    protected override int EntriesOf(string cluster) => Convert.ToInt32(
        Ask($"""
            SELECT (SELECT count(*) FROM OrleansMembershipVersionTable WHERE DeploymentId = '{cluster}') +
                (SELECT count(*) FROM OrleansMembershipTable WHERE DeploymentId = '{cluster}')
            """),
        CultureInfo.InvariantCulture);

    private NpgsqlConnection Open(string database)
    {
        var connection = new NpgsqlConnection(string.Create(
            CultureInfo.InvariantCulture,
            $"Host=127.0.0.1;Port={Port};Username={Owner};Password={Password};Database={database};Pooling=false;GssEncryptionMode=Disable"));
        connection.Open();
        return connection;
    }

    private void Execute(string database, string text)
    {
        using NpgsqlConnection connection = Open(database);
        using var command = new NpgsqlCommand(text, connection);
        _ = command.ExecuteNonQuery();
    }

    // The newest version that is there.
    private string Programs()
    {
        string? found = Directory.Exists(Installed)
            ? Directory.GetDirectories(Installed)
                .Where(version => File.Exists(Path.Combine(version, "bin", "initdb")))
                .MaxBy(version => double.Parse(Path.GetFileName(version), CultureInfo.InvariantCulture))
            : null;
        bool hasUser = !Environment.IsPrivilegedProcess ||
            File.ReadLines("/etc/passwd").Any(line => line.StartsWith($"{User}:", StringComparison.Ordinal));
        if (found is null || !hasUser)
        {
            Folder.Dispose();
            Assert.Ignore(found is null
                ? "the server of PostgreSQL is not installed"
                : $"there is no user {User}, and the server does not run as root");
        }

        return Path.Combine(found!, "bin");
    }

    private string[] AsUser(string program)
    {
        string path = Path.Combine(programs, program);
        return Environment.IsPrivilegedProcess ? ["setpriv", $"--reuid={User}", $"--regid={User}", "--clear-groups", path] : [path];
    }

    private Process Start()
    {
        string[] command =
        [
            .. AsUser("postgres"), "-D", Folder["data"], "-p", Port.ToString(CultureInfo.InvariantCulture), "-c", "listen_addresses=127.0.0.1",
            "-c", "unix_socket_directories=", "-c", "fsync=off",
        ];
        Process started = StartQuietly(command);
        RunnerProcess.WaitUntil(Answers, "PostgreSQL answers");
        return started;
    }

    private bool Answers()
    {
        try
        {
            using NpgsqlConnection connection = Open("postgres");
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private static void Run(string[] command)
    {
        using Process started = StartQuietly(command);
        started.WaitForExit();
        Assert.That(started.ExitCode, Is.Zero, string.Join(' ', command));
    }

    private static Process StartQuietly(string[] command)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/",
        };
        Process started = Process.Start(start)!;
        started.OutputDataReceived += (_, _) => { };
        started.ErrorDataReceived += (_, _) => { };
        started.BeginOutputReadLine();
        started.BeginErrorReadLine();
        return started;
    }
}
