using System.Security.Cryptography;
using Reacher.Fast.Replay.Weights;

namespace Reacher.Fast.Runner.Tests.Processes;

/// <summary>A run that cannot go on as it is asked to is refused in one sentence, and its folder is afterwards as it was, to the byte.</summary>
[NonParallelizable]
public sealed class RefusedResumeTests
{
    private const string Id = "a";
    private const string Renamed = "behaviors: {Other: {network_settings: {hidden_units: 16}, hyperparameters: {buffer_size: 100000}}}\n";

    private readonly Dictionary<Left, TemporaryFolder> left = [];

    /// <summary>How the run that is resumed was left.</summary>
    public enum Left
    {
        ByProcesses,
        InLockstep,
        WithoutCheckpoint,
        WithoutPlan,
        WithoutPlanAndConfiguration,
        WithoutControl,
        WithOtherWeights,
        WithTornCounter,
    }

    private static IEnumerable<TestCaseData> Refused()
    {
        foreach (Left run in new[] { Left.ByProcesses, Left.InLockstep })
        {
            yield return Row(run, "hidden layers of 16 and 16 units", "--hidden-units", "32");
            yield return Row(run, "hidden layers of 16 and 16 units", "--num-layers", "3");
            yield return Row(run, "normalised observations", "--normalize");
            yield return Row(run, "critics with layer normalisation", "--layer-norm", "false");
            yield return Row(run, "is trained by sac, and was to go on with td3", "--algorithm", "td3");
            yield return Row(run, "has 33 observations and 4 actions", "--env", "pendulum");
            yield return Row(run, "asks for", "--buffer-size", "200000");
            yield return Row(run, "trains the behaviour 'Reacher', and was to go on with 'Other'", Renamed);
            yield return Row(run, "trains the behaviour 'Reacher', and was to go on with 'Other'", "behaviors: {Other: {trainer_type: td3}}\n");
            yield return Row(run, "is trained by sac", "behaviors: {Reacher: {trainer_type: td3}}\n");
            yield return Row(run, "hidden layers of 16 and 16 units", "behaviors: {Reacher: {network_settings: {hidden_units: 24}}}\n");
            yield return Row(run, "hidden_unit", "behaviors: {Reacher: {network_settings: {hidden_unit: 16}}}\n");
            yield return Row(run, "buffer_init_steps is 200 and buffer_size 100", "--buffer-size", "100", "--batch-size", "8");
            yield return Row(run, "no such player", "--env", "./no such player");
            yield return Row(run, "The device cuda", "--device", "cuda:99");
            yield return Row(run, "contradict each other", "--force");
        }

        yield return Row(Left.ByProcesses, "which cannot go on in lock-step", "--in-process", "--buffer-size", "1000");
        yield return Row(Left.WithoutCheckpoint, "is trained by sac", "--algorithm", "td3");
        yield return Row(Left.WithoutCheckpoint, "hidden layers of 16 and 16 units", "--hidden-units", "32");
        yield return Row(Left.WithoutCheckpoint, "trains the behaviour 'Reacher'", Renamed);
        yield return Row(Left.WithoutPlan, "trains the behaviour 'Reacher'", Renamed);
        yield return Row(Left.WithoutPlan, "does not fit the run", "--hidden-units", "32");
        yield return Row(Left.WithoutPlanAndConfiguration, "trains the behaviour 'Reacher'", Renamed);
        yield return Row(Left.WithoutControl, "asks for 200000", "--buffer-size", "200000");
        yield return Row(Left.WithOtherWeights, "holds blocks of 7 floats");
        yield return Row(Left.WithTornCounter, "asks for 200000", "--buffer-size", "200000");

        // A row's last change is a file where it has a line of one.
        static TestCaseData Row(Left run, string sentence, params string[] change) =>
            new TestCaseData(run, sentence, change).SetArgDisplayNames(run.ToString(), string.Join(' ', change).Trim());
    }

