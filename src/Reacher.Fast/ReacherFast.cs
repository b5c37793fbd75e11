using System.Runtime.CompilerServices;
using System.Text;
using Reacher.Fast.Commands;
using Reacher.Fast.Training.Output;
using Reacher.Fast.Training.Processes;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast;

/// <summary>The command line of Reacher.Fast as a call: train, eval, export, report and the rest.</summary>
public static class ReacherFast
{
    /// <summary>Carries out a command line, on the calling thread.</summary>
    /// <param name="arguments">The program's arguments, such as <c>train --seed 1</c>.</param>
    /// <returns>
    /// What the program returns to the shell: 0 where all went well, 1 where the verb failed, 2 where the user's input is wrong, and 130 where
    /// SIGINT or SIGTERM ended it. The sentence that says why is on standard error.
    /// </returns>
    public static int Run(string[] arguments)
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

        return RunVerb(arguments);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int RunVerb(string[] arguments) => CommandLine.Run(arguments);
}
