using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Forwarding;
using Reacher.Fast.Replay.Mapping;

namespace Reacher.Fast.TestChild;

/// <summary>Carries rows from a ring to a replay, both ends of the way in one process, until it is killed.</summary>
internal static class ForwarderChild
{
    public static int Run(string ringPath, string replayPath, string logPath)
    {
        using ReplayFile ring = ReplayFile.Open(ringPath);
        using ReplayFile replay = ReplayFile.Open(replayPath);
        using AcknowledgementLog log = AcknowledgementLog.Open(logPath, replay);
        log.TakeOver(replay);
        StreamEntry entry = log.Stream(0);
        using RowReceiver receiver = new(replay, entry);
        RowSender sender = new(ring, entry.Incarnation.ReadAcquire(), 0, receiver.Mark);
        Backoff backoff = default;
        while (true)
        {
            if (sender.Next() is not { } bytes)
            {
                backoff.Wait();
                continue;
            }

            if (RowFrame.TryRead(bytes, replay.Spec, out RowFrame frame) is not null)
            {
                return ExitCodes.Violation;
            }

            while (receiver.PublishNext(frame).Length > 0)
            {
            }

            sender.Acknowledge(receiver.Mark);
            backoff.Reset();
        }
    }
}
