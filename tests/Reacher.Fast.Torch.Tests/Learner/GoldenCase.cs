using Reacher.Fast.Core.Learner;

namespace Reacher.Fast.Torch.Tests.Learner;

/// <summary>One run: its options, eight figures an update, and the weights in the end.</summary>
public sealed record GoldenCase(
    string Name, bool Sac, bool LayerNorm, double MaximumNorm, int Delay, double[][] Reports, Dictionary<string, double[]> Weights)
{
    public LearnerOptions Options
    {
        get
        {
            const double rate = 1e-3;
            LearnerOptions options = Sac
                ? PaperOptions.Sac with { InitialAlpha = 0.2, AlphaLearningRate = rate, PolicyDelay = Delay }
                : PaperOptions.Td3 with { PolicyDelay = Delay };
            return options with
            {
                BatchSize = 8,
                HiddenSizes = [16, 12],
                ActorLearningRate = rate,
                LearningRate = rate,
                Tau = 0.01f,
                LayerNormCritics = LayerNorm,
                MaximumGradientNorm = double.IsInfinity(MaximumNorm) ? 0 : (float)MaximumNorm,
                Seed = 11,
            };
        }
    }

    public override string ToString() => Name;
}
