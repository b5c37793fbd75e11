using System.Globalization;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Replay.Weights;
using Reacher.Fast.Training.Cluster;
using Reacher.Fast.Training.Env;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Processes;

/// <summary>
/// What one life of a machine has of a run that it has joined: a temporary folder like a run's, with a ring that keeps rows until they are
/// acknowledged in the replay's place. While this lives the ring stays open, so that nobody else ever finds itself alone with it.
/// </summary>
internal sealed class JoinedFolder : IDisposable
{
    private const long LargestRingBytes = 1 << 26;
    private const long LongestRing = 1 << 15;
    private const int ClaimsInRing = 8;

    private readonly ReplayFile ring;
    private readonly WeightChannel weights;

    private JoinedFolder(RunFolder files, RunPlan plan, int environments)
    {
        (Files, Plan) = (files, plan);
        ring = ReplayFile.Create(files.Replay, plan.TransitionSpec, RingRows(plan, environments), new ReplayOptions { Gate = 1 });
        Control = ControlBlock.Create(files.Control);
        weights = WeightChannel.Create(files.Weights, plan.PublishedLength);
    }

    /// <summary>Where it lies.</summary>
    public RunFolder Files { get; }

    /// <summary>The run's plan, with the environment as it is on this machine.</summary>
    public RunPlan Plan { get; }

    /// <summary>This machine's counters.</summary>
    public ControlBlock Control { get; }

    /// <summary>Makes the folder for a plan that has come from the run's machine.</summary>
    /// <exception cref="InputException">The plan cannot be read, its environment is not as the run's, or there is no room.</exception>
    public static JoinedFolder Create(string plan, JoinOptions options)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("reacher-fast-join-");
        try
        {
            string path = RunFolder.PlanIn(folder.FullName);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, plan);
            RunPlan read = RunPlan.Load(path);
            EnvironmentOptions environment = read.Environment with
            {
                Name = options.Environment ?? read.Environment.Name,
                // A taken port is skipped in steps of so many, and the numbers of this machine's processes are among so many.
                Workers = ControlBlock.MaximumEnvironments,
            };
            RequireThere(environment, isOwn: options.Environment is not null);
            RunPlan here = read with { Environment = environment };
            here = here with { AgentCount = RequireFit(here) };
            here.Save(path);
            return new JoinedFolder(new RunFolder(folder.FullName, here.Behavior), here, options.EnvironmentCount);
        }
        catch
        {
            folder.Delete(recursive: true);
            throw;
        }
    }

    /// <summary>Takes a place in the run: from here on its processes may be started.</summary>
    public Membership Take(JoinedPlace place, ClusterEndpoint endpoint)
    {
        Control.Supervisor.Take();
        // The run's own limiter holds the rows, and the full ring the env processes: here nobody is counted against anybody.
        Control.Limiter.Configure(new RateLimits(0, 0, 1, 1));
        foreach (JoinedEnvironment environment in place.Environments)
        {
            ProcessSlot slot = Control.Slot(ProcessRole.Environment, environment.Index);
            slot.SetVectorSteps(environment.VectorSteps, 0);
            slot.SetEpisodes(environment.Episodes);
        }

        var membership = new Membership(endpoint, place.Stream, place.Incarnation, [.. place.Environments.Select(environment => environment.Index)]);
        membership.Save(Files.Membership);
        return membership;
    }

    /// <summary>Lets go of the maps and deletes the folder.</summary>
    public void Dispose()
    {
        weights.Dispose();
        Control.Dispose();
        ring.Dispose();
        try
        {
            Directory.Delete(Files.Folder, recursive: true);
        }
        catch (Exception error) when (IoFailure.Is(error))
        {
            // A player that was just killed may still have written to its log; what is left the system clears with its temporary files.
        }
    }

    // Everything about the environment that could be wrong here, before the run gives it a place. A scene may have other agents here, by which
    // the ring is then sized.
    private static int RequireFit(RunPlan plan)
    {
        using PlanningEnvironment probe = PlanningEnvironment.Open(plan.Environment, 0);
        IVectorEnvironment here = probe.Environment;
        if (here.ObservationSize != plan.ObservationSize || here.ActionSize != plan.ActionSize)
        {
            throw new InputException(string.Create(
                CultureInfo.InvariantCulture,
                $"'{plan.Environment.Name}' has {here.ObservationSize} observations and {here.ActionSize} actions on this machine, and the run " +
                $"'{plan.RunId}' has {plan.ObservationSize} and {plan.ActionSize}; put the same scene on both, or name it with --env."));
        }

        return here.AgentCount;
    }

    private static void RequireThere(EnvironmentOptions environment, bool isOwn)
    {
        // An assembly is written FILE.dll#TYPE; a player is found with and without its extension, which only its launch knows.
        string file = ProgramEnvironments.SplitAssembly(environment.Name).File;
        bool isFile = ProgramEnvironments.IsAssembly(environment.Name) || (environment.IsPlayer && !environment.IsEditor);
        string folder = Path.GetDirectoryName(Path.GetFullPath(file)) ?? "/";
        bool isThere = !isFile || File.Exists(file) ||
            (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder, Path.GetFileName(file) + "*").Any());
        if (!isThere && !isOwn)
        {
            throw new InputException(
                $"The run's environment '{environment.Name}' is not on this machine; copy it here, and where its path is another, name it with " +
                "--env FILE.");
        }
    }

    // Short, because rows that wait here grow old; long enough that a link with some delay is kept busy.
    private static long RingRows(RunPlan plan, int environments) => Math.Max(
        ClaimsInRing * (long)plan.AgentCount * plan.NStep * environments,
        Math.Min(LongestRing, LargestRingBytes / plan.TransitionSpec.StrideBytes));
}
