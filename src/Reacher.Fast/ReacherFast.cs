using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using Reacher.Fast.Commands;
using Reacher.Fast.Core.Environments;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Output;
using Reacher.Fast.Training.Processes;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast;

/// <summary>
/// The command line of Reacher.Fast as a call: train, eval, export, report and the rest, on a program's own environments. The program is also
/// every process of its runs, so it hands its arguments on as they are and does nothing else that a second copy of it must not do.
/// </summary>
public static class ReacherFast
{
    /// <summary>Carries out a command line; see <see cref="Run(string[], EnvironmentCatalog?)"/>, which this calls on a thread of its own.</summary>
    /// <param name="arguments">The arguments of the program's <c>Main</c>, as they are.</param>
    /// <param name="environments">The program's own environments; null for none.</param>
    /// <returns>What the program returns to the shell.</returns>
    /// <exception cref="ArgumentException">An environment has the name of a built-in one.</exception>
    public static Task<int> RunAsync(string[] arguments, EnvironmentCatalog? environments = null) => Task.Factory.StartNew(
        () => Run(arguments, environments), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Carries out a command line, on the calling thread.</summary>
    /// <param name="arguments">The arguments of the program's <c>Main</c>, as they are, such as <c>train --seed 1</c>.</param>
    /// <param name="environments">The program's own environments, of which <c>train</c> takes the first unless told otherwise; null for none.</param>
    /// <returns>
    /// What the program returns to the shell: 0 where all went well, 1 where the verb failed, 2 where the user's input is wrong, and 130 where
    /// SIGINT or SIGTERM ended it. The sentence that says why is on standard error.
    /// </returns>
    /// <exception cref="ArgumentException">An environment has the name of a built-in one.</exception>
    public static int Run(string[] arguments, EnvironmentCatalog? environments = null)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        // With too few open files the runtime cannot load the assemblies that a verb needs, and would end with a stack trace, so this comes
        // before anything that needs another assembly, the console included.
        if (ResourceLimits.OpenFiles < ResourceLimits.FewestOpenFiles)
        {
            string sentence = ResourceLimits.DescribeOpenFiles(ResourceLimits.OpenFiles, ResourceLimits.FewestOpenFiles);
            using var error = new DescriptorStream(2);
            error.Write(Encoding.UTF8.GetBytes($"{OutputLine.ErrorPrefix}{sentence}\n"));
            return ExitCodes.Usage;
        }

        return RunVerb(arguments, environments);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int RunVerb(string[] arguments, EnvironmentCatalog? environments)
    {
        ProgramEnvironments.Use(environments);
        if (environments is not null)
        {
            CommandLine.ProgramName = Assembly.GetEntryAssembly()?.GetName().Name ?? CommandLine.ProgramName;
        }

        return CommandLine.Run(arguments);
    }
}
