using CsCheck;
using Reacher.Fast.Replay.Control;

namespace Reacher.Fast.Replay.Tests.Control;

public sealed class RateLimiterTests
{
    [Test]
    public void Without_limits_it_refuses_to_guess()
    {
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        using ControlBlock control = ControlBlock.Create(folder["control"]);
        Assert.That(() => control.Limiter.MayUpdate(), Throws.InvalidOperationException);
        Assert.That(() => control.Limiter.Configure(new RateLimits(1, 0, 0, 0.5)), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => control.Limiter.Configure(new RateLimits(double.NaN, 0, 1, 1)), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    /// <summary>Whoever may go on and is chosen does: the learner with one update, or the environment with one step of all its agents.</summary>
    [Test]
    public void In_any_interleaving_somebody_may_go_on_and_the_ratio_holds() => Gen.Select(
        Gen.Double[0.001, 4], Gen.Int[1, 60], Gen.Double[0, 3], Gen.Double[1, 40], Gen.Bool.Array[0, 2000])
        .Sample((ratio, agents, learnerSlack, environmentSlack, prefersLearner) =>
        {
            using TemporaryFolder folder = TemporaryFolder.InMemory();
            using ControlBlock control = ControlBlock.Create(folder["control"]);
            const int Warmup = 100;
            control.Limiter.Configure(new RateLimits(ratio, Warmup, learnerSlack, environmentSlack));
            ProcessSlot environment = control.Slot(ProcessRole.Environment, 0);
            foreach (bool learner in prefersLearner)
            {
                bool mayStep = control.Limiter.MayStep();
                bool mayUpdate = control.Limiter.MayUpdate();
                Assert.That(mayStep || mayUpdate, Is.True, "both are held");
                if (mayUpdate && (learner || !mayStep))
                {
                    control.Learner.AddUpdates(1);
                }
                else
                {
                    environment.AddVectorStep(agents);
                }

                double owed = ratio * Math.Max(0, control.TotalTransitions - Warmup);
                Assert.That(control.Learner.Updates, Is.InRange(owed - environmentSlack - (ratio * agents) - 1e-6, owed + learnerSlack + 1e-6));
            }
        });

    [Test]
    public void A_resumed_run_has_no_burst_to_catch_up()
    {
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        RateLimits limits = new(1, 100, 0, 50);
        using (ControlBlock control = ControlBlock.Create(folder["control"]))
        {
            control.Limiter.Configure(limits);
            control.Slot(ProcessRole.Environment, 0).AddVectorStep(5000);
            control.Learner.AddUpdates(10);
            Assert.That(control.Limiter.Debt, Is.EqualTo(4890));
        }

        using ControlBlock resumed = ControlBlock.Open(folder["control"]);
        Assert.That(resumed.Limiter.Debt, Is.EqualTo(4890), "the state outlives the process");
        resumed.Limiter.Configure(limits);
        Assert.That(resumed.Limiter.Debt, Is.Zero);
        Assert.That(resumed.Limiter.MayUpdate(), Is.False);
        Assert.That(resumed.Limiter.MayStep(), Is.True);
        resumed.Slot(ProcessRole.Environment, 0).AddVectorStep(1);
        Assert.That(resumed.Limiter.MayUpdate(), Is.True);
    }

    [Test]
    public void Deciding_allocates_nothing()
    {
        using TemporaryFolder folder = TemporaryFolder.InMemory();
        using ControlBlock control = ControlBlock.Create(folder["control"]);
        control.Limiter.Configure(new RateLimits(1, 100, 0, 50));
        bool any = false;
        Allocations.AssertNone(100, () =>
        {
            any |= control.Limiter.MayStep() | control.Limiter.MayUpdate();
            control.Learner.Beat();
            control.Learner.AddUpdates(1);
        });
        Assert.That(any, Is.True);
    }
}
