using TorchSharp;

namespace Reacher.Fast.Torch.Interop;

/// <summary>
/// The threads of TorchSharp's ops, of which a process has one number. A learner has as many as its run says; where there is none, as in the
/// processes that only act beside a learner, one is enough.
/// </summary>
internal static class TorchThreads
{
    private static volatile bool isLearning;

    /// <summary>From here on this process learns with so many.</summary>
    public static void Learn(int threads)
    {
        isLearning = true;
        torch.set_num_threads(threads);
    }

    /// <summary>This process acts, and perhaps no more.</summary>
    public static void Act()
    {
        if (!isLearning)
        {
            torch.set_num_threads(1);
        }
    }
}
