using System.Runtime.CompilerServices;
using System.Text;
using Reacher.Fast.Runner.Commands;
using Reacher.Fast.Training.Output;
using Reacher.Fast.Training.Processes;
using Reacher.Fast.Training.Run;

// With too few open files the runtime cannot load the assemblies that a verb needs, and would end with a stack trace, so this comes before
// anything that needs another assembly, the console included.
if (ResourceLimits.OpenFiles < ResourceLimits.FewestOpenFiles)
{
    string sentence = ResourceLimits.DescribeOpenFiles(ResourceLimits.OpenFiles, ResourceLimits.FewestOpenFiles);
    using var error = new DescriptorStream(2);
    error.Write(Encoding.UTF8.GetBytes($"{OutputLine.ErrorPrefix}{sentence}\n"));
    return ExitCodes.Usage;
}

return Run(args);

[MethodImpl(MethodImplOptions.NoInlining)]
static int Run(string[] arguments) => CommandLine.Run(arguments);
