using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Devices;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Learner;

namespace Reacher.Fast.Core.Tests.Learner;

/// <summary>What an option means where it is left out, and which learner a record of options makes.</summary>
public sealed class LearnerOptionsTests
{
    private static readonly TransitionSpec Spec = new(5, 2);

    [Test]
    public void A_policy_without_a_step_size_of_its_own_has_that_of_the_critics()
    {
        Assert.That(new SacOptions { LearningRate = 0.3 }.PolicyLearningRate, Is.EqualTo(0.3));
        Assert.That(new SacOptions { LearningRate = 0.3, ActorLearningRate = 0 }.PolicyLearningRate, Is.Zero);
        Assert.That(new Td3Options { LearningRate = 0.3 }.PolicyLearningRate, Is.EqualTo(5e-4), "TD3's default");
    }

    [Test]
    public void Critics_have_layer_normalisation_and_TD3_delays_its_policy_unless_told_otherwise()
    {
        Assert.That(new SacOptions().LayerNormCritics && new Td3Options().LayerNormCritics, Is.True);
        Assert.That((new SacOptions().PolicyDelay, new Td3Options().PolicyDelay), Is.EqualTo((1, 2)));
    }

    [Test]
    public void The_entropy_coefficient_is_tuned_at_the_learning_rate_unless_it_has_its_own()
    {
        Assert.That(new SacOptions { LearningRate = 0.3 }.EntropyLearningRate, Is.EqualTo(0.3));
        Assert.That(new SacOptions { LearningRate = 0.3, InitialAlpha = 0.5 }.EntropyLearningRate, Is.EqualTo(0.3));
        Assert.That(
            new SacOptions { LearningRate = 0.3, InitialAlpha = 0.5, AlphaLearningRate = 0.1 }.EntropyLearningRate,
            Is.EqualTo(0.1));
        Assert.That(new SacOptions { AlphaLearningRate = 0 }.EntropyLearningRate, Is.Zero, "kept");
    }

    [Test]
    public void Hidden_layers_are_all_alike_unless_their_sizes_are_listed()
    {
        Assert.That(new SacOptions { HiddenUnits = 7, NumLayers = 3 }.HiddenSizes, Is.EqualTo(new[] { 7, 7, 7 }));
        Assert.That(new SacOptions { HiddenUnits = 7, NumLayers = 3, HiddenSizes = [5] }.HiddenSizes, Is.EqualTo(new[] { 5 }));
        Assert.That(() => new SacOptions { HiddenSizes = [1] }.Validate(), Throws.Nothing, "the narrowest");
    }

    [Test]
    public void Statistics_on_the_host_are_named_by_the_option_that_asks_for_them()
    {
        Assert.That(HostStatistics(PaperOptions.Sac), Is.Null);
        Assert.That(HostStatistics(PaperOptions.Sac with { NormalizeObservations = true }), Is.EqualTo("NormalizeObservations"));
        Assert.That(HostStatistics(PaperOptions.Sac with { NormalizeRewards = true }), Is.EqualTo("NormalizeRewards"));
        Assert.That(HostStatistics(PaperOptions.Sac with { RewardScale = 2 }), Is.EqualTo("RewardScale"));
    }

    [Test]
    public void Options_of_no_learner_are_refused()
    {
        Assert.That(() => LearnerFactory.Create(null!, Spec, null!), Throws.ArgumentException.With.Message.Contains("no learner for null"));
        Assert.That(
            () => LearnerFactory.Create(new OtherOptions(), Spec, null!),
            Throws.ArgumentException.With.Message.Contains("for OtherOptions"));
    }

    private static string? HostStatistics(LearnerOptions options)
    {
        using IKernelDevice device = KernelDevices.Create("scalar", 1);
        using OffPolicyLearner learner = LearnerFactory.CreateOffPolicy(options with { BatchSize = 4, HiddenSizes = [4] }, Spec, device);
        return learner.HostStatistics;
    }

    /// <summary>Options that no learner belongs to.</summary>
    private sealed record OtherOptions : LearnerOptions;
}
