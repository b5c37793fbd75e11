using System.Globalization;
using Reacher.Fast.Core.Vectors;

namespace Reacher.Fast.Environments.Demonstrations;

/// <summary>How well the built-in arm predicts a recording by the real environment, one decision at a time.</summary>
public sealed record DemonstrationReport
{
    /// <summary>An error above this counts into <see cref="ShareAboveTolerance"/>.</summary>
    public const double Tolerance = 1e-4;

    /// <summary>Rewards are compared where the bodies' positions are predicted nearer than this, in metres.</summary>
    public const double RewardPositionError = 3e-3;

    /// <summary>The recording's own name.</summary>
    public required string Name { get; init; }

    /// <summary>The instructions that predicted.</summary>
    public required InstructionSet InstructionSet { get; init; }

    /// <summary>Records in the file.</summary>
    public required int Records { get; init; }

    /// <summary>Records that end an episode.</summary>
    public required int EpisodesEnded { get; init; }

    /// <summary>
    /// Predicted transitions within an episode. Not counted: those into a record with done, which holds the next episode's
    /// first observation, and the first ones after an in-run reset (<see cref="ResetTransitions"/>).
    /// </summary>
    public required int Transitions { get; init; }

    /// <summary>The goal's height in the file, metres.</summary>
    public required float GoalHeight { get; init; }

    /// <summary>Median over transitions of the largest absolute error among the 26 kinematic observations.</summary>
    public required double Percentile50 { get; init; }

    /// <summary>90th percentile of that error.</summary>
    public required double Percentile90 { get; init; }

    /// <summary>95th percentile of that error.</summary>
    public required double Percentile95 { get; init; }

    /// <summary>98th percentile of that error.</summary>
    public required double Percentile98 { get; init; }

    /// <summary>99th percentile of that error.</summary>
    public required double Percentile99 { get; init; }

    /// <summary>The largest error of all.</summary>
    public required double MaximumError { get; init; }

    /// <summary>Share of transitions, 0 to 1, whose error is above <see cref="Tolerance"/>.</summary>
    public required double ShareAboveTolerance { get; init; }

    /// <summary>Transitions whose position error is below <see cref="RewardPositionError"/>.</summary>
    public required int RewardsCompared { get; init; }

    /// <summary>Those among them whose reward is predicted exactly.</summary>
    public required int RewardsReproduced { get; init; }

    /// <summary>First transitions after an in-run reset, predicted with Unity's kick.</summary>
    public required int ResetTransitions { get; init; }

    /// <summary>Largest error of a position among those, metres.</summary>
    public required double ResetPositionError { get; init; }

    /// <summary>Share of compared rewards reproduced, 0 to 1; 0 if none could be compared, which proves nothing.</summary>
    public double ShareOfRewardsReproduced => RewardsCompared == 0 ? 0 : (double)RewardsReproduced / RewardsCompared;

    /// <summary>Writes the report for a reader.</summary>
    public void WriteTo(TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        Line($"{Name}: {Records} records, {EpisodesEnded} episodes ended, goal height {GoalHeight:0.###} m, stepped with {InstructionSet}");
        Line($"largest error over 26 kinematic observations, {Transitions} one-decision predictions:");
        writer.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  percentile  50 {Percentile50:0.0e+0}   90 {Percentile90:0.0e+0}   95 {Percentile95:0.0e+0}   " +
            $"98 {Percentile98:0.0e+0}   99 {Percentile99:0.0e+0}"));
        Line($"  above {Tolerance:0e+0}: {100 * ShareAboveTolerance:0.00} %, largest {MaximumError:0.0e+0}");
        writer.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"rewards reproduced: {RewardsReproduced} of {RewardsCompared} ({100 * ShareOfRewardsReproduced:0.000} %) " +
            $"with a position error below 3 mm"));
        if (ResetTransitions > 0)
        {
            Line($"after a reset: {ResetTransitions} transitions, largest position error {ResetPositionError:0.0e+0} m");
        }

        void Line(FormattableString line) => writer.WriteLine(line.ToString(CultureInfo.InvariantCulture));
    }
}
