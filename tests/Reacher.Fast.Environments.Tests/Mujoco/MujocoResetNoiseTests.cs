using Reacher.Fast.Core.Numerics;
using Reacher.Fast.Environments.Mujoco.Native;
using Reacher.Fast.Environments.Mujoco.Tasks;

namespace Reacher.Fast.Environments.Tests.Mujoco;

/// <summary>The states that episodes begin in, against those of Gymnasium's v4.</summary>
public sealed class MujocoResetNoiseTests
{
    private const int Resets = 4000;
    private const ulong Seed = 3;

    [TestCase("HalfCheetah-v4", 0.1, "normal", 0.1)]
    [TestCase("Hopper-v4", 0.005, "uniform", 0.005)]
    [TestCase("Walker2d-v4", 0.005, "uniform", 0.005)]
    [TestCase("Ant-v4", 0.1, "normal", 0.1)]
    [TestCase("Humanoid-v4", 0.01, "uniform", 0.01)]
    [TestCase("Swimmer-v4", 0.1, "uniform", 0.1)]
    [TestCase("InvertedPendulum-v4", 0.01, "uniform", 0.01)]
    [TestCase("InvertedDoublePendulum-v4", 0.1, "normal", 0.1)]
    public void PositionsAreUniformAboutTheModelsAndVelocitiesAsTheTaskHasThem(
        string name, double positionScale, string velocityKind, double velocityScale)
    {
        (double[] own, double[][] positions, double[][] velocities) = Draw(name);
        for (int i = 0; i < positions.Length; i++)
        {
            AreUniform([.. positions[i].Select(position => position - own[i])], positionScale, $"{name}, position {i}");
        }

        for (int i = 0; i < velocities.Length; i++)
        {
            string what = $"{name}, velocity {i}";
            if (velocityKind == "normal")
            {
                DrawnNumbers.AreOf(DrawnNumbers.Normal(velocityScale), velocities[i], what);
            }
            else
            {
                AreUniform(velocities[i], velocityScale, what);
            }
        }

        AreAllApart([.. positions, .. velocities], name);
    }

    [Test]
    public void TheReachersTargetLiesInADiscAndStandsStill()
    {
        const double Radius = 0.2;
        (double[] own, double[][] positions, double[][] velocities) = Draw("Reacher-v4");
        for (int i = 0; i < 2; i++)
        {
            AreUniform([.. positions[i].Select(position => position - own[i])], 0.1, $"position {i}");
            AreUniform(velocities[i], 0.005, $"velocity {i}");
            Assert.That(velocities[2 + i], Is.All.Zero, "the target's velocity");
        }

        // Over a disc, the square of the distance from its middle is uniform, and so is the angle.
        double[] squares = [.. positions[2].Zip(positions[3], (x, y) => (x * x) + (y * y))];
        double[] angles = [.. positions[2].Zip(positions[3], (x, y) => Math.Atan2(y, x))];
        Assert.That(squares, Is.All.LessThan(Radius * Radius));
        DrawnNumbers.AreOf(DrawnNumbers.Uniform(0, Radius * Radius), squares, "the target's distance, squared");
        DrawnNumbers.AreOf(DrawnNumbers.Uniform(-Math.PI, Math.PI), angles, "the target's angle");
        AreAllApart([.. positions[..2], .. velocities[..2], squares, angles], "Reacher-v4");
    }

    [Test]
    public void ThePushersPuckLiesBesideItsPlaceAndTheArmAsTheModelHasIt()
    {
        const double Near = 0.17;
        (double[] own, double[][] positions, double[][] velocities) = Draw("Pusher-v4");
        for (int i = 0; i < 7; i++)
        {
            Assert.That(positions[i], Is.All.EqualTo(own[i]), $"position {i}");
            AreUniform(velocities[i], 0.005, $"velocity {i}");
        }

        Assert.That(positions[9..], Is.All.All.Zero, "the place");
        Assert.That(velocities[7..], Is.All.All.Zero, "the velocities of the puck and of its place");
        Assert.That(positions[7].Zip(positions[8], (x, y) => Math.Sqrt((x * x) + (y * y))), Is.All.GreaterThan(Near));
        // Of a rectangle the disc about the place is left out: how much of each line is left is the density along the other axis.
        DrawnNumbers.AreOf(DrawnNumbers.Of(x => 0.4 - (2 * Chord(x)), -0.3, 0), positions[7], "the puck's x");
        DrawnNumbers.AreOf(DrawnNumbers.Of(y => 0.3 - Chord(y), -0.2, 0.2), positions[8], "the puck's y");

        static double Chord(double at) => Math.Sqrt(Math.Max(0, (Near * Near) - (at * at)));
    }

    private static void AreUniform(double[] numbers, double scale, string what)
    {
        Assert.That(numbers.Max(Math.Abs), Is.LessThanOrEqualTo(scale * (1 + 1e-12)), what);
        DrawnNumbers.AreOf(DrawnNumbers.Uniform(-scale, scale), numbers, what);
    }

    // Each number is drawn for itself: it follows neither from another of its episode nor from the episode before.
    private static void AreAllApart(double[][] numbers, string name)
    {
        for (int i = 0; i < numbers.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                DrawnNumbers.AreApart(numbers[i], numbers[j], $"{name}, numbers {j} and {i}");
            }

            DrawnNumbers.AreApart(numbers[i][..^1], numbers[i][1..], $"{name}, number {i} in one episode and in the next");
        }
    }

    // As the task sets them: MuJoCo has not yet brought quaternions to length 1.
    private static (double[] Own, double[][] Positions, double[][] Velocities) Draw(string name)
    {
        MujocoPeer.RequireLibrary();
        MujocoTask task = MujocoTasks.Find(name)!;
        using var model = MujocoModel.LoadEmbedded(task.ModelName);
        using var data = new MujocoData(model);
        data.Reset();
        double[] own = [.. data.Positions];
        double[][] positions = [.. own.Select(_ => new double[Resets])];
        double[][] velocities = [.. Enumerable.Range(0, model.VelocityCount).Select(_ => new double[Resets])];
        for (int episode = 0; episode < Resets; episode++)
        {
            data.Reset();
            var noise = new ResetNoise(SplitMix64.Key(Seed, agent: 0, episode));
            task.Begin(data, ref noise);
            for (int i = 0; i < positions.Length; i++)
            {
                positions[i][episode] = data.Positions[i];
            }

            for (int i = 0; i < velocities.Length; i++)
            {
                velocities[i][episode] = data.Velocities[i];
            }
        }

        return (own, positions, velocities);
    }
}
