using Reacher.Fast.Training.Profiling;
using Reacher.Fast.View;

namespace Reacher.Fast.Runner.Tests.View;

/// <summary>What is said to bound a run, and which gap is the largest.</summary>
public sealed class WholeRunTests
{
    [Test]
    public void The_learner_bounds_where_environments_allow_more()
    {
        WholeRun run = Hold(updates: 95, environment: 0.001, learner: 0.01, processors: 4);
        Assert.That(run.Slower, Is.EqualTo(StageRole.Learner));
        Assert.That(run.LearnerAlone, Is.EqualTo(100).Within(1e-6));
        Assert.That(run.EnvironmentsAlone, Is.EqualTo(500).Within(1e-6));
        Assert.That(run.Percent, Is.EqualTo(95).Within(1e-6));
        Assert.That(run.Bound, Does.Contain("bound by the learner").And.Contain("'update' takes 90 %").And.Contain("bound by arithmetic")
            .And.Contain("5.0 times").And.Contain("95 %"));
    }

    [Test]
    public void The_environments_bound_where_they_allow_less_and_two_allow_twice_as_much()
    {
        WholeRun one = Hold(updates: 5, environment: 0.1, learner: 0.01, processors: 4);
        Assert.That(one.Slower, Is.EqualTo(StageRole.Environment));
        Assert.That(one.Percent, Is.EqualTo(100).Within(1e-6));
        Assert.That(one.Bound, Does.Contain("bound by the environments").And.Contain("'step' takes"));
        WholeRun two = Hold(updates: 5, environment: 0.1, learner: 0.01, processors: 4, environments: 2);
        Assert.That(two.EnvironmentsAlone, Is.EqualTo(2 * one.EnvironmentsAlone).Within(1e-9));
    }

    [TestCase(2, true, "had all processors in use")]
    [TestCase(8, false, "waiting for each other")]
    public void A_run_below_its_stages_says_why(int processors, bool full, string reason)
    {
        WholeRun run = Hold(updates: 50, environment: 0.001, learner: 0.01, processors);
        Assert.That(run.ProcessorsFull, Is.EqualTo(full));
        Assert.That(run.Bound, Does.Contain("It reaches 50 %").And.Contain(reason));
    }

    [Test]
    public void The_largest_gap_and_the_one_worth_most_are_told_apart()
    {
        DeviceProfile profile = Profile(0.001, 0.01);
        // 'publish' stands at 10 % of its limit but takes a tenth of the time; 'update' at 50 % takes nine tenths.
        Assert.That(profile.LargestGap, Does.Contain("'publish', at 10 %").And.Contain("worth most is 'update'").And.Contain("spared 45 %"));
        DeviceProfile alone = profile with { Stages = [.. profile.Stages.Where(stage => stage.Name == "update")] };
        Assert.That(alone.LargestGap, Does.Contain("'update', at 50 %").And.Contain("also worth most"));
        Assert.That((profile with { Stages = [] }).LargestGap, Is.Null);
    }

    [Test]
    public void The_table_shows_every_stage_the_run_and_the_sentences()
    {
        DeviceProfile profile = Profile(0.001, 0.01) with { Run = Hold(95, 0.001, 0.01, 4) };
        var report = new ProfileReport
        {
            Machine = new Dictionary<string, string>(),
            Complete = true,
            InstructionSets = [new InstructionSetFigures("avx2", 1e11, 9e10, 1)],
            Devices = [profile],
            Notes = ["CUDA was not profiled."],
        };
        var text = new StringWriter();
        ProfileView.Write(report, text);
        Assert.That(text.ToString(), Does.Contain("step").And.Contain("update").And.Contain("publish").And.Contain("together")
            .And.Contain("learner 99 %"));
        Assert.That(text.ToString(), Does.Contain("The run is bound by").And.Contain("The largest gap").And.Contain("CUDA was not profiled.")
            .And.Contain("products on one thread: avx2 90 GFLOP/s, 90 % of its peak"));
    }

    [TestCase(0.5, "0.50")]
    [TestCase(9999, "9999")]
    [TestCase(12_345, "12.3 k")]
    [TestCase(1_234_567, "1.23 M")]
    [TestCase(2.5e9, "2.50 G")]
    public void Rates_have_three_digits(double value, string text) => Assert.That(ProfileView.Rate(value), Is.EqualTo(text));

    private static WholeRun Hold(double updates, double environment, double learner, int processors, int environments = 1) => WholeRun.Of(
        new RunMeasurement(10, 2 * updates, updates, new Dictionary<string, double> { ["learner"] = 99, ["env-0"] = 90 }),
        Profile(environment, learner).Stages, environments, updatesPerTransition: 0.5, processors);

    // A transition takes 'environment' seconds, an update 'learner' seconds.
    private static DeviceProfile Profile(double environment, double learner) => new()
    {
        Device = "cpu",
        Setup = "a test",
        Stages = StageFigures.WithShares(
        [
            Figures("step", StageRole.Environment, environment, null),
            Figures("update", StageRole.Learner, 0.9 * learner, 50),
            Figures("publish", StageRole.Learner, 0.1 * learner, 10),
        ]),
    };

    private static StageFigures Figures(string name, StageRole role, double seconds, double? percent) => new()
    {
        Name = name, Role = role, Unit = "units", Rate = 1 / seconds, SecondsPerTurn = seconds, Percent = percent,
        Limit = percent is null ? null : 100 / percent / seconds, LimitName = "its limit", BoundBy = "arithmetic",
    };
}
