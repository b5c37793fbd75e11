using System.Globalization;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Training.Run;

/// <summary>
/// Every path of a run's folder, <c>results/RUN</c>, which is laid out as ML-Agents lays it out: <c>configuration.yaml</c>,
/// <c>run_logs/</c>, and the behaviour's folder with checkpoints, exported policies and TensorBoard events. Here the processes of a run
/// meet: the mapped files and the plan.
/// </summary>
/// <param name="Folder">The run's folder.</param>
/// <param name="Behavior">The behaviour's name.</param>
internal sealed record RunFolder(string Folder, string Behavior)
{
    /// <summary>The name of the file that makes a folder a run's.</summary>
    public const string ConfigurationName = "configuration.yaml";

    private const string LogsName = "run_logs";

    /// <summary>What the files of <see cref="ReturnsIn"/> are called.</summary>
    public const string ReturnsPattern = "returns-*.f64";

    /// <summary>The folder's name.</summary>
    public string Id => Path.GetFileName(Folder);

    /// <summary>The behaviour's name as a part of paths.</summary>
    public string BehaviorInFiles => BehaviorName.InFiles(Behavior);

    /// <summary>The effective configuration.</summary>
    public string Configuration => Path.Combine(Folder, ConfigurationName);

    /// <summary>Held by the one process that runs it.</summary>
    public string Lock => Path.Combine(Folder, "run.lock");

    public string Replay => Path.Combine(Folder, "replay.map");

    public string Control => Path.Combine(Folder, "control.map");

    public string Weights => Path.Combine(Folder, "weights.map");

    /// <summary>Up to which row the replay has those of each machine that has joined.</summary>
    public string Acknowledgements => Path.Combine(Folder, "acknowledged.map");

    /// <summary>Where the run's machine listens for others, if it does.</summary>
    public string Cluster => Path.Combine(Logs, "cluster.json");

    /// <summary>In the folder of a machine that has joined a run: its place there.</summary>
    public string Membership => Path.Combine(Logs, "membership.json");

    /// <summary>One JSON object for each evaluation episode.</summary>
    public string Evaluations => Path.Combine(Folder, "evaluations.jsonl");

    /// <summary>One JSON object a line.</summary>
    public string Metrics => Path.Combine(Folder, "metrics.jsonl");

    /// <summary>What the run came to, once it has ended.</summary>
    public string Summary => Path.Combine(Folder, "summary.json");

    /// <summary>The page that <c>report</c> writes.</summary>
    public string Report => Path.Combine(Folder, "report.html");

    /// <summary>The policy exported at the run's end.</summary>
    public string Onnx => Exported("onnx");

    /// <summary>Checkpoints, exported policies and TensorBoard events.</summary>
    public string BehaviorFolder => Path.Combine(Folder, BehaviorInFiles);

    /// <summary>The best policy so far, which may not be there yet.</summary>
    public string BestPolicy => Path.Combine(BehaviorFolder, "best.safetensors");

    /// <summary>Logs of the processes, and what they tell each other besides the mapped files.</summary>
    public string Logs => Path.Combine(Folder, LogsName);

    /// <summary>What a child process needs to be told.</summary>
    public string Plan => PlanIn(Folder);

    /// <summary>What the run has reached, kept for when it is resumed.</summary>
    public string Progress => Path.Combine(Logs, "progress.json");

    /// <summary>Checkpoints and what was exported from them, as ML-Agents has it.</summary>
    public string TrainingStatus => Path.Combine(Logs, "training_status.json");

    /// <summary>The machine it ran on.</summary>
    public string Machine => Path.Combine(Logs, "machine.json");

    /// <summary>The checkpoint whose weights the run began with (<c>--initialize-from</c>), if it did.</summary>
    public string InitialWeights => Path.Combine(Logs, "initial.safetensors");

    /// <summary>The run's checkpoints, of which <paramref name="keep"/> are kept.</summary>
    public CheckpointStore Checkpoints(int keep) => new(BehaviorFolder, BehaviorInFiles, keep);

    /// <summary>Where a policy that is exported by hand goes.</summary>
    /// <param name="extension">Its file's, without the dot.</param>
    public string Exported(string extension) => Path.Combine(Folder, $"{BehaviorInFiles}.{extension}");

    /// <summary>The log of one of the run's processes.</summary>
    /// <param name="process">The process's name, such as <c>env-0</c>.</param>
    public string LogOf(string process) => Path.Combine(Logs, process + ".log");

    /// <summary>The plan of the run in <paramref name="folder"/>, for a process that learns the behaviour's name from it.</summary>
    public static string PlanIn(string folder) => Path.Combine(folder, LogsName, "plan.json");

    /// <summary>The folder of the run that <paramref name="options"/> name.</summary>
    public static RunFolder Of(RunOptions options)
    {
        string id = options.RunId ?? throw new ArgumentException("The options have no run id.", nameof(options));
        return new RunFolder(Path.GetFullPath(Path.Combine(options.ResultsFolder, id)), options.Behavior);
    }

    /// <summary>Where an env process leaves its agents' returns; <see cref="ReturnsPattern"/> matches all such files.</summary>
    /// <param name="logs">The run's folder of logs.</param>
    /// <param name="worker">The env process's number.</param>
    public static string ReturnsIn(string logs, int worker) =>
        Path.Combine(logs, string.Create(CultureInfo.InvariantCulture, $"returns-{worker}.f64"));

    /// <summary>A name beside <paramref name="path"/> that is free, for a damaged file that must make room for a new one.</summary>
    public static string AsideOf(string path)
    {
        for (int number = 1; ; number++)
        {
            string aside = string.Create(CultureInfo.InvariantCulture, $"{path}.damaged-{number}");
            if (!File.Exists(aside))
            {
                return aside;
            }
        }
    }

    /// <summary>The log of a Unity player.</summary>
    /// <param name="logs">The folder of logs.</param>
    /// <param name="worker">The number of the process that steps it.</param>
    public static string PlayerLogIn(string logs, int worker) =>
        Path.Combine(Path.GetFullPath(logs), string.Create(CultureInfo.InvariantCulture, $"Player-{worker}.log"));

    /// <summary>Where the processes leave their scenes' statistics.</summary>
    /// <param name="logs">The run's folder of logs.</param>
    public static string StatisticsIn(string logs) => Path.Combine(logs, "statistics");
}
