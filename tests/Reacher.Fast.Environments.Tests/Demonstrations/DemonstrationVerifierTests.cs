using Reacher.Fast.Core.Environments;
using Reacher.Fast.Core.Vectors;
using Reacher.Fast.Environments.Arm;
using Reacher.Fast.Environments.Demonstrations;
using Reacher.Fast.Environments.Tests.Arm;

namespace Reacher.Fast.Environments.Tests.Demonstrations;

public sealed class DemonstrationVerifierTests
{
    private const string RecordingName = "shared/reacher/ExpertReacher-2019-09.demo";

    [Test]
    public void The_reference_predicts_the_real_environments_recording()
    {
        DemonstrationReport report = Verify(InstructionSet.Scalar);
        Assert.That(report.Percentile50, Is.LessThanOrEqualTo(5e-6));
        Assert.That(report.Percentile98, Is.LessThanOrEqualTo(3e-5));
        CheckRest(report);
    }

    [Test]
    public void The_vectors_predict_the_real_environments_recording(
        [ValueSource(typeof(ArmStates), nameof(ArmStates.SimdSets))] InstructionSet set)
    {
        DemonstrationReport report = Verify(set);
        Assert.That(report.Percentile50, Is.LessThanOrEqualTo(1e-5));
        Assert.That(report.Percentile98, Is.LessThanOrEqualTo(1e-4));
        CheckRest(report);
    }

    // The control: had the model a hundredth too little torque or the wrong goal, the figures would say so.
    [Test]
    public void A_slightly_wrong_model_is_seen_in_the_figures()
    {
        Demonstration recording = Demonstration.Load(RecordingPath());
        DemonstrationWriter weaker = new();
        DemonstrationWriter lower = new();
        for (int k = 0; k < recording.Count; k++)
        {
            float[] action = Array.ConvertAll(recording.Action(k).ToArray(), a => 0.99f * Math.Clamp(a, -1, 1));
            weaker.Add(recording.Observation(k), action, recording.Rewards[k], recording.Done[k]);
            float[] observation = recording.Observation(k).ToArray();
            observation[27] -= 1;
            lower.Add(observation, recording.Action(k), recording.Rewards[k], recording.Done[k]);
        }

        DemonstrationReport torque = DemonstrationVerifier.Verify(Demonstration.Parse(weaker.ToArray()));
        DemonstrationReport goal = DemonstrationVerifier.Verify(Demonstration.Parse(lower.ToArray()));
        Assert.That(torque.Percentile50, Is.GreaterThan(1e-3));
        Assert.That(goal.ShareOfRewardsReproduced, Is.LessThan(0.99));
    }

    [Test]
    public void A_recording_made_by_the_arm_itself_is_predicted_across_episodes([Values] bool kick)
    {
        Demonstration recording = Demonstration.Parse(Record(kick, goalHeight: -1, decisions: 45).ToArray());
        DemonstrationReport report = DemonstrationVerifier.Verify(recording, InstructionSet.Scalar);
        Assert.That(report.EpisodesEnded, Is.EqualTo(4));
        Assert.That(report.Transitions, Is.EqualTo(45 - 8), "neither into nor out of a record with done");
        Assert.That(report.GoalHeight, Is.EqualTo(-1));
        Assert.That(report.MaximumError, Is.LessThan(1e-4));
        Assert.That(report.ShareOfRewardsReproduced, Is.EqualTo(1));
        Assert.That(report.ResetTransitions, Is.EqualTo(4));
        Assert.That(report.ResetPositionError, kick ? Is.LessThan(1e-3) : Is.GreaterThan(1e-3));
    }

    [Test]
    public void Another_environments_recording_is_one_sentence()
    {
        DemonstrationWriter pendulum = new();
        pendulum.Add([1, 0, 0], [0.5f]);
        pendulum.Add([1, 0, 0], [0.5f]);
        Assert.That(() => DemonstrationVerifier.Verify(Demonstration.Parse(pendulum.ToArray())),
            Throws.TypeOf<DemonstrationException>().With.Message.Contains("Reacher has 33 and 4"));

        DemonstrationWriter zeros = new();
        zeros.Add(new float[33], new float[4]);
        zeros.Add(new float[33], new float[4]);
        Assert.That(() => DemonstrationVerifier.Verify(Demonstration.Parse(zeros.ToArray())),
            Throws.TypeOf<DemonstrationException>().With.Message.Contains("quaternions"));
    }

