using System.Globalization;
using System.Text;

namespace Reacher.Fast.Training.Output;

/// <summary>
/// Standard output and standard error of a process that has more to do than to print: while this lives, everything that is written to the
/// console goes through an <see cref="OutputPipe"/> each. A verb whose output is its result, such as <c>report</c>, does without, because
/// there it is right to wait for the reader and to fail where the result cannot be written.
/// </summary>
internal sealed class StandardOutput : IDisposable
{
    private readonly TextWriter output;
    private readonly TextWriter error;

    private StandardOutput()
    {
        (output, error) = (Console.Out, Console.Error);
        // Asked now: when there is something to say, no file may be left to be opened.
        bool hasOutput = IsOurs(1), hasError = IsOurs(2);
        Output = new OutputPipe("standard output", () => Open(1, hasOutput));
        Error = new OutputPipe("standard error", () => Open(2, hasError));
        Console.SetOut(new OutputWriter(Output, WithoutMark(output.Encoding)));
        Console.SetError(new OutputWriter(Error, WithoutMark(error.Encoding)));
    }

    /// <summary>What standard output goes through.</summary>
    public OutputPipe Output { get; }

    /// <summary>What standard error goes through.</summary>
    public OutputPipe Error { get; }

    /// <summary>Takes the console over until this is disposed.</summary>
    public static StandardOutput Take() => new();

    /// <summary>Gives the console back once what was written is out, or after a moment if it cannot be.</summary>
    public void Dispose()
    {
        Console.SetOut(output);
        Console.SetError(error);
        Output.Dispose();
        Error.Dispose();
    }

    private static Encoding WithoutMark(Encoding encoding) => encoding.CodePage == Encoding.UTF8.CodePage ? new UTF8Encoding(false) : encoding;

    private static Stream Open(int descriptor, bool isOurs)
    {
        if (OperatingSystem.IsWindows())
        {
            return descriptor == 1 ? Console.OpenStandardOutput() : Console.OpenStandardError();
        }

        return isOurs ? new DescriptorStream(descriptor) : Stream.Null;
    }

    // A process that is started without a standard output (>&-) opens some file or pipe of the runtime's under its number, and writing
    // there would damage that. What was passed on to this process cannot be close-on-exec, and what the runtime opens is.
    private static bool IsOurs(int descriptor)
    {
        const int CloseOnExec = 0x80000;
        if (OperatingSystem.IsWindows())
        {
            return true;
        }

        string path = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fdinfo/{descriptor}");
        if (!File.Exists(path))
        {
            return true;
        }

        string? flags = File.ReadLines(path).FirstOrDefault(line => line.StartsWith("flags:", StringComparison.Ordinal))?[6..].Trim();
        return flags is null || (Convert.ToInt32(flags, 8) & CloseOnExec) == 0;
    }
}
