using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Core.Tests.Kernels;

namespace Reacher.Fast.Core.Tests.Learner;

/// <summary>What goes out comes back to the bit, or not at all.</summary>
public sealed class LearnerStateTests
{
    private static readonly TransitionSpec Spec = new(5, 2);

    private static readonly LearnerOptions[] AllOptions =
    [
        PaperOptions.Sac with
        {
            BatchSize = 8, HiddenSizes = [16, 12], LayerNormCritics = true, NormalizeObservations = true, NormalizeRewards = true,
            MaximumGradientNorm = 1, PolicyDelay = 2, Seed = 3,
        },
        PaperOptions.Sac with { BatchSize = 8, HiddenSizes = [16, 16] },
        PaperOptions.Td3 with { BatchSize = 8, HiddenSizes = [16, 16], NormalizeObservations = true, Seed = 4 },
    ];

    private static IEnumerable<TestCaseData> Cases =>
        from device in TestDevices.All
        from options in AllOptions
        select new TestCaseData(device.Arguments[0], options) { TestName = $"{{m}}({device.Arguments[0]}, {options.GetType().Name} {options.Seed})" };

    [TestCaseSource(nameof(Cases))]
    public void A_resumed_learner_continues_to_the_bit(DeviceUnderTest kind, LearnerOptions options)
    {
        using IKernelDevice device = kind.Create(), resumedDevice = kind.Create();
        using ILearner learner = LearnerFactory.Create(options, Spec, device);
        using ILearner resumed = LearnerFactory.Create(options with { Seed = 99 }, Spec, resumedDevice);
        Run(learner, 0, 7);
        resumed.LoadState(State(learner));

        Assert.That(Bytes(State(resumed)), Is.EqualTo(Bytes(State(learner))));
        Assert.That(Run(resumed, 7, 6), Is.EqualTo(Run(learner, 7, 6)));
        Assert.That(Bytes(State(resumed)), Is.EqualTo(Bytes(State(learner))));
        Assert.That(resumed.Updates, Is.EqualTo(13));
    }

    [TestCaseSource(nameof(Cases))]
    public void The_same_seed_gives_the_same_learner_to_the_bit_and_another_does_not(DeviceUnderTest kind, LearnerOptions options)
    {
        byte[] first = Trained(kind, options), second = Trained(kind, options), other = Trained(kind, options with { Seed = 1234 });

        Assert.That(second, Is.EqualTo(first));
        Assert.That(other, Is.Not.EqualTo(first));
    }

    [TestCaseSource(nameof(Cases))]
    public void A_checkpoint_that_lacks_any_one_tensor_leaves_the_learner_as_it_was(DeviceUnderTest kind, LearnerOptions options)
    {
        using IKernelDevice device = kind.Create(), otherDevice = kind.Create();
        using ILearner learner = LearnerFactory.Create(options, Spec, device);
        using ILearner other = LearnerFactory.Create(options with { Seed = 50 }, Spec, otherDevice);
        Run(learner, 0, 3);
        Run(other, 0, 5);
        StateDictionary good = State(other);
        byte[] before = Bytes(State(learner));
        foreach (StateTensor missing in good.Tensors)
        {
            var damaged = new StateDictionary();
            damaged.Metadata["learner.algorithm"] = good.Metadata["learner.algorithm"];
            foreach (StateTensor tensor in good.Tensors)
            {
                if (tensor != missing)
                {
                    damaged.Add(tensor);
                }
            }

            Assert.That(() => learner.LoadState(damaged), Throws.TypeOf<InputException>().With.Message.Contains($"'{missing.Name}'"));
            Assert.That(Bytes(State(learner)), Is.EqualTo(before), missing.Name);
        }

        learner.LoadState(good);
        Assert.That(Bytes(State(learner)), Is.EqualTo(Bytes(good)));
    }

