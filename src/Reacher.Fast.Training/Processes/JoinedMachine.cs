using System.Collections.Concurrent;
using System.Globalization;
using Reacher.Fast.Core;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Training.Cluster;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Processes;

/// <summary>What a machine brings to a run that it joins.</summary>
internal sealed record JoinOptions
{
    /// <summary>Where the run's machine listens.</summary>
    public required ClusterEndpoint Endpoint { get; init; }

    /// <summary>Env processes that this machine runs.</summary>
    public int EnvironmentCount { get; init; } = 1;

    /// <summary>The environment on this machine, where its file lies elsewhere than on the run's; null for the run's.</summary>
    public string? Environment { get; init; }

    /// <summary>How long to wait for the run's machine: to begin with, and whenever it is away.</summary>
    public TimeSpan Patience { get; init; }
}

/// <summary>
/// A machine's part in a run on another: asks for the plan, tries its environment, takes a place, and watches over the env processes here and
/// the process that sends their rows. It joins anew where the run has lost it, and ends when the run does.
/// </summary>
/// <param name="options">What this machine brings.</param>
/// <param name="say">Tells the user a sentence.</param>
internal sealed class JoinedMachine(JoinOptions options, Action<string> say) : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestSave = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestEnd = TimeSpan.FromSeconds(4);

    private readonly CancellationTokenSource stop = new();

    /// <summary>Steps environments for the run until it ends.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="InputException">The run cannot be reached, or this machine does not fit it.</exception>
    public int Run()
    {
        IClusterBackend backend = ClusterAssembly.Load();
        using var signals = new EndSignals(_ => stop.Cancel());
        while (true)
        {
            string plan = backend.AskForPlan(options.Endpoint, options.Patience, stop.Token);
            using JoinedFolder folder = JoinedFolder.Create(plan, options);
            JoinedPlace place = backend.Join(options.Endpoint, Environment.MachineName, options.EnvironmentCount);
            Membership membership = folder.Take(place, options.Endpoint);
            say(string.Create(
                CultureInfo.InvariantCulture,
                $"Joined run '{folder.Plan.RunId}' at {options.Endpoint} as env {string.Join(", ", place.Environments.Select(env => env.Index))}; " +
                $"logs in {folder.Files.Logs}."));
            StopReason? reason = Supervise(folder, membership);
            if (stop.IsCancellationRequested)
            {
                return ExitCodes.Interrupted;
            }

            if (reason is { } ended)
            {
                say($"The run has ended ({ended.ToString().ToLowerInvariant()}).");
                return ExitCodes.Done;
            }

            say("The run has no place for this life of the machine any more; joining anew.");
        }
    }

    public void Dispose() => stop.Dispose();

    // Null where the machine is to join anew.
    private StopReason? Supervise(JoinedFolder folder, Membership membership)
    {
        RunPlan plan = folder.Plan;
        var clock = new WatchClock(TimeProvider.System);
        var warnings = new ConcurrentQueue<string>();
        List<SupervisedChild> children =
        [
            Open(folder.Control.Cluster, "cluster", "role-cluster", options.Endpoint.Store?.ForProcess),
            .. membership.Environments.Select(index => Open(
                folder.Control.Slot(ProcessRole.Environment, index), string.Create(CultureInfo.InvariantCulture, $"env-{index}"), "role-env")),
        ];
        try
        {
            foreach (SupervisedChild child in children)
            {
                Say(child.Start());
            }

            Watch(folder, plan, children, clock, warnings);
        }
        finally
        {
            folder.Control.RequestStop(StopReason.Interrupted);
            ChildPlaces.End(children, clock, LongestEnd, LongestEnd, say);
            foreach (SupervisedChild child in children)
            {
                child.Dispose();
            }
        }

        return folder.Control.Cluster.ReadGauge(SenderGauge.MustRejoin) > 0 ? null : folder.Control.StopReason;

        SupervisedChild Open(ProcessSlot slot, string name, string verb, IReadOnlyDictionary<string, string>? environment = null) =>
            ChildPlaces.Open(folder.Files, slot, name, verb, plan.MaxLifetimeRestarts, clock, warnings.Enqueue, environment);
    }

    private void Watch(
        JoinedFolder folder, RunPlan plan, List<SupervisedChild> children, WatchClock clock, ConcurrentQueue<string> warnings)
    {
        TimeSpan playersTime = TimeSpan.FromSeconds(plan.Environment.IsPlayer ? plan.Environment.TimeoutSeconds : 0);
        var patience = new Patience(TimeSpan.FromSeconds(plan.HungSeconds) + playersTime, LongestStart + playersTime, LongestSave);
        while (!folder.Control.ShouldStop && !stop.IsCancellationRequested)
        {
            clock.Turn();
            foreach (SupervisedChild child in children)
            {
                Say(child.RestartIfDeadOrHung(patience));
            }

            while (warnings.TryDequeue(out string? sentence))
            {
                say(sentence);
            }

            double silent = folder.Control.Cluster.ReadGauge(SenderGauge.SilentSeconds);
            if (silent > options.Patience.TotalSeconds)
            {
                throw new InputException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"The run at {options.Endpoint} has not answered for {silent:F0} s, longer than --wait {options.Patience.TotalSeconds:F0} " +
                    $"allows; join it again when it is there."));
            }

            folder.Control.Supervisor.Beat();
            stop.Token.WaitHandle.WaitOne(Interval);
        }
    }

    private void Say(string? sentence)
    {
        if (sentence is not null)
        {
            say(sentence);
        }
    }
}
