using System.CommandLine;
using System.Text.Json;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Interop;
using Reacher.Fast.Training;
using Reacher.Fast.Training.Env;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Processes;
using Reacher.Fast.Training.Profiling;
using Reacher.Fast.Training.Run;
using Reacher.Fast.View;
using Spectre.Console;

namespace Reacher.Fast.Commands;

/// <summary><c>profile</c>: every stage of a run alone beside its limit, then a real run, and what bounds it.</summary>
internal static class ProfileCommand
{
    private const string Cuda = "cuda";

    public static Command Create()
    {
        var file = new Argument<string?>("config")
        {
            Description = "A configuration file of train, whose run is profiled; without one, the defaults.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var seconds = new Option<double>("--seconds")
        {
            Description = "Seconds of measurement for each device, half of them a real run.",
            DefaultValueFactory = _ => 20,
        };
        Option<bool> json = CommonOptions.Json();
        var command = new Command("profile",
            "Measure every stage of a run beside what the machine gives, then all together, and say what bounds it.")
        {
            file, seconds, json,
        };
        var flags = new ConfigurationFlags();
        flags.AddTo(command);
        command.SetAction(result =>
        {
            RunOptions options = ConfigurationLoader.Load(result.GetValue(file), flags.Read(result)).Options;
            return Run(options, result.GetValue(seconds), result.GetValue(json));
        });
        return command;
    }

    private static int Run(RunOptions options, double seconds, bool json)
    {
        if (seconds is not (>= 0.1 and <= 86_400))
        {
            throw new InputException($"--seconds is {seconds}, and must be from 0.1 to 86400.");
        }

        bool both = options.Device == "auto";
        RunPlan plan = RunPreparation.Plan(RunPlanner.Settle(options, TimeProvider.System));
        using var cancelled = new CancellationTokenSource();
        using var signals = new EndSignals(_ => OnSignal());
        bool live = !json && AnsiConsole.Profile.Capabilities.Interactive && !Console.IsOutputRedirected;
        ProfileReport report = live ? Live(plan, both, seconds, cancelled.Token) : Plainly(plan, both, seconds, cancelled.Token);
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(report, JsonStyle.PrintedIndented));
        }
        else if (live)
        {
            AnsiConsole.Write(ProfileView.Draw(report, null));
        }
        else
        {
            ProfileView.Write(report, Console.Out);
        }

        return cancelled.IsCancellationRequested ? ExitCodes.Interrupted : ExitCodes.Done;

        // After the first Ctrl-C the command still shows what it has measured; after the second it ends at once.
        void OnSignal()
        {
            if (cancelled.IsCancellationRequested)
            {
                Environment.Exit(ExitCodes.Interrupted);
            }

            cancelled.Cancel();
        }
    }

    private static ProfileReport Live(RunPlan plan, bool both, double seconds, CancellationToken cancelled) =>
        AnsiConsole.Live(new Markup("[grey]preparing[/]")).AutoClear(true).Overflow(VerticalOverflow.Crop).Start(context =>
            Measure(plan, both, seconds, (report, doing) => context.UpdateTarget(ProfileView.Draw(report, doing)), cancelled));

    // Without a terminal a line of progress goes to the error output, where it disturbs no one who reads the table.
    private static ProfileReport Plainly(RunPlan plan, bool both, double seconds, CancellationToken cancelled)
    {
        string last = "";
        return Measure(plan, both, seconds, Say, cancelled);

        void Say(ProfileReport report, string doing)
        {
            string phase = doing.Split(',')[0];
            if (phase != last)
            {
                Console.Error.WriteLine($"measuring {phase} ...");
                last = phase;
            }
        }
    }

    // With 'auto' both: what the processor does, and then what a GPU does where there is one.
    private static ProfileReport Measure(
        RunPlan plan, bool both, double seconds, Action<ProfileReport, string> progress, CancellationToken cancelled)
    {
        var profiler = new Profiler(plan, TimeSpan.FromSeconds(seconds), cancelled) { Progress = progress };
        profiler.Measure(both ? "cpu" : plan.Device);
        if (both && !cancelled.IsCancellationRequested)
        {
            CudaReport gpu = CudaProbe.Describe();
            if (gpu.IsAvailable)
            {
                profiler.Measure(Cuda);
            }
            else
            {
                profiler.Note($"CUDA was not profiled: {gpu.Reason}.");
            }
        }

        return profiler.Report;
    }
}
