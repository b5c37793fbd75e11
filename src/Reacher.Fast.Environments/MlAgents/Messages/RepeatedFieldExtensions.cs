using Google.Protobuf.Collections;

namespace Reacher.Fast.Environments.MlAgents.Messages;

/// <summary>Copies between protobuf's lists and spans, which the runtime in use does not offer itself.</summary>
internal static class RepeatedFieldExtensions
{
    /// <summary>Copies all of <paramref name="field"/> into <paramref name="target"/>, which has the same length.</summary>
    public static void CopyInto(this RepeatedField<float> field, Span<float> target)
    {
        for (int i = 0; i < target.Length; i++)
        {
            target[i] = field[i];
        }
    }

    /// <summary>
    /// Makes <paramref name="field"/> hold <paramref name="values"/>, using its memory again where it has as many already.
    /// </summary>
    public static void Fill(this RepeatedField<float> field, ReadOnlySpan<float> values)
    {
        if (field.Count == values.Length)
        {
            for (int i = 0; i < values.Length; i++)
            {
                field[i] = values[i];
            }

            return;
        }

        field.Clear();
        foreach (float value in values)
        {
            field.Add(value);
        }
    }
}
