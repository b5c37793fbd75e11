using System.Text.Json.Serialization;
using Reacher.Fast.Core.Options;

namespace Reacher.Fast.Environments.MlAgents.Messages;

/// <summary>
/// A parameter the player's scene reads: a constant, or a distribution the scene samples itself (ML-Agents' YAML:
/// <c>environment_parameters</c>, sampler types uniform, gaussian and multirangeuniform).
/// </summary>
[JsonDerivedType(typeof(Constant), "constant")]
[JsonDerivedType(typeof(Uniform), "uniform")]
[JsonDerivedType(typeof(Gaussian), "gaussian")]
[JsonDerivedType(typeof(MultiRange), "multirangeuniform")]
public abstract record EnvironmentParameter
{
    private EnvironmentParameter()
    {
    }

    /// <summary>A plain number stands for a constant.</summary>
    public static implicit operator EnvironmentParameter(float value) => new Constant(value);

    /// <summary>The same value in every episode.</summary>
    public sealed record Constant(float Value) : EnvironmentParameter;

    /// <summary>Uniform between two bounds.</summary>
    public sealed record Uniform(float Minimum, float Maximum) : EnvironmentParameter;

    /// <summary>A normal distribution.</summary>
    public sealed record Gaussian(float Mean, float StandardDeviation) : EnvironmentParameter;

    /// <summary>Uniform within one of several intervals, given as minimum, maximum, minimum, maximum, ...</summary>
    public sealed record MultiRange(IReadOnlyList<float> Bounds) : EnvironmentParameter;
}

/// <summary>What the player's engine is asked for; the defaults are <c>mlagents-learn</c>'s. API-4 players take none of it.</summary>
public sealed record EngineSettings
{
    /// <summary>Window width in pixels.</summary>
    [Option(OptionSection.Engine, "width", "Window's width in pixels", Minimum = 1, Maximum = 100_000)]
    public int Width { get; init; } = 84;

    /// <summary>Window height in pixels.</summary>
    [Option(OptionSection.Engine, "height", "Window's height in pixels", Minimum = 1, Maximum = 100_000)]
    public int Height { get; init; } = 84;

    /// <summary>Unity's quality level.</summary>
    [Option(OptionSection.Engine, "quality_level", "Unity's quality level", Minimum = 0, Maximum = 100_000)]
    public int QualityLevel { get; init; } = 5;

    /// <summary>Simulated seconds per second; Unity takes 1 at least, and 100 at most in the editor.</summary>
    [Option(OptionSection.Engine, "time_scale", "Unity's time scale",
        Minimum = 0, AboveMinimum = true, Maximum = 10_000)]
    public float TimeScale { get; init; } = 20;

    /// <summary>Frames per second aimed at; -1: as many as possible.</summary>
    [Option(OptionSection.Engine, "target_frame_rate", "Unity's target frame rate; -1 for none",
        Minimum = -1, Maximum = 100_000)]
    public int TargetFrameRate { get; init; } = -1;

    /// <summary>Frames per simulated second; 60 makes the simulation independent of the wall clock.</summary>
    [Option(OptionSection.Engine, "capture_frame_rate", "Unity's capture frame rate", Minimum = 0, Maximum = 100_000)]
    public int CaptureFrameRate { get; init; } = 60;
}
