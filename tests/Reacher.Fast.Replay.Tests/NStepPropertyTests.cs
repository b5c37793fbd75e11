using System.Runtime.InteropServices;
using CsCheck;
using Reacher.Fast.Core.Batch;
using Reacher.Fast.Replay.Format;
using Reacher.Fast.Replay.Writing;

namespace Reacher.Fast.Replay.Tests;

/// <summary>The rows of the writer, which works step by step, against their definition, which looks ahead.</summary>
public sealed class NStepPropertyTests
{
    // A power of two: sums of the whole rewards below are exact, in whatever order they are added.
    private const float Gamma = 0.5f;

    private static readonly Gen<End> Ends = Gen.Frequency(
        (6, Gen.Const(End.None)), (1, Gen.Const(End.Terminated)), (1, Gen.Const(End.Truncated)), (1, Gen.Const(End.Lost)));

    private static readonly Gen<Step[]> Script = Gen.Select(Gen.Int[-8, 8], Ends, (reward, end) => new Step(reward, end)).Array[0, 40];

    private enum End
    {
        None,
        Terminated,
        Truncated,
        Lost,
    }

    [Test]
    public void Whatever_happens_the_rows_are_those_of_the_definition() => Gen.Select(Gen.Int[1, 6], Script).Sample((nStep, script) =>
        Written(nStep, script).SequenceEqual(Defined(nStep, script)));

    /// <summary>What the writer makes of the script of one agent. The observation at time t is t; an episode that ends at t ends with -t.</summary>
    private static Row[] Written(int nStep, Step[] script)
    {
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        using ReplayFile replay = ReplayFile.Create(folder["replay"], new TransitionSpec(1, 1), 64);
        using TransitionWriter writer = new(replay, 1, 0, nStep, Gamma);
        for (int t = 0; t < script.Length; t++)
        {
            End end = script[t].End;
            writer.Write([t], [t], [script[t].Reward], [end == End.Terminated], [end == End.Truncated], [end == End.Lost], [t + 1], [-t]);
        }

        return [.. Enumerable.Range(0, (int)replay.WrittenRows).Select(slot => MemoryMarshal.Read<Row>(replay.File.Bytes(
            ReplayLayout.RowsOffset + (slot * replay.Spec.StrideBytes) + TransitionSpec.RowHeaderBytes, replay.Spec.PayloadBytes)))];
    }

    /// <summary>From each step up to n rewards on, or to the episode's end; none where the way there is lost or not yet gone.</summary>
    private static IEnumerable<Row> Defined(int nStep, Step[] script)
    {
        for (int t = 0; t < script.Length; t++)
        {
            int last = Enumerable.Range(t, nStep).FirstOrDefault(i => i >= script.Length || script[i].End != End.None, t + nStep - 1);
            if (last >= script.Length || script[last].End == End.Lost)
            {
                continue;
            }

            int count = last - t + 1;
            float sum = Enumerable.Range(0, count).Sum(k => MathF.Pow(Gamma, k) * script[t + k].Reward);
            End end = script[last].End;
            yield return new Row(t, t, sum, end == End.Terminated ? 0 : MathF.Pow(Gamma, count), end == End.None ? last + 1 : -last);
        }
    }

    private sealed record Step(float Reward, End End);

    private readonly record struct Row(float Observation, float Action, float Return, float Discount, float Successor);
}
