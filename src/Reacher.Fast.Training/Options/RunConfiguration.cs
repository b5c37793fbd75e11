using Reacher.Fast.Core;
using Reacher.Fast.Environments.MlAgents.Messages;
using Reacher.Fast.Training.Run;

namespace Reacher.Fast.Training.Options;

/// <summary>
/// Every option of a run, checked. Immutable; <see cref="With{T}"/> gives a changed one. Read an option by its key:
/// <c>configuration.Get(TrainerKeys.BatchSize)</c>.
/// </summary>
internal sealed class RunConfiguration
{
    private readonly Dictionary<ConfigurationKey, object?> values;

    private RunConfiguration(
        string behaviorName, Dictionary<ConfigurationKey, object?> values, IReadOnlyDictionary<string, EnvironmentParameter> environmentParameters)
    {
        BehaviorName = behaviorName;
        this.values = values;
        EnvironmentParameters = environmentParameters;
    }

    /// <summary>The behaviour's name, which begins the names of its files.</summary>
    public string BehaviorName { get; }

    /// <summary>Which algorithm trains.</summary>
    public TrainerType Trainer => Get(TrainerKeys.Type);

    /// <summary>The environment's own parameters, such as <c>goal_speed</c>; those not named keep the environment's value.</summary>
    public IReadOnlyDictionary<string, EnvironmentParameter> EnvironmentParameters { get; }

    /// <summary>The defaults of <paramref name="trainer"/>.</summary>
    public static RunConfiguration Default(TrainerType trainer = TrainerType.Sac, string behaviorName = "Reacher")
    {
        var values = new Dictionary<ConfigurationKey, object?>();
        foreach (ConfigurationKey key in ConfigurationTable.All)
        {
            values.Add(key, key.DefaultFor(trainer));
        }

        values[TrainerKeys.Type] = trainer;
        return new RunConfiguration(behaviorName, values, new SortedDictionary<string, EnvironmentParameter>(StringComparer.Ordinal));
    }

    /// <summary>The value of <paramref name="key"/>.</summary>
    public T Get<T>(ConfigurationKey<T> key) => (T)values[key]!;

    /// <summary>The value of <paramref name="key"/> as YAML.</summary>
    public string Format(ConfigurationKey key) => key.Format(values[key]);

    /// <summary>The same with another value of <paramref name="key"/>, which must be one that it allows.</summary>
    public RunConfiguration With<T>(ConfigurationKey<T> key, T value) => WithValue(key, value);

    /// <summary>The same with the value that <paramref name="text"/> means.</summary>
    /// <exception cref="FormatException">It is none, or out of range.</exception>
    public RunConfiguration WithText(ConfigurationKey key, string? text) => WithValue(key, key.Parse(text));

    /// <summary>The same with other parameters of the environment.</summary>
    public RunConfiguration WithEnvironmentParameters(IReadOnlyDictionary<string, EnvironmentParameter> parameters) => new(BehaviorName, values, parameters);

    /// <summary>Checks what concerns more than one key.</summary>
    /// <exception cref="InputException">Two values contradict each other.</exception>
    public void Validate()
    {
        long bufferSize = Get(TrainerKeys.BufferSize);
        if (Get(TrainerKeys.BatchSize) > bufferSize)
        {
            throw new InputException($"batch_size is {Get(TrainerKeys.BatchSize)} and buffer_size {bufferSize}; a batch must fit into the buffer.");
        }

        if (Get(TrainerKeys.BufferInitSteps) > bufferSize)
        {
            throw new InputException(
                $"buffer_init_steps is {Get(TrainerKeys.BufferInitSteps)} and buffer_size {bufferSize}; the first steps must fit into the buffer.");
        }

        if (Get(RunKeys.Resume) && Get(RunKeys.Force))
        {
            throw new InputException("--resume and --force contradict each other; give one of them.");
        }

        if (Get(RunKeys.Resume) && Get(RunKeys.RunId) is null)
        {
            throw new InputException("--resume needs to know which run to go on with; name it with --run-id.");
        }

        if (Get(RunKeys.NumEnvs) > 1 && Get(RunKeys.EnvPath) == EnvironmentPlan.Editor)
        {
            throw new InputException($"num_envs is {Get(RunKeys.NumEnvs)} and env_path is editor, which is one player; leave num_envs at 1.");
        }

        if (Get(RunKeys.Resume) && Get(RunKeys.InitializeFrom) is not null)
        {
            throw new InputException("--resume and --initialize-from contradict each other: a resumed run has its own weights; give one of them.");
        }
    }

    private RunConfiguration WithValue(ConfigurationKey key, object? value) =>
        new(BehaviorName, new Dictionary<ConfigurationKey, object?>(values) { [key] = value }, EnvironmentParameters);
}
