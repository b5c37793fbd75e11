using System.Text.Json;
using Reacher.Fast.Core.Kernels;
using Reacher.Fast.Core.Learner;

namespace Reacher.Fast.Torch.Tests.Learner;

/// <summary>The whole of golden_updates.json, which Core's tests tell of: fifty updates that PyTorch made in float64.</summary>
public sealed record GoldenFile(string Torch, GoldenCase[] Cases)
{
    private static readonly JsonSerializerOptions CamelCase = new(JsonSerializerDefaults.Web);

    /// <summary>The figures of a golden report in their order.</summary>
    public static readonly int[] Slots =
    [
        ReportSlot.CriticLoss, ReportSlot.PolicyLoss, ReportSlot.MeanQ, ReportSlot.MeanTarget, ReportSlot.Entropy,
        ReportSlot.EntropyCoefficient, ReportSlot.CriticGradientNorm, ReportSlot.PolicyGradientNorm,
    ];

    public static GoldenFile Read()
    {
        string path = Path.Combine(TestContext.CurrentContext.TestDirectory, "Learner", "golden_updates.json");
        return JsonSerializer.Deserialize<GoldenFile>(File.ReadAllText(path), CamelCase)!;
    }
}

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
