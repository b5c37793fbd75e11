using Reacher.Fast.Training.Evaluate;

namespace Reacher.Fast.Training.Tests.Evaluate;

public sealed class EvaluationWindowTests
{
    [Test]
    public void A_window_that_is_not_full_proves_nothing()
    {
        var window = new EvaluationWindow(100, 30);
        for (int i = 0; i < 99; i++)
        {
            window.Add(40);
            Assert.That(window.IsSolved, Is.False);
        }

        window.Add(40);
        Assert.That(window.IsSolved, Is.True);
    }

    [Test]
    public void Only_the_last_scores_count()
    {
        var window = new EvaluationWindow(3, 30);
        foreach (double score in new double[] { 0, 0, 40, 40, 40 })
        {
            window.Add(score);
        }

        Assert.That(window.Mean, Is.EqualTo(40));
        Assert.That(window.IsSolved, Is.True);
        window.Add(9);
        Assert.That(window.Mean, Is.EqualTo((40 + 40 + 9) / 3.0));
        Assert.That(window.IsSolved, Is.False);
    }

    [Test]
    public void The_threshold_itself_is_enough()
    {
        var window = new EvaluationWindow(2, 30);
        window.Add(29);
        window.Add(31);
        Assert.That(window.IsSolved, Is.True);
    }
}
