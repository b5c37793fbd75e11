using Reacher.Fast.Core.Vectors;
using Reacher.Fast.Environments.Arm;
using static Reacher.Fast.Environments.Arm.ArmModel;

namespace Reacher.Fast.Environments.Demonstrations;

/// <summary>
/// Predicts every transition of a Reacher recording from its recorded state and reports the errors: the proof that the
/// built-in arm is Unity's.
/// </summary>
public static class DemonstrationVerifier
{
    private const int ChunkSize = ArmOptions.MaximumArmCount;

    /// <summary>Reads and verifies the recording at <paramref name="path"/>.</summary>
    /// <param name="path">A .demo file.</param>
    /// <param name="instructionSet">What steps the arm; null takes <see cref="InstructionSets.Selected"/>.</param>
    /// <exception cref="DemonstrationException">The file is not a recording of Reacher.</exception>
    /// <exception cref="Core.InputException">The environment variable forces an instruction set that cannot be had.</exception>
    public static DemonstrationReport Verify(string path, InstructionSet? instructionSet = null)
    {
        // Outside of the try block below, which takes every error for one of the recording.
        InstructionSet set = instructionSet ?? InstructionSets.Selected;
        Demonstration recording = Demonstration.Load(path);
        try
        {
            return Verify(recording, set);
        }
        catch (Core.InputException e)
        {
            throw new DemonstrationException($"{path} is not a recording of Reacher: {e.Message}", e);
        }
    }

    /// <summary>Verifies a recording.</summary>
    /// <exception cref="DemonstrationException">It is not a recording of Reacher, or holds no two consecutive records of an episode.</exception>
    public static DemonstrationReport Verify(Demonstration recording, InstructionSet? instructionSet = null)
    {
        ArgumentNullException.ThrowIfNull(recording);
        CheckIsReacher(recording);
        List<int> ordinary = [];
        List<int> afterReset = [];
        for (int k = 1; k < recording.Count; k++)
        {
            // A record with done shows the next episode's start: nothing recorded says what the step into it led to. The
            // transition out of it feels Unity's kick, which takes the record before it to predict.
            if (recording.Done[k])
            {
                continue;
            }

            if (!recording.Done[k - 1])
            {
                ordinary.Add(k);
            }
            else if (k >= 2 && !recording.Done[k - 2])
            {
                afterReset.Add(k);
            }
        }

        if (ordinary.Count == 0)
        {
            throw new DemonstrationException("It holds no two consecutive records of one episode.");
        }

        float goalHeight = GoalHeight(recording);
        ArmOptions options = new() { ArmCount = ChunkSize, GoalHeight = goalHeight, InstructionSet = instructionSet };
        using ArmBatch arms = ArmBatch.Create(options);
        Prediction[] predictions = Predict(arms, recording, ordinary, kick: false);
        Prediction[] resets = Predict(arms, recording, afterReset, kick: true);

        double[] errors = Array.ConvertAll(predictions, p => p.Error);
        Array.Sort(errors);
        Prediction[] near = Array.FindAll(predictions, p => p.PositionError < DemonstrationReport.RewardPositionError);
        return new DemonstrationReport
        {
            Name = recording.Name,
            InstructionSet = arms.InstructionSet,
            Records = recording.Count,
            EpisodesEnded = recording.Done.Count(true),
            Transitions = errors.Length,
            GoalHeight = goalHeight,
            Percentile50 = Percentile(errors, 50),
            Percentile90 = Percentile(errors, 90),
            Percentile95 = Percentile(errors, 95),
            Percentile98 = Percentile(errors, 98),
            Percentile99 = Percentile(errors, 99),
            MaximumError = errors[^1],
            ShareAboveTolerance = (double)errors.Count(e => !(e <= DemonstrationReport.Tolerance)) / errors.Length,
            RewardsCompared = near.Length,
            RewardsReproduced = near.Count(p => p.RewardReproduced),
            ResetTransitions = resets.Length,
            ResetPositionError = resets.Length == 0 ? 0 : resets.Max(p => p.PositionError),
        };
    }

    /// <summary>The value below which <paramref name="percent"/> per cent of sorted values lie, interpolated linearly between ranks.</summary>
    internal static double Percentile(ReadOnlySpan<double> sorted, double percent)
    {
        double rank = percent / 100 * (sorted.Length - 1);
        int below = (int)rank;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((rank - below) * (sorted[above] - sorted[below]));
    }