    [Test]
    public void A_checkpoint_of_another_algorithm_is_refused()
    {
        DeviceUnderTest kind = Scalar;
        using IKernelDevice device = kind.Create(), otherDevice = kind.Create();
        using ILearner sac = LearnerFactory.Create(AllOptions[1], Spec, device);
        using ILearner td3 = LearnerFactory.Create(AllOptions[2], Spec, otherDevice);

        Assert.That(() => sac.LoadState(State(td3)), Throws.TypeOf<InputException>().With.Message.Contains("'td3'"));
    }

    [Test]
    public void Weights_are_saved_under_the_names_and_shapes_that_torch_gives_them()
    {
        using IKernelDevice device = Scalar.Create();
        using ILearner learner = LearnerFactory.Create(AllOptions[0], Spec, device);
        StateDictionary state = State(learner);

        Assert.That(state.Get("actor.0.weight", TensorType.F32, 16, 5).Floats.Length, Is.EqualTo(80));
        Assert.That(state.Get("actor.4.weight", TensorType.F32, 4, 12).Floats.Length, Is.EqualTo(48));
        Assert.That(state.Get("critic2.0.weight", TensorType.F32, 16, 7).Floats.Length, Is.EqualTo(112));
        Assert.That(state.Get("target_critic1.1.weight", TensorType.F32, 16).Floats[0], Is.EqualTo(1), "layer normalisation's gain");
        Assert.That(state.Get("critic1.6.weight", TensorType.F32, 1, 12).Floats.Length, Is.EqualTo(12));
        Assert.That(state.Get("optimizer.critic2.6.bias.exp_avg_sq", TensorType.F32, 1).Floats.Length, Is.EqualTo(1));

        // The block is [in, out], the checkpoint [out, in].
        float[] block = new float[learner.Policy.BlockLength];
        learner.CopyPolicy(block);
        ReadOnlySpan<float> weight = state.GetFloats("actor.0.weight", 16, 5);
        Assert.That(weight[1], Is.EqualTo(block[(2 * 5) + 16]), "input 1 of output 0");
    }

    [Test]
    public void Adams_moments_are_saved_under_the_names_that_torch_gives_them()
    {
        using IKernelDevice device = Scalar.Create();
        using ILearner learner = LearnerFactory.Create(AllOptions[1], Spec, device);
        Run(learner, 0, 1);
        StateDictionary state = State(learner);
        foreach (string name in new[] { "actor.0.weight", "critic1.2.weight", "critic2.4.bias" })
        {
            // After one step exp_avg is 0.1 g, and exp_avg_sq 0.001 g^2.
            float[] first = Floats($"optimizer.{name}.exp_avg"), second = Floats($"optimizer.{name}.exp_avg_sq");
            Assert.That(first, Has.Some.Not.Zero);
            for (int i = 0; i < first.Length; i++)
            {
                Assert.That(second[i], Is.EqualTo(0.1 * first[i] * first[i]).Within(1e-3).Percent.Or.LessThan(1e-20), $"{name}[{i}]");
            }
        }

        float[] Floats(string name) => state.Tensors.Single(tensor => tensor.Name == name).Floats.ToArray();
    }

    private static DeviceUnderTest Scalar => (DeviceUnderTest)TestDevices.All.First().Arguments[0]!;

    private static byte[] Trained(DeviceUnderTest kind, LearnerOptions options)
    {
        using IKernelDevice device = kind.Create();
        using ILearner learner = LearnerFactory.Create(options, Spec, device);
        Run(learner, 0, 5);
        return Bytes(State(learner));
    }

    private static LearnerReport Run(ILearner learner, int from, int count)
    {
        LearnerReport report = default;
        for (int i = from; i < from + count; i++)
        {
            using BatchBuffer batch = Batches.Random(Spec, 8, (ulong)i);
            report = learner.Update(batch.View);
        }

        return report;
    }

    private static StateDictionary State(ILearner learner)
    {
        var state = new StateDictionary();
        learner.SaveState(state);
        return state;
    }

    private static byte[] Bytes(StateDictionary state) => [.. state.Tensors.SelectMany(tensor => tensor.Data.ToArray())];
}
