using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Files;
using Reacher.Fast.Replay;
using Reacher.Fast.Replay.Sampling;

namespace Reacher.Fast.Cluster.Tests.Processes;

/// <summary>
/// Judges the rows of a pendulum's replay of one-step transitions by themselves: each agent's rows are chains, in which a row begins where the
/// one before has ended, and a chain is a whole episode but where its env process was killed. A row that is missing tears a chain in two that
/// are both too short; one that is there twice is seen as such.
/// </summary>
/// <param name="Rows">Rows that are whole.</param>
/// <param name="Repeated">Rows that another row equals in every bit.</param>
/// <param name="Short">For each env process, how many of its agents' chains are no whole episode.</param>
internal sealed record RowChains(long Rows, long Repeated, IReadOnlyDictionary<int, int> Short)
{
    private const int EpisodeLength = 200;
    private const int EnvironmentShift = 24;

    /// <summary>What is too short, for people.</summary>
    public string ShortText => "short chains: " + string.Join(", ", Short.Select(pair => $"env {pair.Key}: {pair.Value}"));

    /// <summary>Reads a replay as it is; it must not have gone round.</summary>
    public static RowChains Of(string path)
    {
        using ReplayFile replay = ReplayFile.Open(path, new TransitionSpec(3, 1), new ReplayOptions { Repair = false });
        Assert.That(replay.WrittenRows, Is.LessThanOrEqualTo(replay.Capacity));
        using ReplayRows rows = new(replay);
        byte[] row = new byte[replay.Spec.StrideBytes];
        var seen = new HashSet<(uint, ulong, ulong)>();
        var chains = new Dictionary<uint, (float[] End, int Length)>();
        var tooShort = new Dictionary<int, int>();
        long count = 0, repeated = 0;
        for (long position = rows.First; position < rows.End; position++)
        {
            if (rows.Copy(position, 1, row) == 0)
            {
                continue;
            }

            count++;
            uint stream = BinaryPrimitives.ReadUInt32LittleEndian(row.AsSpan(8));
            ReadOnlySpan<byte> payload = row.AsSpan(TransitionSpec.RowHeaderBytes, replay.Spec.PayloadBytes);
            repeated += seen.Add((stream, Checksum.Compute(payload), BinaryPrimitives.ReadUInt64LittleEndian(payload))) ? 0 : 1;
            ReadOnlySpan<float> values = MemoryMarshal.Cast<byte, float>(payload);
            bool goesOn = chains.TryGetValue(stream, out (float[] End, int Length) chain) && values[..3].SequenceEqual(chain.End);
            if (!goesOn && chain.Length > 0)
            {
                Close(tooShort, stream, chain.Length);
            }

            chains[stream] = (values[^3..].ToArray(), goesOn ? chain.Length + 1 : 1);
        }

        foreach ((uint stream, (_, int length)) in chains)
        {
            Close(tooShort, stream, length);
        }

        return new RowChains(count, repeated, tooShort);
    }

    /// <summary>Each life of an env process may leave one unfinished episode of each agent, and nothing else is short.</summary>
    /// <param name="restarts">How often the env process of a number was started again, for whatever reason.</param>
    public void AssertWholeBut(Func<int, long> restarts)
    {
        foreach ((int environment, int chains) in Short)
        {
            Assert.That(chains, Is.LessThanOrEqualTo((1 + restarts(environment)) * ClusterRun.Agents), $"env {environment}: {ShortText}");
        }
    }

    private static void Close(Dictionary<int, int> tooShort, uint stream, int length)
    {
        int environment = (int)(stream >> EnvironmentShift);
        tooShort[environment] = tooShort.GetValueOrDefault(environment) + (length == EpisodeLength ? 0 : 1);
    }
}
