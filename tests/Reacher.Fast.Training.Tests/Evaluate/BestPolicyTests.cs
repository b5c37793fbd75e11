using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Training.Evaluate;
using Reacher.Fast.Training.Options;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Tests.Evaluate;

/// <summary>The best policy of a run: which one is kept, and when.</summary>
public sealed class BestPolicyTests
{
    private static readonly RunPlan Plan = new()
    {
        RunId = "a",
        Behavior = "Reacher",
        Seed = 1,
        Environment = new EnvironmentOptions { Name = EnvironmentOptions.Arm },
        AgentCount = 1,
        ObservationSize = 2,
        ActionSize = 1,
        Learner = PaperOptions.Td3 with { HiddenSizes = [3] },
        NStep = 1,
        Gamma = 0.99f,
        BufferSize = 10,
        WarmupTransitions = 0,
        TransitionsPerUpdate = 1,
        EvaluationWindow = 4,
        Threshold = 30,
        Device = "cpu",
        LearnerThreads = 1,
    };

    [Test]
    public void One_that_cannot_be_looked_into_is_not_replaced_by_a_worse_one()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["Reacher"]);
        var files = new RunFolder(folder.Path, "Reacher");
        var best = new BestPolicy(files, Plan, []);
        foreach (double score in new[] { 40, 40, 40, 40 })
        {
            Assert.That(best.Add([score], new float[Plan.PolicySpec.BlockLength]), Is.Null);
        }

        // A file that somebody has to himself is to others what one on a failing disk is.
        using (new FileStream(files.BestPolicy, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            Assert.That(() => new BestPolicy(files, Plan, []), Throws.TypeOf<Core.InputException>());
        }

        File.WriteAllText(files.BestPolicy, "damaged");
        Assert.That(() => new BestPolicy(files, Plan, []), Throws.Nothing, "of a damaged one nothing is left to keep");
    }

    [Test]
    public void The_policy_with_the_highest_mean_of_a_full_window_stays()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["Reacher"]);
        var best = new BestPolicy(new RunFolder(folder.Path, "Reacher"), Plan, []);
        float mark = 0;
        Assert.That(KeptAfter(35, 36, 37), Is.Null, "three scores do not judge a policy when four are asked for");
        Assert.That(KeptAfter(34), Is.EqualTo(4));
        Assert.That(KeptAfter(36), Is.EqualTo(5));
        Assert.That(KeptAfter(30, 31, 32, 33), Is.EqualTo(5), "worse ones do not replace it");
        best = new BestPolicy(new RunFolder(folder.Path, "Reacher"), Plan, []);
        Assert.That(KeptAfter(33, 33, 33, 33), Is.EqualTo(5), "nor do they after a restart");
        Assert.That(KeptAfter(39), Is.EqualTo(5));
        Assert.That(KeptAfter(39), Is.EqualTo(15), "but a better one does");
        best = new BestPolicy(new RunFolder(folder.Path, "Reacher"), Plan, [Episode(10), Episode(39), Episode(39), Episode(39)]);
        Assert.That(KeptAfter(39), Is.EqualTo(16), "by the scores from before the restart too");

        static EvaluationRecord Episode(double score) => new(0, score, 0, 0, 0, 0, DateTimeOffset.UnixEpoch);

        float? KeptAfter(params double[] scores)
        {
            float[] block = new float[Plan.PolicySpec.BlockLength];
            foreach (double score in scores)
            {
                block.AsSpan().Fill(++mark);
                Assert.That(best.Add([score], block), Is.Null);
            }

            if (BestPolicy.Find(new RunFolder(folder.Path, "Reacher"), Assert.Fail) is not string path)
            {
                return null;
            }

            PolicyFile.Read(path, out float[] kept);
            return kept[0];
        }
    }

    [Test]
    public void An_evaluation_of_ten_episodes_judges_its_policy_alone()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["Reacher"]);
        var files = new RunFolder(folder.Path, "Reacher");
        var best = new BestPolicy(files, Plan with { EvaluationWindow = 100 }, []);
        Add(mark: 1, score: 29.9);
        Assert.That(BestPolicy.Find(files, Assert.Fail), Is.Null, "the threshold was not reached");
        Add(mark: 2, score: 31);
        Add(mark: 3, score: 39);

        // Over two evaluations this one would have the higher mean: 38.5 beside 35.
        Add(mark: 4, score: 38);
        PolicyFile.Read(BestPolicy.Find(files, Assert.Fail)!, out float[] kept);
        Assert.That(kept[0], Is.EqualTo(3));

        void Add(float mark, double score)
        {
            float[] block = new float[Plan.PolicySpec.BlockLength];
            block.AsSpan().Fill(mark);
            Assert.That(best.Add([.. Enumerable.Repeat(score, BestPolicy.EpisodesOfOneEvaluation)], block), Is.Null);
        }
    }

    [Test]
    public void Below_the_threshold_nothing_is_kept()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["Reacher"]);
        var best = new BestPolicy(new RunFolder(folder.Path, "Reacher"), Plan, []);
        for (int i = 0; i < 10; i++)
        {
            best.Add([29.9], new float[Plan.PolicySpec.BlockLength]);
        }

        Assert.That(BestPolicy.Find(new RunFolder(folder.Path, "Reacher"), Assert.Fail), Is.Null);
    }

    [Test]
    public void A_folder_that_cannot_be_written_is_a_warning()
    {
        using var folder = new TemporaryFolder();
        var best = new BestPolicy(new RunFolder(folder["none"], "Reacher"), Plan with { EvaluationWindow = 1 }, []);
        Assert.That(best.Add([31], new float[Plan.PolicySpec.BlockLength]), Does.Contain("was not kept"));
    }
}
