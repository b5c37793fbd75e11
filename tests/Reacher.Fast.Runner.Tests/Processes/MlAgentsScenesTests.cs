using System.Globalization;
using System.Runtime.Versioning;
using Reacher.Fast.TestChild;
using Reacher.Fast.Training.Reporting;
using Reacher.Fast.Training.Reporting.Metrics;
using static Reacher.Fast.Runner.Tests.RunnerProcess;

namespace Reacher.Fast.Runner.Tests.Processes;

/// <summary>
/// ML-Agents' own SAC files train against players of their scenes' sizes, to a <c>max_steps</c> made short, and leave what ML-Agents leaves:
/// the model that Unity asks for, and the curves under the names that they have there. Only <c>max_steps</c> and what must shrink with it
/// differs from the file.
/// </summary>
[NonParallelizable]
[SupportedOSPlatform("linux")]
[Platform("Linux", Reason = "starts players by a shell script")]
public sealed class MlAgentsScenesTests
{
    private string results = "";

    [SetUp]
    public void MakeFolder() => results = Directory.CreateTempSubdirectory("reacher-fast-test-").FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(results, recursive: true);

    [TestCase("3DBall", 12, 8, 2, 1200)]
    [TestCase("Walker", 10, 243, 39, 400)]
    [TestCase("Worm", 10, 64, 9, 400)]
    [TestCase("Crawler", 10, 172, 20, 400)]
    [TestCase("Reacher", 20, 33, 4, 1200)]
    public void Its_file_trains_to_max_steps_and_leaves_what_it_leaves_there(string scene, int agents, int observations, int actions, int maxSteps)
    {
        string[] player = ["--scene", scene, "--agents", Text(agents), "--observations", Text(observations), "--actions", Text(actions)];
        string file = Path.Combine(Repository.Root, "tests/Reacher.Fast.Runner.Tests/Commands/MlAgentsFiles", scene + ".yaml");
        string run = Path.Combine(results, "a");
        using (RunnerProcess training = Start(
            ["train", file, "--json", "--results-dir", results, "--run-id", "a", "--seed", "7", "--max-steps", Text(maxSteps),
                "--summary-freq", Text(maxSteps / 4), "--buffer-size", "10000", "--no-final-evaluation", "--env", Player(),
                "--base-port", Text(FreePort.Find()), "--env-args", .. player]))
        {
            Assert.That(training.WaitForExit(), Is.Zero, training.Errors);
            Assert.That(training.Errors, Does.Contain(
                $"Behaviour '{scene}?team=0': {agents} agents, {observations} observations, {actions} actions."));
        }

        // Each episode is worth more than the arm's threshold, which is nobody else's.
        Assert.That(ScriptedScene.EpisodeLength * ScriptedScene.Reward, Is.GreaterThan(30));
        RunSummary summary = RunSummary.Load(Path.Combine(run, "summary.json"))!;
        Assert.That((summary.Outcome, summary.Threshold, summary.Solved), Is.EqualTo(("finished", (double?)null, (Milestone?)null)));
        Assert.That(summary.Transitions, Is.AtLeast(maxSteps));
        Assert.That(summary.Updates, Is.Positive);
        AssertModel(Path.Combine(run, scene + ".onnx"), observations, actions);
        AssertCurves(Path.Combine(run, scene), linear: scene == "Reacher");
        Assert.That(
            MetricsFile.Read(Path.Combine(run, "metrics.jsonl")).Any(line => line.Kind == MetricsKind.Progress), Is.True, "a line of progress");
    }

    // ModelProto.graph is field 7; GraphProto has its inputs in 11 and its outputs in 12.
    private static void AssertModel(string path, int observations, int actions)
    {
        Dictionary<int, List<object>> graph = Events.Message(Events.Message(File.ReadAllBytes(path))[7][0]);
        Assert.That(graph[11].Select(Declared), Is.EqualTo(new[] { $"obs_0 [batch, {observations}]" }));
        Assert.That(graph[12].Select(Declared), Is.EqualTo(new[]
        {
            "version_number [1]", "memory_size [1]", $"continuous_actions [batch, {actions}]", "continuous_action_output_shape [1]",
            $"deterministic_continuous_actions [batch, {actions}]",
        }));
    }

    // ValueInfoProto: name 1, type 2; TypeProto: tensor 1; its shape 2; the shape's dimensions 1, each a number 1 or a name 2.
    private static string Declared(object value)
    {
        Dictionary<int, List<object>> info = Events.Message(value);
        Dictionary<int, List<object>> tensor = Events.Message(Events.Message(info[2][0])[1][0]);
        IEnumerable<string> dimensions = Events.Message(tensor[2][0])[1].Select(Events.Message)
            .Select(dimension => dimension.TryGetValue(2, out List<object>? name) ? Events.Text(name[0]) : Text((int)(ulong)dimension[1][0]));
        return $"{Events.Text(info[1][0])} [{string.Join(", ", dimensions)}]";
    }

    private static void AssertCurves(string folder, bool linear)
    {
        EventPoint[] points = Events.Points(folder);
        Assert.That(points.Select(point => point.Tag), Is.SupersetOf(MlAgentsTags.OfSac));
        Assert.That(Curve("Environment/Cumulative Reward"), Is.All.EqualTo(ScriptedScene.EpisodeLength * ScriptedScene.Reward));
        Assert.That(Curve("Environment/Episode Length"), Is.All.EqualTo(ScriptedScene.EpisodeLength));
        Assert.That(Learned("Losses/Q1 Loss"), Is.Not.Empty.And.All.Positive);
        Assert.That(Learned("Policy/Continuous Entropy Coeff"), Is.Not.Empty.And.All.InRange(0.4, 1.1), "begins at init_entcoef");
        double[] rates = Learned("Policy/Learning Rate");
        Assert.That(rates, linear ? Is.Ordered.Descending.And.All.LessThan(3e-4) : Is.All.EqualTo(3e-4).Within(1e-9));

        // The first summary of a quick player may come before the first update.
        double[] Learned(string tag) => [.. Curve(tag).SkipWhile(value => value == 0)];

        double[] Curve(string tag) => [.. points.Where(point => point.Tag == tag).Select(point => point.Value)];
    }

    private string Player()
    {
        string script = Path.Combine(results, "Scene.x86_64");
        PlayerScript.Write(script, $"exec dotnet '{typeof(ScriptedScene).Assembly.Location}' \"$@\"");
        return script;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
