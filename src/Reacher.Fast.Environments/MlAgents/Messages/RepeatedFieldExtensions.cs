using Google.Protobuf.Collections;

namespace Reacher.Fast.Environments.MlAgents.Messages;

/// <summary>Copies between protobuf's lists and spans, which the runtime in use does not offer itself.</summary>
internal static class RepeatedFieldExtensions
{
    /// <summary>Copies all of <paramref name="field"/>; lengths are equal.</summary>
    public static void CopyInto(this RepeatedField<float> field, Span<float> target)
    {
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = field[i];
        }
    }
}
