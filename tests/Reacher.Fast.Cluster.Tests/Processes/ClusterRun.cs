using System.Globalization;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Replay.Forwarding;
using Reacher.Fast.Replay.Mapping;
using Reacher.Fast.Runner.Tests;
using Reacher.Fast.Training.Cluster;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Cluster.Tests.Processes;

/// <summary>
/// A run of a pendulum that listens, and machines that have joined it, in a folder of their own: all of them this machine, or network
/// namespaces of it.
/// </summary>
internal sealed class ClusterRun : IDisposable
{
    public const string Id = "run";
    public const int Agents = 20;

    private readonly TemporaryFolder folder = new();
    private readonly List<RunnerProcess> joined = [];
    private readonly string host;

    public ClusterRun(params IEnumerable<string> more)
        : this("127.0.0.1", null, more)
    {
    }

    /// <summary>A run on another machine.</summary>
    /// <param name="host">Its address.</param>
    /// <param name="network">The network namespace that is the machine; null for this machine's own.</param>
    /// <param name="more">Arguments of the run.</param>
    public ClusterRun(string host, string? network, IEnumerable<string> more)
    {
        this.host = host;
        Port = FreePort.Find();
        Trainer = Start(network, Results, Arguments(more));
        Control = RunnerProcess.Control(Results, Id);
    }

    public int Port { get; }

    public string Address => string.Create(CultureInfo.InvariantCulture, $"{host}:{Port}");

    public string Results => folder["results"];

    public RunFolder Files => new(Path.Combine(Results, Id), "Reacher");

    public string Replay => Files.Replay;

    public RunnerProcess Trainer { get; private set; }

    public ControlBlock Control { get; }

    /// <summary>Whether the process that receives rows is there and listens.</summary>
    public bool IsListening => Control.Cluster is { Phase: ProcessPhase.Running, IsHolderAlive: true };

    /// <summary>Rows of all machines that have joined; none until the process that receives them has made their log.</summary>
    public long JoinedRows
    {
        get
        {
            if (!File.Exists(Files.Acknowledgements))
            {
                return 0;
            }

            using ReplayFile replay = ReplayFile.Open(Replay, options: new ReplayOptions { Repair = false });
            using AcknowledgementLog log = AcknowledgementLog.Open(Files.Acknowledgements, replay);
            return log.Streams().Sum(entry => (long)entry.Rows.ReadAcquire());
        }
    }

    public string this[string name] => folder[name];

    /// <summary>A machine that joins; its files lie in a folder of its own.</summary>
    public RunnerProcess Join(string name, params IEnumerable<string> more) => JoinFrom(null, name, more);

    /// <summary>The same, from another network namespace.</summary>
    public RunnerProcess JoinFrom(string? network, string name, IEnumerable<string> more)
    {
        Directory.CreateDirectory(folder[name]);
        RunnerProcess machine = Start(network, folder[name], ["join", Address, "--wait", "60", .. more]);
        joined.Add(machine);
        return machine;
    }

    /// <summary>A machine that finds the run by its id, in a store that it is told of by its environment.</summary>
    public RunnerProcess JoinById(string name, string store)
    {
        RunnerProcess machine = RunnerProcess.StartWith(
            new Dictionary<string, string>
            {
                ["TMPDIR"] = Directory.CreateDirectory(folder[name]).FullName, [ClusterStore.Variable] = store,
            },
            ["join", Id, "--cluster-store", "--wait", "60"]);
        joined.Add(machine);
        return machine;
    }

    /// <summary>The counters of a machine that has joined.</summary>
    public ControlBlock ControlOf(string name)
    {
        ControlBlock? control = null;
        RunnerProcess.WaitUntil(() => (control = TryOpen()) is not null, $"{name} joins");
        return control!;

        // While the machine joins, its files appear, move and are made anew.
        ControlBlock? TryOpen()
        {
            try
            {
                string? found = Directory.GetFiles(folder[name], "control.map", SearchOption.AllDirectories).FirstOrDefault();
                return found is null ? null : ControlBlock.Open(found);
            }
            catch (Exception error) when (error is IOException or MappedFileException)
            {
                return null;
            }
        }
    }

    /// <summary>Waits until the machines' rows are so many more.</summary>
    public void AwaitJoinedRows(long more)
    {
        long target = JoinedRows + more;
        RunnerProcess.WaitUntil(() => JoinedRows >= target, $"{more} more rows of joined machines; {Trainer.Errors}");
    }

    /// <summary>SIGKILL to whoever holds a slot, who must be another process afterwards.</summary>
    public static void KillAndAwaitSuccessor(ProcessSlot slot)
    {
        int pid = slot.Pid;
        RunnerProcess.Kill("KILL", pid);
        RunnerProcess.WaitUntil(() => slot.Pid != pid && slot.IsHolderAlive, $"another process takes the place of {pid}");
    }

    /// <summary>The run goes on after its supervisor has ended.</summary>
    public void Resume(params IEnumerable<string> more)
    {
        Trainer.Dispose();
        Trainer = RunnerProcess.Start(Arguments(["--resume", .. more]));
    }

    public void Dispose()
    {
        foreach (RunnerProcess machine in joined)
        {
            machine.Dispose();
        }

        Trainer.Dispose();
        Control.Dispose();
        folder.Dispose();
    }

    private static RunnerProcess Start(string? network, string temporary, IEnumerable<string> arguments) => network is null
        ? RunnerProcess.StartWith(new Dictionary<string, string> { ["TMPDIR"] = Directory.CreateDirectory(temporary).FullName }, arguments)
        : RunnerProcess.StartFromShell($"mkdir -p '{temporary}'; TMPDIR='{temporary}' exec ip netns exec {network} \"$@\"", "machine", arguments);

    private IEnumerable<string> Arguments(IEnumerable<string> more) => RunnerProcess.SmallRun(
        Results,
        Id,
        ["--env", "pendulum", "--cluster", Address, "--no-stop", "--no-final-evaluation", "--save-replay-buffer", .. more]);
}
