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
    public void A_policys_products_are_those_of_its_layers()
    {
        var spec = new PolicySpec(PolicyKind.SquashedGaussian, 33, 4, [256, 128], false);
        Assert.That(LearnerArithmetic.PolicyOperations(spec, 20), Is.EqualTo(2 * 20 * ((33 * 256) + (256 * 128) + (128 * 8))));
    }
}