    [TestCaseSource(nameof(Refused))]
    public void It_is_as_it_was(Left run, string sentence, string[] change)
    {
        string results = Results(run);
        string[] before = Content(results);
        using var file = new TemporaryFolder();
        if (change is [var yaml] && yaml.EndsWith('\n'))
        {
            File.WriteAllText(file["changed.yaml"], yaml);
            change = [file["changed.yaml"]];
        }

        using RunnerProcess resumed = RunnerProcess.Start(["train", "--resume", "--results-dir", results, "--run-id", Id, .. change]);
        Assert.That(resumed.WaitForExit(), Is.EqualTo(2), resumed.Errors);
        // The configuration's own warnings, of keys that another algorithm does not use, come whether the run is refused or not.
        string[] said = [.. resumed.Errors.Trim().Split('\n').Where(line => !line.StartsWith("warning: ", StringComparison.Ordinal))];
        Assert.That(said, Has.Length.EqualTo(1), resumed.Errors);
        Assert.That(said[0], Does.StartWith("reacher-fast: ").And.Contain(sentence));
        Assert.That(resumed.RemainingOutput(), Is.Empty);
        Assert.That(Content(results), Is.EqualTo(before));
    }

    [OneTimeTearDown]
    public void DeleteFolders()
    {
        foreach (TemporaryFolder folder in left.Values)
        {
            folder.Dispose();
        }
    }

    // Names, contents, and when they were written last.
    private static string[] Content(string folder) =>
    [
        .. new DirectoryInfo(folder).EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
            .Select(entry => $"{entry.FullName} {entry.LastWriteTimeUtc:O} {(entry is FileInfo file ? HashOf(file.FullName) : "folder")}")
            .Order(StringComparer.Ordinal),
    ];

    private static string HashOf(string file)
    {
        using FileStream content = File.OpenRead(file);
        return Convert.ToHexString(SHA256.HashData(content));
    }

    private string Results(Left run)
    {
        if (!left.TryGetValue(run, out TemporaryFolder? folder))
        {
            folder = left[run] = new TemporaryFolder();
            Make(run, folder.Path);
        }

        return folder.Path;
    }

    private static void Make(Left run, string results)
    {
        string[] mode = run == Left.InLockstep ? ["--in-process", "--num-agents", "4"] : [];
        string[] small = ["--max-steps", "1000", "--window", "1", "--max-step", "40", "--save-replay-buffer"];
        using (RunnerProcess first = RunnerProcess.Train(results, Id, [.. mode, .. small]))
        {
            Assert.That(first.WaitForExit(), Is.Zero, first.Errors);
        }

        string folder = Path.Combine(results, Id);
        switch (run)
        {
            case Left.WithoutCheckpoint:
                Array.ForEach(Directory.GetFiles(Path.Combine(folder, "Reacher"), "*.safetensors"), File.Delete);
                break;
            case Left.WithoutPlan:
                File.Delete(Path.Combine(folder, "run_logs", "plan.json"));
                break;
            case Left.WithoutPlanAndConfiguration:
                File.WriteAllText(Path.Combine(folder, "run_logs", "plan.json"), "{");
                File.WriteAllText(Path.Combine(folder, "configuration.yaml"), "");
                break;
            case Left.WithoutControl:
                File.Delete(Path.Combine(folder, "control.map"));
                break;
            case Left.WithOtherWeights:
                WeightChannel.Create(Path.Combine(folder, "weights.map"), 7, overwrite: true).Dispose();
                break;
            case Left.WithTornCounter:
                File.Delete(Path.Combine(folder, "control.map"));
                using (FileStream replay = File.OpenWrite(Path.Combine(folder, "replay.map")))
                {
                    // The low bytes of the row counter (docs/replay-format.md).
                    replay.Seek(256, SeekOrigin.Begin);
                    replay.Write([255, 255, 255]);
                }

                break;
        }
    }
}
