using Reacher.Fast.Replay.Control;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Options;

/// <summary>The keys outside <c>behaviors</c>: environment, engine, checkpoints, device, evaluation and processes.</summary>
internal static class RunKeys
{
    private const string Env = "env_settings";
    private const string Engine = "engine_settings";
    private const string Checkpoint = "checkpoint_settings";
    private const string Torch = "torch_settings";
    private const string Evaluation = "evaluation_settings";
    private const string Process = "process_settings";

    public static readonly TextKey EnvPath = new()
    {
        Section = Env, Name = "env_path", Default = "arm", Meaning = "arm, pendulum, editor or a Unity player's file", Flag = "--env",
        Check = path => path.Length == 0 ? "is empty, and must be arm, pendulum, editor or a Unity player's file" : null,
        Comment = "The environment: arm and pendulum are built in, editor waits for Play to be pressed, else a Unity player's file",
    };

    public static readonly ListKey EnvArgs = new()
    {
        Section = Env, Name = "env_args", Default = [], Flag = PlayerArguments.Flag,
        Comment = "Arguments for the Unity player; the flag comes last and takes all the rest",
    };

    public static readonly NumberKey<int> BasePort = new()
    {
        Section = Env, Name = "base_port", Default = 5005, Minimum = 2, Maximum = 65_000, Flag = "--base-port",
        Comment = "Port of the first Unity player; player k has this + k, the editor this - 1",
    };

    public static readonly NumberKey<int> NumEnvs = new()
    {
        Section = Env, Name = "num_envs", Default = 1, Minimum = 1, Maximum = ControlBlock.MaximumEnvironments, Flag = "--num-envs",
        Comment = "Environment processes",
    };

    public static readonly NumberKey<int> NumAgents = new()
    {
        Section = Env, Name = "num_agents", Default = 20, Minimum = 1, Maximum = 65_536, Flag = "--num-agents",
        Comment = "Agents of a built-in environment, in each process",
    };

    public static readonly NumberKey<int> MaxStep = new()
    {
        Section = Env, Name = "max_step", Default = 4000, Minimum = 4, Maximum = 100_000_000, Flag = "--max-step", IsAdvanced = true,
        Comment = "Physics steps of the arm's episode, four to a decision",
    };

    public static readonly NumberKey<int> TimeoutWait = new()
    {
        Section = Env, Name = "timeout_wait", Default = 60, Minimum = 1, Maximum = 86_400, Flag = "--timeout-wait", IsAdvanced = true,
        Comment = "Seconds to wait for a Unity player's reply",
    };

    public static readonly NumberKey<long> Seed = new()
    {
        Section = Env, Name = "seed", Default = -1, Minimum = -1, Flag = "--seed",
        Comment = "Seed of everything random; -1 draws one from 0 to 9999",
    };

    public static readonly NumberKey<int> MaxLifetimeRestarts = new()
    {
        Section = Env, Name = "max_lifetime_restarts", Default = 10, Minimum = -1, Flag = "--max-lifetime-restarts", IsAdvanced = true,
        Comment = "Deaths of a child process in a row after which the run ends; -1 for no limit",
    };

    public static readonly NumberKey<int> Width = EngineNumber("width", 84, 1, "Window's width in pixels");

    public static readonly NumberKey<int> Height = EngineNumber("height", 84, 1, "Window's height in pixels");

    public static readonly NumberKey<int> QualityLevel = EngineNumber("quality_level", 5, 0, "Unity's quality level");

    public static readonly NumberKey<double> TimeScale = new()
    {
        Section = Engine, Name = "time_scale", Default = 20, Minimum = 0, Maximum = 10_000, AboveMinimum = true, Flag = "--time-scale",
        IsAdvanced = true, Comment = "Unity's time scale",
    };

    public static readonly NumberKey<int> TargetFrameRate = EngineNumber("target_frame_rate", -1, -1, "Unity's target frame rate; -1 for none");

    public static readonly NumberKey<int> CaptureFrameRate = EngineNumber("capture_frame_rate", 60, 0, "Unity's capture frame rate");

    public static readonly SwitchKey NoGraphics = new()
    {
        Section = Engine, Name = "no_graphics", Default = false, Flag = "--no-graphics", IsAdvanced = true,
        Comment = "Start the Unity player without graphics",
    };

    public static readonly TextKey RunId = new()
    {
        Section = Checkpoint, Name = "run_id", Default = null, IsOptional = true, Meaning = "a folder's name", Flag = "--run-id",
        Check = Run.RunId.Problem, Comment = "The run's folder in results_dir; null for algorithm, date and time",
    };

    public static readonly TextKey InitializeFrom = new()
    {
        Section = Checkpoint, Name = "initialize_from", Default = null, IsOptional = true, Meaning = "a run id or a checkpoint",
        Flag = "--initialize-from", Comment = "Run id or checkpoint whose weights a new run begins with",
    };

