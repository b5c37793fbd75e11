using System.CommandLine;
using System.Runtime.InteropServices;
using Reacher.Fast.Core;
using Reacher.Fast.Environments.MlAgents.Trainer;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Output;
using Reacher.Fast.Training.Processes;
using Reacher.Fast.Training.Run;
using Reacher.Fast.View;

namespace Reacher.Fast.Commands;

/// <summary>
/// The command line: one file a verb. Here is what they share: wrong usage and bad input are one sentence on standard error and exit code 2,
/// any other failure is a sentence and exit code 1.
/// </summary>
internal static class CommandLine
{
    // SIGXFSZ, which has no name in .NET.
    private const PosixSignal FileTooLong = (PosixSignal)25;

    /// <summary>What the program is called in sentences about its own flags.</summary>
    public static string ProgramName { get; set; } = "reacher-fast";

    public static int Run(string[] arguments)
    {
        if (Environment.GetEnvironmentVariable(ChildCommand.RoleVariable) is not null)
        {
            // A player that this process starts may be this program too, and is no process of the run.
            Environment.SetEnvironmentVariable(ChildCommand.RoleVariable, null);
            if (arguments is not [string verb, ..] || !RoleCommands.IsRole(verb))
            {
                OutputLine.WriteError(
                    "This process was started to be a part of a run, and its arguments did not arrive; the program has to hand those of Main on " +
                    "to ReacherFast as they are.");
                return ExitCodes.Usage;
            }
        }

        if (!Console.IsErrorRedirected)
        {
            OutputLine.ForTerminal = text => Views.Lines(text, isTerminal: true);
        }

        // Without a handler the system ends a process that writes beyond the longest file it may have; with one the write fails instead.
        using PosixSignalRegistration? fileTooLong =
            OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(FileTooLong, signal => signal.Cancel = true);
        var root = new RootCommand(
            "Reacher.Fast trains continuous-control agents (SAC, TD3) with separate processes around a lock-free, memory-mapped replay.")
        {
            TrainCommand.Create(),
            EvalCommand.Create(),
            ExportCommand.Create(),
            ReportCommand.Create(),
            CompareCommand.Create(),
            VerifyEnvCommand.Create(),
            PlayerCommand.Create(),
            ReplayCommand.Create(),
            JoinCommand.Create(),
            ClusterCommand.Create(),
            ProfileCommand.Create(),
            DoctorCommand.Create(),
        };
        foreach (Command role in RoleCommands.Create())
        {
            root.Add(role);
        }

        HelpText.Use(root);
        ParseResult result = root.Parse(ConfigurationFlags.SeparateFiles(PlayerArguments.Pack(arguments)));
        if (result.Errors.Count > 0 || UsageError.HasFlagForWord(result))
        {
            OutputLine.WriteError(UsageError.Describe(result));
            return ExitCodes.Usage;
        }

        return Guard(() => result.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }));
    }

    /// <summary>Runs a verb and turns what it throws into one sentence and an exit code.</summary>
    public static int Guard(Func<int> verb)
    {
        try
        {
            return verb();
        }
        catch (InputException exception)
        {
            OutputLine.WriteError(exception.Message);
            return ExitCodes.Usage;
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Interrupted;
        }
        catch (PlayerLostException lost)
        {
            if (lost.LastWords is string lastWords)
            {
                OutputLine.Write(lastWords);
            }

            OutputLine.WriteError(lost.Message);
            return ExitCodes.Failed;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException || !OutputLine.WantsTraces)
        {
            OutputLine.WriteFailure(exception);
            return ExitCodes.Failed;
        }
    }

    /// <summary>
    /// Runs a verb for which printing is not the main job, as <see cref="Guard"/> does: nothing that it prints, not even the sentence it
    /// fails with, makes it wait or fail.
    /// </summary>
    public static int GuardLongRun(Func<StandardOutput, int> verb)
    {
        using StandardOutput output = StandardOutput.Take();
        return Guard(() => verb(output));
    }
}
