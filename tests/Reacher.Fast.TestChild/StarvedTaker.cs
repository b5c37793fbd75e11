using System.ComponentModel;
using System.Runtime.InteropServices;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Replay.Mapping;
using Reacher.Fast.Replay.Weights;
using Reacher.Fast.Replay.Writing;

namespace Reacher.Fast.TestChild;

/// <summary>
/// Tries to take what another, living process holds, while it cannot open any file more. Everything is done once before, on
/// what is free, so that no assembly is left to load in that state.
/// </summary>
internal static unsafe partial class StarvedTaker
{
    private const int DescriptorLimit = 7;

    public static int Run(string what, string path) => what switch
    {
        "lease" => TakeLease(path),
        "publisher" => BecomePublisher(path),
        "slot" => TakeSlot(path),
        _ => ExitCodes.Unsupported,
    };

    private static int TakeLease(string path)
    {
        using ReplayFile replay = ReplayFile.Open(path, Provenance.Spec);
        int free;
        using (RowWriter rehearsal = new(replay, Provenance.Streams, 0))
        {
            free = rehearsal.LeaseIndex;
        }

        RowWriter? writer = null;
        WithoutDescriptors(() => writer = new RowWriter(replay, Provenance.Streams, 0));
        using (writer)
        {
            return writer is null || writer.LeaseIndex == free ? ExitCodes.Pass : ExitCodes.Violation;
        }
    }

    private static int BecomePublisher(string path)
    {
        using WeightChannel channel = WeightChannel.Open(path);
        float[] block = new float[channel.FloatCount];
        return ResultOf(() => channel.Publish(block, 2));
    }

    private static int TakeSlot(string path)
    {
        using ControlBlock control = ControlBlock.Open(path);
        return ResultOf(control.Learner.Take);
    }

    // Refused while it can see that the holder lives, and refused while it cannot.
    private static int ResultOf(Action take) => Refuses(take) && WithoutDescriptors(take) ? ExitCodes.Pass : ExitCodes.Violation;

    /// <summary>Lowers the limit to nothing: what is open stays open, nothing else opens. Whether it was refused.</summary>
    private static bool WithoutDescriptors(Action action)
    {
        Limit before = default;
        Check(GetLimit(DescriptorLimit, &before));
        Limit none = before with { Soft = 0 };
        Check(SetLimit(DescriptorLimit, &none));
        try
        {
            return Refuses(action);
        }
        finally
        {
            Check(SetLimit(DescriptorLimit, &before));
        }
    }

    private static bool Refuses(Action action)
    {
        try
        {
            action();
            return false;
        }
        catch (Exception refusal) when (refusal is InvalidOperationException or MappedFileException)
        {
            return true;
        }
    }

    private static void Check(int result)
    {
        if (result != 0)
        {
            throw new Win32Exception();
        }
    }

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    private static partial int GetLimit(int resource, Limit* limit);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    private static partial int SetLimit(int resource, Limit* limit);

    /// <summary>struct rlimit.</summary>
    private record struct Limit(nuint Soft, nuint Hard);
}
