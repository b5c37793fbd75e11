using Reacher.Fast.Core.Batch;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Core.Networks;

namespace Reacher.Fast.Core.Tests.Learner;

/// <summary>The counts that every part of a peak rests on, against counts by hand.</summary>
public sealed class LearnerArithmeticTests
{
    private static readonly TransitionSpec Reacher = new(33, 4);

    [Test]
    public void A_SAC_update_at_the_papers_sizes_is_0_595_GFLOP() =>
        Assert.That(LearnerArithmetic.UpdateOperations(PaperOptions.Sac with { HiddenSizes = [256, 256] }, Reacher),
            Is.EqualTo(0.595e9).Within(0.001e9));

    [Test]
    public void One_hidden_layer_by_hand()
    {
        // O = 2, A = 1, H = 3, B = 1: the actor has 6 + 3 products (two outputs in SAC: 6 + 6), a critic 9 + 3.
        var spec = new TransitionSpec(2, 1);
        var sac = PaperOptions.Sac with { HiddenSizes = [3], BatchSize = 1 };
        // forward: 2 x 12 + 6 x 12; weights: 12 + 2 x 12; inputs: actor's head 6, critics' heads 4 x 3, actions 2 x 3.
        Assert.That(LearnerArithmetic.UpdateOperations(sac, spec), Is.EqualTo(2 * (24 + 72 + 36 + 6 + 12 + 6)));
        // With a policy at every second update its part, 12 + 24 forward and 6 + 6 + 12 + 6 back, counts half.
        Assert.That(LearnerArithmetic.UpdateOperations(sac with { PolicyDelay = 2 }, spec), Is.EqualTo(2 * (156 - (66 / 2))));
        // Nine floats for each of the critics' 24 parameters, seven for each of the actor's 12.
        Assert.That(LearnerArithmetic.UpdateBytes(sac, spec), Is.EqualTo(4 * ((24 * 9) + (12 * 7))));
    }

    [Test]
    public void TD3_has_one_output_an_action_and_its_policys_part_counts_once_in_a_delay()
    {
        // O = 2, A = 1, H = 3, B = 1 as above, but one output: the actor has 6 + 3 products, a critic 9 + 3.
        var spec = new TransitionSpec(2, 1);
        var td3 = PaperOptions.Td3 with { HiddenSizes = [3], BatchSize = 1, PolicyDelay = 1 };
        // The critics' part: forward 9 + 4 x 12, weights 2 x 12, inputs 2 x 3.
        // The policy's: forward 9 + 2 x 12, back to the actions 2 x (3 + 3), the policy's weights 9 and inputs 3.
        Assert.That(LearnerArithmetic.UpdateOperations(td3, spec), Is.EqualTo(2 * (87 + 57)));
        Assert.That(LearnerArithmetic.UpdateOperations(td3 with { PolicyDelay = 2, BatchSize = 5 }, spec), Is.EqualTo(5 * 2 * (87 + 28.5)));
        Assert.That(LearnerArithmetic.UpdateBytes(td3 with { PolicyDelay = 2 }, spec), Is.EqualTo(4 * ((24 * 9) + (9 * 7 / 2.0))));
        Assert.That(
            LearnerArithmetic.UpdateBytes(td3 with { HiddenSizes = [3, 2] }, spec),
            Is.EqualTo(4 * ((2 * (9 + 6 + 2) * 9) + ((6 + 6 + 2) * 7))));
    }

    [Test]
    public void Nothing_in_place_of_options_or_sizes_is_refused_by_its_name()
    {
        Assert.That(
            () => LearnerArithmetic.UpdateOperations(null!, Reacher),
            Throws.ArgumentNullException.With.Property("ParamName").EqualTo("options"));
        Assert.That(
            () => LearnerArithmetic.UpdateOperations(PaperOptions.Sac, null!),
            Throws.ArgumentNullException.With.Property("ParamName").EqualTo("spec"));
        Assert.That(
            () => LearnerArithmetic.UpdateBytes(null!, Reacher),
            Throws.ArgumentNullException.With.Property("ParamName").EqualTo("options"));
        Assert.That(
            () => LearnerArithmetic.UpdateBytes(PaperOptions.Sac, null!),
            Throws.ArgumentNullException.With.Property("ParamName").EqualTo("spec"));
        Assert.That(
            () => LearnerArithmetic.PolicyOperations(null!, 1),
            Throws.ArgumentNullException.With.Property("ParamName").EqualTo("spec"));
    }

    [Test]
    public void A_policys_products_are_those_of_its_layers()
    {
        var spec = new PolicySpec(PolicyKind.SquashedGaussian, 33, 4, [256, 128], false);
        Assert.That(LearnerArithmetic.PolicyOperations(spec, 20), Is.EqualTo(2 * 20 * ((33 * 256) + (256 * 128) + (128 * 8))));
    }
}
