using Reacher.Fast.Core;
using Reacher.Fast.Training.Reporting.References;

namespace Reacher.Fast.Training.Tests.Reporting.References;

public sealed class ReferenceTests
{
    private const string Curves = """
        # Where they come from.
        env,algo,env_step,mean_of_10_seeds,sd_over_seeds
        HalfCheetah-v3,SAC,20000,2641.5,503.25
        HalfCheetah-v3,SAC,0,-2,0.5
        Hopper-v3,SAC,0,15,1
        """;

    [Test]
    public void ACurveIsFoundWhateverTheTasksVersion()
    {
        using var folder = new TemporaryFolder();
        (string task, IReadOnlyList<ReferencePoint> points) = ReferenceFile.Read(Write(folder), "mujoco:HalfCheetah-v4", "sac");
        Assert.That(task, Is.EqualTo("HalfCheetah-v3"));
        Assert.That(points, Is.EqualTo(new[] { new ReferencePoint(0, -2, 0.5, 10), new ReferencePoint(20_000, 2641.5, 503.25, 10) }));
    }

    [Test]
    public void ACurveThatIsMissingIsRefusedInASentence()
    {
        using var folder = new TemporaryFolder();
        Assert.That(
            () => ReferenceFile.Read(Write(folder), "mujoco:Ant-v4", "sac"),
            Throws.TypeOf<InputException>().With.Message.EndsWith("has no curve of Ant by sac; give a file that has one."));
    }

    // 2 sqrt(30^2 / 10 + 20^2 / 5) = 2 sqrt(170): ours is the smaller deviation. With 40 it would be the reference's: 2 sqrt(270).
    [TestCase(20, 26.0768)]
    [TestCase(40, 32.8634)]
    public void TheLimitTakesTheSmallerDeviation(double ours, double limit)
    {
        var reference = new ReferencePoint(0, 100, 30, 10);
        Assert.That(new ReferenceCell(new ReferencePoint(0, 100, ours, 5), reference).Limit, Is.EqualTo(limit).Within(1e-4));
    }

    [Test]
    public void OneSeedHasTheDeviationOfTheReference() => Assert.That(
        new ReferenceCell(new ReferencePoint(0, 100, 0, 1), new ReferencePoint(0, 100, 30, 10)).Limit,
        Is.EqualTo(2 * Math.Sqrt((30 * 30 / 10.0) + (30 * 30))).Within(1e-9));

    [TestCase(126, true)]
    [TestCase(127, false)]
    [TestCase(74, true)]
    [TestCase(73, false)]
    public void AboveIsAsMuchAMissAsBelow(double mean, bool agrees) => Assert.That(
        new ReferenceCell(new ReferencePoint(0, mean, 20, 5), new ReferencePoint(0, 100, 30, 10)).Agrees, Is.EqualTo(agrees));

    [Test]
    public void TheDeviationIsThatOfASample() =>
        Assert.That(ReferenceComparison.PointOf(5, [1, 2, 3]), Is.EqualTo(new ReferencePoint(5, 2, 1, 3)));

    private static string Write(TemporaryFolder folder)
    {
        string file = Path.Combine(folder.Path, "curves.csv");
        File.WriteAllText(file, Curves);
        return file;
    }
}
