using System.Diagnostics;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Format;
using Reacher.Fast.Replay.Mapping;
using Reacher.Fast.Replay.Writing;

namespace Reacher.Fast.TestChild;

/// <summary>Takes a lease, goes to one exact moment of a write and kills itself there with SIGKILL.</summary>
internal static class DyingWriter
{
    /// <summary>Rows of its claim.</summary>
    private const int Rows = 20;

    public static int Run(string path, string moment)
    {
        using ReplayFile replay = ReplayFile.Open(path);
        for (int i = 0; i < ReplayLayout.LeaseCount; i++)
        {
            WriterLease lease = new(replay.File, i);
            if (lease.TryAcquire(Rows, 0))
            {
                DieAt(moment, replay, lease);
            }
        }

        return ExitCodes.Unsupported;
    }

    private static void DieAt(string moment, ReplayFile replay, WriterLease lease)
    {
        SharedWord tail = replay.File.Word(ReplayLayout.TailOffset);
        if (moment == "leased")
        {
            Die();
        }

        lease.Claim.WriteRelease(tail.ReadAcquire());
        if (moment == "announced")
        {
            Die();
        }

        ulong start = tail.FetchAdd(Rows);
        if (moment == "added")
        {
            Die();
        }

        lease.Claim.WriteRelease(WriterLease.Exact | start);
        if (moment == "claimed")
        {
            Die();
        }

        // Half the claim is left in the middle of a row each, the other half untouched.
        for (ulong i = 0; i < Rows / 2; i++)
        {
            replay.Slots.MarkWriting((long)((start + i) % (ulong)replay.Capacity), start + i);
        }

        Die();
    }

    private static void Die() => Process.GetCurrentProcess().Kill();
}
