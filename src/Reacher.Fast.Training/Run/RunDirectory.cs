using Reacher.Fast.Core;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Training.Options;

namespace Reacher.Fast.Training.Run;

/// <summary>
/// The folder of one run, <c>results/RUN</c>, laid out as ML-Agents lays it out: <c>configuration.yaml</c>, <c>run_logs/</c>, and
/// the behaviour's folder with checkpoints, exported policies and TensorBoard events. One process owns it at a time.
/// </summary>
internal sealed class RunDirectory : IDisposable
{
    private const string ConfigurationName = "configuration.yaml";
    private const string LockName = "run.lock";

    private readonly FileStream? owned;

    private RunDirectory(string folder, string behaviorName, FileStream? owned)
    {
        Folder = folder;
        BehaviorName = behaviorName;
        this.owned = owned;
    }

    /// <summary>The run's folder.</summary>
    public string Folder { get; }

    /// <summary>The behaviour's name.</summary>
    public string BehaviorName { get; }

    /// <summary>The folder's name.</summary>
    public string Id => Path.GetFileName(Folder);

    /// <summary>The effective configuration.</summary>
    public string ConfigurationFile => Path.Combine(Folder, ConfigurationName);

    /// <summary>Logs of the processes and <c>training_status.json</c>.</summary>
    public string Logs => Path.Combine(Folder, "run_logs");

    /// <summary>Checkpoints and what was exported from them, as ML-Agents has it.</summary>
    public string TrainingStatusFile => Path.Combine(Logs, "training_status.json");

    /// <summary>One JSON object a line.</summary>
    public string MetricsFile => Path.Combine(Folder, "metrics.jsonl");

    /// <summary>Checkpoints, exported policies and TensorBoard events.</summary>
    public string BehaviorFolder => Path.Combine(Folder, BehaviorName);

    /// <summary>The policy exported at the run's end.</summary>
    public string FinalOnnxFile => Path.Combine(Folder, BehaviorName + ".onnx");

    /// <summary>The machine it ran on.</summary>
    public string MachineFile => Path.Combine(Logs, "machine.json");

    /// <summary>What the run came to, once it has ended.</summary>
    public string SummaryFile => new RunFiles(Folder).Summary;

    /// <summary>The page that <c>report</c> writes.</summary>
    public string ReportFile => Path.Combine(Folder, "report.html");

    /// <summary>The run's checkpoints.</summary>
    public CheckpointStore Checkpoints(int keep) => new(BehaviorFolder, BehaviorName, keep);

    /// <summary>The folder of the run that <paramref name="configuration"/> names.</summary>
    public static string FolderOf(RunConfiguration configuration) => Path.GetFullPath(Path.Combine(
        configuration.Get(RunKeys.ResultsDir)!,
        configuration.Get(RunKeys.RunId) ?? throw new ArgumentException("The configuration has no run id.", nameof(configuration))));

    /// <summary>
    /// Makes the folder of a new run, or opens that of one to go on with. Nothing is created or deleted unless all is well.
    /// </summary>
    /// <param name="configuration">With a run id.</param>
    /// <exception cref="InputException">
    /// The run exists and neither <c>--resume</c> nor <c>--force</c> was given; or it is to be resumed and does not exist; or another
    /// process runs it; or the folder cannot be written.
    /// </exception>
    public static RunDirectory Open(RunConfiguration configuration)
    {
        string folder = FolderOf(configuration), id = Path.GetFileName(folder);
        bool exists = Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any();
        bool resume = configuration.Get(RunKeys.Resume), force = configuration.Get(RunKeys.Force);
        if (exists && !resume && !force)
        {
            throw new InputException(
                $"The run '{id}' exists already in '{folder}'; go on with it by --resume, replace it by --force, or choose another --run-id.");
        }

        if (resume && !File.Exists(Path.Combine(folder, ConfigurationName)))
        {
            throw new InputException($"There is no run '{id}' to resume in '{Path.GetDirectoryName(folder)}'; leave out --resume to start it.");
        }

        if (exists && force && !File.Exists(Path.Combine(folder, ConfigurationName)))
        {
            throw new InputException(
                $"'{folder}' does not look like a run, having no {ConfigurationName}, so --force leaves it alone; delete it yourself or choose another --run-id.");
        }

        return Claim(folder, configuration.BehaviorName, id, deleteFirst: exists && force);
    }

    /// <summary>The folder of a run that is only read: by <c>eval</c>, <c>export</c>, <c>report</c>.</summary>
    /// <param name="run">A run id in <paramref name="resultsFolder"/>, or a run's folder.</param>
    /// <param name="resultsFolder">The folder of all runs.</param>
    /// <param name="configuration">The run's effective configuration.</param>
    /// <exception cref="InputException">There is no such run, or its configuration cannot be read.</exception>
    public static RunDirectory Find(string run, string resultsFolder, out RunConfiguration configuration)
    {
        string inResults = Path.Combine(resultsFolder, run);
        string? folder = new[] { inResults, run }.FirstOrDefault(candidate => File.Exists(Path.Combine(candidate, ConfigurationName)));
        if (folder is null)
        {
            throw new InputException($"There is no run '{run}' in '{resultsFolder}' and '{run}' is not a run's folder; name one that has a {ConfigurationName}.");
        }

        configuration = ConfigurationLoader.Load(Path.Combine(folder, ConfigurationName), []).Configuration;
        return new RunDirectory(Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar), configuration.BehaviorName, owned: null);
    }

    /// <summary>Gives the folder up.</summary>
    public void Dispose() => owned?.Dispose();

    private static RunDirectory Claim(string folder, string behavior, string id, bool deleteFirst)
    {
        try
        {
            Directory.CreateDirectory(folder);
            FileStream owned = Lock(folder, id);
            if (deleteFirst)
            {
                DeleteContent(folder);
            }

            var directory = new RunDirectory(folder, behavior, owned);
            Directory.CreateDirectory(directory.Logs);
            Directory.CreateDirectory(directory.BehaviorFolder);
            return directory;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"The run's folder '{folder}' cannot be written: {error.Message.TrimEnd('.')}; choose another --results-dir.", error);
        }
    }

    // The lock goes with the process, however it ends; the file may stay.
    private static FileStream Lock(string folder, string id)
    {
        string path = Path.Combine(folder, LockName);
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException error) when (File.Exists(path))
        {
            throw new InputException($"Another process runs '{id}' in '{folder}'; wait for its end or choose another --run-id.", error);
        }
    }

    private static void DeleteContent(string folder)
    {
        foreach (string entry in Directory.EnumerateFileSystemEntries(folder))
        {
            if (Path.GetFileName(entry) == LockName)
            {
                continue;
            }

            // A link is removed, not followed.
            if (Directory.Exists(entry) && new DirectoryInfo(entry).LinkTarget is null)
            {
                Directory.Delete(entry, recursive: true);
            }
            else
            {
                File.Delete(entry);
            }
        }
    }
}
