namespace Reacher.Fast.Training.Run;

/// <summary>Where the processes of a run meet: the mapped files in its folder, and the plan.</summary>
internal sealed record RunFiles(string Folder)
{
    public string Logs => Path.Combine(Folder, "run_logs");

    public string Plan => Path.Combine(Logs, "plan.json");

    public string Replay => Path.Combine(Folder, "replay.map");

    public string Control => Path.Combine(Folder, "control.map");

    public string Weights => Path.Combine(Folder, "weights.map");

    /// <summary>One JSON object an evaluation episode.</summary>
    public string Evaluations => Path.Combine(Folder, "evaluations.jsonl");

    /// <summary>What the run came to.</summary>
    public string Summary => Path.Combine(Folder, "summary.json");

    /// <summary>The checkpoint whose weights the run began with (<c>--initialize-from</c>), if it did.</summary>
    public string InitialWeights => Path.Combine(Logs, "initial.safetensors");
}
