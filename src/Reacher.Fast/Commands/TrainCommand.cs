using System.CommandLine;
using System.Diagnostics;
using Reacher.Fast.Core.Options;
using Reacher.Fast.Training.Cluster;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Processes;
using Reacher.Fast.Training.Reporting;
using Reacher.Fast.Training.Run;
using Reacher.Fast.View;

namespace Reacher.Fast.Commands;

/// <summary><c>train</c>: the main job. A configuration file, flags over it, and the run that they describe.</summary>
internal static class TrainCommand
{
    /// <summary>Has a value or none.</summary>
    public const string ClusterFlag = "--cluster";

    public static Command Create()
    {
        var file = new Argument<string?>("config")
        {
            Description = "A configuration file in ML-Agents' layout; without one, the defaults of the built-in arm, or of the program's own first " +
                "environment. Fewer than 100 arms have other defaults; --num-agents 20 --print-config shows them.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var print = new Option<bool>("--print-config")
        {
            Description = "Print the effective configuration with a comment on each key, and do nothing else.",
        };
        Option<bool> json = CommonOptions.Json();
        var otlp = new Option<string?>("--otlp")
        {
            Description = "Send the run's figures to an OpenTelemetry collector, such as http://localhost:4318; " +
                "OTEL_EXPORTER_OTLP_ENDPOINT does so as well.",
            HelpName = "endpoint",
        };
        var cluster = new Option<string?>(ClusterFlag)
        {
            Description = $"Let other machines join the run ('join HOST:PORT'), at this address of this machine; without one, at " +
                $"{ClusterEndpoint.Parse(null, null, false)}, which only this machine reaches.",
            HelpName = "host:port",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("train", "Train an agent until it solves its task.") { file, print, json, otlp, cluster };
        var security = new ClusterOptions();
        security.AddTo(command);
        var flags = new ConfigurationFlags();
        flags.AddTo(command);
        var foreign = new MlAgentsFlags();
        foreign.AddTo(command);
        command.SetAction(result =>
        {
            IReadOnlyList<FlagValue> given = flags.Read(result);
            LoadedConfiguration loaded = Load(result.GetValue(file), given);
            if (result.GetValue(print))
            {
                Console.WriteLine(
                    $"# What '{CommandLine.ProgramName} train FILE' takes. A key that is left out has the value shown here; a flag overrides " +
                    "the file.");
                Console.Write(ConfigurationWriter.ToYaml(loaded.Options, withComments: true));
                return ExitCodes.Done;
            }

            return CommandLine.GuardLongRun(output =>
            {
                foreach (string warning in foreign.Warnings(result).Concat(loaded.Warnings))
                {
                    OutputLine.WriteWarning(warning);
                }

                ClusterEndpoint? endpoint =
                    result.GetResult(cluster) is null ? null : security.Read(result, result.GetValue(cluster));
                bool saysDefaults = !result.GetValue(json) && !loaded.Options.Resume;
                return Train(
                    loaded,
                    Views.Create(result.GetValue(json), output.Output),
                    saysDefaults ? () => SayDefaults(loaded.Options) : null,
                    result.GetValue(otlp),
                    endpoint);
            });
        });
        return command;
    }

    // A resumed run takes its own saved configuration, unless the user names another.
    private static LoadedConfiguration Load(string? path, IReadOnlyList<FlagValue> flags) =>
        path is null && SavedConfiguration(flags) is string saved
            ? ConfigurationLoader.LoadSaved(saved, flags)
            : ConfigurationLoader.Load(path, flags);

    // The flags alone name the run: beside the defaults, which are not its own, what else they say may be wrong.
    private static string? SavedConfiguration(IReadOnlyList<FlagValue> flags)
    {
        RunOptions named = flags
            .Where(flag => flag.Key.Section == OptionSection.Checkpoint)
            .Aggregate(new RunOptions(), (options, flag) => flag.ApplyTo(options));
        return named is { Resume: true, RunId: not null } && File.Exists(RunFolder.Of(named).Configuration)
            ? RunFolder.Of(named).Configuration
            : null;
    }

    private static void SayDefaults(RunOptions options)
    {
        BuiltInTask task = BuiltInTask.Of(options.Environment.Name, options.Environment.Agents);
        Console.Write(Views.Lines($"[INFO] {task.WhoseDefaults}", isTerminal: !Console.IsOutputRedirected));
    }

    private static int Train(LoadedConfiguration loaded, IRunView view, Action? beginning, string? otlp, ClusterEndpoint? cluster)
    {
        if (loaded.Options.Debug)
        {
            // The run's processes inherit this variable.
            Environment.SetEnvironmentVariable(OutputLine.TraceVariable, "1");
        }

        return new TrainingRun(loaded, view) { Collector = otlp, Cluster = cluster, Beginning = beginning, Begun = ProcessStart() }.Run();
    }

    // The runtime's own start is part of what a user waits for.
    private static long ProcessStart()
    {
        using Process self = Process.GetCurrentProcess();
        return Stopwatch.GetTimestamp() - (long)((DateTime.Now - self.StartTime).TotalSeconds * Stopwatch.Frequency);
    }
}
