using System.Globalization;
using Reacher.Fast.Core.Vectors;
using Reacher.Fast.Environments.Arm;

namespace Reacher.Fast.Environments.Tests.Arm;

/// <summary>
/// Twenty decisions of eight arms by an independent model in numpy (Golden/make_trajectories.py). Open loop an arm doubles
/// its errors every few decisions, so the tolerance grows with the decision; after fifty it would say nothing.
/// </summary>
public sealed class GoldenTrajectoryTests
{
    [Test]
    public void The_reference_follows_the_numpy_model() => Follow(InstructionSet.Scalar, 2e-6, 1.25);

    [Test]
    public void The_vectors_follow_the_numpy_model([ValueSource(typeof(ArmStates), nameof(ArmStates.SimdSets))] InstructionSet set) =>
        Follow(set, 2e-5, 1.35);

    private static void Follow(InstructionSet set, double tolerance, double growth)
    {
        double[][] rows = Read();
        using ArmBatch arms = ArmStates.Batch(set, 8);
        float[] actions = new float[8 * 4];
        float[] rewards = new float[8];
        float[] observations = new float[8 * 33];
        for (int decision = 0; decision <= 20; decision++)
        {
            for (int arm = 0; arm < 8; arm++)
            {
                double[] row = rows[(arm * 21) + decision];
                Assert.That((row[0], row[1]), Is.EqualTo(((double)arm, (double)decision)));
                Array.ConvertAll(row[2..6], x => (float)x).CopyTo(actions, arm * 4);
                if (decision == 0)
                {
                    double degree = double.RadiansToDegrees(Math.Atan2(row[32], row[33]));
                    arms.Reset(arm, (float)Math.Round(degree), (float)row[34]);
                }
            }

            if (decision > 0)
            {
                arms.Step(actions, rewards);
            }

            arms.Observe(observations);
            double worst = 0;
            for (int arm = 0; arm < 8; arm++)
            {
                double[] row = rows[(arm * 21) + decision];
                worst = Math.Max(worst, ArmStates.KinematicError(Array.ConvertAll(row[6..32], x => (float)x), observations.AsSpan(arm * 33, 33)));
                Assert.That(observations[(arm * 33) + 26], Is.EqualTo(row[32]).Within(2e-6));
                Assert.That(observations[(arm * 33) + 28], Is.EqualTo(row[33]).Within(2e-6));
                Assert.That(rewards[arm], Is.EqualTo(row[35]).Within(1e-6));
            }

            double bound = tolerance * Math.Pow(growth, decision);
            TestContext.Out.WriteLine($"decision {decision}: error {worst:e1}, allowed {bound:e1}");
            Assert.That(worst, Is.LessThan(bound));
        }
    }

    private static double[][] Read()
    {
        string path = Path.Combine(TestContext.CurrentContext.TestDirectory, "Arm", "Golden", "trajectories.csv");
        return [.. File.ReadLines(path).Skip(1).Select(line =>
            Array.ConvertAll(line.Split(','), x => double.Parse(x, CultureInfo.InvariantCulture)))];
    }
}
