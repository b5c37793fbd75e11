using System.CommandLine;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Options;
using Reacher.Fast.View;
using Reacher.Fast.Training.Env;
using Reacher.Fast.Training.Evaluate;
using Reacher.Fast.Training.Learn;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Processes;
using Reacher.Fast.Training.Reporting;
using Reacher.Fast.Training.Reporting.Metrics;
using Reacher.Fast.Training.Reporting.Telemetry;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Commands;

/// <summary><c>train</c>: the main job. Configuration file, then flags over it; a run's folder; the run; what it leaves behind.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var file = new Argument<string?>("config")
        {
            Description = "A configuration file in ML-Agents' layout; without one, the defaults, which solve the 20-arm Reacher.",
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
        var command = new Command("train", "Train an agent until it solves its task.") { file, print, json, otlp };
        var flags = new ConfigurationFlags();
        flags.AddTo(command);
        command.SetAction(result =>
        {
            IReadOnlyList<FlagValue> given = flags.Read(result);
            LoadedConfiguration loaded = Load(result.GetValue(file), given);
            if (result.GetValue(print))
            {
                Console.WriteLine(
                    "# What 'reacher-fast train FILE' takes. A key that is left out has the value shown here; a flag overrides the file.");
                Console.Write(ConfigurationWriter.ToYaml(loaded.Options, withComments: true));
                return ExitCodes.Done;
            }

            return CommandLine.GuardLongRun(output =>
            {
                foreach (string warning in loaded.Warnings)
                {
                    OutputLine.WriteWarning(warning);
                }

                return Train(loaded, Views.Create(result.GetValue(json), output.Output), result.GetValue(otlp));
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

    private static int Train(LoadedConfiguration loaded, IRunView view, string? otlp)
    {
        if (loaded.Options.Debug)
        {
            // The run's processes inherit this variable.
            Environment.SetEnvironmentVariable(OutputLine.TraceVariable, "1");
        }

        RunOptions options = RunPlanner.Settle(loaded.Options, TimeProvider.System);
        RunLock.Check(RunFolder.Of(options), options.Resume, options.Force);
        // Environment and device are tried first, so that the user learns of anything wrong with them before a folder is made.
        using PlanningEnvironment probe = RunPreparation.OpenEnvironment(options);
        if (options.Resume)
        {
            ResumptionCheck.RequireBehavior(RunFolder.Of(options), probe.Behavior ?? options.Behavior);
        }

        options = RunPlanner.OfScene(loaded, options, probe.Behavior, OutputLine.WriteWarning);
        RunPlan plan = RunPreparation.PlanFor(options, probe.Environment);
        using var meter = new RunMeter(options.RunId!, options.Behavior);
        // The export is disposed before the meter, because it still sends the meter's last figures.
        using IDisposable? export = OtlpExport.Start(otlp);
        IVectorEnvironment? player = plan.InProcess && plan.Environment.IsPlayer ? probe.Environment : null;
        if (player is null)
        {
            probe.Dispose();
        }

        bool resume = options.Resume;
        RunFolder files = RunFolder.Of(options);
        StateDictionary? beginning = resume ? null : ReadBeginning(options, plan);
        if (!resume)
        {
            DiskSpace.Require(plan, files);
        }

        using RunLock owned = RunLock.Claim(files, resume, options.Force);
        using RunResumption? resumed = resume ? RunResumption.Prepare(files, plan) : null;
        ConfigurationWriter.Save(options, files.Configuration);
        if (beginning is not null)
        {
            Safetensors.Write(beginning, files.InitialWeights);
        }

        using var recorder = new MetricsRecorder(files, options, resumed?.Transitions);
        long interval = options.SummaryInterval;
        var reporter = new RunReporter(
            view,
            new ReturnObserver(recorder, files.Logs, interval),
            new StatisticObserver(recorder, RunFolder.StatisticsIn(files.Logs), interval),
            new MetricsObserver(recorder, interval, EvaluationLog.Read(files.Evaluations).Count),
            meter);
        int code = plan.InProcess ? RunInProcess(plan, files, reporter, resume, player) : RunProcesses(plan, files, reporter, resume);
        resumed?.Dispose();
        EndedReplay.DeleteUnlessKept(files, plan, code, OutputLine.WriteWarning);
        return code;
    }

    // The other run's policy is read before --force empties the run's folder, since it may come from that very folder.
    private static StateDictionary? ReadBeginning(RunOptions options, RunPlan plan) =>
        options.InitializeFrom is string source
            ? TrainingCheckpoints.ReadInitial(RunSource.Find(source, options.ResultsFolder, whole: true).CheckpointFile, plan)
            : null;

    private static int RunInProcess(RunPlan plan, RunFolder files, RunReporter reporter, bool resume, IVectorEnvironment? player)
    {
        using var lockstep = new LockstepTraining(files, plan, reporter, resume, player);
        return lockstep.Run();
    }

    private static int RunProcesses(RunPlan plan, RunFolder files, RunReporter reporter, bool resume)
    {
        using Supervisor supervisor = resume ? Supervisor.Resume(files, plan, reporter) : Supervisor.Create(files, plan, reporter);
        return supervisor.Run();
    }
}
