using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Reacher.Fast.Replay.Control;

namespace Reacher.Fast.Runner.Tests;

/// <summary>The program itself, as a user starts it, in a results folder of its own. Kills what is left of it when disposed.</summary>
internal sealed class RunnerProcess : IDisposable
{
    /// <summary>The arms of Unity's scene, for runs that are to be small.</summary>
    public static readonly string[] FewArms = ["--num-agents", "20"];

    /// <summary>Long enough for the slowest machine; a test that waits so long has failed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly BlockingCollection<string> lines = [];
    private readonly ConcurrentQueue<string> errors = [];

    private RunnerProcess(Process process) => Process = process;

    public Process Process { get; }

    public string Errors => string.Join('\n', errors);

    public static RunnerProcess Start(params IEnumerable<string> arguments) => StartWith(new Dictionary<string, string>(), arguments);

    /// <summary>With environment variables of its own.</summary>
    public static RunnerProcess StartWith(IReadOnlyDictionary<string, string> environment, IEnumerable<string> arguments) =>
        Start("", environment, arguments);

    /// <summary>From a folder, as a user does who has changed to it.</summary>
    public static RunnerProcess StartIn(string folder, IEnumerable<string> arguments) => Start(folder, new Dictionary<string, string>(), arguments);

    /// <summary>
    /// From a shell, which sets up what a user's shell may have: limits, or an output that goes elsewhere. The process is the shell's own.
    /// </summary>
    /// <param name="script">Ends in <c>exec "$@"</c> and what belongs behind it.</param>
    /// <param name="name">What the script calls <c>$0</c>.</param>
    /// <param name="arguments">The program's.</param>
    public static RunnerProcess StartFromShell(string script, string name, IEnumerable<string> arguments) =>
        Start("", new Dictionary<string, string>(), arguments, "bash", "-c", script, name, "dotnet");

    private static RunnerProcess Start(
        string folder, IReadOnlyDictionary<string, string> environment, IEnumerable<string> arguments, params string[] shell)
    {
        string[] command = shell is [] ? ["dotnet"] : shell;
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "reacher-fast.dll"));
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var runner = new RunnerProcess(new Process { StartInfo = start });
        runner.Process.OutputDataReceived += (_, line) => runner.Take(line.Data);
        runner.Process.ErrorDataReceived += (_, line) => runner.errors.Enqueue(line.Data ?? "");
        runner.Process.Start();
        runner.Process.BeginOutputReadLine();
        runner.Process.BeginErrorReadLine();
        return runner;
    }

    /// <summary>A small run that learns nothing much, but quickly.</summary>
    public static RunnerProcess Train(string results, string id, params IEnumerable<string> more) => Start(SmallRun(results, id, more));

    /// <summary>The arguments of such a run: of 20 arms, unless <paramref name="more"/> names another environment.</summary>
    public static IEnumerable<string> SmallRun(string results, string id, params IEnumerable<string> more) =>
    [
        "train", "--json", "--results-dir", results, "--run-id", id, "--seed", "7", "--hidden-units", "16", "--batch-size", "16",
        "--buffer-size", "100000", "--buffer-init-steps", "200", "--checkpoint-interval", "2000", "--threads", "1",
        .. more.Contains("--env") ? [] : FewArms, .. more,
    ];

    /// <summary>Reads on until a line holds <paramref name="text"/>.</summary>
    public string WaitForLine(string text)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            foreach (string line in lines.GetConsumingEnumerable(patience.Token))
            {
                if (line.Contains(text, StringComparison.Ordinal))
                {
                    return line;
                }
            }
        }
        catch (OperationCanceledException)
        {
        }

        throw new AssertionException($"The program never printed '{text}'. It said: {Errors}");
    }

    /// <summary>All it has printed since the line last waited for, once it has ended.</summary>
    public string RemainingOutput() => string.Join('\n', lines.GetConsumingEnumerable());

    /// <summary>Its exit code.</summary>
    public int WaitForExit(TimeSpan? patience = null)
    {
        if (!Process.WaitForExit(patience ?? Patience))
        {
            throw new AssertionException($"The program did not end. It said: {Errors}");
        }

        Process.WaitForExit();
        return Process.ExitCode;
    }

    public void Signal(string name) => Kill(name, Process.Id);

    /// <summary>Sends a signal to any process.</summary>
    public static void Kill(string signal, int pid)
    {
        // kill(2) takes 0 for its caller's whole group.
        ArgumentOutOfRangeException.ThrowIfLessThan(pid, 2);
        using Process kill = Process.Start("kill", ["-" + signal, pid.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits until something has come about that another process does.</summary>
    public static void WaitUntil(Func<bool> condition, string what)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            if (clock.Elapsed > Patience)
            {
                throw new AssertionException($"This never came about: {what}.");
            }

            Thread.Yield();
        }
    }

    /// <summary>The run's control block, once it is there.</summary>
    public static ControlBlock Control(string results, string id)
    {
        string path = Path.Combine(results, id, "control.map");
        WaitUntil(() => File.Exists(path), "the run makes its control block");
        return ControlBlock.Open(path, Patience);
    }

    public void Dispose()
    {
        if (!Process.HasExited)
        {
            Process.Kill(entireProcessTree: true);
            Process.WaitForExit();
        }

        Process.Dispose();
        lines.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            lines.CompleteAdding();
        }
        else
        {
            lines.Add(line);
        }
    }
}
