using System.Globalization;
using System.Text.RegularExpressions;

namespace Reacher.Fast.Gpu;

/// <summary>The table of what is to be reached, filled in from the steps' outputs: ours, and PyTorch's of the same run.</summary>
internal static partial class Summary
{
    public static void Write(string folder)
    {
        Dictionary<string, double> found = Read(folder);
        Console.WriteLine("| to be reached | must | goal | measured | |");
        Console.WriteLine("|---|---|---|---|---|");
        foreach (string precision in (string[])["fp32", "tf32", "bf16"])
        {
            Row($"SAC updates/s, batch 256, 2 x 256, gather included, {precision}", 10_000, 25_000, Best(found, $"sac_256_256_{precision}_k"));
        }

        foreach (string precision in (string[])["fp32", "tf32"])
        {
            // Compile+graph is what is to be beaten, so by itself: where PyTorch could not do it, the best of the other modes must not
            // stand in for it unsaid.
            Row($"PyTorch's SAC updates/s, compile+graph, {precision}", null, null, Exact(found, $"torch_sac_{precision}_compile+graph"));
            Row($"SAC over PyTorch's compile+graph, {precision}", 2, null,
                Best(found, $"sac_256_256_{precision}_k") / Exact(found, $"torch_sac_{precision}_compile+graph"));
            Row($"SAC over PyTorch's best of the modes that ran (compile, graph, compile+graph), {precision}", 2, null,
                Best(found, $"sac_256_256_{precision}_k") / Best(found, $"torch_sac_{precision}_"));
        }

        foreach (string precision in (string[])["fp32", "tf32", "bf16"])
        {
            Row($"TD3 updates/s, {precision}", 12_000, 30_000, Best(found, $"td3_256_256_{precision}_k"));
        }

        Row("batch 8192, hidden 1024, TF32: share of a large matrix product's rate", 0.5, 0.7,
            Best(found, "tflops_8192_1024_tf32_k") / Best(found, "torch_matmul_8192x8192x8192_tf32"));
        Row("SAC updates/s with the defaults of train (batch 128, 2 x 128, layer-normalised critics), fp32", null, null,
            Exact(found, "train_defaults"));
        Row("fused target against the same steps in PyTorch eager", 10, null, Best(found, "torch_target_us") / Best(found, "fused_target_us"));
        Row("mirror: share of page-locked copy bandwidth", 0.8, null, Best(found, "mirror_gbs") / Best(found, "page_locked_gbs"));
        Row("registered mapped file: share of page-locked copy bandwidth", null, null,
            Best(found, "registered_gbs") / Best(found, "page_locked_gbs"));
    }

    private static void Row(string what, double? must, double? goal, double measured)
    {
        string verdict = double.IsNaN(measured) || must is null ? ""
            : measured >= (goal ?? double.PositiveInfinity) ? "goal"
            : measured >= must ? "must"
            : "**short**";
        Console.WriteLine(
            $"| {what} | {Format(must)} | {Format(goal)} | {(double.IsNaN(measured) ? "not measured" : Format(measured))} | {verdict} |");
    }

    private static string Format(double? value) => value switch
    {
        null => "",
        >= 100 => value.Value.ToString("#,0", CultureInfo.InvariantCulture),
        _ => value.Value.ToString("0.##", CultureInfo.InvariantCulture),
    };

    /// <summary>The largest figure whose name begins so, chained graphs and the host's ring left out; NaN if there is none.</summary>
    private static double Best(Dictionary<string, double> found, string prefix) => found
        .Where(figure => figure.Key.StartsWith(prefix, StringComparison.Ordinal) &&
            !figure.Key.EndsWith("_chained", StringComparison.Ordinal) && !figure.Key.EndsWith("_ring", StringComparison.Ordinal))
        .Select(static figure => figure.Value)
        .DefaultIfEmpty(double.NaN)
        .Max();

    private static double Exact(Dictionary<string, double> found, string name) => found.GetValueOrDefault(name, double.NaN);

    private static Dictionary<string, double> Read(string folder)
    {
        var found = new Dictionary<string, double>();
        foreach (string line in Directory.GetFiles(folder, "*.txt").SelectMany(File.ReadLines))
        {
            if (Ours().Match(line) is { Success: true } ours)
            {
                found[ours.Groups[1].Value] = Number(ours.Groups[2]);
            }
            else if (TorchUpdates().Match(line) is { Success: true } updates)
            {
                found[$"torch_{updates.Groups[1].Value}_{updates.Groups[3].Value}_{updates.Groups[2].Value}"] = Number(updates.Groups[4]);
            }
            else if (TorchProduct().Match(line) is { Success: true } product)
            {
                found[$"torch_matmul_{product.Groups[1].Value}_{product.Groups[2].Value}"] = Number(product.Groups[3]);
            }
            else if (TorchTarget().Match(line) is { Success: true } target)
            {
                found["torch_target_us"] = Number(target.Groups[1]);
            }
        }

        return found;
    }

    private static double Number(Group text) => double.Parse(text.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^figure (\S+) (\S+)$")]
    private static partial Regex Ours();

    // As benchmarks/peers/pytorch_update.py prints them, at the size of the table; eager is not what is to be beaten.
    [GeneratedRegex(@"^PyTorch .*, (sac|td3) (compile|graph|compile\+graph) (fp32|tf32), batch 256, hidden 256: median ([0-9.]+)")]
    private static partial Regex TorchUpdates();

    // As benchmarks/gpu/anchor.py prints them.
    [GeneratedRegex(@"^matmul (\S+) (fp32|tf32|bf16): ([0-9.]+) TFLOP/s")]
    private static partial Regex TorchProduct();

    [GeneratedRegex(@"^SAC target, batch 256, eager: ([0-9.]+) us")]
    private static partial Regex TorchTarget();
}
