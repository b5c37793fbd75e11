namespace Reacher.Fast.Environments.MlAgents.Messages;

/// <summary>The GUIDs of ML-Agents' side channels, and the message types within them.</summary>
internal static class SideChannelIds
{
    public static readonly Guid EngineConfiguration = new("e951342c-4f7e-11ea-b238-784f4387d1f7");
    public static readonly Guid EnvironmentParameters = new("534c891e-810f-11ea-a9d0-822485860400");
    public static readonly Guid Statistics = new("a1d8f7b7-cec8-50f9-b78b-d3e165a78520");

    public const int EngineResolution = 0;
    public const int EngineQuality = 1;
    public const int EngineTimeScale = 2;
    public const int EngineTargetFrameRate = 3;
    public const int EngineCaptureFrameRate = 4;

    public const int ParameterFloat = 0;
    public const int ParameterSampler = 1;
    public const int SamplerUniform = 0;
    public const int SamplerGaussian = 1;
    public const int SamplerMultiRange = 2;
}
