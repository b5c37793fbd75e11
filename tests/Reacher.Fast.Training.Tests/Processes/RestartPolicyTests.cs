using Reacher.Fast.Training.Processes;

namespace Reacher.Fast.Training.Tests.Processes;

public sealed class RestartPolicyTests
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1);

    [Test]
    public void So_many_deaths_in_a_row_and_no_more()
    {
        var policy = new RestartPolicy(2);
        Assert.That(policy.MayRestart(Short), Is.True);
        Assert.That(policy.MayRestart(Short), Is.True);
        Assert.That(policy.MayRestart(Short), Is.False);
    }

    [Test]
    public void A_healthy_life_begins_the_row_anew()
    {
        var policy = new RestartPolicy(1);
        for (int i = 0; i < 10; i++)
        {
            Assert.That(policy.MayRestart(RestartPolicy.Healthy), Is.True);
        }

        Assert.That(policy.Total, Is.EqualTo(10));
        Assert.That(policy.MayRestart(Short), Is.False);
    }

    [Test]
    public void Minus_one_is_no_limit()
    {
        var policy = new RestartPolicy(-1);
        for (int i = 0; i < 100; i++)
        {
            Assert.That(policy.MayRestart(Short), Is.True);
        }
    }
}