    public static readonly TextKey ResultsDir = new()
    {
        Section = Checkpoint, Name = "results_dir", Default = "results", Meaning = "a folder", Flag = "--results-dir",
        Check = path => path.Length == 0 ? "is empty, and must be a folder" : null, Comment = "Folder of all runs",
    };

    public static readonly SwitchKey Resume = new()
    {
        Section = Checkpoint, Name = "resume", Default = false, Flag = "--resume", IsTransient = true,
        Comment = "Go on with the run of this id",
    };

    public static readonly SwitchKey Force = new()
    {
        Section = Checkpoint, Name = "force", Default = false, Flag = "--force", IsTransient = true,
        Comment = "Delete the run of this id and begin anew",
    };

    public static readonly TextKey Device = new()
    {
        Section = Torch, Name = "device", Default = "auto", Meaning = "auto, cpu, cuda or cuda:N", Flag = "--device",
        FlagAlias = "--torch-device", Check = CheckDevice, Comment = "Where the learner computes: cpu, cuda (the first GPU) or cuda:N; auto is cpu until CUDA has been verified on a GPU",
    };

    public static readonly TextKey Precision = new()
    {
        Section = Torch, Name = "precision", Default = "fp32", Meaning = "fp32, tf32 or bf16", Flag = "--precision",
        Check = text => text is "fp32" or "tf32" or "bf16" ? null : $"is '{text}', and must be fp32, tf32 or bf16",
        Comment = "Operands of matrix products on a GPU: fp32, or rounded for its tensor cores to tf32 or bf16; the CPU's are fp32",
    };

    public static readonly TextKey Batches = new()
    {
        Section = Torch, Name = "batches", Default = "auto", Meaning = "auto, mirror or host", Flag = "--batches", IsAdvanced = true,
        Check = text => text is "auto" or "mirror" or "host" ? null : $"is '{text}', and must be auto, mirror or host",
        Comment = "Where a GPU's batches come from: mirror (the replay, in its memory), host (page-locked memory), auto (mirror, where that is possible)",
    };

    public static readonly NumberKey<double> Threshold = new()
    {
        Section = Evaluation, Name = "threshold", Default = 30, Minimum = -1e9, Maximum = 1e9, Flag = "--threshold",
        Comment = "Mean of the full window at which the task is solved",
    };

    public static readonly NumberKey<int> Window = new()
    {
        Section = Evaluation, Name = "window", Default = 100, Minimum = 1, Maximum = 100_000, Flag = "--window",
        Comment = "Evaluation episodes in the window",
    };

    public static readonly SwitchKey StopWhenSolved = new()
    {
        Section = Evaluation, Name = "stop_when_solved", Default = true, Flag = "--no-stop", FlagNegates = true,
        Comment = "End the run when it is solved and has cooled down; with --no-stop it goes on",
    };

    public static readonly SwitchKey InProcess = new()
    {
        Section = Process, Name = "in_process", Default = false, Flag = "--in-process",
        Comment = "One process in lock-step: reproducible to the bit for a seed and an instruction set",
    };

    public static readonly NumberKey<int> LearnerThreads = new()
    {
        Section = Process, Name = "learner_threads", Default = 0, Minimum = 0, Maximum = 1024, Flag = "--threads",
        Comment = "Threads of the learner on the CPU; 0 leaves one core each to env and eval where there are enough",
    };

    public static readonly NumberKey<int> PublishInterval = new()
    {
        Section = Process, Name = "publish_interval", Default = 20, Minimum = 1, Maximum = 1_000_000, Flag = "--publish-interval",
        IsAdvanced = true, Comment = "Updates from one publication of the weights to the next",
    };

    public static readonly NumberKey<double> HungSeconds = new()
    {
        Section = Process, Name = "hung_seconds", Default = 1.5, Minimum = 0.1, Maximum = 86_400, Flag = "--hung-seconds", IsAdvanced = true,
        Comment = "Seconds without a sign of life after which a child process is restarted",
    };

    public static readonly SwitchKey Debug = new()
    {
        Section = "", Name = "debug", Default = false, Flag = "--debug", IsAdvanced = true, Comment = "Write the stack trace of an error, too, as REACHER_FAST_TRACE=1 does",
    };

    private static NumberKey<int> EngineNumber(string name, int value, int minimum, string comment) => new()
    {
        Section = Engine, Name = name, Default = value, Minimum = minimum, Maximum = 100_000, IsAdvanced = true,
        Flag = "--" + name.Replace('_', '-'), Comment = comment,
    };

    private static string? CheckDevice(string device)
    {
        bool isNumbered = device.StartsWith("cuda:", StringComparison.Ordinal) &&
            int.TryParse(device.AsSpan(5), System.Globalization.NumberStyles.None, null, out _);
        return device is "auto" or "cpu" or "cuda" || isNumbered ? null : $"is '{device}', and must be auto, cpu, cuda or cuda:N";
    }
}
