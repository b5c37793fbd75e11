using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Inspection;
using Reacher.Fast.Replay.Sampling;

namespace Reacher.Fast.Runner.Tests.Faults;

/// <summary>
/// Judges the rows of a pendulum's replay by physics: with n_step 1 each row holds a state, an action, and what must have come of them. A
/// row that is the front of one and the back of another, or whose next observation is another agent's or another episode's, does not fit.
/// </summary>
/// <param name="Rows">Rows that are whole by their checksums.</param>
/// <param name="Torn">Rows whose stamp or checksum is wrong.</param>
/// <param name="WrongSuccessors">Whole rows whose reward or next observation does not follow from the state and the action.</param>
/// <param name="Missing">Rows of the last round that were written and are not there.</param>
internal sealed record PendulumAudit(long Rows, long Torn, long WrongSuccessors, long Missing)
{
    private const int RowsAtOnce = 1024;
    private const double Tolerance = 1e-3;
    private const double TimeStep = 0.05;
    private const double FastestTurn = 8;
    private const double StrongestTorque = 2;

    /// <summary>Reads a replay as it is.</summary>
    public static PendulumAudit Of(string path)
    {
        using ReplayFile replay = ReplayFile.Open(path, new TransitionSpec(3, 1), new ReplayOptions { Repair = false });
        ReplayVerification verified = ReplayVerifier.Verify(replay);
        using ReplayRows rows = new(replay);
        byte[] copies = new byte[RowsAtOnce * replay.Spec.StrideBytes];
        long wrong = 0;
        for (long from = Math.Max(rows.First, rows.End - replay.Capacity); from < rows.End; from += RowsAtOnce)
        {
            int count = (int)Math.Min(RowsAtOnce, rows.End - from);
            _ = rows.Copy(from, count, copies);
            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<byte> row = copies.AsSpan(i * replay.Spec.StrideBytes, replay.Spec.StrideBytes);
                bool isThere = BinaryPrimitives.ReadUInt64LittleEndian(row) != 0;
                wrong += isThere && !Follows(MemoryMarshal.Cast<byte, float>(row[TransitionSpec.RowHeaderBytes..])) ? 1 : 0;
            }
        }

        return new PendulumAudit(
            verified.Published, verified.BadStamps + verified.BadChecksums, wrong, Math.Max(0, replay.Count - verified.Published));
    }

    /// <summary>The pendulum's equations (gymnasium, <c>pendulum.py</c>), written down a second time.</summary>
    /// <param name="row">cos, sin, velocity, action, reward, discount, next cos, next sin, next velocity.</param>
    internal static bool Follows(ReadOnlySpan<float> row)
    {
        double angle = Math.Atan2(row[1], row[0]), velocity = row[2], torque = StrongestTorque * Math.Clamp(row[3], -1, 1);
        double reward = -((angle * angle) + (0.1 * velocity * velocity) + (0.001 * torque * torque));
        double next = Math.Clamp(velocity + (((15 * Math.Sin(angle)) + (3 * torque)) * TimeStep), -FastestTurn, FastestTurn);
        double nextAngle = angle + (next * TimeStep);
        return IsNear(row[4], reward) && IsNear(row[6], Math.Cos(nextAngle)) && IsNear(row[7], Math.Sin(nextAngle)) && IsNear(row[8], next);
    }

    private static bool IsNear(double value, double expected) => Math.Abs(value - expected) < Tolerance;
}
