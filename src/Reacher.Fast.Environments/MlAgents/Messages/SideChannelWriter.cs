using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Reacher.Fast.Environments.MlAgents.Messages;

/// <summary>
/// Writes the <c>side_channel</c> bytes of a 1.5.0 message: for each message a GUID (16 bytes, .NET's order), the payload's
/// length (int32) and the payload; all numbers little endian, text as int32 length and ASCII.
/// </summary>
internal sealed class SideChannelWriter
{
    private readonly ArrayBufferWriter<byte> bytes = new();
    private readonly ArrayBufferWriter<byte> payload = new();

    /// <summary>What has been written since the last <see cref="Clear"/>.</summary>
    public ReadOnlySpan<byte> Written => bytes.WrittenSpan;

    public void Clear() => bytes.ResetWrittenCount();

    /// <summary>The five messages of the engine's configuration.</summary>
    public void Write(EngineSettings engine)
    {
        Int32(SideChannelIds.EngineResolution);
        Int32(engine.Width);
        Int32(engine.Height);
        End(SideChannelIds.EngineConfiguration);
        Int32(SideChannelIds.EngineQuality);
        Int32(engine.QualityLevel);
        End(SideChannelIds.EngineConfiguration);
        Int32(SideChannelIds.EngineTimeScale);
        Single(engine.TimeScale);
        End(SideChannelIds.EngineConfiguration);
        Int32(SideChannelIds.EngineTargetFrameRate);
        Int32(engine.TargetFrameRate);
        End(SideChannelIds.EngineConfiguration);
        Int32(SideChannelIds.EngineCaptureFrameRate);
        Int32(engine.CaptureFrameRate);
        End(SideChannelIds.EngineConfiguration);
    }

    /// <summary>One environment parameter; <paramref name="seed"/> seeds the scene's sampler.</summary>
    public void Write(string key, EnvironmentParameter parameter, int seed)
    {
        Text(key);
        switch (parameter)
        {
            case EnvironmentParameter.Constant constant:
                Int32(SideChannelIds.ParameterFloat);
                Single(constant.Value);
                break;
            case EnvironmentParameter.Uniform uniform:
                Sampler(seed, SideChannelIds.SamplerUniform);
                Single(uniform.Minimum);
                Single(uniform.Maximum);
                break;
            case EnvironmentParameter.Gaussian gaussian:
                Sampler(seed, SideChannelIds.SamplerGaussian);
                Single(gaussian.Mean);
                Single(gaussian.StandardDeviation);
                break;
            case EnvironmentParameter.MultiRange ranges:
                Sampler(seed, SideChannelIds.SamplerMultiRange);
                Int32(ranges.Bounds.Count);
                foreach (float bound in ranges.Bounds)
                {
                    Single(bound);
                }

                break;
        }

        End(SideChannelIds.EnvironmentParameters);
    }

    /// <summary>One statistic, from player to trainer.</summary>
    public void Write(in PlayerStatistic statistic)
    {
        Text(statistic.Key);
        Single(statistic.Value);
        Int32((int)statistic.Aggregation);
        End(SideChannelIds.Statistics);
    }

    private void Sampler(int seed, int kind)
    {
        Int32(SideChannelIds.ParameterSampler);
        Int32(seed);
        Int32(kind);
    }

    private void Int32(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(payload.GetSpan(sizeof(int)), value);
        payload.Advance(sizeof(int));
    }

    private void Single(float value)
    {
        BinaryPrimitives.WriteSingleLittleEndian(payload.GetSpan(sizeof(float)), value);
        payload.Advance(sizeof(float));
    }

    private void Text(string value)
    {
        int count = Encoding.ASCII.GetByteCount(value);
        Int32(count);
        Encoding.ASCII.GetBytes(value, payload.GetSpan(count));
        payload.Advance(count);
    }

    private void End(Guid channel)
    {
        Span<byte> header = bytes.GetSpan(20);
        channel.TryWriteBytes(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[16..], payload.WrittenCount);
        bytes.Advance(20);
        bytes.Write(payload.WrittenSpan);
        payload.ResetWrittenCount();
    }
}