    [Test]
    public void Values_that_are_not_finite_and_a_single_record_are_refused()
    {
        Demonstration one = Demonstration.Parse(Record(kick: false, goalHeight: 0, decisions: 0).ToArray());
        Assert.That(() => DemonstrationVerifier.Verify(one), Throws.TypeOf<DemonstrationException>().With.Message.Contains("consecutive"));

        DemonstrationWriter writer = new();
        float[] observation = one.Observation(0).ToArray();
        writer.Add(observation, new float[4]);
        observation[8] = float.NaN;
        writer.Add(observation, new float[4]);
        Assert.That(() => DemonstrationVerifier.Verify(Demonstration.Parse(writer.ToArray())),
            Throws.TypeOf<DemonstrationException>().With.Message.Contains("finite"));
    }

    [Test]
    public void A_file_of_another_kind_is_one_sentence_that_names_it()
    {
        string path = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"{Guid.NewGuid():N}.demo");
        File.WriteAllText(path, "This is a text of more than thirty-three bytes and no recording at all.");
        try
        {
            Assert.That(() => DemonstrationVerifier.Verify(path), Throws.TypeOf<DemonstrationException>().With.Message.Contains(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Test]
    public void Percentiles_are_interpolated_between_ranks()
    {
        double[] sorted = [1, 2, 3, 4];
        Assert.That(DemonstrationVerifier.Percentile(sorted, 50), Is.EqualTo(2.5));
        Assert.That(DemonstrationVerifier.Percentile(sorted, 99), Is.EqualTo(3.97).Within(1e-12));
        Assert.That(DemonstrationVerifier.Percentile([7.0], 98), Is.EqualTo(7));
    }

    [Test]
    public void The_report_reads_in_a_few_lines()
    {
        Demonstration recording = Demonstration.Parse(Record(kick: true, goalHeight: 0, decisions: 30).ToArray());
        using StringWriter text = new();
        DemonstrationVerifier.Verify(recording).WriteTo(text);
        TestContext.Out.WriteLine(text);
        Assert.That(text.ToString(), Does.Contain("percentile").And.Contain("rewards reproduced").And.Contain("goal height 0 m"));
    }

    private static void CheckRest(DemonstrationReport report)
    {
        using StringWriter text = new();
        report.WriteTo(text);
        TestContext.Out.WriteLine(text);
        Assert.That(report.Transitions, Is.EqualTo(3494));
        Assert.That(report.ShareAboveTolerance, Is.LessThan(0.01));
        Assert.That(report.ShareOfRewardsReproduced, Is.GreaterThanOrEqualTo(0.999));
        Assert.That(report.RewardsCompared, Is.GreaterThan(3400));
        Assert.That(report.GoalHeight, Is.Zero);
        Assert.That((report.ResetTransitions, report.ResetPositionError), Is.EqualTo((3, 0.0)).Using<(int, double)>(
            (a, b) => a.Item1 == b.Item1 && Math.Abs(a.Item2 - b.Item2) < 2.1e-4));
    }

    private static DemonstrationReport Verify(InstructionSet set) => DemonstrationVerifier.Verify(RecordingPath(), set);

    private static string RecordingPath()
    {
        for (DirectoryInfo? folder = new(TestContext.CurrentContext.TestDirectory); folder is not null; folder = folder.Parent)
        {
            string path = Path.Combine(folder.FullName, RecordingName);
            if (File.Exists(path))
            {
                return path;
            }
        }

        Assert.Ignore($"The recording {RecordingName} is not on this machine; it comes from the ML-Agents repository.");
        return "";
    }

    // A recording as Unity makes it: a record with done holds the next episode's first observation.
    private static DemonstrationWriter Record(bool kick, float goalHeight, int decisions)
    {
        ArmOptions options = new()
        {
            ArmCount = 1,
            GoalHeight = goalHeight,
            MaxSteps = 36, // 10 decisions
            UnityResetKick = kick,
            InstructionSet = InstructionSet.Scalar,
        };
        using ArmEnvironment arm = new(options);
        StepBuffer buffer = new(arm);
        VectorStep step = buffer.View;
        arm.Reset(6, step.Observations);
        DemonstrationWriter writer = new();
        writer.Add(step.Observations, new float[4]);
        Random random = new(1);
        float[] action = new float[4];
        for (int i = 0; i < decisions; i++)
        {
            ArmStates.Uniform(random, action);
            arm.Step(action, step);
            writer.Add(step.Observations, action, step.Rewards[0], step.Truncated[0]);
        }

        return writer;
    }
}