    private static Prediction[] Predict(ArmBatch arms, Demonstration recording, List<int> transitions, bool kick)
    {
        Prediction[] predictions = new Prediction[transitions.Count];
        float[] actions = new float[arms.Count * ActionSize];
        float[] rewards = new float[arms.Count];
        float[] observations = new float[arms.Count * ObservationSize];
        for (int start = 0; start < transitions.Count; start += arms.Count)
        {
            int count = Math.Min(arms.Count, transitions.Count - start);
            for (int i = 0; i < count; i++)
            {
                int k = transitions[start + i];
                arms.Load(i, recording.Observation(kick ? k - 2 : k - 1));
                recording.Action(kick ? k - 1 : k).CopyTo(actions.AsSpan(i * ActionSize));
            }

            if (kick)
            {
                // Up to the pose before the reset, which the kick depends on and the recording does not hold.
                arms.Step(actions, rewards);
                for (int i = 0; i < count; i++)
                {
                    int k = transitions[start + i];
                    arms.Reset(i, recording.Observation(k - 1), kick: true);
                    recording.Action(k).CopyTo(actions.AsSpan(i * ActionSize));
                }
            }

            arms.Step(actions, rewards);
            arms.Observe(observations);
            for (int i = 0; i < count; i++)
            {
                int k = transitions[start + i];
                predictions[start + i] = Compare(
                    observations.AsSpan(i * ObservationSize, ObservationSize), rewards[i], recording.Observation(k), recording.Rewards[k]);
            }
        }

        return predictions;
    }

    private static Prediction Compare(ReadOnlySpan<float> predicted, float reward, ReadOnlySpan<float> recorded, float recordedReward)
    {
        double error = 0;
        double positionError = 0;
        for (int i = 0; i < KinematicSize; i++)
        {
            double e = Math.Abs((double)predicted[i] - recorded[i]);
            // A prediction that is no number is as wrong as can be; NaN itself would sort before the best.
            e = double.IsFinite(e) ? e : double.MaxValue;
            error = Math.Max(error, e);
            if (i % 13 < 3)
            {
                positionError = Math.Max(positionError, e);
            }
        }

        return new(error, positionError, Math.Abs(reward - recordedReward) < 0.005f);
    }

    private static void CheckIsReacher(Demonstration recording)
    {
        if (recording.ObservationSize != ObservationSize || recording.ActionSize != ActionSize)
        {
            throw new DemonstrationException(
                $"Its records have {recording.ObservationSize} observations and {recording.ActionSize} actions where Reacher has " +
                $"{ObservationSize} and {ActionSize}.");
        }

        int strange = 0;
        for (int k = 0; k < recording.Count; k++)
        {
            ReadOnlySpan<float> o = recording.Observation(k);
            foreach (float value in o)
            {
                CheckFinite(value, k);
            }

            foreach (float value in recording.Action(k))
            {
                CheckFinite(value, k);
            }

            CheckFinite(recording.Rewards[k], k);
            bool unit = Math.Abs(Norm(o.Slice(3, 4)) - 1) < 1e-2 && Math.Abs(Norm(o.Slice(16, 4)) - 1) < 1e-2;
            bool goal = Math.Abs(Math.Sqrt((o[26] * o[26]) + (o[28] * o[28])) - GoalCircleRadius) < 1e-2;
            bool hand = Math.Abs(o[29]) < 1e-3 && Math.Abs(o[30] - 1) < 1e-3 && Math.Abs(o[31]) < 1e-3;
            strange += unit && goal && hand ? 0 : 1;
        }

        // A few odd records are the recording's business and will show as errors; many say that these are other observations.
        if (strange * 100 > recording.Count)
        {
            throw new DemonstrationException(
                $"{strange} of its {recording.Count} records have no unit quaternions at 3 and 16, no goal on a circle of 8 m at 26 " +
                "or no hand at (0, 1, 0) at 29.");
        }
    }

    private static float GoalHeight(Demonstration recording)
    {
        float[] heights = new float[recording.Count];
        for (int k = 0; k < heights.Length; k++)
        {
            heights[k] = recording.Observation(k)[27];
        }

        Array.Sort(heights);
        return heights[heights.Length / 2];
    }

    private static double Norm(ReadOnlySpan<float> v)
    {
        double sum = 0;
        foreach (float x in v)
        {
            sum += (double)x * x;
        }

        return Math.Sqrt(sum);
    }

    private static void CheckFinite(float value, int record)
    {
        if (!float.IsFinite(value))
        {
            throw new DemonstrationException($"Record {record} holds a value that is not finite.");
        }
    }

    private readonly record struct Prediction(double Error, double PositionError, bool RewardReproduced);
}
