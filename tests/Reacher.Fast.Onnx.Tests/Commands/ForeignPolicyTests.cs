using System.Text.Json;
using Reacher.Fast.Commands;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Networks;
using Reacher.Fast.Training.Processes;

namespace Reacher.Fast.Onnx.Tests.Commands;

/// <summary>The verbs that play a policy take an ONNX file as they take a run or a checkpoint; the others say that they do not.</summary>
[NonParallelizable]
public sealed class ForeignPolicyTests
{
    private static readonly PolicySpec Spec = new(PolicyKind.SquashedGaussian, 33, 4, [16], normalizeObservations: false);

    private TemporaryFolder folder = null!;
    private string onnx = "";

    [SetUp]
    public void MakePolicies()
    {
        folder = new TemporaryFolder();
        onnx = folder["policy.onnx"];
        PolicyFile.Write(Spec, Policies.RandomBlock(Spec, 1), folder["policy.safetensors"]);
        Assert.That(Run("export", folder["policy.safetensors"], "-o", onnx).Code, Is.EqualTo(ExitCodes.Done));
    }

    [TearDown]
    public void DeleteFolder() => folder.Dispose();

    [Test]
    public void Eval_gives_an_exported_policy_the_score_of_its_original()
    {
        // Few agents and a short episode, so that rounding has no time to grow.
        string[] options = ["--episodes", "2", "--seed", "4", "--num-agents", "4", "--max-step", "40", "--json"];
        (int code, string output, _) = Run(["eval", onnx, .. options]);
        Assert.That(code, Is.EqualTo(ExitCodes.Done));
        JsonElement played = JsonElement.Parse(output);
        JsonElement original = JsonElement.Parse(Run(["eval", folder["policy.safetensors"], .. options]).Output);
        Assert.That(played.GetProperty("policy").GetString(), Is.EqualTo(onnx));
        Assert.That(played.GetProperty("mean").GetDouble(), Is.EqualTo(original.GetProperty("mean").GetDouble()).Within(1e-3));
    }

    [Test]
    public void Eval_plays_in_the_environment_that_is_named()
    {
        var pendulum = new PolicySpec(PolicyKind.Deterministic, 3, 1, [4], normalizeObservations: false);
        PolicyFile.Write(pendulum, Policies.RandomBlock(pendulum, 1), folder["pendulum.safetensors"]);
        Run("export", folder["pendulum.safetensors"], "-o", folder["pendulum.onnx"]);
        Assert.That(Run("eval", folder["pendulum.onnx"], "--env", "pendulum", "--episodes", "1").Code, Is.EqualTo(ExitCodes.Done));
        AssertRefused("has 3 observations and 1 actions, and the environment 'arm' 33 and 4", "eval", folder["pendulum.onnx"]);
        AssertRefused("The policy has 3 observations and 1 actions, and the arm 33 and 4", "player", "--policy", folder["pendulum.onnx"]);
    }

    [TestCase("policy.onnx")]
    [TestCase("policy.safetensors")]
    public void The_player_plays_by_a_policy(string file)
    {
        (int code, _, string log) = Run("player", "--policy", folder[file], "--episodes", "2", "--num-arms", "2", "--max-step", "40");
        Assert.That(code, Is.EqualTo(ExitCodes.Done), log);
        Assert.That(log.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(3));
        Assert.That(log, Does.Match(@"^Episode 1: score \d\.\d\d\.\nEpisode 2: score \d\.\d\d\.\n22 decisions, 1 resets; all episodes were"));
    }

    [Test]
    public void What_does_not_go_is_one_sentence_and_exit_code_2()
    {
        AssertRefused("is an ONNX policy, which eval and player can play and no more", "export", onnx, "-o", folder["b.safetensors"]);
        AssertRefused("There is no file ", "eval", folder["none.onnx"]);
        AssertRefused("give either the trainer's port", "player", "--policy", onnx, "--port", "5005");
        AssertRefused("give either the trainer's port", "player");
        File.WriteAllText(folder["text.onnx"], "text");
        AssertRefused("cannot be played: it is not an ONNX model.", "eval", folder["text.onnx"]);
        AssertRefused("cannot be played: it is not an ONNX model.", "player", "--policy", folder["text.onnx"]);
        Assert.That(folder.FileNames(), Is.EqualTo(new[] { "policy.onnx", "policy.safetensors", "text.onnx" }), "nothing is left behind");
    }

    private static void AssertRefused(string sentence, params string[] arguments)
    {
        (int code, _, string errors) = Run(arguments);
        Assert.That(code, Is.EqualTo(ExitCodes.Usage), errors);
        Assert.That(errors, Does.StartWith("reacher-fast: ").And.Contain(sentence));
        Assert.That(errors.TrimEnd('\n'), Does.Not.Contain("\n"));
    }

    private static (int Code, string Output, string Errors) Run(params string[] arguments)
    {
        using StringWriter output = new() { NewLine = "\n" }, errors = new() { NewLine = "\n" };
        (TextWriter oldOutput, TextWriter oldErrors) = (Console.Out, Console.Error);
        Console.SetOut(output);
        Console.SetError(errors);
        try
        {
            return (CommandLine.Run(arguments), output.ToString(), errors.ToString());
        }
        finally
        {
            Console.SetOut(oldOutput);
            Console.SetError(oldErrors);
        }
    }
}
