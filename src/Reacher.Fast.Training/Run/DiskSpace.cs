using System.Globalization;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Weights;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Training.Run;

/// <summary>
/// Whether a run's replay will fit onto the disk, and into what the system allows the process, asked before the run's folder is made or, by
/// <c>--force</c>, emptied. The replay reserves its space later anyway; asking first means that a run that is refused has changed nothing.
/// </summary>
internal static class DiskSpace
{
    /// <param name="plan">The plan of the run.</param>
    /// <param name="rows">The rows for which its replay has room.</param>
    /// <param name="folder">Its folder, which may not exist yet.</param>
    /// <exception cref="InputException">
    /// There is less room than the replay takes, or the system allows the process less than the run needs.
    /// </exception>
    public static void Require(RunPlan plan, long rows, RunFolder folder)
    {
        string parent = folder.Folder;
        while (!Directory.Exists(parent) && Path.GetDirectoryName(parent) is string above)
        {
            parent = above;
        }

        long replay = ReplayFile.RequiredBytes(plan.TransitionSpec, rows);
        ResourceLimits.Require(plan, replay, WeightChannel.RequiredBytes(plan.PublishedLength));
        var replaced = new FileInfo(folder.Replay);
        long needed = replay - (replaced.Exists ? replaced.Length : 0);
        long free;
        try
        {
            free = new DriveInfo(parent).AvailableFreeSpace;
        }
        catch (Exception error) when (IoFailure.Is(error) || error is ArgumentException)
        {
            return;
        }

        if (needed > free)
        {
            throw new InputException(string.Create(
                CultureInfo.InvariantCulture,
                $"The replay of {rows:N0} transitions needs {needed / 1e6:N0} MB and '{parent}' has {free / 1e6:N0} MB " +
                $"left; lower --buffer-size, make room, or choose another --results-dir."));
        }
    }
}
