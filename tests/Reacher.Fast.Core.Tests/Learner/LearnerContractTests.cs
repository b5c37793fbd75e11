using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Devices;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Learner;

namespace Reacher.Fast.Core.Tests.Learner;

/// <summary>What <see cref="ILearner"/> promises besides its arithmetic: the learning rate's scale, both policies, refusals.</summary>
public sealed class LearnerContractTests
{
    private static readonly TransitionSpec Spec = new(5, 2);

    private static readonly LearnerOptions[] AllOptions =
    [
        PaperOptions.Sac with { BatchSize = 8, HiddenSizes = [6, 4], Seed = 3 },
        PaperOptions.Td3 with { BatchSize = 8, HiddenSizes = [6, 4], Seed = 3, PolicyDelay = 1 },
    ];

    [TestCaseSource(nameof(AllOptions))]
    public void A_scaled_learning_rate_is_the_same_as_smaller_ones(LearnerOptions options)
    {
        // Scale 1/2 is exact, so both runs are equal to the bit. The entropy coefficient's rate is left alone, and so is the same in both.
        (double critics, double policy) = (options.LearningRate / 2, options.PolicyLearningRate / 2);
        LearnerOptions halved = options with { LearningRate = critics, ActorLearningRate = policy };
        using Trained scaled = new(options), smaller = new(halved);
        Assert.That(scaled.Learner.LearningRateScale, Is.EqualTo(1));
        scaled.Learner.LearningRateScale = 0.5f;
        Assert.That(scaled.Learner.LearningRateScale, Is.EqualTo(0.5f));

        Assert.That(scaled.Update(0, 3), Is.EqualTo(smaller.Update(0, 3)));
        scaled.Learner.LearningRateScale = 0;
        string[] before = scaled.Weights();
        scaled.Update(3, 1);
        Assert.That(scaled.Weights(), Is.EqualTo(before), "at scale 0 no network moves");
    }

    [Test]
    public void A_scale_that_is_negative_or_no_number_is_refused_and_the_old_one_stays(
        [Values(-0.5f, float.NaN, float.PositiveInfinity)] float scale)
    {
        using var trained = new Trained(AllOptions[0]);
        trained.Learner.LearningRateScale = 0.25f;

        Assert.That(() => trained.Learner.LearningRateScale = scale, Throws.TypeOf<ArgumentOutOfRangeException>());
        Assert.That(trained.Learner.LearningRateScale, Is.EqualTo(0.25f));
    }

    [Test]
    public void The_policy_to_act_with_is_the_trained_one_and_that_to_publish_its_average()
    {
        using Trained averaging = new(PaperOptions.Sac with { BatchSize = 8, HiddenSizes = [6, 4], PolicyAveraging = 0.25f });
        using Trained plain = new(PaperOptions.Sac with { BatchSize = 8, HiddenSizes = [6, 4] });
        averaging.Update(0, 3);
        plain.Update(0, 3);

        Assert.That(averaging.Acting(), Is.EqualTo(plain.Acting()));
        Assert.That(averaging.Published(), Is.Not.EqualTo(averaging.Acting()));
        Assert.That(plain.Published(), Is.EqualTo(plain.Acting()));
        Assert.That(averaging.State().Tensors.Select(static tensor => tensor.Name), Does.Contain("target_actor.0.weight"));
        Assert.That(plain.State().Tensors.Select(static tensor => tensor.Name), Does.Not.Contain("target_actor.0.weight"));
        Assert.That(averaging.State().Metadata[PolicyFile.PublishedKey], Is.EqualTo("target_actor"));
        Assert.That(plain.State().Metadata[PolicyFile.PublishedKey], Is.EqualTo("actor"));
    }

    [Test]
    public void A_block_of_another_length_is_refused([Values(-1, 1)] int more)
    {
        using var trained = new Trained(AllOptions[0]);
        float[] block = new float[trained.Learner.Policy.BlockLength + more];

        Assert.That(() => trained.Learner.CopyPolicy(block), Throws.ArgumentException.With.Message.Contains($"not {block.Length}"));
        Assert.That(() => trained.Learner.CopyActingPolicy(block), Throws.ArgumentException.With.Message.Contains($"not {block.Length}"));
    }

    [Test]
    public void A_device_that_another_learner_used_gives_the_same_noise_as_a_fresh_one()
    {
        using IKernelDevice used = KernelDevices.Create("scalar", 1), fresh = KernelDevices.Create("scalar", 1);
        using (ILearner earlier = LearnerFactory.Create(AllOptions[0] with { Seed = 8 }, Spec, used))
        {
            Trained.Update(earlier, 0, 2);
        }

        using ILearner second = LearnerFactory.Create(AllOptions[0], Spec, used), first = LearnerFactory.Create(AllOptions[0], Spec, fresh);
        Assert.That(Trained.Update(second, 0, 2), Is.EqualTo(Trained.Update(first, 0, 2)));
    }

