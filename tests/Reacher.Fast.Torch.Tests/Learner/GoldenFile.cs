using System.Text.Json;
using Reacher.Fast.Core.Kernels;

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
