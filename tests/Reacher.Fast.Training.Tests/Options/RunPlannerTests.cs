using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Tests.Options;

public sealed class RunPlannerTests
{
    [Test]
    public void What_is_left_open_is_settled_and_what_is_said_stays()
    {
        RunConfiguration settled = RunPlanner.Settle(RunConfiguration.Default(TrainerType.Td3), TimeProvider.System);
        Assert.That(settled.Get(RunKeys.RunId), Does.Match(@"^td3-\d{8}-\d{6}$"));
        Assert.That(settled.Get(RunKeys.Seed), Is.InRange(0, 9999));

        RunConfiguration said = RunConfiguration.Default().With(RunKeys.RunId, "a").With(RunKeys.Seed, 7);
        Assert.That(RunPlanner.Settle(said, TimeProvider.System).Format(RunKeys.Seed), Is.EqualTo("7"));
    }

    [Test]
    public void The_plan_is_the_configurations([Values] bool sac)
    {
        TrainerType trainer = sac ? TrainerType.Sac : TrainerType.Td3;
        RunPlan plan = RunPlanner.Plan(RunConfiguration.Default(trainer).With(RunKeys.RunId, "a").With(RunKeys.Seed, 3)
            .With(TrainerKeys.StepsPerUpdate, 5).With(RunKeys.NumAgents, 8));

        Assert.That((plan.Sac is null, plan.Td3 is null), Is.EqualTo((!sac, sac)));
        Assert.That((plan.AgentCount, plan.ObservationSize, plan.ActionSize), Is.EqualTo((8, 33, 4)));
        Assert.That(plan.UpdatesPerTransition, Is.EqualTo(0.2));
        Assert.That(plan.MaxTransitions, Is.EqualTo(long.MaxValue));
        Assert.That(plan.Learner.Seed, Is.EqualTo(3));
    }
}