    [TestCase("observations")]
    [TestCase("actions")]
    [TestCase("rewards")]
    [TestCase("discounts")]
    [TestCase("next_observations")]
    public void Each_part_of_a_batch_is_searched_for_numbers_that_are_none(string part)
    {
        using var trained = new Trained(AllOptions[0]);
        using BatchBuffer batch = Batches.Random(Spec, 8, 0);
        Span<float> values = part switch
        {
            "observations" => batch.Observations,
            "actions" => batch.Actions,
            "rewards" => batch.Rewards,
            "discounts" => batch.Discounts,
            _ => batch.NextObservations,
        };
        values[0] = float.NaN;

        Assert.That(
            () => trained.Learner.Update(batch.View),
            Throws.TypeOf<LearnerDivergedException>().With.Message.Contains($"batch.{part}[0] is NaN at update 1"));
    }

    [Test]
    public void A_report_read_back_from_a_device_is_searched_for_numbers_that_are_none([Values(0, ReportSlot.Count - 1)] int slot)
    {
        using IKernelDevice device = KernelDevices.Create("scalar", 1);
        using OffPolicyLearner learner = LearnerFactory.CreateOffPolicy(AllOptions[0], Spec, device);
        float[] figures = new float[ReportSlot.Count];
        figures[slot] = 3;
        Assert.That(learner.ReadReport(figures)[slot], Is.EqualTo(3));
        figures[slot] = float.NaN;
        Assert.That(
            () => learner.ReadReport(figures),
            Throws.TypeOf<LearnerDivergedException>().With.Message.Contains(LearnerFigures.InSlot(slot).Words));
    }

    [Test]
    public void Nothing_in_place_of_an_argument_is_refused_by_its_name()
    {
        using var trained = new Trained(AllOptions[0]);
        using IKernelDevice device = KernelDevices.Create("scalar", 1);
        var sac = (SacOptions)AllOptions[0];

        Assert.That(() => trained.Learner.SaveState(null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("state"));
        Assert.That(() => trained.Learner.LoadState(null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("state"));
        Assert.That(() => new Td3Learner(null!, Spec, device), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("options"));
        Assert.That(
            () => new SacLearner(sac with { TargetEntropy = 0 }, null!, device),
            Throws.ArgumentNullException.With.Property("ParamName").EqualTo("spec"));
        Assert.That(() => new SacLearner(sac, Spec, null!), Throws.ArgumentNullException.With.Property("ParamName").EqualTo("device"));
    }

    [Test]
    public void A_checkpoint_that_names_no_algorithm_is_refused()
    {
        using var trained = new Trained(AllOptions[0]);

        Assert.That(
            () => trained.Learner.LoadState(new StateDictionary()),
            Throws.TypeOf<InputException>().With.Message.Contains("'unknown'"));
    }

    /// <summary>A learner and its device.</summary>
    private sealed class Trained : IDisposable
    {
        private readonly IKernelDevice device = KernelDevices.Create("scalar", 1);

        public Trained(LearnerOptions options)
        {
            Learner = LearnerFactory.Create(options, Spec, device);
        }

        public ILearner Learner { get; }

        public static LearnerReport[] Update(ILearner learner, int from, int count)
        {
            var reports = new LearnerReport[count];
            for (int i = 0; i < count; i++)
            {
                using BatchBuffer batch = Batches.Random(Spec, 8, (ulong)(from + i));
                reports[i] = learner.Update(batch.View);
            }

            return reports;
        }

        public LearnerReport[] Update(int from, int count) => Update(Learner, from, count);

        public float[] Acting()
        {
            float[] block = new float[Learner.Policy.BlockLength];
            Learner.CopyActingPolicy(block);
            return block;
        }

        public float[] Published()
        {
            float[] block = new float[Learner.Policy.BlockLength];
            Learner.CopyPolicy(block);
            return block;
        }

        public StateDictionary State()
        {
            var state = new StateDictionary();
            Learner.SaveState(state);
            return state;
        }

        /// <summary>The networks' weights, one line for each tensor, without targets and optimisers.</summary>
        public string[] Weights() =>
        [
            .. from tensor in State().Tensors
               where tensor.Name.Split('.')[0] is "actor" or "critic1" or "critic2"
               select $"{tensor.Name}: {Convert.ToHexString(tensor.Data.Span)}",
        ];

        public void Dispose()
        {
            Learner.Dispose();
            device.Dispose();
        }
    }
}
