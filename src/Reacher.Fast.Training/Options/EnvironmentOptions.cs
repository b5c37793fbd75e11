using System.Text.Json.Serialization;
using Reacher.Fast.Core.Options;
using Reacher.Fast.Environments.MlAgents.Messages;
using Reacher.Fast.Environments.Mujoco;

namespace Reacher.Fast.Training.Options;

/// <summary>Which environment a run trains in, and how it is set up.</summary>
internal sealed record EnvironmentOptions
{
    /// <summary>The built-in arm.</summary>
    public const string Arm = "arm";

    /// <summary>The built-in pendulum.</summary>
    public const string Pendulum = "pendulum";

    /// <summary>A Unity editor in which Play is pressed.</summary>
    public const string Editor = "editor";

    [Option(OptionSection.Environment, "env_path",
        "The environment: arm, pendulum and mujoco:TASK are built in, a program of one's own has its own, FILE.dll#TYPE is a class of an " +
        "assembly, editor waits for Play to be pressed, anything else is a Unity player's file",
        Allowed = "an environment's name, FILE.dll, FILE.dll#TYPE, editor or a Unity player's file", Order = 1)]
    public string Name { get; init; } = Arm;

    [Option(OptionSection.Environment, "env_args", "Arguments for the Unity player; the flag comes last and takes all the rest", Order = 2)]
    public IReadOnlyList<string> PlayerArguments { get; init; } = [];

    [Option(OptionSection.Environment, "base_port", "Port of the first Unity player; player k has this + k, the editor this - 1",
        Minimum = 2, Maximum = 65_000, Order = 3)]
    public int BasePort { get; init; } = 5005;

    [Option(OptionSection.Environment, "num_agents",
        "Agents of an environment that is made here, in each process; the arm and MuJoCo take up to 4096",
        Minimum = 1, Maximum = 65_536, Order = 5)]
    public int Agents { get; init; } = 1;

    [Option(OptionSection.Environment, "max_step", "Physics steps of the arm's episode, four to a decision",
        Minimum = 4, Maximum = 100_000_000, Order = 6)]
    public int MaxSteps { get; init; } = 1000;

    [Option(OptionSection.Environment, "timeout_wait", "Seconds to wait for a Unity player's reply",
        Minimum = 1, Maximum = 86_400, Order = 7)]
    public int TimeoutSeconds { get; init; } = 60;

    /// <summary>What Unity's engine is asked for.</summary>
    public EngineSettings Engine { get; init; } = new();

    [Option(OptionSection.Engine, "no_graphics", "Start the Unity player without graphics")]
    public bool NoGraphics { get; init; }

    /// <summary>The environment's own parameters, such as <c>goal_speed</c>; those not named keep the environment's value.</summary>
    public IReadOnlyDictionary<string, EnvironmentParameter> Parameters { get; init; } = new Dictionary<string, EnvironmentParameter>();

    /// <summary>
    /// Workers with a player: the env processes and the evaluation. A taken port is skipped in steps of so many. The plan settles it.
    /// </summary>
    public int Workers { get; init; } = 2;

    /// <summary>
    /// A player's seed is this plus its worker's number, as with <c>mlagents-learn</c>; built-in environments take theirs with each reset.
    /// The plan settles it.
    /// </summary>
    public int PlayerSeed { get; init; }

    /// <summary>Whether a step may take as long as a Unity player likes.</summary>
    [JsonIgnore]
    public bool IsPlayer => IsPlayerName(Name);

    /// <summary>Whether the player is the Unity editor, of which there is one, and which only its user can start.</summary>
    [JsonIgnore]
    public bool IsEditor => Name == Editor;

    /// <summary>Whether an environment of this name is a Unity player, or the editor.</summary>
    public static bool IsPlayerName(string name) =>
        !IsBuiltIn(name) && ProgramEnvironments.Find(name) is null && !ProgramEnvironments.IsAssembly(name);

    /// <summary>Whether this project's environments have one of this name.</summary>
    public static bool IsBuiltIn(string name) => name is Arm or Pendulum || IsMujoco(name);

    /// <summary>
    /// What a run of this environment is called where no file names a behaviour. A player's scene, once it is there, has its own name.
    /// </summary>
    public static string BehaviorOf(string name) => name == Pendulum ? "Pendulum"
        : IsMujoco(name) ? name[MujocoEnvironment.Prefix.Length..]
        : "Reacher";

    /// <summary>Whether this is one of MuJoCo's tasks, such as <c>mujoco:HalfCheetah-v4</c>.</summary>
    public static bool IsMujoco(string name) => name.StartsWith(MujocoEnvironment.Prefix, StringComparison.Ordinal);
}
