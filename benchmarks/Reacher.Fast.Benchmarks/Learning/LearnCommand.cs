using System.Globalization;
using Reacher.Fast.Core.Learner;
using Reacher.Fast.Core.Networks;
using Reacher.Fast.Testing;

namespace Reacher.Fast.Benchmarks.Learning;

/// <summary>
/// <c>learn --algo sac|td3 [--key value ...]</c>: one seed trained in lock-step on the arm, everything in memory, one line an
/// episode. For finding hyper-parameters; docs/experiments.md has the table that came of it. Keys and defaults: <see cref="Setting"/>.
/// </summary>
internal static class LearnCommand
{
    private static readonly Dictionary<string, double> Setting = new(StringComparer.Ordinal)
    {
        ["seed"] = 1, ["episodes"] = 8, ["threads"] = 1, ["stop"] = 1,
        ["batch"] = 256, ["hidden"] = 256, ["depth"] = 2, ["layernorm"] = 0, ["clip"] = 0, ["normalize"] = 1,
        ["actor-lr"] = 1e-3, ["critic-lr"] = 1e-3, ["alpha-lr"] = 1e-3, ["alpha"] = 0.01, ["entropy"] = -4, ["tau"] = 0.005, ["delay"] = 0,
        ["gamma"] = 0.99, ["n"] = 1, ["utd"] = 2, ["warmup"] = 5000, ["scale"] = 1, ["orthogonal"] = 0, ["sigma"] = 0.15, ["start"] = 0,
        ["rewardnorm"] = 0,
    };

    public static int Run(ReadOnlySpan<string> arguments)
    {
        string algorithm = "sac";
        for (int i = 0; i + 1 < arguments.Length; i += 2)
        {
            string key = arguments[i].TrimStart('-'), value = arguments[i + 1];
            if (key == "algo")
            {
                algorithm = value;
            }
            else if (key == "lr")
            {
                Setting["actor-lr"] = Setting["critic-lr"] = Setting["alpha-lr"] = Number(value);
            }
            else if (!Setting.ContainsKey(key))
            {
                Console.Error.WriteLine($"There is no setting '{key}'; there are {string.Join(", ", Setting.Keys)}.");
                return 2;
            }
            else
            {
                Setting[key] = Number(value);
            }
        }

        using var loop = new LearnLoop(Options(algorithm), Setting);
        int solved = 0;
        for (int episode = 1; episode <= Setting["episodes"]; episode++)
        {
            Console.WriteLine(loop.PlayEpisode(episode, out double evaluation));
            solved = solved == 0 && evaluation >= 30 ? episode : solved;
            if (Setting["stop"] > 0 && solved > 0 && episode >= solved + (int)Setting["stop"] - 1)
            {
                break;
            }
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"first evaluation >= 30 after episode {solved}; 100 episodes of one arm each and more: {loop.Evaluate(5):F2}"));
        return 0;
    }

    private static double Number(string value) => double.Parse(value, CultureInfo.InvariantCulture);

    private static LearnerOptions Options(string algorithm)
    {
        int[] hidden = [.. Enumerable.Repeat((int)Setting["hidden"], (int)Setting["depth"])];
        LearnerOptions options = algorithm == "sac"
            ? PaperOptions.Sac with
            {
                InitialAlpha = Setting["alpha"],
                AlphaLearningRate = Setting["alpha-lr"],
                TargetEntropy = (float)Setting["entropy"],
            }
            : PaperOptions.Td3;
        options = options with
        {
            BatchSize = (int)Setting["batch"],
            HiddenSizes = hidden,
            ActorLearningRate = Setting["actor-lr"],
            LearningRate = Setting["critic-lr"],
            Tau = (float)Setting["tau"],
            LayerNormCritics = Setting["layernorm"] > 0,
            MaximumGradientNorm = (float)Setting["clip"],
            NormalizeObservations = Setting["normalize"] > 0,
            RewardScale = Setting["scale"],
            NormalizeRewards = Setting["rewardnorm"] > 0,
            Initialization = Setting["orthogonal"] > 0 ? WeightInitialization.Orthogonal : WeightInitialization.UniformFanIn,
            Seed = (ulong)Setting["seed"],
        };
        return Setting["delay"] > 0 ? options with { PolicyDelay = (int)Setting["delay"] } : options;
    }
}
