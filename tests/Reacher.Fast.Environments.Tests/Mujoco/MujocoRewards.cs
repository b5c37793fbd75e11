using Reacher.Fast.Environments.Mujoco.Native;

namespace Reacher.Fast.Environments.Tests.Mujoco;

/// <summary>What was there before a decision, of what rewards are made of.</summary>
/// <param name="Positions">qpos.</param>
/// <param name="Bodies">Where the bodies were, three numbers each.</param>
/// <param name="Centres">Where their centres of mass were.</param>
internal sealed record MujocoMoment(double[] Positions, double[] Bodies, double[] Centres)
{
    /// <summary>The world as it is.</summary>
    public static MujocoMoment Of(MujocoData data) => new(
        [.. data.Positions],
        [.. Enumerable.Range(0, data.Model.BodyCount).SelectMany(body => data.BodyPosition(body).ToArray())],
        [.. data.BodyCentres]);

    /// <summary>Where a body was.</summary>
    public double[] Body(int number) => Bodies[(3 * number)..((3 * number) + 3)];
}

/// <summary>What Gymnasium's tasks pay for a decision and where they end, written down a second time from their published definitions.</summary>
internal static class MujocoRewards
{
    /// <summary>The reward of a decision, and whether it terminates the episode.</summary>
    public static (double Reward, bool Terminated) Of(string name, MujocoMoment before, MujocoMoment after, MujocoData data)
    {
        double[] q = after.Positions, v = [.. data.Velocities], u = [.. data.Controls];
        double control = u.Sum(x => x * x), gone = q[0] - before.Positions[0];
        bool isSmall = q[2..].Concat(v).All(x => x is > -100 and < 100);
        return name switch
        {
            "HalfCheetah-v4" => ((gone / 0.05) - (0.1 * control), false),
            "Hopper-v4" => ((gone / 0.008) + 1 - (0.001 * control), !(isSmall && q[1] > 0.7 && q[2] is > -0.2 and < 0.2)),
            "Walker2d-v4" => ((gone / 0.008) + 1 - (0.001 * control), !(q[1] is > 0.8 and < 2 && q[2] is > -1 and < 1)),
            "Ant-v4" => (((after.Body(1)[0] - before.Body(1)[0]) / 0.05) + 1 - (0.5 * control), !(q[2] is >= 0.2 and <= 1)),
            "Humanoid-v4" => (
                (1.25 * (Middle(data, after) - Middle(data, before)) / 0.015) + 5 - (0.1 * control), !(q[2] is > 1 and < 2)),
            "Swimmer-v4" => ((gone / 0.04) - (0.0001 * control), false),
            "InvertedPendulum-v4" => (1, q[1] is > 0.2 or < -0.2),
            "InvertedDoublePendulum-v4" => DoublePendulum(data, v),
            "Reacher-v4" => (-Length(before.Body(3), before.Body(4)) - control, false),
            "Pusher-v4" => (
                -Length(before.Body(11), before.Body(12)) - (0.5 * Length(before.Body(11), before.Body(10))) - (0.1 * control), false),
            _ => throw new ArgumentException($"There is no reward of '{name}' here.", nameof(name)),
        };
    }

    private static (double Reward, bool Terminated) DoublePendulum(MujocoData data, double[] v)
    {
        double x = data.FirstSite[0], y = data.FirstSite[2];
        return (10 - (0.01 * x * x) - Math.Pow(y - 2, 2) - (0.001 * v[1] * v[1]) - (0.005 * v[2] * v[2]), y <= 1);
    }

    private static double Length(double[] from, double[] to) => Math.Sqrt(from.Zip(to, (a, b) => (a - b) * (a - b)).Sum());

    private static double Middle(MujocoData data, MujocoMoment moment)
    {
        double[] masses = [.. data.Model.BodyMass];
        return masses.Select((mass, body) => mass * moment.Centres[3 * body]).Sum() / masses.Sum();
    }
}
